"""The zones of a mail: new text, the sender's signature, quoted mail, boilerplate.

Rules in three steps over whole lines: what is old (quotes.py), what is boilerplate (footers.py), where the identity
block stands in what is left (signatures.py). Blank lines between two zones belong to the earlier one.
"""

from __future__ import annotations

import itertools

from pipeline.parse import footers, language, quotes, signatures
from pipeline.parse.lines import Line
from pipeline.parse.lines import split as split_lines
from pipeline.records import Segment, Zone

MAX_LINES = 10_000
MAX_PEELED = 3
FULL_SIGNATURE = 3


def split(text: str, sender: str | None = None) -> tuple[Segment, ...]:
    """The segments of a text, in order, covering it without overlap; ``sender`` is the From header's name, if known."""
    lines = split_lines(text)
    return _segments(text, lines, judge(lines, sender))


def judge(lines: list[Line], sender: str | None = None) -> list[Zone]:
    """The zone of each line; lines beyond ``MAX_LINES`` go on in the zone of the last one judged."""
    if len(lines) > MAX_LINES:
        judged = judge(lines[:MAX_LINES], sender)
        return judged + judged[-1:] * (len(lines) - MAX_LINES)
    quoted = quotes.mark(lines)
    zones: list[Zone] = ["quote" if q else "body" for q in quoted]
    regions = _regions(lines, quoted)
    for first, last in regions:
        for i, is_footer in enumerate(footers.find(lines, first, last), first):
            if is_footer:
                zones[i] = "footer"
    for first, last in reversed(regions):
        if any(zones[i] == "body" and lines[i].bare for i in range(first, last)):
            _sign(lines, zones, first, last, sender)
            if any(zones[i] == "body" and lines[i].bare for i in range(first, last)):
                break
    _give_blanks(lines, zones)
    return zones


def _regions(lines: list[Line], quoted: list[bool]) -> list[tuple[int, int]]:
    """Runs of lines that are not quoted."""
    out, start = [], None
    for i, is_quoted in enumerate([*quoted, True]):
        if not is_quoted and start is None:
            start = i
        elif is_quoted and start is not None:
            out.append((start, i))
            start = None
    return [(a, b) for a, b in out if any(line.bare for line in lines[a:b])]


def _sign(lines: list[Line], zones: list[Zone], first: int, last: int, sender: str | None) -> None:
    """Find the signature in a region, in its parts between boilerplate from the last to the first."""
    end = last
    while end > first:
        while end > first and (zones[end - 1] == "footer" or not lines[end - 1].bare):
            end -= 1
        start = end
        while start > first and zones[start - 1] != "footer":
            start -= 1
        if start < end:
            after = _peel(lines, zones, start, end, sender)
            if found := signatures.find(lines, start, after, sender):
                for i in range(*found):
                    zones[i] = "signature"
                return
        end = start


def _peel(lines: list[Line], zones: list[Zone], first: int, last: int, sender: str | None) -> int:
    """Set apart the paragraphs below a signature that are none of it; the end of what is left."""
    for cuts in _prose_below(lines, first, last):
        end = cuts[0]
        if not signatures.may_end(lines[end - 1].text):
            continue
        found = signatures.find(lines, first, end, sender)
        if found is None or found[1] < end or found[0] == first:
            continue
        sure = signatures.is_sure(lines, found, sender)
        full = sum(1 for line in lines[slice(*found)] if line.bare) >= FULL_SIGNATURE
        for start, stop in itertools.pairwise(cuts):
            text = " ".join(line.bare for line in lines[start:stop]).strip()
            if footers.is_legal(text) or (sure and full and footers.is_impersonal(text)):
                zones[start:stop] = ["footer"] * (stop - start)
        if sure or zones[end] == "footer":
            return end
    return last


def _prose_below(lines: list[Line], first: int, last: int) -> list[list[int]]:
    """The ends of paragraphs below which only prose stands, highest first, each with the ends after it."""
    cuts = [last]
    while len(cuts) <= MAX_PEELED and (start := footers.tail(lines, first, cuts[0])) is not None:
        cuts.insert(0, _bare_end(lines, first, start))
    return [cuts[k:] for k in range(len(cuts) - 1)]


def _bare_end(lines: list[Line], first: int, end: int) -> int:
    while end > first and not lines[end - 1].bare:
        end -= 1
    return end


def _give_blanks(lines: list[Line], zones: list[Zone]) -> None:
    for i in range(1, len(lines)):
        if not lines[i].bare:
            zones[i] = zones[i - 1]


def _segments(text: str, lines: list[Line], zones: list[Zone]) -> tuple[Segment, ...]:
    out: list[Segment] = []
    start = 0
    for i, line in enumerate(lines):
        if i + 1 == len(lines) or zones[i + 1] != zones[i]:
            out.append(Segment(zones[i], start, line.end, language.detect(text[start : line.end])))
            start = line.end
    return tuple(out)
