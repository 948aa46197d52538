"""Answers of the time engine in the conventions of score_datetime.py, from what an expression says (TimeSpan.said).

The product shows slots by docs/labels.md; the suites want calendar intervals, end exclusive: a week is seven days, a
morning 8 to 12, "after 2016" begins in 2017, today's weekday may be today, and list items are judged one by one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from pipeline.extract.times import days, hours, periods, resolve, zones
from pipeline.extract.times.seen import Seen, monday
from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Date,
    Day,
    Every,
    Expression,
    Indefinite,
    Length,
    Moment,
    Part,
    Period,
    WeekOf,
)
from tests.suites.edges import edges

_DAY = timedelta(days=1)
_LATER = ("after", "since", "from", "effect")
_EARLIER = ("before", "by", "until")
_SET_UNITS = {
    "day": "D", "week": "W", "month": "M", "year": "Y", "workday": "WD", "weekend": "WE", "hour": "H", "minute": "M",
}  # fmt: skip
_WINDOWS = {
    "early_morning": (8, 10), "first_thing": (8, 10), "morning": (8, 12), "late_morning": (10, 12), "noon": (12, 12),
    "breakfast": (8, 12), "lunch": (11, 13), "after_lunch": (13, 13),
    "early_afternoon": (12, 14), "afternoon": (12, 16),
    "late_afternoon": (14, 16), "early_evening": (16, 18), "evening": (16, 20), "late_evening": (18, 20),
    "dinner": (16, 20), "night": (20, 24), "tonight": (20, 24), "daytime": (8, 18), "small_hours": (0, 8),
}  # fmt: skip
_SET_PARTS = {"morning": "TMO", "afternoon": "TAF", "evening": "TEV", "night": "TNI", "tonight": "TNI"}
# Where a first half, a middle and a last half begin and end, in days.
_HALVES = {"month": ((0, 15), (9, 20), (15, 31)), "week": ((0, 3), (2, 5), (3, 7))}
_OPEN = re.compile(r"(?:or|and) (?:later|greater|beyond|after)$|onwards?$")
Interval = tuple[date, date]


def answer(text: str, span: Any, reference: datetime, language: str) -> dict[str, Any]:
    """The answer with the suite's idea of a span and of its value."""
    start, end = edges(text, span)
    if span.relation == "from" and text.startswith("から", end):
        end += 2
    return {"start": start, "end": end, "value": value(span, reference, language, text[span.start : span.end].lower())}


def value(span: Any, reference: datetime, language: str, words: str) -> str | None:
    """The suite's value of a span: a date, a date-time, an interval, a length, a repetition."""
    said: Expression = span.said
    seen = Seen(reference.date(), zones.country(language, reference), zones.month_first(language, reference))
    if said.length:
        return _length(said.length)
    if said.every:
        return f"R:{_repetition(said.every, said.first)}"
    if said.last is not None:
        return _range(said, said.last, reference, seen)
    interval = _interval(said.first, reference, seen)
    if interval and _OPEN.search(words):
        return f"{_iso(interval[0])}/.."
    if interval and span.rule == "within" and words.startswith(("within", "inside", "over")):
        return f"{_iso(_like(interval[0], reference))}/{_iso(interval[0])}"
    return interval and _bounded(said, *interval)


def _like(moment: date, reference: datetime) -> date:
    return reference.replace(tzinfo=None) if isinstance(moment, datetime) else reference.date()


def _bounded(said: Expression, start: date, end: date) -> str | None:
    whole = isinstance(said.first.day, Period | WeekOf) or _part(said.first)
    if said.relation == "after":
        return f"{_iso(end if whole or isinstance(said.first.day, Period) else start)}/.."
    if said.relation in _LATER[1:3] and (said.relation != "from" or said.first.clock):
        return f"{_iso(start)}/.."
    if said.relation in _EARLIER:
        ends = isinstance(said.first.day, Period) and (
            said.first.day.portion in ("end", "late") or said.relation == "until"
        )
        return f"../{_iso(end if ends else start)}"
    if _portion_of_day(said.first) == "close":
        return f"{start}T23:59:59"
    if isinstance(start, datetime):
        return _iso(start) if start == end else f"{_iso(start)}/{_iso(end)}"
    single = end - start == _DAY and not isinstance(said.first.day, Period)
    return start.isoformat() if single else f"{start}/{end}"


