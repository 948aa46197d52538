"""Which lines repeat earlier mail.

Three signs: a quote mark before the line; an attribution ("On … wrote:") above quoted lines; a separator or a header
block ("From: … Sent: …"), after which all is old unless the old lines carry quote marks themselves.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from pipeline.parse import header_blocks, identity
from pipeline.parse.alternatives import Alternatives
from pipeline.parse.caseless import Caseless
from pipeline.parse.header_blocks import has_address, has_date
from pipeline.parse.header_blocks import header_field as header_field
from pipeline.parse.lines import Line, pattern, phrases

_MARK = re.compile(r"\s{0,3}(?:[>＞》]|[A-Z]{1,4}>\s)")
_NO_MARK = re.compile(r"<<\s*$|^\s{0,3}>\s?(?:wrote|schrieb|a écrit|escribió|ha scritto)\s?:\s*$")
_BAR = re.compile(r"\s{0,3}[|｜│](?!.*[|｜│]\s*$)")
_MARKS = frozenset(">＞》")
_MARK_ENDS = 8  # three spaces, four letters of a name, the sign
_BARS = ("|", "｜", "│")
_COLONS = (":", "：")
_DASHES = "-=_*#~─━―ー—–－<>＜＞【["
_EMPHASIS = " \t\u3000*_"
_RULE = re.compile(r"[\s>]*[-_=*~─━―ー＿＝]{5,}\s*$")
_STARTS = re.compile(
    r"\W{0,3}(?:On|In|At|Am|Le|El|Il|Em|Op|Den|Dne|Dnia|W dniu|Quoting|Wiadomość|Vào|Pada|Na|Ha|Il giorno|No dia)\b"
)
_BROKEN = re.compile(r"[<\w,]\s*$")
_FIELD = re.compile(r"(?!mailto:)\s*[^\s:：]{1,14}\s?[：:]\s*\S")
_RULE_ALONE = re.compile(r"\s{0,3}[-_=*~─━―ー＿＝]{3,}\s*$")
_REPLY_BEFORE = re.compile(r"\S.{2,300}?\s(?:On|Le|Am|El|Il|Op|Em|Den) [^.!?]{0,30}\d.{4,160}:$")
_ANNOUNCED = 6
_LAST_LINES = 4
_MAX_JOINED = 500


class Opening(NamedTuple):
    """The half-open range of lines whose words open a quote, and what kind of words they are."""

    start: int
    stop: int
    kind: Literal["separator", "header", "attribution"]


def mark(lines: list[Line]) -> list[bool]:
    """For each line, whether it belongs to a quote; blank lines are marked with the quote they follow."""
    marked = _marks(lines)
    quoted = list(marked)
    at = 0
    while at < len(lines):
        found = opening(lines, marked, at)
        if found is None:
            at += 1
            continue
        start, stop, _ = found
        if stop < len(lines) and stop - start == 1 and _REPLY_BEFORE.match(lines[start].bare):
            start = stop  # a line has one zone, and what the sender wrote in it counts for more
        after = _next_text(lines, stop)
        if after < len(lines) and marked[after]:
            quoted[start:after] = [True] * (after - start)
            at = after
        else:
            quoted[start:] = [True] * (len(lines) - start)
            break
    _fill(lines, quoted, marked)
    return quoted


def _marks(lines: list[Line]) -> list[bool]:
    marked = [not _MARKS.isdisjoint(line.text[:_MARK_ENDS]) and _is_marked(line.text) for line in lines]
    bars = [line.bare[:1] in _BARS and bool(_BAR.match(line.text)) for line in lines]
    if True not in bars:
        return marked
    for i, bar in enumerate(bars):
        if bar and not marked[i] and ((i and bars[i - 1]) or (i + 1 < len(bars) and bars[i + 1])):
            marked[i] = True
    return marked


def _is_marked(text: str) -> bool:
    return bool(_MARK.match(text)) and not _NO_MARK.search(text)


def opening(lines: list[Line], marked: list[bool], at: int) -> Opening | None:
    """The lines whose words open a quote, if ``at`` is where they are known."""
    bare = lines[at].bare
    if not bare or marked[at]:
        return None
    before_marks = _followed_by_mark(lines, at, marked)
    if bare[0].isalnum() and not before_marks and not header_blocks.may_be_labelled(bare):
        return None  # no rule, no label, no colon
    if len(bare) < 160 and (_is_separator(bare) or (not bare[0].isalnum() and _is_letter_below(lines, at))):
        return Opening(at, at + 1, "separator")
    if (block := header_blocks.find(lines, at)) is not None:
        return Opening(_with_rule(lines, block[0]), block[1], "header")
    start = _attribution(lines, at, marked, before_marks)
    return None if start is None else Opening(start, at + 1, "attribution")


def _is_letter_below(lines: list[Line], at: int) -> bool:
    """Whether a rule parts somebody else's letter, with its own greeting, from words that announce it."""
    if not at or not _RULE_ALONE.match(lines[at].text):
        return False
    below = _next_text(lines, at + 1)
    if below >= min(len(lines), at + 3) or not identity.is_salutation(lines[below].text):
        return False
    above = [line.bare for line in lines[max(0, at - _ANNOUNCED) : at]]
    return any(map(pattern("forward_words.txt").search, above))


