"""Which lines repeat earlier mail.

Three signs: a quote mark before the line; an attribution ("On … wrote:") above quoted lines; a separator or a header
block ("From: … Sent: …"), after which all is old unless the old lines carry quote marks themselves.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from pipeline.parse.lines import Line, pattern, phrases

_MARK = re.compile(r"\s{0,3}(?:[>＞]|[A-Z]{1,4}>\s)")
_NO_MARK = re.compile(r"<<\s*$|^\s{0,3}>\s?(?:wrote|schrieb|a écrit|escribió|ha scritto)\s?:\s*$")
_BAR = re.compile(r"\s{0,3}[|｜│┃](?!.*[|｜│┃]\s*$)")
_RULE = re.compile(r"[\s>]*[-_=*~─━―ー＿＝]{5,}\s*$")
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?!\d)|(?<![\d.])\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?![.\d])|"
    r"(?<!\w)\d{1,2}\.?\s*(?:de |d[’'])?[^\W\d_]{3,12}\.?,?"
    r"\s*(?:de )?\d{4}"
    r"|[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}月\s*\d{1,2}日|\d{1,2}:\d{2}|(?:令和|平成)\d"
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}|[<\[＜]mailto:|<[^<>\s]{1,64}@")
_STARTS = re.compile(
    r"\W{0,3}(?:On|In|At|Am|Le|El|Il|Em|Op|Den|Dne|Dnia|W dniu|Quoting|Wiadomość|Vào|Pada|Na|Ha|Il giorno|No dia)\b"
)
_BROKEN = re.compile(r"[<\w,]\s*$")
_FIELD = re.compile(r"(?!mailto:)\s*[^\s:：]{1,14}\s?[：:]\s*\S")
_SPACED_LABEL = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){1,3}(?=[ \u3000]{0,6}[:：])")
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
    marked = [bool(_MARK.match(line.text)) and not _NO_MARK.search(line.text) for line in lines]
    bars = [bool(_BAR.match(line.text)) for line in lines]
    for i, bar in enumerate(bars):
        if bar and not marked[i] and ((i and bars[i - 1]) or (i + 1 < len(bars) and bars[i + 1])):
            marked[i] = True
    return marked


def opening(lines: list[Line], marked: list[bool], at: int) -> Opening | None:
    """The lines whose words open a quote, if ``at`` is where they are known."""
    bare = lines[at].bare
    if not bare or marked[at]:
        return None
    if len(bare) < 160 and _is_separator(bare):
        return Opening(at, at + 1, "separator")
    if (size := _header_block(lines, at)) > 0:
        return Opening(_with_rule(lines, at), at + size, "header")
    start = _attribution(lines, at, marked)
    return None if start is None else Opening(start, at + 1, "attribution")


def header_field(line: str) -> tuple[str, str] | None:
    """Kind (from, sent, to, cc, subject, other) and value of a line that a header block's label leads."""
    matcher, kinds = _label()
    match = matcher.match(_closed_up(line))
    return (kinds[match[1].lower()], match[2].strip()) if match else None


def _is_separator(bare: str) -> bool:
    return bool(_separator().match(bare))


@cache
def _separator() -> re.Pattern[str]:
    words = "(?:" + "|".join(phrases("quote_separators.txt")) + ")"
    dash = r"[-=_*#~─━―ー—–－<>＜＞【\[]"
    return re.compile(
        rf"(?:{dash}{{2,}}[ \u3000]*{words}[ \u3000:：]*[-=_*#~─━―ー—–－<>】\]]*|begin forwarded message ?:|"
        rf"{dash}[ \u3000]*{words}[ \u3000]*[-—–－】\]]|[＜《]{words}[＞》]|"
        rf"-{{2,}} ?.{{3,100}} (?:wrote|writes|schrieb|a écrit) ?:?-{{2,}})$",
        re.IGNORECASE,
    )


