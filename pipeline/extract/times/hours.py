"""Times of day: clock times, windows for the parts of the day, and ranges of both."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from datetime import time
from importlib.resources import files

from pipeline.extract.times.symbols import Clock, Moment

_NIGHT_ENDS_HOUR = 7  # a bare hour below it means the afternoon: nobody meets at 3 in the night
NO_WINDOW = frozenset({"day", "close", "this_morning", "tonight"})  # parts that name their whole day


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of day from ``start`` to ``end`` (None: open)."""

    start: time
    end: time | None
    approx: bool


@functools.cache
def windows() -> dict[str, tuple[time, time | None]]:
    lines = (files(__package__) / "parts.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {name: (time.fromisoformat(a), time.fromisoformat(b) if b else None) for name, a, b in rows}


def hours_of(first: Moment, last: Moment | None) -> Hours | None:
    if last and (last.clock or last.part or last.same_time):
        return clock_range(first, last)
    if first.clock:
        return Hours(time_of_day(first.clock), None, first.clock.approx)
    if first.part and first.part.name not in NO_WINDOW:
        return Hours(*windows()[first.part.name], True)
    return None


def clock_range(first: Moment, last: Moment) -> Hours | None:
    start, end = _edge(first, 0), _edge(first, 0) if last.same_time else _edge(last, 1)
    if start is None or end is None:
        return None
    approx = not (first.clock and (last.clock or last.same_time))
    if first.clock and last.clock and not (first.day and last.day):
        start, end = _halves(first.clock, last.clock)
    elif first.clock and last.clock and first.clock.hour > 12 and last.clock.plain:
        end = time(last.clock.hour % 24, last.clock.minute, last.clock.second)  # 22:00 to 5:00 of another day
    return Hours(start, end, approx or bool(first.clock and first.clock.approx))


def _edge(moment: Moment, side: int) -> time | None:
    if moment.clock:
        return time_of_day(moment.clock)
    if moment.part is None or moment.part.name in NO_WINDOW:
        return None
    window = windows()[moment.part.name]
    return window[side] or window[0]


def _halves(a: Clock, b: Clock) -> tuple[time, time]:
    """Both ends of a range, with the half of the day that one end leaves unsaid taken from the other."""
    if a.plain and b.half and not a.half:
        same = time_of_day(replace(a, half=b.half))
        other = time_of_day(replace(a, half="am"))
        return (same if same < time_of_day(b) else other), time_of_day(b)
    start = time_of_day(a)
    end = time_of_day(b)
    if b.plain and not b.half:
        end = time_of_day(replace(b, half="am"))
        if end <= start and b.hour != 12:
            end = time_of_day(replace(b, half="pm"))
        if b.hour == 12:
            end = time(12, b.minute)
    return start, end


def time_of_day(clock: Clock) -> time:
    hour = clock.hour
    if clock.half == "pm" and hour < 12:
        hour += 12
    elif clock.half == "am" and hour == 12:
        hour = 0
    elif clock.plain and not clock.half and hour < _NIGHT_ENDS_HOUR:
        hour += 12
    return time(hour % 24, clock.minute, clock.second)
