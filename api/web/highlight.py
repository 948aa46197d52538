"""The canonical text of a mail as safe HTML: zones as blocks, evidence as marks, links with their target.

Every offset counts code points of the text, as everywhere in the product; Python strings do the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from pipeline.records import Segment, Zone

GROUPS = {
    "full_name": "person", "family_name": "person", "given_name": "person", "name_kana": "person",
    "name_latin": "person", "job_title": "person", "participants": "person", "owner": "person",
    "company": "firm", "department": "firm", "website": "firm", "social": "firm", "address": "firm",
    "postal_code": "firm", "country": "firm", "location": "firm", "deal": "firm",
    "phone": "number", "email": "number", "online_url": "number", "meeting_id": "number", "passcode": "number",
    "start": "time", "end": "time", "due": "time", "slot": "time", "slots": "time", "old_start": "time",
}  # fmt: skip
"""Field → group; a group has one colour and one underline. What is not listed is ``intent``."""

_URL = re.compile(r"https?://[^\s<>\"'「」『』（）()［］\[\]、。]{1,2000}")
_TRAILING = ".,;:!?"


def group(field: str) -> str:
    """The evidence group of a field."""
    return GROUPS.get(field, "intent")


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of the text that is evidence: its group and the key of the form field that it belongs to."""

    start: int
    end: int
    group: str
    key: str


@dataclass(frozen=True, slots=True)
class Block:
    """One zone of the mail as HTML; ``lines`` counts what a folded block hides."""

    zone: Zone
    language: str
    html: Markup
    lines: int
    marked: bool


def blocks(text: str, segments: Sequence[Segment], marks: Iterable[Mark] = ()) -> tuple[Block, ...]:
    """The text zone by zone, escaped, with marks and links laid over it."""
    wanted = sorted((m for m in marks if 0 <= m.start < m.end <= len(text)), key=lambda m: (m.start, m.end, m.key))
    links = tuple(_links(text))
    parts = segments or (Segment("body", 0, len(text), "und"),)
    return tuple(_block(text, part, wanted, links) for part in parts if part.start < part.end)


def _block(text: str, part: Segment, marks: Sequence[Mark], links: Sequence[tuple[int, int]]) -> Block:
    inside = [m for m in marks if m.start < part.end and part.start < m.end]
    linked = [link for link in links if link[0] < part.end and part.start < link[1]]
    body = text[part.start : part.end]
    start = part.start + len(body) - len(body.lstrip("\n"))
    end = max(start, part.end - (len(body) - len(body.rstrip())))
    html = Markup("").join(_pieces(text, start, end, inside, linked))
    return Block(part.zone, part.language, html, body.strip().count("\n") + 1, bool(inside))


def _pieces(
    text: str, start: int, end: int, marks: Sequence[Mark], links: Sequence[tuple[int, int]]
) -> Iterable[Markup]:
    """Runs of text between two borders, each wrapped in what covers it; sweeps once from left to right."""
    borders = {start, end}
    for first, last in [(m.start, m.end) for m in marks] + list(links):
        borders |= {min(max(first, start), end), min(max(last, start), end)}
    ordered = sorted(borders)
    active: list[Mark] = []
    waiting = link = 0
    for left, right in pairwise(ordered):
        active = [m for m in active if m.end > left]
        while waiting < len(marks) and marks[waiting].start <= left:
            if marks[waiting].end > left:
                active.append(marks[waiting])
            waiting += 1
        while link < len(links) and links[link][1] <= left:
            link += 1
        target = text[slice(*links[link])] if link < len(links) and links[link][0] <= left else None
        runs = _runs(text[left:right], left == 0 or text[left - 1] == "\n") if active else (text[left:right],)
        yield from (_wrap(run, active if run.strip() else (), target) for run in runs if run)


def _runs(piece: str, at_margin: bool) -> Iterable[str]:
    """A marked piece line by line, the space before each line apart: no mark hangs over the margin."""
    for place, line in enumerate(piece.split("\n")):
        if place:
            yield "\n"
        words = line.lstrip() if place or at_margin else line
        yield line[: len(line) - len(words)]
        yield words


def _wrap(piece: str, marks: Sequence[Mark], target: str | None) -> Markup:
    html = escape(piece)
    if target:
        html = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(target, html)
    if marks:
        keys = " ".join(dict.fromkeys(m.key for m in marks))
        html = Markup('<mark class="ev ev-{}" data-keys="{}">{}</mark>').format(marks[-1].group, keys, html)
    return html


def _links(text: str) -> Iterable[tuple[int, int]]:
    for match in _URL.finditer(text):
        end = match.end()
        while end > match.start() and text[end - 1] in _TRAILING:
            end -= 1
        yield match.start(), end
