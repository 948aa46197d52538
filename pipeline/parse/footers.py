"""Boilerplate that says nothing about the sender: disclaimers, list and virus-scan lines, "Sent from my phone"."""

from __future__ import annotations

import re
from functools import cache

from pipeline.parse import identity
from pipeline.parse.lines import Line, phrases

_RULE = re.compile(r"\s*[-_=*~─━―ー＿＝•・.+#]{4,}\s*$")
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_PERSONAL = re.compile(r"\b(?:I|I['’](?:m|ll|ve|d)|[Yy]ou|[Yy]our|[Mm]e|[Mm]y|[Pp]lease|[Ll]et)\b|[?？]")
_DELIMITER = re.compile(r"--[ \xa0]?$")
_MARKS = r"[\s*_>※＊・(（\[【\"“\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]{0,6}"
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
_SHORT = 6


def find(lines: list[Line], first: int, last: int) -> list[bool]:
    """For each line from ``first`` to before ``last``: whether it is boilerplate (its paragraph's rest included)."""
    footer = [False] * (last - first)
    # A mail does not begin with boilerplate.
    i = max(first, next((k for k, line in enumerate(lines) if line.bare), last) + 1)
    while i < last:
        if _opens(lines[i].bare[:_LONG]):
            end = i
            while end < last and lines[end].bare:
                end += 1
            start = _with_rule(lines, i, first)
            for k in range(start, end):
                footer[k - first] = True
            i = end
        else:
            i += 1
    return footer


def _opens(bare: str) -> bool:
    """Whether boilerplate begins with this line."""
    return len(bare) >= _SHORT and bool(_openers(bool(_JAPANESE.search(bare))).match(bare))


@cache
def _openers(japanese: bool) -> re.Pattern[str]:
    rows = [row for row in phrases("footers.txt") if bool(_JAPANESE.search(row)) == japanese]
    return re.compile(
        r"[\s*_>※＊・(（\[【\"“\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]{0,6}(?:" + "|".join(rows) + ")", re.IGNORECASE
    )


def tail(lines: list[Line], first: int, last: int) -> int | None:
    """Where the last paragraph begins, if prose; None if it is not, or is the only one."""
    start = last
    while start > first and lines[start - 1].bare:
        start -= 1
    if start == first or not any(line.bare for line in lines[first:start]):
        return None
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
    return bool(_words().search(text[:_PARAGRAPH]))


def is_impersonal(text: str) -> bool:
    """Whether a paragraph speaks to nobody, as boilerplate does and an afterthought does not."""
    return not _PERSONAL.search(text[:_PARAGRAPH])


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(phrases("footer_words.txt")), re.IGNORECASE)


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
