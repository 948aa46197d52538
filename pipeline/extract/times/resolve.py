"""Symbolic expressions to slots: the one place where the mail's date and zone meet what the text says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from pipeline.extract.times import days, zones
from pipeline.extract.times.hours import NO_WINDOW, Hours, hours_of, time_of_day
from pipeline.extract.times.seen import DAY, Days, Seen, shift_month
from pipeline.extract.times.spans import Kind, TimeSpan
from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Date,
    Day,
    Expression,
    Indefinite,
    Moment,
    Period,
    WeekOf,
    ZoneName,
)
from pipeline.records import Slot

_EVENING_BEGINS_HOUR = 17
_PARTS_OF_DAY = ("second", "minute", "hour")
_LATEST_CALL = time(20, 59)

# A deed due in such a part of the day is due that day: no office counts the hours of an evening.
_WHOLE_DAY_DUE = frozenset({"evening", "night", "first_thing", "early_morning", "daytime", "after_lunch"})


def resolve(expression: Expression, reference: datetime, seen: Seen) -> TimeSpan | None:
    """The span with its slot, None where the calendar has no such time.

    ``reference`` is the mail's date with its zone.
    """
    if expression.length:
        return _span(expression, "duration", None, reference)
    if expression.every:
        weekend = expression.every.unit == "weekend"
        day = expression.every.day or (Period("weekend", away=0) if weekend else Away(0, "day"))
        slot = _slot(replace(expression, first=replace(expression.first, day=day)), reference, seen)
        return _span(expression, "repetition", slot, reference)
    slot = _slot(expression, reference, seen)
    if slot is None and _untold(expression.first.day):
        return _span(expression, "vague", None, reference)
    return _span(expression, _kind(expression, slot), slot, reference) if slot else None


def _untold(day: Day | None) -> bool:
    """Whether a day word names a time all the same, though nothing tells which."""
    return isinstance(day, Indefinite) or (isinstance(day, Anchored) and day.telling)


def _kind(expression: Expression, slot: Slot | None) -> Kind:
    first = expression.first
    clock = bool(first.clock or (first.part and first.part.name not in NO_WINDOW))
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
        has_day=day is not None and kind != "vague" and not (isinstance(day, Period) and day.unit == "season"),
        has_clock=bool(first.clock or (first.part and first.part.name not in NO_WINDOW)),
        past=bool(slot and _over(slot, reference)),
        same_time=first.same_time,
        listed=expression.listed,
        named_zone=bool(first.zone or last.zone),
        part=first.part.name if first.part and not first.clock else None,
        vague_day=isinstance(day, Period | WeekOf) and not (slot and slot.all_day and slot.end is None),
        bare_weekday=_bare_weekday(day),
        anchored=isinstance(day, Anchored),
        with_time=isinstance(day, Anchored) and day.with_time,
        conflict=isinstance(day, Date) and slot is not None and _conflicts(day, slot),
        length=expression.length,
        every=expression.every,
        rule=expression.rule,
        said=expression,
    )  # fmt: skip


def _bare_weekday(day: Day | None) -> bool:
    """Whether a day is no more than a weekday ("Tuesday", "the Tuesday")."""
    if isinstance(day, Anchored):
        return day == Anchored(0, day.weekday) and day.weekday is not None
    return isinstance(day, Date) and day == Date(weekday=day.weekday)


def _conflicts(day: Date, slot: Slot) -> bool:
    """Whether a date with a weekday beside it ("Tuesday 4 March") falls on another."""
    return day.day is not None and day.weekday is not None and slot.start.weekday() != day.weekday


def _over(slot: Slot, reference: datetime) -> bool:
    last = slot.end or slot.start
    if isinstance(last, datetime):
        return last < reference
    return last < reference.date()


def _slot(expression: Expression, reference: datetime, seen: Seen) -> Slot | None:
    first, last = expression.first, expression.last
    zone = zones.resolve(first.zone, reference)
    if isinstance(first.day, Away) and in_hours(first.day) and not first.clock:
        return _distance_in_hours(first.day, last, reference, seen)
    if first.zone:
        seen = replace(seen, today=reference.astimezone(zone).date())
    where = first.day or (last.day if last else None)
    clocks = hours_of(first, last)
    found = days.resolve(where, seen) if where else _next(first, seen, reference.astimezone(zone))
    if found is None:
        return None
    if clocks and where is None:
        clocks = hours_of(_still_to_come(first, seen, reference.astimezone(zone)), last)
    until = _last_day(first, last, found, seen)
    found, until = _running(first, last, seen) or (found, until)
    if clocks is None or (found.end > found.start and first.clock is None):
        return _whole_days(found, until, expression)
    return _timed(found, until, clocks, expression, zone)


def _still_to_come(moment: Moment, seen: Seen, now: datetime) -> Moment:
    """A bare "eight" said at seven in the evening as eight in the evening."""
    clock = moment.clock
    if (
        clock is None
        or not clock.plain
        or clock.half
        or seen.past
        or time_of_day(clock) > now.time()
        or clock.hour == 12
    ):
        return moment
    later = replace(clock, half="pm")
    evening = now.hour >= _EVENING_BEGINS_HOUR and now.time() < time_of_day(later) <= _LATEST_CALL
    return replace(moment, clock=later) if evening else moment


def _next(moment: Moment, seen: Seen, now: datetime) -> Days:
    """The mail's own day for a bare time of day, the day after where that time is over."""
    clock = _still_to_come(moment, seen, now).clock
    over = clock is not None and clock.hour < 24 and time_of_day(clock) < now.time()
    if clock is None and moment.part and (hours := hours_of(moment, None)):
        over = (hours.end or hours.start) <= now.time()
    over = over and not seen.past
    day = seen.today + DAY if over else seen.today
    return Days(day, day)


