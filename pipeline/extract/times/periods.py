"""Calendar periods (weeks to centuries) and their portions, seen from the mail's date."""

from __future__ import annotations

import calendar
from datetime import date

from pipeline.extract.times.seen import DAY, Days, Seen, monday, shift_month
from pipeline.extract.times.symbols import Period, Portion, Unit

MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "season": 3, "half_year": 6, "decade": 120, "century": 1200}

# The days of a week (Monday = 0) and of a month that a portion of it means.
_OF_WEEK: dict[Portion | None, tuple[int, int]] = {
    "start": (0, 0), "early": (0, 1), "first_half": (0, 2), "mid": (1, 3), "end": (4, 4), "late": (3, 4),
    "second_half": (2, 4),
}  # fmt: skip
_OF_MONTH: dict[Portion | None, tuple[int, int]] = {
    "start": (1, 1), "early": (1, 10), "first_half": (1, 15), "mid": (11, 20), "end": (31, 31), "late": (21, 31),
    "second_half": (16, 31),
}  # fmt: skip


def resolve(period: Period, seen: Seen) -> Days | None:
    """The days of a period as a mail means them: of a week Monday to Friday, of the end of a month the last day."""
    if period.unit == "day":
        return Days(seen.today, seen.today, True)
    full = bounds(period, seen)
    if full is None:
        return None
    if period.unit == "week" or (period.week is not None and period.unit != "weekend"):
        low, high = _OF_WEEK.get(period.portion, (0, 4))
        return Days(full[0] + low * DAY, full[0] + high * DAY, True)
    if period.unit == "month":
        low, high = _OF_MONTH.get(period.portion, (1, 31))
        return Days(full[0].replace(day=min(low, full[1].day)), full[0].replace(day=min(high, full[1].day)), True)
    return _portion(period.portion, *full)


def working_week(start: date) -> Days:
    """Monday to Friday."""
    return Days(start, start + 4 * DAY, True)


def bounds(period: Period, seen: Seen) -> tuple[date, date] | None:
    """First and last day of the whole period in the calendar, whatever portion of it is said."""
    if period.unit in ("week", "weekend") and period.week is None:
        start = monday(seen.today, period.away or 0)
        return (start, start + 6 * DAY) if period.unit == "week" else (start + 5 * DAY, start + 6 * DAY)
    months = 12 if period.whole else MONTHS.get(period.unit, 12)
    begin = _season(period, seen) if period.unit == "season" else _beginning(period, months, seen)
    if begin is None or not 1 <= begin[0] <= 9800:
        return None
    last_year, last_month = shift_month(*begin, months - 1)
    first, last = date(*begin, 1), date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
    return _nth_week(period, first, last) if period.week is not None else (first, last)


def _nth_week(period: Period, first: date, last: date) -> tuple[date, date]:
    """The n-th week of a month or year: as in ISO 8601, the first is the one that has most of its days in there."""
    assert period.week is not None
    middle = first + (7 * period.week - 4) * DAY if period.week > 0 else last - 3 * DAY
    start = monday(middle)
    return start, start + 6 * DAY


def _beginning(period: Period, months: int, seen: Seen) -> tuple[int, int] | None:
    """Year and month in which a period of so many months begins."""
    today = seen.today
    if period.away is not None:
        running = (today.year * 12 + today.month - 1) // months * months + period.away * months
        return running // 12, running % 12 + 1
    month = period.month or 1
    return _year_of(period, month, months, seen), month


def _season(period: Period, seen: Seen) -> tuple[int, int] | None:
    month = period.month or 1
    if period.year is not None or period.year_away is not None:
        return period.year or seen.today.year + (period.year_away or 0), month
    now = seen.today.year * 12 + seen.today.month - 1
    begins = [(seen.today.year + n) * 12 + month - 1 for n in range(-2, 3)]
    if period.away == -1 or (seen.past and not period.away):
        found = [b for b in begins if b + (3 if period.away else 0) <= now][-1]
    else:
        found = next(b for b in begins if (b > now if period.away else b + 3 > now))
    return found // 12, found % 12 + 1


def _year_of(period: Period, month: int, months: int, seen: Seen) -> int:
    today = seen.today
    if period.year is not None:
        return period.year
    if period.whole:
        return today.year - (today.month < month) + (period.year_away or 0)
    if period.year_away is not None:
        return today.year + period.year_away
    if period.turn:
        return today.year + (month <= today.month if period.turn > 0 else -(month >= today.month))
    if seen.past:
        return today.year - (month > today.month)
    since = today.month - (month + months - 1)  # months since the last one of this year's
    return today.year + (since > 1) - (since < -10 and period.portion is None)


def _portion(portion: Portion | None, first: date, last: date) -> Days:
    """The part of a longer period that a portion means."""
    third = (last - first) // 3
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    middle = date(*shift_month(first.year, first.month, months // 2), 1)
    spans: dict[Portion | None, tuple[date, date]] = {
        "start": (first, first), "end": (last, last), "early": (first, first + third), "late": (last - third, last),
        "first_half": (first, middle - DAY), "second_half": (middle, last), "mid": (first + third, last - third),
    }  # fmt: skip
    return Days(*spans.get(portion, (first, last)), True)
