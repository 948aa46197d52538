"""Symbolic expressions to slots: the one place where the mail's date and zone meet what the text says."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from importlib.resources import files

from pipeline.extract.times import days, zones
from pipeline.extract.times.days import Days, Seen
from pipeline.extract.times.spans import Kind, TimeSpan
from pipeline.extract.times.symbols import Anchored, Away, Clock, Date, Expression, Moment, Period, WeekOf
from pipeline.records import Slot

_DAY = timedelta(days=1)
_EVENING_BEGINS_HOUR = 17
_LATEST_CALL = time(20, 59)
_NIGHT_ENDS_HOUR = 7  # a bare hour below it means the afternoon: nobody meets at 3 in the night


_NO_WINDOW = frozenset({"day", "close", "tonight"})  # parts that name their whole day

# A deed due in such a part of the day is due that day: no office counts the hours of an evening.
_WHOLE_DAY_DUE = frozenset(
    {"evening", "night", "first_thing", "early_morning", "late_afternoon", "daytime", "after_lunch"}
)


@dataclass(frozen=True, slots=True)
class _Times:
    """Times of day from ``start`` to ``end`` (None: open)."""

    start: time
    end: time | None
    approx: bool


@functools.cache
def _windows() -> dict[str, tuple[time, time | None]]:
    lines = (files(__package__) / "parts.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: (time.fromisoformat(a), time.fromisoformat(b) if b else None) for name, a, b in rows}


def resolve(expression: Expression, reference: datetime, seen: Seen) -> TimeSpan | None:
    """The span with its slot, None where the calendar has no such time.

    ``reference`` is the mail's date with its zone.
    """
    if expression.length:
        return _span(expression, "duration", None, reference)
    if expression.every:
        day = expression.every.day or Away(0, "day")
        slot = _slot(replace(expression, first=replace(expression.first, day=day)), reference, seen)
        return _span(expression, "repetition", slot, reference)
    slot = _slot(expression, reference, seen)
    return _span(expression, _kind(expression, slot), slot, reference) if slot else None


def _kind(expression: Expression, slot: Slot | None) -> Kind:
    first = expression.first
    clock = bool(first.clock or (first.part and first.part.name not in _NO_WINDOW))
    if first.day is None and not (expression.last and expression.last.day):
        return "time"
    if expression.last or (slot and slot.end is not None):
        return "range"
    return "point" if clock else "date"


def _span(expression: Expression, kind: Kind, slot: Slot | None, reference: datetime) -> TimeSpan:
    first, last = expression.first, expression.last or Moment()
    day = first.day or last.day
    return TimeSpan(
        expression.start, expression.end, kind, slot,
        relation=expression.relation,
        has_day=day is not None,
        has_clock=bool(first.clock or (first.part and first.part.name not in _NO_WINDOW)),
        past=bool(slot and _over(slot, reference)),
        same_time=first.same_time,
        listed=expression.listed,
        named_zone=bool(first.zone or last.zone),
        part=first.part.name if first.part and not first.clock else None,
        vague_day=isinstance(day, Period | WeekOf) and not (slot and slot.all_day and slot.end is None),
        bare_weekday=isinstance(day, Date) and day == Date(weekday=day.weekday),
        anchored=isinstance(day, Anchored),
        with_time=isinstance(day, Anchored) and day.with_time,
        length=expression.length,
        every=expression.every,
        rule=expression.rule,
    )  # fmt: skip


def _over(slot: Slot, reference: datetime) -> bool:
    last = slot.end or slot.start
    if isinstance(last, datetime):
        return last < reference
    return last < reference.date()


def _slot(expression: Expression, reference: datetime, seen: Seen) -> Slot | None:
    first, last = expression.first, expression.last
    zone = zones.resolve(first.zone, reference)
    if isinstance(first.day, Away) and first.day.unit in ("hour", "minute") and not first.clock:
        return _distance_in_hours(first.day, reference)
    if first.zone:
        seen = replace(seen, today=reference.astimezone(zone).date())
    where = first.day or (last.day if last else None)
    clocks = _times(first, last)
    found = days.resolve(where, seen) if where else _next(first, seen, reference.astimezone(zone))
    if found is None:
        return None
    if clocks and where is None:
        clocks = _times(_still_to_come(first, seen, reference.astimezone(zone)), last)
    until = _last_day(first, last, found, seen)
    if clocks is None or (found.end > found.start and first.clock is None):
        return _whole_days(found, until, expression)
    return _timed(found, until, clocks, expression, zone)


def _still_to_come(moment: Moment, seen: Seen, now: datetime) -> Moment:
    """A bare "eight" said at seven in the evening as eight in the evening."""
    clock = moment.clock
    if clock is None or not clock.plain or clock.half or seen.past or _time(clock) > now.time() or clock.hour == 12:
        return moment
    later = replace(clock, half="pm")
    evening = now.hour >= _EVENING_BEGINS_HOUR and now.time() < _time(later) <= _LATEST_CALL
    return replace(moment, clock=later) if evening else moment


def _next(moment: Moment, seen: Seen, now: datetime) -> Days:
    """The mail's own day for a bare time of day, the day after where that time is over."""
    clock = _still_to_come(moment, seen, now).clock
    over = clock is not None and not seen.past and _time(clock) < now.time()
    day = seen.today + _DAY if over else seen.today
    return Days(day, day)


