"""Lines of a text with their places, the unit in which zones are judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(slots=True, init=False)
class Line:
    """One line: ``text`` without its line end, ``start`` and ``end`` (line end included) in the whole text.

    ``bare`` is the line without white space around it, made once because every rule asks for it.
    """

    text: str
    start: int
    end: int
    bare: str = field(init=False)

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.bare = text.strip()


def split(text: str) -> list[Line]:
    """The lines of a text; they cover it without a gap."""
    rows = text.split("\n")
    if not rows[-1]:
        rows.pop()
    out, at = [], 0
    for row in rows:
        out.append(Line(row, at, min(len(text), at + len(row) + 1)))
        at += len(row) + 1
    return out


@cache
def phrases(name: str) -> tuple[str, ...]:
    """The rows of a data file beside this module, without comments and empty rows."""
    rows = resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return tuple(row.strip() for row in rows if row.strip() and not row.startswith("#"))


@cache
def pattern(name: str, head: str = "", tail: str = "") -> re.Pattern[str]:
    """One case-blind pattern of all rows of a data file, between ``head`` and ``tail``."""
    return re.compile(head + "(?:" + "|".join(phrases(name)) + ")" + tail, re.IGNORECASE)