@cache
def _label() -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {label.lower(): kind for kind, label in (row.split("\t") for row in phrases("quote_headers.tsv"))}
    labels = "|".join(sorted(map(re.escape, kinds), key=lambda label: -len(label)))
    return re.compile(
        rf"[*\s]{{0,3}}[■●◆・【\[]?({labels})[ \u3000]{{0,12}}\*?[ \u3000]{{0,12}}(?:[:：]\*?|[】\]][:：]?)(.*)$",
        re.IGNORECASE,
    ), kinds


def _header_block(lines: list[Line], at: int) -> int:
    """Number of lines of the header block that begins here, 0 if none does."""
    matcher, kinds = _label()
    first = matcher.match(_closed_up(lines[at].text))
    if first is None:
        return 0
    seen = {kinds[first[1].lower()]}
    last = i = at
    while i + 1 < len(lines) and i - last < 3 and i - at < 24:
        i += 1
        match = matcher.match(_closed_up(lines[i].text))
        if match and (lines[i].start - lines[last].start) < 3000:
            kind = kinds[match[1].lower()]
            seen.add(kind)
            last = i
        elif not lines[i].bare and i - last >= 2:
            break
    proper = seen - {"other"}
    if "from" in seen and len(proper) == 1 and _inline_labels(first[2], kinds):
        return 1
    if (
        "from" not in seen
        and {"sent", "to"} <= seen
        and any(_ADDRESS.search(line.text) for line in lines[at : last + 1])
    ):
        return last + 1 - at
    if (
        "from" in seen
        and len(proper) >= 2
        and (len(proper) >= 3 or _ADDRESS.search(lines[at].text) or _dated(lines[at : last + 1]))
    ):
        return last + 1 - at
    return 0


def _closed_up(line: str) -> str:
    """The line with a label that was spaced out to a width closed up (差 出 人, 件　　名)."""
    m = _SPACED_LABEL.match(line)
    return re.sub(r"[ \u3000]", "", m[0]) + line[m.end() :] if m else line


def _inline_labels(rest: str, kinds: dict[str, str]) -> bool:
    """Whether further labels stand in the same line ("From: … Date: …"), as flattened HTML has them."""
    found = {kinds.get(word.lower()) for word in re.findall(r"(?<=[\s>])([^\W\d_]{2,12}):\s", rest[:500])}
    return bool(found & {"sent", "subject"}) and bool(_DATE.search(rest) or _ADDRESS.search(rest))


def _dated(lines: list[Line]) -> bool:
    return any(_DATE.search(line.text) or _ADDRESS.search(line.text) for line in lines)


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


def _attribution(lines: list[Line], end: int, marked: list[bool]) -> int | None:
    """The first line of an attribution whose last line is ``end``, None if there is none."""
    tail = lines[end].text.rstrip(" \t\u3000*_")
    before_marks = _followed_by_mark(lines, end, marked)
    if not before_marks and not tail.endswith((":", "：")) and not _verb_last().search(tail):
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
    if _DATE.search(joined):
        return start
    broken = start
    for above in range(start - 1, max(-1, start - 1 - _LAST_LINES), -1):
        line = lines[above]
        if marked[above] or len(line.bare) > 200:
            break
        if _DATE.search(line.text):
            if _STARTS.match(line.text):
                return above
            broken = above if broken == start and _BROKEN.search(line.text) else broken
    return broken


@cache
def _verb_last() -> re.Pattern[str]:
    return re.compile(r"(?:" + "|".join(phrases("quote_verbs.txt")) + r")\s?[:：]?$", re.IGNORECASE)


def _is_attribution(joined: str, before_marks: bool) -> bool:
    joined = joined.rstrip(" \t\u3000*_")
    colon = joined.endswith((":", "："))
    date, address = bool(_DATE.search(joined)), bool(_ADDRESS.search(joined))
    verb = bool(pattern("quote_verbs.txt", r"(?<![a-zA-Z])").search(joined))
    started = bool(_STARTS.match(joined))
    if colon and verb and (address or (date and started)):
        return True
    if colon and date and address:
        return True
    if before_marks and colon and (date or address or (verb and len(joined) < 100)):
        return True
    return before_marks and (verb or address) and (started or bool(_DATE.search(joined[:20])))


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