def _distance_in_hours(away: Away, reference: datetime) -> Slot:
    at = reference + timedelta(minutes=away.count * (60 if away.unit == "hour" else 1))
    return Slot(at, None, all_day=False, approx=away.approx)


def _last_day(first: Moment, last: Moment | None, found: Days, seen: Seen) -> Days | None:
    """The days of a range's end, which shares what its beginning says ("10 to 12 March", 3月10日〜12日)."""
    if last is None or last.day is None or first.day is None:
        return None
    day = last.day
    if isinstance(day, Date) and day.month is None and day.day is not None and day.month_away is None:
        hint = (found.start.year, found.start.month)
        if day.day < found.start.day:
            hint = days.shift_month(*hint, 1)
        day = replace(day, year=hint[0], month=hint[1])
    seen_from_start = replace(seen, today=found.start)
    relative = isinstance(day, (Away, Period)) or (isinstance(day, Date) and day.week is not None)
    end = days.resolve(day, seen if relative else seen_from_start)
    return end if end and end.end >= found.start else None


def _whole_days(found: Days, until: Days | None, expression: Expression) -> Slot:
    end = until.end if until else found.end
    approx = found.approx or expression.approx or expression.relation in ("after", "before", "until", "since")
    if expression.relation == "from" and until is None and found.start == found.end:
        approx = True
    return Slot(
        found.start, end if end != found.start else None, all_day=True, approx=approx and not _said_whole(expression)
    )


def _said_whole(expression: Expression) -> bool:
    part = expression.first.part
    return part is not None and part.name == "day"


def _times(first: Moment, last: Moment | None) -> _Times | None:
    if last and (last.clock or last.part or last.same_time):
        return _clock_range(first, last)
    if first.clock:
        return _Times(_time(first.clock), None, first.clock.approx)
    if first.part and first.part.name not in _NO_WINDOW:
        return _Times(*_windows()[first.part.name], True)
    return None


def _clock_range(first: Moment, last: Moment) -> _Times | None:
    start, end = _edge(first, 0), _edge(first, 0) if last.same_time else _edge(last, 1)
    if start is None or end is None:
        return None
    approx = not (first.clock and (last.clock or last.same_time))
    if first.clock and last.clock and not last.day:
        start, end = _halves(first.clock, last.clock)
    return _Times(start, end, approx or bool(first.clock and first.clock.approx))


def _edge(moment: Moment, side: int) -> time | None:
    if moment.clock:
        return _time(moment.clock)
    if moment.part is None or moment.part.name in _NO_WINDOW:
        return None
    window = _windows()[moment.part.name]
    return window[side] or window[0]


def _halves(a: Clock, b: Clock) -> tuple[time, time]:
    """Both ends of a range, with the half of the day that one end leaves unsaid taken from the other."""
    if a.plain and b.half and not a.half:
        same = _time(replace(a, half=b.half))
        other = _time(replace(a, half="am"))
        return (same if same < _time(b) else other), _time(b)
    start = _time(a)
    end = _time(b)
    if b.plain and not b.half:
        end = _time(replace(b, half="am"))
        if end <= start and b.hour != 12:
            end = _time(replace(b, half="pm"))
        if b.hour == 12:
            end = time(12, b.minute)
    return start, end


def _time(clock: Clock) -> time:
    hour = clock.hour
    if clock.half == "pm" and hour < 12:
        hour += 12
    elif clock.half == "am" and hour == 12:
        hour = 0
    elif clock.plain and not clock.half and hour < _NIGHT_ENDS_HOUR:
        hour += 12
    return time(hour % 24, clock.minute, clock.second)


def _timed(found: Days, until: Days | None, clocks: _Times, expression: Expression, zone: tzinfo) -> Slot:
    start = datetime.combine(found.start, clocks.start, tzinfo=zone)
    end = None
    if clocks.end is not None:
        end = datetime.combine(until.end if until else found.start, clocks.end, tzinfo=zone)
        if end < start:
            end += _DAY
    approx = clocks.approx or expression.approx or found.approx or expression.relation in ("after", "before", "until")
    return Slot(start, end, all_day=False, approx=approx)


def due(span: TimeSpan) -> date | datetime | None:
    """The last moment that a span allows as a deadline: the end of its window, its day, or its clock time."""
    slot = span.slot
    if slot is None:
        return None
    if slot.all_day:
        return slot.end or slot.start
    if span.part in _WHOLE_DAY_DUE or span.rule == "this_part":
        return slot.start.date() if isinstance(slot.start, datetime) else slot.start
    if span.part == "lunch" or span.relation == "before":
        return slot.start
    return slot.end if slot.approx and slot.end else slot.start
