"""Who stands in for somebody away, as an automatic reply tells it: an address, else a name.

What stands behind the words that send the reader to somebody ("please contact", までご連絡) goes before what stands
ahead of them; the writer's own mailboxes never count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract import names
from pipeline.extract.words import rows
from pipeline.records import Address

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.ASCII)
_OWN_ADDRESS = re.compile(
    r"(?:\bmy (?:new|own|private|personal|other|alternative)?\s?(?:e-?mail|address|mailbox)[^.\n]{0,40}|"
    r"(?:新しい|新|私用の?|個人の?|当方の|私の)(?:メール)?アドレス[^。\n]{0,20})$",
    re.IGNORECASE,
)
_WORD = r"[A-ZÀ-Þ][\w'’À-ÿ-]*[a-zß-ÿ][\w'’À-ÿ-]*"
_NAME_EN = re.compile(
    rf"(?:(?:Mr|Ms|Mrs|Dr|Prof|Miss)\.?\s+)?({_WORD}(?:\s+(?:[A-Z]\.|van|von|de|der|den|da|di|bin|al|{_WORD})){{0,3}})"
)
_KANJI = re.compile("[\u4e00-\u9fff々ヶ]+")
_GIVEN = re.compile("[ \u3000]([\u4e00-\u9fff々]{1,3}|[ぁ-ん]{2,4}|[ァ-ヶー]{2,6})(?![\u4e00-\u9fff])")
_TITLE_JA = re.compile("[\u4e00-\u9fff]{0,4}[長任理役当様氏宛]")
_HELPED = re.compile(
    "[ \u3000]*(?:[\u4e00-\u9fff]{0,4}[長任理役当]|)(?:様|さん|氏|くん|君)?[ \u3000]*"
    "(?:[(（][^)）\n]{0,60}[)）])?(?:様|さん|氏)?"
)
_BEFORE_NAMES = "部課係室長任事店社員者当班役"
_REACH = 24
_MAX_RUNS = 1000


def stand_in(body: str, signature: str, writer: Address | None) -> str | None:
    """The address of somebody else to turn to, else a name. A body may point to a block in the signature's place."""
    cues = [match.start() for p in _cues("cue") for match in p.finditer(body)]
    found = _addresses(body, writer)
    if found and (cues or len(found) == 1):
        first = min(cues, default=0)
        return min(found, key=lambda place: (place[0] < first, place))[1]
    own_name = (writer.name or "") if writer else ""
    named = next((name for name in _named(body) if name not in own_name), None) if cues else None
    return named or _below(body, signature, writer)


def _below(body: str, signature: str, writer: Address | None) -> str | None:
    """The address in the signature's place, where the body points to it or a label there says whose it is."""
    labels = [match.start() for p in _cues("label") for match in p.finditer(signature)]
    first = 0 if any(p.search(body) for p in _cues("below")) else min(labels, default=len(signature))
    return next((address for at, address in _addresses(signature, writer) if at >= first), None)


def _addresses(text: str, writer: Address | None) -> list[tuple[int, str]]:
    """The addresses of a text that are not the writer's, with their places."""
    own = writer.address if writer else ""
    places = [(m.start(), m[0].lower().rstrip(".")) for m in _EMAIL.finditer(text)]
    return [
        (at, address)
        for at, address in places
        if address != own and not _OWN_ADDRESS.search(text[max(0, at - 60) : at])
    ]


def _named(text: str) -> Iterator[str]:
    """Names that the text sends the reader to, in its order."""
    yield from _japanese(text)
    for p in _cues("before_en"):
        for cue in p.finditer(text):
            name = _NAME_EN.match(text, cue.end())
            if name and _is_name(name[1]):
                yield " ".join(name[1].split())
    for name in _NAME_EN.finditer(text):
        if any(p.match(text, name.end()) for p in _cues("after_en")) and _is_name(name[1]):
            yield " ".join(name[1].split())


def _is_name(name: str) -> bool:
    """Whether capitalised words are a person's: a list of what else business mail writes so is data."""
    return not any(p.search(name) for p in _cues("no_name_en"))


def _japanese(text: str) -> Iterator[str]:
    """Known family names, with or without given name, that stand where a text names whom to turn to."""
    for run in list(_KANJI.finditer(text))[:_MAX_RUNS]:
        for start in range(run.start(), run.end()):
            if start > run.start() and text[start - 1] not in _BEFORE_NAMES:
                continue
            end = _name_end(text, start, run.end())
            if end is None:
                continue
            before, after = text[max(0, start - _REACH) : start], text[_HELPED.match(text, end).end() :][:_REACH]  # type: ignore[union-attr]
            if any(p.match(after) for p in _cues("after_ja")) or any(p.search(before) for p in _cues("before_ja")):
                yield text[start:end]
            break


def _name_end(text: str, start: int, end: int) -> int | None:
    """Where a name that begins at ``start`` ends, inside a run of kanji and the given name behind a space."""
    for size in (3, 2, 1):
        stop = start + size
        if stop > end or not names.is_family_japanese(text[start:stop]):
            continue
        given = _GIVEN.match(text, stop)
        if given and (names.is_given_japanese(given[1]) or not _KANJI.match(given[1])):
            return given.end()
        if names.is_given_japanese(text[stop:end]):
            return end
        if size > 1 and (stop == end or _TITLE_JA.fullmatch(text, stop, end)):
            return stop
    return None


@cache
def _cues(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(row[1], 0 if kind == "before_en" else re.IGNORECASE)
        for row in rows("stand_ins.tsv")
        if row[0] == kind
    )
