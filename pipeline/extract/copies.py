"""Letters of somebody else that a mail copies in without a mark of a quote."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.lines import RULE, paragraphs
from pipeline.extract.words import Piece, fold

_COPIED = re.compile(
    r"転送(?!料|先)|転記|原文|フォワード|メール(?:が(?:来|き|届|あり|入)|を(?:いただ|受け|頂)|です。?\s*\n)"
    r"|(?:連絡|問い?合わせ|回答|返信)が(?:来|き(?:て|ま)|届|あり|入)"
    r"|(?:以下|下記)(?:の通り|は|、|に)?[^。\n]{1,24}(?:様|さん|氏|社)(?:より|から|の)"
    r"|\b(?:forward(?:ed|ing)|fwd|see below|message (?:I|we) (?:got|received))\b",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"[ >]{0,3}[^。、:\n]{1,30}(?:様|さん|御中|各位|殿|先生)[、,]?\s*|(?:Dear|Hi|Hello|Hey) [^.\n]{2,40}[,:!]?\s*"
)
_SENTENCE = re.compile(r"[。!?！？]|[a-z][.]\s*$", re.MULTILINE)
_BEGUN = re.compile(rf"{_SENTENCE.pattern}|\bFYI\b|(?:ご参考|参考まで|転送|共有)(?:に|です|します|$)", re.MULTILINE)


def is_copied(text: str, start: int) -> bool:
    """Does the text above a place say that a letter of somebody else is copied there, or does one begin there?"""
    return _ends_in_copy(text[max(0, start - 3000) : start])


@lru_cache(maxsize=8)
def _ends_in_copy(above: str) -> bool:
    folded = fold(above)
    return _letter(paragraphs(folded, 0, len(folded))) is not None or _COPIED.search(folded) is not None


def copied_from(text: str, start: int, end: int) -> int:
    """Where in a body somebody else's letter begins, copied in without a mark of a quote; ``end`` where none does."""
    letter = _letter(paragraphs(text, start, end))
    return letter.start if letter else end


def _letter(parts: list[Piece]) -> Piece | None:
    """The paragraph that opens a letter in the midst of a mail: a form of address behind prose, prose after it."""
    begun = False
    for i, p in enumerate(parts):
        if begun and (rest := _after_salutation(p.text)) is not None:
            goes_on = rest.strip() or "".join(after.text for after in parts[i + 1 : i + 2])
            if not goes_on or _SENTENCE.search(goes_on):
                return p
        begun = begun or _BEGUN.search(p.text) is not None
    return None


def _after_salutation(paragraph: str) -> str | None:
    """What follows the form of address that opens a paragraph, alone or under a firm's name; None where none does."""
    first, *rest = [line for line in fold(paragraph).split("\n") if not RULE.match(line)] or [""]
    if _SALUTATION.fullmatch(first):
        return "\n".join(rest)
    return "" if len(rest) == 1 and _SALUTATION.fullmatch(rest[0]) else None
