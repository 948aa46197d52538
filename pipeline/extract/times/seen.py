"""What is needed to see calendar days from a mail's date, and the steps from one to another."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """From where days are seen: the mail's date, its writer's country, and the date order there.

    ``past``: the sentence speaks of the past. ``anchor`` is the day that was named last, here or in an earlier
    sentence; ``named`` the last one of this very text, in whose month a bare "25th" lies.
    """

    today: date
    country: str
    month_first: bool = False
    past: bool = False
    anchor: date | None = None
    named: date | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days from ``start`` to ``end`` inclusive; ``approx``: some time in there, not all of it."""

    start: date
    end: date
    approx: bool = False


def monday(today: date, week: int = 0) -> date:
    """The Monday of the week that lies ``week`` weeks on."""
    return today - today.weekday() * DAY + 7 * week * DAY


def make(year: int, month: int, day: int) -> date | None:
    """A date, None where the calendar has none (31 April)."""
    return date(year, month, day) if 1 <= year <= 9998 and day <= calendar.monthrange(year, month)[1] else None


def shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    """Year and month ``by`` months on."""
    total = year * 12 + month - 1 + by
    return total // 12, total % 12 + 1
