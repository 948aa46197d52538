"""Days and seasons known by name."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from importlib.resources import files

from dateutil.easter import easter


@functools.cache
def _table() -> dict[str, tuple[str, str]]:
    lines = (files(__package__) / "festivals.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: (first, last) for name, first, last in rows}


def days(name: str, today: date) -> tuple[date, date] | None:
    """First and last day of the next such days that are not over on ``today``."""
    if name not in _table():
        return None
    first, last = _table()[name]
    for year in (today.year - 1, today.year, today.year + 1):
        start, end = _day(first, year), _day(last, year)
        if end < start:
            end = _day(last, year + 1)
        if end >= today:
            return start, end
    return None


def _day(said: str, year: int) -> date:
    if said.startswith("easter"):
        return easter(year) + timedelta(days=int(said.removeprefix("easter") or 0))
    if said == "thanksgiving":
        first = date(year, 11, 1)
        return first + timedelta(days=(3 - first.weekday()) % 7 + 21)
    month, day = said.split("-")
    return date(year, int(month), int(day))
