"""Boilerplate that says nothing about the sender: disclaimers, list and virus-scan lines, "Sent from my phone"."""

from __future__ import annotations

import re
from functools import cache

from pipeline.parse import identity
from pipeline.parse.alternatives import Alternatives, Sought
from pipeline.parse.caseless import Caseless
from pipeline.parse.expressions import fold
from pipeline.parse.lines import Line, phrases

_RULE = re.compile(r"\s*[-_=*~─━―ー＿＝•・.+#]{4,}\s*$")
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_PERSONAL = re.compile(r"\b(?:I|I['’](?:m|ll|ve|d)|[Yy]ou|[Yy]our|[Mm]e|[Mm]y|[Pp]lease|[Ll]et)\b|[?？]")
_DELIMITER = re.compile(r"--[ \xa0]?$")
_MARKS = r"[\s*_>※＊・(（\[【\"“\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]{0,6}"
_LED = re.compile(_MARKS)
_OF_LIST = re.compile(r"@|https?://|\b(?:list|group|subscri\w*|unsubscri\w*|archive)\b", re.IGNORECASE)
_OPENERS = ("footers.txt", "join_blocks.txt", "list_footers.txt")
_LONG = 300
_PROSE = 90
_CHATTY = -2.0
_AFTERTHOUGHT = re.compile(
    r"\b(?:I|I['’](?:m|ll|ve|d))\b|\?$"
    r"|^(?:oh|also|btw|by the way|forgot|one more|and|please|can|could|would|do|did|let me|just|sorry)\b",
    re.IGNORECASE,
)
_SAMPLE = 4
_PARAGRAPH = 3000
_SIGNS = "[*_【(（※<!・■ ⚠️"
_SHORT = 6
_SHORT_JA = 4
_MAX_BANNER = 6
_HEADING = 24
_WRAPPED = 45
_WARNS = re.compile(
    r"\b(?:links?|attachments?|senders?|click|content|external|phishing|suspicious|report)\b|添付|リンク|URL",
    re.IGNORECASE,
)


def find(lines: list[Line], first: int, last: int) -> list[bool]:
    """For each line from ``first`` to before ``last``: whether it is boilerplate (its paragraph's rest included)."""
    footer = [False] * (last - first)
    opens = _Openers("\n".join(line.bare for line in lines[first:last]))
    i = max(first, _head(lines, footer, first, last) + 1)
    joining = False
    while i < last:
        bare = lines[i].bare[:_LONG]
        if not (opens.match(bare) or (joining and _file("dial_in.txt").match(bare))):
            joining = joining and (not bare or bool(_RULE.match(bare)))
            i += 1
            continue
        joining = joining or _file("join_blocks.txt").match(bare)
        of_list = _file("list_footers.txt").match(bare)
        end = _paragraph_end(lines, i, last)
        start = _with_rule(lines, _list_head(lines, i, first) if of_list else _headed(lines, i, first), first)
        footer[start - first : end - first] = [True] * (end - start)
        i = end
    return footer


def _head(lines: list[Line], footer: list[bool], first: int, last: int) -> int:
    """The first line of the mail's own, which is never boilerplate; warnings above it are marked."""
    at = next((k for k in range(last) if lines[k].bare), last)
    while first <= at < last and _file("banners.txt").match(lines[at].bare[:_LONG].lstrip(_SIGNS)):
        end = _banner_end(lines, at, last)
        footer[at - first : end - first] = [True] * (end - at)
        at = next((k for k in range(end, last) if lines[k].bare), last)
    return at


def _banner_end(lines: list[Line], at: int, last: int) -> int:
    """Where a warning ends: at the end of its paragraph, or where somebody is addressed or its last line was short."""
    end = at + 1
    while end < min(last, at + _MAX_BANNER) and len(lines[end - 1].bare) > _WRAPPED and lines[end].bare:
        stops = lines[end - 1].bare.endswith((".", "。", "]", "】"))
        if identity.is_greeting(lines[end].text) or (stops and not _WARNS.search(lines[end].text)):
            break
        end += 1
    return end