def _range(said: Expression, last: Moment, reference: datetime, seen: Seen) -> str | None:
    first = said.first
    if first.clock or last.clock:
        return _clock_range(first, last, reference, seen)
    until_now = isinstance(last.day, Away) and last.day.count <= 0
    a = _interval(first, reference, replace(seen, past=until_now))
    b = a and _interval(last, reference, seen if _relative(last) else replace(seen, today=_day(a[0])))
    if a is None or b is None:
        return None
    start = a[1] if _portion(first) in ("end", "late") else a[0]
    end = b[1] if _portion(last) in ("end", "late") else b[0]
    if _portion(last) == "mid" and isinstance(last.day, Period) and last.day.unit == "month":
        end = b[0].replace(day=16)
    if isinstance(start, datetime) != isinstance(end, datetime):
        start, end = _day(start), _day(end)
    return f"{_iso(start)}/{_iso(end)}"


def _relative(moment: Moment) -> bool:
    """Whether a moment is counted from the reference also at the end of a range."""
    day = moment.day
    if isinstance(day, Period):
        return day.away is not None or day.year is not None
    return isinstance(day, Away | Anchored) or (isinstance(day, Date) and day.week is not None)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _clock_range(first: Moment, last: Moment, reference: datetime, seen: Seen) -> str | None:
    clocks = hours.clock_range(first, last)
    if clocks is None or clocks.end is None:
        return None
    where = first.day or last.day
    if where is None:
        return f"T{clocks.start.isoformat()}/T{clocks.end.isoformat()}"
    days_of_first = _days(where, reference, seen)
    days_of_last = _days(last.day, reference, seen) if last.day else days_of_first
    if days_of_first is None or days_of_last is None:
        return None
    start = datetime.combine(days_of_first[0], clocks.start)
    end = datetime.combine(days_of_last[0], clocks.end)
    return f"{_iso(start)}/{_iso(end + _DAY if end < start else end)}"


def _interval(moment: Moment, reference: datetime, seen: Seen) -> Interval | None:
    """Begin and end of a moment; both the same where it is an instant."""
    if moment.clock:
        clock = hours.time_of_day(moment.clock)
        found = _days(moment.day, reference, seen) if moment.day else (reference.date(),) * 2
        at = found and datetime.combine(found[0], clock)
        return at and (at, at)
    if isinstance(moment.day, Away) and resolve.in_hours(moment.day):
        at = resolve.instant(moment.day, reference, seen).replace(tzinfo=None)
        now = reference.replace(tzinfo=None)
        return (min(at, now), max(at, now)) if moment.day.through else (at, at)
    found = _days(moment.day, reference, seen) if moment.day else (reference.date(), reference.date() + _DAY)
    window = _part(moment)
    if found is None or window is None:
        return found
    start = datetime.combine(found[0], time(window[0]))
    if window[1] == 24:
        return start, datetime.combine(found[0], time(23, 59, 59))
    return start, datetime.combine(found[0], time(window[1]))


def _part(moment: Moment) -> tuple[int, int] | None:
    return _WINDOWS.get(moment.part.name) if isinstance(moment.part, Part) else None


def _portion_of_day(moment: Moment) -> str | None:
    return moment.part.name if moment.part and moment.part.name == "close" else None


def _portion(moment: Moment) -> str | None:
    return moment.day.portion if isinstance(moment.day, Period) else None


def _days(day: Day, reference: datetime, seen: Seen) -> Interval | None:
    if isinstance(day, Indefinite):
        return _days(day.day, reference, seen) if day.day else None
    if isinstance(day, Period):
        return _period(day, seen)
    if isinstance(day, Anchored) and day.weekday is not None and not day.days:
        day = Date(weekday=day.weekday)
    if isinstance(day, Anchored):
        return _anchored(day, seen)
    if isinstance(day, Away) and day.through:
        return _stretch(day, seen)
    if isinstance(day, Date):
        day, seen = _suited(day, seen)
    found = days.resolve(day, seen)
    if found is None:
        return None
    return (found.start, found.start + 7 * _DAY) if isinstance(day, WeekOf) else (found.start, found.end + _DAY)


