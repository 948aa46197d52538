"""Working days: Monday to Friday without the public holidays of a country."""

from __future__ import annotations

import functools
from datetime import date, timedelta

import holidays

_DAY = timedelta(days=1)
_LONGEST_WAIT_DAYS = 200
_KNOWN_YEARS = range(1950, 2099)  # laws beyond are not made yet


@functools.cache
def _public_holidays(country: str, year: int) -> dict[date, str]:
    """Of the whole country, with English names whatever the locale. Source: the ``holidays`` package."""
    return dict(holidays.country_holidays(country, years=year, language="en_US"))


def holiday(country: str, name: str, year: int) -> date | None:
    """The day of a public holiday by its English name."""
    if year not in _KNOWN_YEARS:
        return None
    return next((day for day, called in _public_holidays(country, year).items() if called == name), None)


def is_workday(day: date, country: str) -> bool:
    """Whether offices of a country (ISO 3166) work on a day."""
    if day.weekday() >= 5:
        return False
    return day.year not in _KNOWN_YEARS or day not in _public_holidays(country, day.year)


def next_break(day: date, country: str) -> tuple[date, date] | None:
    """The first run of three days off or more that is not over on a day."""
    first = day
    while is_workday(first - _DAY, country) is False:
        first -= _DAY
    for _ in range(_LONGEST_WAIT_DAYS):
        last = first
        while not is_workday(last, country):
            last += _DAY
        if (last - first).days >= 3 and last > day:
            return first, last - _DAY
        first = last + _DAY
    return None


def shift(day: date, count: int, country: str) -> date:
    """The ``count``-th working day after ``day`` (before it where negative)."""
    step = _DAY if count >= 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_workday(day, country):
            day += step
    return day
