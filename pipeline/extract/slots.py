"""The times of several sentences put together: candidates of one meeting, without doubles, with their ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pipeline.extract.times import TimeSpan
from pipeline.extract.times.hours import hours_of
from pipeline.extract.times.symbols import Moment, Part
from pipeline.records import Slot

OFFICE_OPENS_HOUR = 9


@dataclass(frozen=True, slots=True)
class Said:
    """A slot and the span that said it."""

    slot: Slot
    span: TimeSpan


def day_of(moment: datetime | date) -> date:
    """The calendar day of a day or date-time."""
    return moment.date() if isinstance(moment, datetime) else moment


def gather(spans: Iterable[TimeSpan], reference: datetime, earlier: tuple[Slot, ...] = ()) -> list[Said]:
    """The candidates that the spans name together, in order; what is past or a length is none.

    ``earlier`` are times that an earlier mail named: "same time" means theirs where the text has none.
    """
    found: list[Said] = []
    excepted: list[TimeSpan] = []
    closing: Said | None = None
    for span in spans:
        slot = span.slot
        if slot is None or span.kind in ("duration", "repetition") or span.relation in ("since", "effect"):
            continue
        if span.relation == "except":
            excepted.append(span)
        elif span.relation == "until" and not span.has_day:
            found, closing = _with_end(found, slot), Said(slot, replace(span, relation="by"))
        elif span.has_day:
            found = _with_day(found, span, slot, reference, earlier)
        elif span.has_clock:
            found = _with_clock(found, span, slot, reference)
    dated = [s for s in found if s.span.has_day]
    found = dated or [s for s in found if s.span.part is None]
    found = [_before(s, reference) for s in found] or ([closing] if closing else [])
    exact = [s for s in found if not s.span.deadline]
    found = exact or [_up_to(s, reference) for s in found]
    return [_in_hours(s, reference) for s in _without_shadows(_without_days(found, excepted, reference))]


def _in_hours(said: Said, reference: datetime) -> Said:
    """Some part of a day in a week as the window from its first such hours to come to the last ("any evening")."""
    slot, span = said.slot, said.span
    hours = hours_of(Moment(part=Part(span.part)), None) if span.part and span.vague_day else None
    if hours is None or hours.end is None or not slot.all_day or slot.end is None:
        return said
    zone, today = reference.tzinfo, reference.date()
    over = datetime.combine(today, hours.end, zone) <= reference
    first = max(day_of(slot.start), today + timedelta(over))
    start, end = (datetime.combine(d, t, zone) for d, t in ((first, hours.start), (day_of(slot.end), hours.end)))
    return Said(Slot(start, end, all_day=False, approx=True), span) if start < end else said


def _with_end(found: list[Said], slot: Slot) -> list[Said]:
    """ "9時から … 13時まで": the last exact beginning gets its end; alone, an "until" names no candidate."""
    last = found[-1].slot if found else None
    if last is None or slot.approx or last.end is not None or last.approx or not isinstance(last.start, datetime):
        return found
    end = on_day(replace(slot, approx=False), last.start.date()).start
    if isinstance(end, datetime) and end > last.start:
        found = [*found[:-1], replace(found[-1], slot=replace(last, end=end))]
    return found


def _before(said: Said, reference: datetime) -> Said:
    """ "Tuesday before 11": the morning until then."""
    slot = said.slot
    if said.span.relation not in ("before", "until") or not said.span.has_day or not isinstance(slot.start, datetime):
        return said
    opens = _opens(slot.start, reference)
    if opens >= slot.start:
        return said
    return Said(Slot(opens, slot.start, all_day=False, approx=True), replace(said.span, relation="at"))


def _opens(moment: datetime, reference: datetime) -> datetime:
    """When the time up to a moment begins: at the opening of its day, or now."""
    now = reference.astimezone(moment.tzinfo)
    opens = moment.replace(hour=OFFICE_OPENS_HOUR, minute=0)
    if now.date() != moment.date():
        return opens
    return max(opens, now) if max(opens, now) < moment else now


def _up_to(said: Said, reference: datetime) -> Said:
    """A meeting asked for by a deadline as the window from now until then."""
    slot = said.slot
    if isinstance(slot.start, datetime):
        start = _opens(slot.start, reference)
        return Said(Slot(start, slot.end or slot.start, False, True), said.span) if start < slot.start else said
    last = slot.end or slot.start
    assert not isinstance(last, datetime)
    start_day = reference.date()
    return Said(Slot(start_day, last if last > start_day else None, True, last > start_day), said.span)


def _without_days(found: list[Said], excepted: list[TimeSpan], reference: datetime) -> list[Said]:
    """The candidates without excepted days; a week with exceptions becomes its other days, or that part of them."""
    if not excepted:
        return found
    kept: list[Said] = []
    for said in found:
        start, end = said.slot.start, said.slot.end
        if said.slot.all_day and said.slot.approx and end is not None and (day_of(end) - day_of(start)).days < 7:
            days = [day_of(start) + timedelta(n) for n in range((day_of(end) - day_of(start)).days + 1)]
            free = (d for d in days if d >= reference.date() and not any(_excepts(e, d) for e in excepted))
            kept += [Said(_part_of(d, said.span, reference), said.span) for d in free]
        else:
            kept.append(said)
    return kept


def _excepts(span: TimeSpan, day: date) -> bool:
    """Whether an excepted day is meant; a bare weekday is that of the week in question."""
    assert span.slot is not None
    named = day_of(span.slot.start)
    return named.weekday() == day.weekday() if span.bare_weekday else named <= day <= day_of(span.slot.end or named)


def _part_of(day: date, span: TimeSpan, reference: datetime) -> Slot:
    """A day, or the part of it that a span names ("any morning next week")."""
    hours = hours_of(Moment(part=Part(span.part)), None) if span.part else None
    if hours is None:
        return Slot(day, None, all_day=True, approx=False)
    end = datetime.combine(day, hours.end, reference.tzinfo) if hours.end else None
    return Slot(datetime.combine(day, hours.start, reference.tzinfo), end, all_day=False, approx=True)


def _with_day(
    found: list[Said], span: TimeSpan, slot: Slot, reference: datetime, earlier: tuple[Slot, ...]
) -> list[Said]:
    if day_of(slot.end or slot.start) < reference.date() or (span.past and slot.approx):
        return found
    if span.bare_weekday:
        if _describes(found, span, slot):
            return found
        slot = _on_named_weekday(found, span, slot) or _in_named_week(found, slot)
    if span.same_time:
        slot = _at_time_of((*earlier, *(s.slot for s in found)), slot)
    clock = found[0] if found and not found[0].span.has_day and found[0].span.part is None else None
    if clock and slot.all_day and slot.end is None:
        return [*found, Said(on_day(clock.slot, day_of(slot.start)), replace(span, has_clock=True))]
    return [*found, Said(slot, span)]


def _describes(found: list[Said], span: TimeSpan, slot: Slot) -> bool:
    """Whether a bare weekday only tells what day the dates before it are (5日、12日はいずれも水曜で)."""
    dated = [s.slot for s in found if _is_dated(s)]
    return len(dated) > 1 and not span.has_clock and all(_weekday(s) == _weekday(slot) for s in dated)


def _on_named_weekday(found: list[Said], span: TimeSpan, slot: Slot) -> Slot | None:
    """A bare weekday as the date with that weekday named before it; in a list, as the one soon after such a date."""
    dated = [s.slot for s in found if _is_dated(s)]
    if span.listed and dated and day_of(slot.start) < day_of(dated[-1].start):
        ahead = (_weekday(slot) - _weekday(dated[-1])) % 7
        return _shifted(slot, day_of(dated[-1].start) + timedelta(ahead) - day_of(slot.start))
    for named in dated:
        if _weekday(named) == _weekday(slot):
            return _shifted(slot, day_of(named.start) - day_of(slot.start))
    return None


def _is_dated(said: Said) -> bool:
    """Whether a candidate names a day of the month."""
    slot = said.slot
    return said.span.has_day and not (said.span.bare_weekday or said.span.vague_day) and not (slot.all_day and slot.end)


def _weekday(slot: Slot) -> int:
    return day_of(slot.start).weekday()


def _shifted(slot: Slot, shift: timedelta) -> Slot:
    return replace(slot, start=slot.start + shift, end=slot.end + shift if slot.end is not None else None)


def _in_named_week(found: list[Said], slot: Slot) -> Slot:
    """A bare weekday in the week that the candidates so far name: 来週 … 火曜か木曜."""
    weeks = [s.slot for s in found if s.span.vague_day and s.slot.all_day and s.slot.end is not None]
    if not weeks or weeks[-1].end is None or (day_of(weeks[-1].end) - day_of(weeks[-1].start)).days > 6:
        return slot
    day = day_of(slot.start)
    shift = timedelta(
        (day_of(weeks[-1].start) - day).days // 7 * 7 + 7 * ((day_of(weeks[-1].start) - day).days % 7 > 0)
    )
    if not 0 <= (day + shift - day_of(weeks[-1].start)).days < 7:
        return slot
    return _shifted(slot, shift)


def _at_time_of(others: tuple[Slot, ...], slot: Slot) -> Slot:
    """A day "at the same time" with the time of day of the last candidate that has one."""
    timed = [s for s in others if isinstance(s.start, datetime)]
    return on_day(timed[-1], day_of(slot.start)) if timed else slot


def _with_clock(found: list[Said], span: TimeSpan, slot: Slot, reference: datetime) -> list[Said]:
    """A time of day whose day stands elsewhere: it narrows the days before it, else it is one more candidate."""
    found = _workdays(found[0], reference) if len(found) == 1 else found
    open_days = [i for i, said in enumerate(found) if _takes(said.slot, slot)]
    if open_days:
        return [
            Said(on_day(slot, day_of(said.slot.start)), replace(said.span, has_clock=True)) if i in open_days else said
            for i, said in enumerate(found)
        ]
    if found and span.listed and found[-1].span.has_clock:
        return [*found, Said(on_day(slot, day_of(found[-1].slot.start)), replace(span, has_day=True))]
    return found or [Said(slot, span)]


def _workdays(said: Said, reference: datetime) -> list[Said]:
    """Some day of a week as each of its days from Monday to Friday: a time of day named for it is meant for any."""
    start, end = said.slot.start, said.slot.end
    if not said.slot.all_day or not said.span.vague_day or end is None or (said.span.has_clock and not said.span.part):
        return [said]
    days = [day_of(start) + timedelta(n) for n in range((day_of(end) - day_of(start)).days + 1)]
    if len(days) > 7:
        return [said]
    return [
        Said(Slot(d, None, all_day=True, approx=False), said.span)
        for d in days
        if d.weekday() < 5 and d >= reference.date()
    ]


def _takes(wide: Slot, clock: Slot) -> bool:
    """Whether a slot leaves open what the clock time says."""
    if wide.all_day:
        return wide.end is None
    if not wide.approx or not isinstance(wide.start, datetime) or not isinstance(clock.start, datetime):
        return False
    end = wide.end.time() if isinstance(wide.end, datetime) else None
    return end is not None and wide.start.time() <= clock.start.time() <= end


def on_day(slot: Slot, day: date) -> Slot:
    """A time of day moved to another day."""
    assert isinstance(slot.start, datetime)
    shift = day - slot.start.date()
    end = slot.end + shift if isinstance(slot.end, datetime) else None
    return replace(slot, start=slot.start + shift, end=end)


def _without_shadows(found: list[Said]) -> list[Said]:
    """Each candidate once; a whole day or week that only introduces more exact times of it goes."""
    kept: list[Said] = []
    for i, said in enumerate(found):
        others = found[:i] + found[i + 1 :]
        if any(o.slot.start == said.slot.start and o.slot.all_day == said.slot.all_day for o in kept):
            continue
        if any(_shadows(o.slot, said.slot) for o in others):
            continue
        kept.append(said)
    return kept


def _shadows(exact: Slot, vague: Slot) -> bool:
    """Whether ``exact`` lies within ``vague`` and says more."""
    day = day_of(exact.start)
    if vague.all_day:
        inside = day_of(vague.start) <= day <= day_of(vague.end or vague.start)
        return inside and (not exact.all_day or (vague.end is not None and exact.end is None))
    if not vague.approx or exact.approx or exact.all_day or vague.end is None:
        return False
    assert isinstance(exact.start, datetime)
    assert isinstance(vague.start, datetime)
    assert isinstance(vague.end, datetime)
    return vague.start <= exact.start <= vague.end and exact != vague
