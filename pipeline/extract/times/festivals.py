"""Days and seasons known by name."""

from __future__ import annotations

import calendar
import functools
from datetime import date, timedelta
from importlib.resources import files

from dateutil.easter import easter

from pipeline.extract.times import workdays

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


@functools.cache
def _table() -> dict[str, tuple[str, str]]:
    lines = (files(__package__) / "festivals.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: (first, last) for name, first, last in rows}


def names() -> tuple[str, ...]:
    """The names of all days known, the longest first."""
    return tuple(sorted(_table(), key=lambda name: (-len(name), name)))


def days(name: str, today: date, away: int | None = None) -> tuple[date, date] | None:
    """First and last day of the next such days that are not over on ``today``.

    ``away``: the last such days before today (-1), the first that begin after it (1).
    """
    if name not in _table():
        return None
    if _table()[name][0] == "break":
        return workdays.next_break(today, "JP")
    if _table()[name][0] == "gotobi":
        return (_gotobi(today),) * 2
    found = [span for year in range(today.year - 2, today.year + 3) if (span := in_year(name, year))]
    if away and away < 0:
        return next((span for span in reversed(found) if span[1] < today), None)
    return next((span for span in found if (span[0] > today if away else span[1] >= today)), None)


def in_year(name: str, year: int) -> tuple[date, date] | None:
    """First and last day of such days that begin in a year."""
    if name not in _table() or _table()[name][0] in ("break", "gotobi") or not 1583 <= year < 4099:
        return None
    first, last = _table()[name]
    start, end = _day(first, year), _day(last, year)
    if start and end and end < start:
        end = _day(last, year + 1)
    return (start, end) if start and end else None


def _gotobi(today: date) -> date:
    """The next day that ends in 5 or 0, or the last of the month, on which Japanese firms pay."""
    day = today
    while day.day % 5 or day.day == 31:
        if day.day == calendar.monthrange(day.year, day.month)[1]:
            return day
        day += _DAY
    return day


def _day(said: str, year: int) -> date | None:
    if said.startswith("easter"):
        return easter(year) + int(said.removeprefix("easter") or 0) * _DAY
    if " " in said:
        country, holiday = said.split(" ", 1)
        return workdays.holiday(country.upper(), holiday, year)
    said, _, later = said.partition("+")
    parts = said.split("-")
    if len(parts) == 3:
        return _nth(year, int(parts[0]), _WEEKDAYS.index(parts[1]), parts[2]) + int(later or 0) * _DAY
    return date(year, int(parts[0]), int(parts[1]))


def _nth(year: int, month: int, weekday: int, nth: str) -> date:
    if nth == "last":
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - (last.weekday() - weekday) % 7 * _DAY
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (int(nth) - 1)) * _DAY
