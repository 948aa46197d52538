"""Named days to calendar days, seen from the mail's date."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.extract.times import festivals, workdays
from pipeline.extract.times.symbols import Anchored, Away, Date, Day, Festival, Period, WeekOf

_DAY = timedelta(days=1)
_LOOK_BACK_DAYS = 30


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


def resolve(day: Day, seen: Seen) -> Days | None:
    """The calendar days a day word means, None where the calendar has none (31 April)."""
    if isinstance(day, Date):
        found = _date(day, seen)
        return Days(found, found) if found else None
    if isinstance(day, Away):
        return _away(day, seen)
    if isinstance(day, Period):
        return _period(day, seen)
    if isinstance(day, Anchored):
        return _anchored(day, seen)
    if isinstance(day, WeekOf):
        found = _date(day.date, seen) if day.number is None else _week_of_year(day.number, seen.today)
        return _working_week(found - found.weekday() * _DAY) if found else None
    assert isinstance(day, Festival)
    return Days(*span) if (span := festivals.days(day.name, seen.today)) else None


def monday(today: date, week: int = 0) -> date:
    """The Monday of the week that lies ``week`` weeks on."""
    return today - today.weekday() * _DAY + 7 * week * _DAY


def _make(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= year <= 9998 and day <= calendar.monthrange(year, month)[1] else None


def shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    """Year and month ``by`` months on."""
    total = year * 12 + month - 1 + by
    return total // 12, total % 12 + 1


def _anchored(day: Anchored, seen: Seen) -> Days | None:
    if seen.anchor is None:
        fallback = _weekday(Date(weekday=day.weekday), seen) if day.weekday is not None and not day.days else None
        return Days(fallback, fallback) if fallback else None
    if day.week:
        return _working_week(monday(seen.anchor, day.days))
    if day.weekday is None:
        found = seen.anchor + day.days * _DAY
    elif day.days < 0:
        found = seen.anchor - ((seen.anchor.weekday() - day.weekday - 1) % 7 + 1) * _DAY
    elif day.days > 0:
        found = seen.anchor + ((day.weekday - seen.anchor.weekday() - 1) % 7 + 1) * _DAY
    else:
        found = monday(seen.anchor) + day.weekday * _DAY
    return Days(found, found)


def _week_of_year(number: int, today: date) -> date | None:
    """The Monday of an ISO week, this year's or, when long over, next year's."""
    for year in (today.year, today.year + 1):
        if 1 <= number <= date(year, 12, 28).isocalendar().week:
            found = date.fromisocalendar(year, number, 1)
            if found > today - 60 * _DAY:
                return found
    return None


# ---- dates


def _date(day: Date, seen: Seen) -> date | None:
    if day.swappable and seen.month_first:
        day = replace(day, month=day.day, day=day.month, swappable=False)
    if day.month is not None and day.day is not None:
        return _month_day(day, seen)
    if day.day is not None:
        return _day_of_month(day, seen)
    return _weekday(day, seen) if day.weekday is not None else None


def _weekday(day: Date, seen: Seen) -> date:
    assert day.weekday is not None
    if day.week is not None:
        return monday(seen.today, day.week) + day.weekday * _DAY
    ahead = (day.weekday - seen.today.weekday() - 1) % 7 + 1
    if day.weeks_later < 0 or (seen.past and day.weeks_later == 0):
        return seen.today + (ahead - 7 - (7 if ahead == 7 else 0)) * _DAY
    return seen.today + (ahead + 7 * day.weeks_later) * _DAY


def _month_day(day: Date, seen: Seen) -> date | None:
    assert day.month is not None
    assert day.day is not None
    if day.year is not None:
        return _make(day.year, day.month, day.day)
    if day.year_away is not None:
        return _make(seen.today.year + day.year_away, day.month, day.day)
    candidates = [d for y in (-1, 0, 1) if (d := _make(seen.today.year + y, day.month, day.day))]
    ahead = [d for d in candidates if (d - seen.today).days >= -_LOOK_BACK_DAYS]
    if day.weekday is not None:
        fitting = [d for d in candidates if d.weekday() == day.weekday and abs((d - seen.today).days) < 330]
        if fitting and ahead and ahead[0] not in fitting and ahead[0] - seen.today > 200 * _DAY:
            return fitting[0]
    return ahead[0] if ahead else None


def _day_of_month(day: Date, seen: Seen) -> date | None:
    assert day.day is not None
    today = seen.today
    if day.month_away is not None:
        return _make(*shift_month(today.year, today.month, day.month_away), day.day)
    if day.year_away is not None or day.year is not None:
        return None
    candidates = [d for n in (-1, 0, 1, 2) if (d := _make(*shift_month(today.year, today.month, n), day.day))]
    if seen.named and not seen.past:
        hinted = _make(seen.named.year, seen.named.month, day.day)
        if hinted and day.weekday not in (None, hinted.weekday()):
            hinted = None
        if hinted and hinted >= today:
            candidates = [hinted]
    if day.weekday is not None and (fitting := [d for d in candidates if d.weekday() == day.weekday]):
        candidates = fitting
    if seen.past and (behind := [d for d in candidates if d <= today]):
        return behind[-1]
    return next((d for d in candidates if d >= today), candidates[-1] if candidates else None)


# ---- distances


def _away(away: Away, seen: Seen) -> Days | None:
    if abs(away.count) > 3000:
        return None
    if away.unit == "workday":
        found = workdays.shift(seen.today, away.count, seen.country)
    elif away.unit in ("month", "quarter", "half_year", "year"):
        months = away.count * {"month": 1, "quarter": 3, "half_year": 6}.get(away.unit, 12)
        year, month = shift_month(seen.today.year, seen.today.month, months)
        if not 1 <= year <= 9998:
            return None
        found = date(year, month, min(seen.today.day, calendar.monthrange(year, month)[1]))
    else:
        found = seen.today + away.count * (7 if away.unit in ("week", "weekend") else 1) * _DAY
    return (
        Days(min(seen.today, found), max(seen.today, found), True) if away.through else Days(found, found, away.approx)
    )


# ---- periods


def _working_week(start: date) -> Days:
    return Days(start, start + 4 * _DAY, True)


def _period(period: Period, seen: Seen) -> Days | None:
    if period.unit == "day":
        return Days(seen.today, seen.today, True)
    if period.unit in ("week", "weekend"):
        start = monday(seen.today, period.away or 0)
        if period.unit == "weekend":
            return Days(start + 5 * _DAY, start + 6 * _DAY, True)
        return _portion_of_week(period, start)
    bounds = _bounds(period, seen)
    if bounds is None:
        return None
    if period.week is not None:
        middle = bounds[0].replace(day=7 * period.week - 3) if period.week > 0 else bounds[1] - 3 * _DAY
        return _working_week(monday(middle))
    if period.portion is None and period.unit != "month":
        return Days(*bounds, True)
    if period.unit == "month":
        return _portion_of_month(period, *bounds)
    return _portion_of_span(period, *bounds)


def _bounds(period: Period, seen: Seen) -> tuple[date, date] | None:
    """First and last day of a month, quarter, half year or year."""
    length = {"month": 1, "quarter": 3, "half_year": 6}.get(period.unit, 12)
    if period.whole:
        length = 12
    year, month = seen.today.year, seen.today.month
    if period.away is not None:
        month = (month - 1) // length * length + 1
        year, month = shift_month(year, month, period.away * length)
    else:
        month = period.month or 1
        year = _year_of(period, month, length, seen)
    if not 1 <= year <= 9990:
        return None
    last_year, last_month = shift_month(year, month, length - 1)
    return date(year, month, 1), date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def _year_of(period: Period, month: int, length: int, seen: Seen) -> int:
    if period.year is not None:
        return period.year
    if period.whole:
        running = seen.today.year - (seen.today.month < month)
        return running + (period.year_away or 0)
    if period.year_away is not None:
        return seen.today.year + period.year_away
    since = (seen.today.year * 12 + seen.today.month) - (seen.today.year * 12 + month + length - 1)
    if seen.past:
        return seen.today.year - (month > seen.today.month)
    return seen.today.year + (since > 1) - (since < -10 and period.portion is None)


def _portion_of_week(period: Period, start: date) -> Days:
    if period.portion in ("start", "early", "first_half"):
        return Days(
            start, start + (0 if period.portion == "start" else 1 if period.portion == "early" else 2) * _DAY, True
        )
    if period.portion == "mid":
        return Days(start + _DAY, start + 3 * _DAY, True)
    if period.portion == "end":
        return Days(start + 4 * _DAY, start + 4 * _DAY, True)
    if period.portion in ("late", "second_half"):
        return Days(start + (3 if period.portion == "late" else 2) * _DAY, start + 4 * _DAY, True)
    return _working_week(start)


def _portion_of_month(period: Period, first: date, last: date) -> Days:
    spans = {
        "early": (1, 10),
        "mid": (11, 20),
        "late": (21, 31),
        "first_half": (1, 15),
        "second_half": (16, 31),
        "end": (31, 31),
    }
    if period.portion == "start":
        return Days(first, first, True)
    low, high = spans.get(period.portion or "", (1, 31))
    return Days(first.replace(day=min(low, last.day)), first.replace(day=min(high, last.day)), True)


def _portion_of_span(period: Period, first: date, last: date) -> Days:
    third = (last - first) // 3
    if period.portion == "start":
        return Days(first, first, True)
    if period.portion == "end":
        return Days(last, last, True)
    if period.portion in ("early", "first_half"):
        return Days(first, first + (third if period.portion == "early" else (last - first) // 2), True)
    if period.portion in ("late", "second_half"):
        return Days(last - (third if period.portion == "late" else (last - first) // 2), last, True)
    return Days(first + third, last - third, True)
