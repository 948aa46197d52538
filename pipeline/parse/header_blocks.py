"""Header blocks: the From, Sent, To and Subject lines that mail clients write above quoted or forwarded mail."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.parse.lines import Line, phrases

_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?!\d)|(?<![\d.])\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?![.\d])|"
    r"(?<!\w)\d{1,2}\.?\s*(?:de |d[’'])?[^\W\d_]{3,12}\.?,?"
    r"\s*(?:de )?\d{4}"
    r"|[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}月\s*\d{1,2}日|\d{1,2}:\d{2}|(?:令和|平成)\d"
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}|[<\[＜]mailto:|<[^<>\s]{1,64}@")
_SPACED_LABEL = re.compile(r"[\u4e00-\u9fff](?:[ \u3000]{1,4}[\u4e00-\u9fff]){1,3}(?=[ \u3000]{0,6}[:：])")
_MAX_NOTES = 100
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?!\d)|\d{1,2}時")
_DIGIT = re.compile(r"\d")


def has_date(text: str) -> bool:
    """Whether a text holds a date or a time of day."""
    return bool(_DIGIT.search(text)) and bool(_DATE.search(text))


def has_address(text: str) -> bool:
    """Whether a text holds a mail address, or the beginning of one in angle brackets."""
    return ("@" in text or "mailto:" in text) and bool(_ADDRESS.search(text))


def may_be_labelled(line: str) -> bool:
    """Whether a line holds a sign with which a label ends."""
    return ":" in line or "：" in line or "】" in line or "]" in line


@lru_cache(maxsize=64)
def header_field(line: str) -> tuple[str, str] | None:
    """Kind (from, sent, to, cc, subject, other) and value of a line that a header block's label leads."""
    if not may_be_labelled(line):
        return None
    matcher, kinds = _label()
    match = matcher.match(_closed_up(line))
    return (kinds.get(match[1].lower(), "other"), match[2].strip()) if match else None


@cache
def _label() -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {label.lower(): kind for kind, label in (row.split("\t") for row in phrases("quote_headers.tsv"))}
    labels = "|".join(sorted(map(re.escape, kinds), key=lambda label: -len(label)))
    return re.compile(
        rf"[*\s]{{0,3}}[■●◆・【\[]?({labels})[ \u3000]{{0,12}}\*?[ \u3000]{{0,12}}(?:[:：]\*?|[】\]][:：]?)(.*)$",
        re.IGNORECASE,
    ), kinds


def find(lines: list[Line], at: int) -> tuple[int, int] | None:
    """The half-open range of the header block whose first label stands in line ``at``, None if none begins there."""
    first = header_field(lines[at].text)
    if first is None:
        return None
    seen, stop = _fields(lines, at)
    if "from" in seen:
        if len(seen - {"other"}) == 1:
            return (at, at + 1) if _inline_labels(first[1]) else None
        return (at, stop) if _is_evident(seen - {"other"}, lines[at:stop]) else None
    if {"sent", "to"} <= seen and any(has_address(line.text) for line in lines[at:stop]):
        return at, stop
    if first[0] == "to" and "subject" in seen and (start := _notes_head(lines, at)) is not None:
        return start, stop
    return None


def _fields(lines: list[Line], at: int) -> tuple[set[str], int]:
    """The kinds of the labels from line ``at`` on, with few lines between, and the end of the last."""
    seen: set[str] = set()
    last = i = at
    while i < len(lines) and i - last < 4 and i - at < 25:
        field = header_field(lines[i].text)
        if field and lines[i].start - lines[last].start < 3000:
            seen.add(field[0])
            last = i
        elif not lines[i].bare and i - last >= 2:
            break
        i += 1
    return seen, last + 1


def _is_evident(kinds: set[str], block: list[Line]) -> bool:
    """Whether labels are those of a mail and not of a journey ("From: Leeds, To: York") or a form."""
    if len(kinds) < 2:
        return False
    if "subject" in kinds and (len(kinds) > 2 or any(has_date(line.text) for line in block)):
        return True
    return any(has_address(line.text) or _CLOCK.search(line.text) for line in block)


def _notes_head(lines: list[Line], at: int) -> int | None:
    """Where a block without a From label begins, as Lotus Notes writes it: the name, then or beside it the date."""
    i = at - 1 if at and lines[at - 1].bare else at - 2
    if i < 0 or len(lines[i].bare) > _MAX_NOTES or not (has_date(lines[i].text) and _CLOCK.search(lines[i].text)):
        return None
    named = lines[i].bare[0].isdigit() and i > 0 and 0 < len(lines[i - 1].bare) <= _MAX_NOTES
    return i - 1 if named else i


def _closed_up(line: str) -> str:
    """The line with a label that was spaced out to a width closed up (差 出 人, 件　　名)."""
    m = _SPACED_LABEL.match(line)
    return re.sub(r"[ \u3000]", "", m[0]) + line[m.end() :] if m else line


def _inline_labels(rest: str) -> bool:
    """Whether further labels stand in the same line ("From: … Date: …"), as flattened HTML has them."""
    kinds = _label()[1]
    found = {kinds.get(word.lower()) for word in re.findall(r"(?<=[\s>])([^\W\d_]{2,12}):\s", rest[:500])}
    return bool(found & {"sent", "subject"}) and bool(has_date(rest) or has_address(rest))
