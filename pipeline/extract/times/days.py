"""Named days to calendar days, seen from the mail's date."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date

from pipeline.extract.times import festivals, periods, workdays
from pipeline.extract.times.seen import DAY, Days, Seen, make, monday, shift_month
from pipeline.extract.times.symbols import Anchored, Away, Date, Day, Festival, Indefinite, Period, WeekOf

_LOOK_BACK_DAYS = 30
FARTHEST = 3000  # units of a distance that anybody counts in


def resolve(day: Day, seen: Seen) -> Days | None:
    """The calendar days a day word means, None where the calendar has none (31 April)."""
    if isinstance(day, Date):
        found = _date(day, seen)
        return Days(found, found) if found else None
    if isinstance(day, Away):
        return _away(day, seen)
    if isinstance(day, Period):
        return periods.resolve(day, seen)
    if isinstance(day, Anchored):
        return _anchored(day, seen)
    if isinstance(day, WeekOf):
        return _week_of(day, seen)
    if isinstance(day, Indefinite):
        return None
    return Days(*span) if (span := _festival(day, seen)) else None


def _festival(day: Festival, seen: Seen) -> tuple[date, date] | None:
    if day.year is not None:
        return festivals.in_year(day.name, day.year)
    if day.of_year:
        return festivals.in_year(day.name, seen.today.year + (day.away or 0))
    return festivals.days(day.name, seen.today, day.away or None)


def _anchored(day: Anchored, seen: Seen) -> Days | None:
    if seen.anchor is None and day.week and day.weekday is not None and not day.telling:
        seen = replace(seen, anchor=seen.today)
    if seen.anchor is None:
        fallback = _weekday(Date(weekday=day.weekday), seen) if day.weekday is not None and not day.days else None
        return Days(fallback, fallback) if fallback else None
    if day.week and day.weekday is not None:
        found = monday(seen.anchor, day.days) + day.weekday * DAY
        return Days(found, found)
    if day.week:
        return periods.working_week(monday(seen.anchor, day.days))
    if day.weekday is None:
        found = seen.anchor + day.days * DAY
    elif day.days < 0:
        found = seen.anchor - ((seen.anchor.weekday() - day.weekday - 1) % 7 + 1) * DAY
    elif day.days > 0:
        found = seen.anchor + ((day.weekday - seen.anchor.weekday() - 1) % 7 + 1) * DAY
    else:
        found = monday(seen.anchor) + day.weekday * DAY
    return Days(found, found)


def _week_of(day: WeekOf, seen: Seen) -> Days | None:
    if day.number is not None:
        found = _week_of_year(day, seen.today)
    else:
        held = resolve(day.date, seen)
        found = held.start if held else None
    if found is None:
        return None
    first = monday(found, day.weeks_later)
    return Days(first + 5 * DAY, first + 6 * DAY, True) if day.weekend else periods.working_week(first)


def _week_of_year(day: WeekOf, today: date) -> date | None:
    """The Monday of an ISO week: of its year, this year's or, when long over, next year's."""
    number = day.number or 1
    for year in (today.year, today.year + 1) if day.year is None else (day.year,):
        if 1 <= number <= date(year, 12, 28).isocalendar().week:
            found = date.fromisocalendar(year, number, 1)
            if day.year is not None or found > today - 60 * DAY:
                return found
    return None


# ---- dates


def _date(day: Date, seen: Seen) -> date | None:
    if day.swappable and seen.month_first:
        day = replace(day, month=day.day, day=day.month, swappable=False)
    if day.nth is not None:
        return _nth_weekday(day, seen)
    if day.month is not None and day.day is not None:
        return _month_day(day, seen)
    if day.day is not None:
        return _day_of_month(day, seen)
    return _weekday(day, seen) if day.weekday is not None else None


def _nth_weekday(day: Date, seen: Seen) -> date | None:
    """The first Monday of a month, the last Friday of a year; of this month or the next where none is named."""
    assert day.nth is not None
    assert day.weekday is not None
    of_month = Period("month", month=day.month, away=day.month_away, year=day.year, year_away=day.year_away)
    if day.month is None and day.month_away is None:
        yearly = day.year is not None or day.year_away is not None
        of_month = replace(of_month, unit="year") if yearly else replace(of_month, away=0)
    found = _nth_in(periods.bounds(of_month, seen), day.weekday, day.nth)
    if found and found < seen.today and of_month.away == 0 and day.month_away is None and not seen.past:
        return _nth_in(periods.bounds(replace(of_month, away=1), seen), day.weekday, day.nth)
    return found


def _nth_in(bounds: tuple[date, date] | None, weekday: int, nth: int) -> date | None:
    if bounds is None:
        return None
    first, last = bounds
    if nth < 0:
        found = last - ((last.weekday() - weekday) % 7 + 7 * (-1 - nth)) * DAY
    else:
        found = first + ((weekday - first.weekday()) % 7 + 7 * (nth - 1)) * DAY
    return found if first <= found <= last else None


def _weekday(day: Date, seen: Seen) -> date:
    assert day.weekday is not None
    if day.week is not None:
        return monday(seen.today, day.week) + day.weekday * DAY
    ahead = (day.weekday - seen.today.weekday() - 1) % 7 + 1
    if day.weeks_later < 0 or (seen.past and day.weeks_later == 0):
        return seen.today + (ahead - 7 - (7 if ahead == 7 else 0)) * DAY
    return seen.today + (ahead + 7 * day.weeks_later) * DAY


def _month_day(day: Date, seen: Seen) -> date | None:
    assert day.month is not None
    assert day.day is not None
    if day.year is not None:
        return make(day.year, day.month, day.day)
    if day.year_away is not None:
        return make(seen.today.year + day.year_away, day.month, day.day)
    years = range(-4, 5) if (day.month, day.day) == (2, 29) else range(-1, 2)
    candidates = [d for y in years if (d := make(seen.today.year + y, day.month, day.day))]
    ahead = [d for d in candidates if (d - seen.today).days >= -_LOOK_BACK_DAYS]
    if day.weekday is not None:
        fitting = [d for d in candidates if d.weekday() == day.weekday and abs((d - seen.today).days) < 330]
        if fitting and ahead and ahead[0] not in fitting and ahead[0] - seen.today > 200 * DAY:
            return fitting[0]
    return ahead[0] if ahead else None


def _day_of_month(day: Date, seen: Seen) -> date | None:
    assert day.day is not None
    today = seen.today
    if day.month_away is not None:
        return make(*shift_month(today.year, today.month, day.month_away), day.day)
    if day.year_away is not None or day.year is not None:
        return None
    candidates = [d for n in (-1, 0, 1, 2) if (d := make(*shift_month(today.year, today.month, n), day.day))]
    if seen.named and not seen.past:
        hinted = make(seen.named.year, seen.named.month, day.day)
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
    start = seen.today
    if away.base is not None:
        base = resolve(away.base, seen)
        if base is None:
            return None
        start = base.end if isinstance(away.base, Festival) and away.count > 0 else base.start
    found = step(start, away, seen.country)
    if found is None:
        return None
    return Days(min(start, found), max(start, found), True) if away.through else Days(found, found, away.approx)


def step(start: date, away: Away, country: str) -> date | None:
    """The day that lies a distance from another; parts of days do not count."""
    if abs(away.count) > FARTHEST or not 10 <= start.year <= 9990:
        return None
    if away.unit == "workday":
        return workdays.shift(start, away.count, country)
    if away.unit in ("second", "minute", "hour"):
        return start
    if away.unit in ("day", "week", "weekend"):
        return start + away.count * (1 if away.unit == "day" else 7) * DAY
    year, month = shift_month(start.year, start.month, away.count * periods.MONTHS.get(away.unit, 12))
    if not 1 <= year <= 9800:
        return None
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