def _is_separator(bare: str) -> bool:
    if bare[0] in _DASHES or bare[0] == "《":
        return _separator().match(bare)
    return bare[-1] in _COLONS and _openings().match(bare)


@cache
def _separator() -> Caseless:
    words = "(?:" + "|".join(phrases("quote_separators.txt")) + ")"
    dash = rf"[{re.escape(_DASHES)}]"
    return Caseless(
        rf"(?:{dash}{{2,}}[ \u3000]*{words}[ \u3000:：]*[-=_*#~─━―ー—–－<>】\]]*|"
        rf"{dash}[ \u3000]*{words}[ \u3000]*[-—–－】\]]|[＜《]{words}[＞》]|"
        rf"-{{2,}} ?.{{3,100}} (?:wrote|writes|schrieb|a écrit) ?:?-{{2,}})$"
    )


@cache
def _openings() -> Alternatives:
    return Alternatives(phrases("quote_openings.txt"), tail=" ?[:：]$")


def _with_rule(lines: list[Line], at: int) -> int:
    """The index of a rule right above (blank lines between allowed), else the index itself.

    A rule that stands above already, as the upper edge of a signature, is that signature's lower edge.
    """
    i = at - 1
    while i >= 0 and not lines[i].bare:
        i -= 1
    if i < 0 or at - i > 3 or not _RULE.match(lines[i].text):
        return at
    return at if any(line.bare == lines[i].bare for line in lines[max(0, i - 15) : i]) else i


def _attribution(lines: list[Line], end: int, marked: list[bool], before_marks: bool) -> int | None:
    """The first line of an attribution whose last line is ``end``, None if there is none."""
    if not before_marks and not lines[end].text.rstrip(_EMPHASIS).endswith(_COLONS):
        return None
    start = end
    for _ in range(_LAST_LINES):
        joined = " ".join(line.bare for line in lines[start : end + 1])
        if len(joined) > _MAX_JOINED:
            return None
        if _is_attribution(joined, before_marks):
            return _first_line(lines, start, joined, marked)
        start -= 1
        if start < 0 or marked[start] or _FIELD.match(lines[start].text):
            return None
        if not lines[start].bare:
            if start and _STARTS.match(lines[start - 1].text):
                start -= 1
                continue
            return None
    return None


def _first_line(lines: list[Line], start: int, joined: str, marked: list[bool]) -> int:
    """Go up to the line with the date, where a client broke the attribution before the name or the address."""
    if has_date(joined):
        return start
    broken = start
    for above in range(start - 1, max(-1, start - 1 - _LAST_LINES), -1):
        line = lines[above]
        if marked[above] or len(line.bare) > 200:
            break
        if has_date(line.text):
            if _STARTS.match(line.text):
                return above
            broken = above if broken == start and _BROKEN.search(line.text) else broken
    return broken


@cache
def _verbs() -> Caseless:
    return Caseless("(?<![a-z])(?:" + "|".join(phrases("quote_verbs.txt")) + ")")


def _is_attribution(joined: str, before_marks: bool) -> bool:
    joined = joined.rstrip(_EMPHASIS)
    colon = joined.endswith(_COLONS)
    date, address = has_date(joined), has_address(joined)
    verb = _verbs().search(joined)
    started = bool(_STARTS.match(joined))
    if colon and verb and (address or (date and started)):
        return True
    if colon and date and address:
        return True
    if before_marks and colon and (date or address or (verb and len(joined) < 100)):
        return True
    return before_marks and (verb or address) and (started or has_date(joined[:20]))


def _followed_by_mark(lines: list[Line], end: int, marked: list[bool]) -> bool:
    after = _next_text(lines, end + 1)
    return after < len(lines) and marked[after]


def _next_text(lines: list[Line], at: int) -> int:
    while at < len(lines) and not lines[at].bare:
        at += 1
    return at


def _fill(lines: list[Line], quoted: list[bool], marked: list[bool]) -> None:
    """Blank lines go with the quote above them; a long quoted line that a client broke keeps its tail."""
    for i in range(1, len(lines)):
        if quoted[i] or not quoted[i - 1]:
            continue
        between = marked[i - 1] and i + 1 < len(lines) and marked[i + 1]
        if not lines[i].bare or (between and is_tail(lines[i - 1].text, lines[i].text)):
            quoted[i] = True


def is_tail(quoted: str, line: str) -> bool:
    """Whether a line is the end of the quoted line above it, which a client broke."""
    if line.rstrip().endswith(">") or quoted.count("(") > quoted.count(")"):
        return True
    return len(quoted) >= 68 and len(line) <= 30 and not line[:1].isupper()
