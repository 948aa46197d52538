"""Joining two symbols that stand beside each other into what they say together."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Clock,
    Date,
    Day,
    Festival,
    Half,
    Indefinite,
    Length,
    Moment,
    Part,
    PartName,
    Period,
    SameTime,
    Symbol,
    WeekOf,
    ZoneName,
)

HALF_OF_PART: dict[PartName, Half] = {
    "early_morning": "am", "this_morning": "am", "first_thing": "am", "morning": "am", "late_morning": "am",
    "breakfast": "am", "small_hours": "am", "after_lunch": "pm", "early_afternoon": "pm", "afternoon": "pm",
    "late_afternoon": "pm", "early_evening": "pm", "evening": "pm", "late_evening": "pm", "dinner": "pm",
    "night": "pm", "tonight": "pm",
}  # fmt: skip


def merge_days(a: Day, b: Day) -> Day | None:
    """What two day words say together ("Tuesday" + "4 March", 来週 + 金曜), None where they do not fit."""
    for left, right in ((a, b), (b, a)):
        if isinstance(left, Period) and isinstance(right, Date):
            return _date_in_period(left, right)
        if isinstance(left, Away) and isinstance(right, Date):
            return _date_beside_distance(left, right)
        if isinstance(left, Anchored) and isinstance(right, Date) and left.week and left.weekday is None:
            bare = right.weekday is not None and right == Date(weekday=right.weekday)
            return replace(left, weekday=right.weekday) if bare else None
        if isinstance(left, Period) and isinstance(right, Festival):
            return _festival_in_period(left, right)
        if isinstance(left, Period) and isinstance(right, Period):
            joined = _period_in_period(left, right)
            if joined:
                return joined
    return _join_dates(a, b) if isinstance(a, Date) and isinstance(b, Date) else None


def _join_dates(a: Date, b: Date) -> Date | None:
    names = ("year", "month", "day", "weekday", "week", "month_away", "year_away")
    if any(getattr(a, n) is not None and getattr(b, n) is not None for n in names):
        return None
    values = {n: getattr(b, n) if getattr(a, n) is None else getattr(a, n) for n in names}
    later = a.weeks_later or b.weeks_later
    return Date(**values, weeks_later=later, swappable=a.swappable or b.swappable)


def _festival_in_period(period: Period, festival: Festival) -> Festival | None:
    if period.unit != "year" or period.portion or festival.away is not None or festival.year is not None:
        return None
    return replace(festival, year=period.year, away=period.away, of_year=period.away is not None)


def _date_in_period(period: Period, date: Date) -> Date | None:
    if period.portion:
        return None
    if date.nth is not None:
        if period.unit not in ("month", "year") or date.month or date.month_away is not None or date.year:
            return None
        if period.unit == "year":
            return replace(date, year=period.year, year_away=period.away)
        return replace(date, month=period.month, month_away=period.away, year=period.year, year_away=period.year_away)
    if period.week is not None:
        if period.unit != "month" or date.weekday is None or date.day is not None:
            return None
        return replace(date, nth=period.week, month=period.month, year=period.year, month_away=period.away)
    if period.unit == "week" and period.away is not None and date.week is None and date.weekday is not None:
        return replace(date, week=period.away)
    if period.unit == "month" and date.month is None and date.day is not None:
        return replace(date, month=period.month, month_away=period.away, year=period.year)
    if period.unit == "year" and date.month is not None and date.year is None:
        return replace(date, year=period.year, year_away=period.away)
    return None


def _date_beside_distance(away: Away, date: Date) -> Day | None:
    if date.weekday is not None and date.day is None and date.week is None:
        if away.unit == "week" and away.count > 0:
            return replace(date, week=away.count)
        return away if away.unit == "day" else None
    return date if away.unit in ("day", "workday") and date.day is not None else None


def _period_in_period(year: Period, month: Period) -> Period | None:
    if year.unit != "year" or year.portion or month.unit not in ("month", "quarter", "half_year"):
        return None
    if month.year is None and month.year_away is None and month.away is None:
        return replace(month, year=year.year, year_away=year.away)
    return None


def from_day(length: Length, sign: int, base: Day | None) -> Away | None:
    """The day that lies a length of days or more from another, None for a length in parts of days."""
    if base is None or length.minutes or length.seconds:
        return None
    if length.unit == "workday":
        return Away(sign * length.days, "workday", length.approx, base=base)
    day: Day = Away(sign * length.months, "month", base=base) if length.months else base
    if length.days:
        day = Away(sign * length.days, "day", length.approx, base=day)
    return day if isinstance(day, Away) and day is not base else None


def merge(moment: Moment, symbol: Symbol) -> Moment | None:
    """A moment that also says what the symbol says; None where it already says something of that kind."""
    if isinstance(symbol, Period) and moment.clock is not None and moment.day is None:
        return None
    if isinstance(symbol, Date | Away | Period | WeekOf | Festival | Anchored | Indefinite):
        day = merge_days(moment.day, symbol) if moment.day else symbol
        return replace(moment, day=day) if day else None
    if isinstance(symbol, Clock):
        if isinstance(moment.day, Period) and moment.day.unit != "day":
            return None
        return replace(moment, clock=symbol, same_time=False) if moment.clock is None else None
    if isinstance(symbol, Part):
        if moment.part == Part("close") and symbol.name in ("night", "tonight"):
            return moment
        return replace(moment, part=symbol) if moment.part is None else None
    if isinstance(symbol, ZoneName):
        return replace(moment, zone=symbol) if moment.zone is None else None
    if isinstance(symbol, SameTime):
        return replace(moment, same_time=True) if moment.clock is None else None
    return None


def settle_half(moment: Moment) -> Moment:
    """Clock and part of day made one: "3 in the afternoon" and 夕方5時 are pm; the part has then done its work."""
    if moment.clock is None or moment.part is None:
        return moment
    clock = moment.clock
    half = HALF_OF_PART.get(moment.part.name)
    if half and clock.half is None and clock.plain and clock.hour <= 12:
        early = moment.part.name == "night" and clock.hour in (12, 1, 2, 3, 4)
        clock = replace(clock, half="am" if early else half)
    return replace(moment, clock=clock, part=None)