def in_hours(away: Away) -> bool:
    """Whether a distance is counted in parts of days, at least at its end."""
    return away.unit in _PARTS_OF_DAY or (isinstance(away.base, Away) and in_hours(away.base))


def instant(away: Away, reference: datetime, seen: Seen) -> datetime | None:
    """The moment that lies a distance from the mail's own."""
    at: datetime | None = reference
    if isinstance(away.base, Away):
        at = instant(away.base, reference, seen)
    elif away.base is not None and (base := days.resolve(away.base, seen)):
        at = datetime.combine(base.start, time(), tzinfo=reference.tzinfo)
    if at is None or abs(away.count) > days.FARTHEST:
        return None
    if away.unit in _PARTS_OF_DAY:
        return at + timedelta(**{f"{away.unit}s": away.count})
    day = days.step(at.date(), away, seen.country)
    return datetime.combine(day, at.timetz()) if day else None


def _distance_in_hours(away: Away, last: Moment | None, reference: datetime, seen: Seen) -> Slot | None:
    at = instant(away, reference, seen)
    if at is not None and away.through:
        return Slot(min(at, reference), max(at, reference), all_day=False, approx=True)
    if at is None or last is None:
        return Slot(at, None, all_day=False, approx=away.approx) if at else None
    until = _slot(Expression(0, 0, first=last), reference, seen)
    if until is None:
        return None
    end = until.end or until.start
    if isinstance(end, datetime):
        return Slot(at, end, all_day=False, approx=True)
    return Slot(at.date(), end, all_day=True, approx=True)


def _last_day(first: Moment, last: Moment | None, found: Days, seen: Seen) -> Days | None:
    """The days of a range's end, which shares what its beginning says ("10 to 12 March", 3月10日〜12日)."""
    if last is None or last.day is None or first.day is None:
        return None
    day = last.day
    if isinstance(day, Date) and day.month is None and day.day is not None and day.month_away is None:
        hint = (found.start.year, found.start.month)
        if day.day < found.start.day:
            hint = shift_month(*hint, 1)
        day = replace(day, year=hint[0], month=hint[1])
    if isinstance(day, Period) and day.unit == "month" and day.month is None and day.away is None:
        day = replace(day, month=found.start.month, year=found.start.year)
    seen_from_start = replace(seen, today=found.start)
    fixed = isinstance(day, Period) and (day.away is not None or day.year is not None)
    relative = fixed or isinstance(day, Away) or (isinstance(day, Date) and day.week is not None)
    end = days.resolve(day, seen if relative else seen_from_start)
    return end if end and end.end >= found.start else None


def _running(first: Moment, last: Moment | None, seen: Seen) -> tuple[Days, Days] | None:
    """A range that began before the mail and is not over: in July, "May to September" is this year's."""
    day = first.day
    if last is None or not isinstance(day, Date | Period) or day.month is None:
        return None
    if day.year is not None or day.year_away is not None:
        return None
    for year in (seen.today.year, seen.today.year - 1):
        found = days.resolve(replace(day, year=year), seen)
        until = _last_day(first, last, found, seen) if found else None
        if found and until and found.start <= seen.today <= until.end:
            return found, until
    return None


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


def _timed(found: Days, until: Days | None, clocks: Hours, expression: Expression, zone: tzinfo) -> Slot:
    clock = expression.first.clock
    late = clock is not None and clock.hour >= 24  # 25時 is one o'clock of the next day
    start = datetime.combine(found.start + late * DAY, clocks.start, tzinfo=zone)
    end = None
    if clocks.end is not None:
        end = datetime.combine(until.end if until else found.start, clocks.end, tzinfo=zone)
        if end < start:
            end += DAY
    loose = expression.relation in ("after", "before", "until") or _reader_knows(expression.first.zone)
    approx = clocks.approx or expression.approx or found.approx or loose
    return Slot(start, end, all_day=False, approx=approx)


def _reader_knows(zone: ZoneName | None) -> bool:
    """Whether the zone is "yours", which the mail does not tell."""
    return zone is not None and zone.name == "theirs"


def _last_workday(span: TimeSpan, slot: Slot) -> date | None:
    """ "By the weekend" and "before the weekend" are the Friday."""
    day = span.said.first.day
    weekend = isinstance(day, Period) and day.unit == "weekend" and span.relation in ("by", "before")
    return slot.start - DAY if weekend and not isinstance(slot.start, datetime) else None


def due(span: TimeSpan) -> date | datetime | None:
    """The last moment that a span allows as a deadline: the end of its window, its day, or its clock time."""
    slot = span.slot
    if slot is None:
        return None
    if slot.all_day and span.relation == "before" and slot.end and not isinstance(slot.start, datetime):
        return slot.start - DAY
    if slot.all_day:
        return _last_workday(span, slot) or slot.end or slot.start
    if span.part in _WHOLE_DAY_DUE or span.rule == "this_part":
        return slot.start.date() if isinstance(slot.start, datetime) else slot.start
    if span.part == "lunch" or span.relation == "before":
        return slot.start
    return slot.end if slot.approx and slot.end else slot.start