def _headed(lines: list[Line], at: int, first: int) -> int:
    """The heading right above boilerplate if there is one ("【ご注意】"), else ``at``."""
    above = lines[at - 1].bare if at > first else ""
    return at - 1 if 0 < len(above) <= _HEADING and is_usual(above) else at


def _list_head(lines: list[Line], at: int, first: int) -> int:
    """The first line below a rule whose lines down to ``at`` all speak of the list, else ``at``."""
    above = at
    while above > first and lines[above - 1].bare and at - above < _MAX_BANNER:
        if _DELIMITER.match(lines[above - 1].text) or _RULE.match(lines[above - 1].text):
            return above
        if not _OF_LIST.search(lines[above - 1].text):
            break
        above -= 1
    return at


def _paragraph_end(lines: list[Line], at: int, last: int) -> int:
    while at < last and lines[at].bare:
        at += 1
    return at


@cache
def _file(name: str) -> Caseless:
    return Caseless("|".join(phrases(name)))


class _Openers:
    """Says of each line of a text whether boilerplate begins with it."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        languages = (False, True) if not text.isascii() and _JAPANESE.search(text) else (False,)
        self._others = {japanese: _openers(japanese).others(folded) for japanese in languages}

    def match(self, bare: str) -> bool:
        """Whether boilerplate begins with a line without white space around it."""
        japanese = not bare.isascii() and bool(_JAPANESE.search(bare))
        if len(bare) < (_SHORT_JA if japanese else _SHORT):
            return False
        first = bare[0]
        if not first.isalnum() and (led := _LED.match(bare)):
            first = bare[led.end() : led.end() + 1]
        rows = _openers(japanese).led_by(first)
        if rows is not None and rows.match(bare):
            return True
        others = self._others[japanese]
        return bool(others) and any(other.match(bare) for other in others)


@cache
def _openers(japanese: bool) -> Alternatives:
    rows = [row for name in _OPENERS for row in phrases(name) if bool(_JAPANESE.search(row)) == japanese]
    return Alternatives(rows, _MARKS)


def tail(lines: list[Line], first: int, last: int) -> int | None:
    """Where the last paragraph begins, if prose; None if it is not, or is the only one."""
    start = last
    while start > first and lines[start - 1].bare:
        start -= 1
    if start == first or not any(line.bare for line in lines[first:start]):
        return None
    if is_usual(lines[start].bare):
        return start
    if identity.weight(lines[start].text) >= 0:
        return None  # prose begins as prose
    text = " ".join(line.bare for line in lines[start:last])
    weights = [identity.weight(line.text) for line in lines[start:last][:_SAMPLE]]
    if sum(weights) >= 0 or (max(weights) >= 1 and not is_legal(text)):
        return None
    chats = sum(weights) <= _CHATTY and _AFTERTHOUGHT.search(text[:_PARAGRAPH])
    return start if len(text) >= _PROSE or chats or is_legal(text) else None


def is_legal(text: str) -> bool:
    """Whether a paragraph has the words of boilerplate, wherever they stand."""
    return _words().search(text[:_PARAGRAPH]) or is_usual(text)


def is_usual(text: str) -> bool:
    """Whether a paragraph begins as boilerplate below a signature does, though a message might as well."""
    return _file("footers_below.txt").match(text[:_LONG].lstrip(_SIGNS))


def is_impersonal(text: str) -> bool:
    """Whether a paragraph speaks to nobody, as boilerplate does and an afterthought does not."""
    return not _PERSONAL.search(text[:_PARAGRAPH])


@cache
def _words() -> Sought:
    return Sought(phrases("footer_words.txt"))


def _with_rule(lines: list[Line], at: int, first: int) -> int:
    """The rule right above a footer belongs to it."""
    above = at - 1
    while above >= first and not lines[above].bare and at - above < 3:
        above -= 1
    if above >= first and _DELIMITER.match(lines[above].text):
        return above
    if above < first or not _RULE.match(lines[above].text):
        return at
    # A rule that stands above already is the lower edge of a signature.
    return at if any(line.bare == lines[above].bare for line in lines[max(first, above - 15) : above]) else above
