"""Where a mail's signatures stand: their zone, and blocks at the end of the body that are one too."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.extract import people
from pipeline.extract.lines import Block, paragraphs
from pipeline.extract.located import Hints
from pipeline.records import Segment

_PROSE = re.compile(r"[。？?!！]|[a-z]{3}\.\s*$")
_NOTE = re.compile(r"\s*(?:[※＊*]|P\.? ?S\b|追伸|なお、)")
_BEHALF = re.compile(r"\s*(?:for and )?on behalf of [^\n]{2,80}\s*$", re.IGNORECASE)


def find(text: str, segments: tuple[Segment, ...], hints: Hints) -> list[tuple[int, int]]:
    """The stretches that are the sender's signature: its zone, and a block at the end of the body that is one too.

    Without a closing phrase or rule before it a signature may stand in the body zone, wholly or with its first lines.
    """
    found: list[tuple[int, int]] = []
    for before, segment in zip((None, *segments), segments, strict=False):
        if segment.zone == "signature":
            start = _tail(text, before, hints) if before is not None and before.zone == "body" else None
            found.append((segment.start if start is None else start, segment.end))
    bodies = [s for s in segments if s.zone == "body"]
    if not found and bodies and (start := _tail(text, bodies[-1], hints)) is not None:
        found.append((start, bodies[-1].end))
    if bodies and (above := _above_notes(text, bodies[-1], hints)) is not None:
        found.insert(0, above)
    return found


def _above_notes(text: str, body: Segment, hints: Hints) -> tuple[int, int] | None:
    """A signature in the body with nothing but a note below it (※日程は秘書の…まで, P.S.)."""
    all_paragraphs = paragraphs(text, body.start, body.end)
    if len(all_paragraphs) < 3 or not _NOTE.match(all_paragraphs[-1].text):
        return None
    start = _tail(text, replace(body, end=all_paragraphs[-2].end), hints)
    return None if start is None else (start, all_paragraphs[-2].end)


def _tail(text: str, body: Segment, hints: Hints) -> int | None:
    """Where the last paragraph of a body begins, if it is short lines that open with the sender's name or firm."""
    all_paragraphs = paragraphs(text, body.start, body.end)
    if len(all_paragraphs) >= 2 and _BEHALF.match(all_paragraphs[-1].text):
        return all_paragraphs[-1].start
    if len(all_paragraphs) < 2 or not hints.full:
        return None
    last = all_paragraphs[-1]
    if len(last.text) > 1000:
        return None
    lines = [line for line in last.text.split("\n") if line.strip()]
    if len(lines) > 8 or any(len(line) > 80 or _PROSE.search(line) for line in lines):
        return None
    located = people.locate(Block(text, last.start, body.end), hints)
    return last.start if located is not None and located.rule != "signature.name_form" else None