def _suited(day: Date, seen: Seen) -> tuple[Date, Seen]:
    """A weekday as the suite counts it: today's is today, last Friday is that of last week."""
    if day.weekday is None or day.day is not None or day.nth is not None or day.week is not None:
        return day, seen
    if day.weeks_later < 0:
        return replace(day, week=-1, weeks_later=0), seen
    return day, replace(seen, today=seen.today - _DAY)


def _anchored(day: Anchored, seen: Seen) -> Interval:
    if day.week and day.weekday is not None:
        found = monday(seen.today, day.days) + day.weekday * _DAY
        return found, found + _DAY
    if day.week:
        start = monday(seen.today, day.days)
        return start, start + 7 * _DAY
    return seen.today + day.days * _DAY, seen.today + (day.days + 1) * _DAY


def _stretch(away: Away, seen: Seen) -> Interval | None:
    """The next or last n units: whole calendar quarters, else counted from tomorrow or up to today."""
    if away.unit in ("quarter", "decade"):
        one = periods.bounds(Period(away.unit, away=1 if away.count > 0 else away.count), seen)
        other = periods.bounds(Period(away.unit, away=away.count if away.count > 0 else -1), seen)
        return one and other and (one[0], other[1] + _DAY)
    tomorrow = replace(seen, today=seen.today + (away.unit != "workday") * _DAY)
    ends = days.resolve(replace(away, through=False), tomorrow if away.count > 0 else seen)
    if ends is None:
        return None
    if away.count > 0:
        return seen.today + _DAY, ends.end + (away.unit == "workday") * _DAY
    return ends.start, seen.today


def _period(period: Period, seen: Seen) -> Interval | None:
    bounds = periods.bounds(period, seen)
    if bounds is None:
        return None
    start, end = bounds[0], bounds[1] + _DAY
    now = seen.today if period.away == 0 else None
    if period.portion in ("early", "start", "first_half"):
        half = _inside(start, end, period.unit, 0)[1]
        return start, min(half, now) if now and period.portion == "early" and now > start else half
    if period.portion == "mid":
        return _inside(start, end, period.unit, 1)
    if period.portion is None:
        return start, end
    half = _inside(start, end, period.unit, 2)[0]
    return max(half, now) if now and period.portion == "late" else half, end


def _inside(start: date, end: date, unit: str, place: int) -> Interval:
    """The first half, the middle and the last half of a period."""
    if unit == "year":
        low, high = ((1, 7), (5, 9), (7, 13))[place]
        return start.replace(month=low), date(start.year + high // 13, high % 12 or 12, 1)
    if unit in _HALVES:
        low, high = _HALVES[unit][place]
        return start + low * _DAY, min(end, start + high * _DAY)
    length = (end - start) // 4
    return ((start, start + 2 * length), (start + length, end - length), (start + 2 * length, end))[place]


def _length(length: Length) -> str:
    parts = f"P{length.months}M{length.days}D"
    seconds = length.minutes * 60 + length.seconds
    return f"{parts}T{seconds}S"


def _repetition(every: Every, moment: Moment) -> str:
    clock = ""
    if moment.clock:
        at = hours.time_of_day(moment.clock)
        clock = f"T{at:%H:%M}" if at.minute else f"T{at:%H}"
    elif moment.part:
        clock = _SET_PARTS.get(moment.part.name, "")
    day = every.day
    if isinstance(day, Date) and day.weekday is not None:
        return f"XXXX-WXX-{day.weekday + 1}{clock}"
    if isinstance(day, Date) and day.day is not None:
        return f"XXXX-{day.month or 'XX':>02}-{day.day:02}{clock}"
    if clock and every.unit in ("day", "workday") and every.count == 1:
        return clock
    if every.unit in ("quarter", "half_year"):
        return f"P{every.count * 3}M" if every.unit == "quarter" else "P0.5Y"
    unit = _SET_UNITS.get(every.unit, every.unit[0].upper())
    return f"P{'T' if every.unit in ('hour', 'minute') else ''}{every.count}{unit}"


def _iso(moment: date) -> str:
    return moment.replace(tzinfo=None).isoformat() if isinstance(moment, datetime) else moment.isoformat()
