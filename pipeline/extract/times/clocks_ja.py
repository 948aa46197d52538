"""What the groups of a Japanese rule of clock times, parts of the day or zones mean."""

from __future__ import annotations

from typing import cast

from pipeline.extract.times.clocks_en import zone as _zone
from pipeline.extract.times.meanings_ja import Groups
from pipeline.extract.times.numbers_ja import number
from pipeline.extract.times.symbols import Away, Clock, Half, Part, PartName, SameTime, Symbol, ZoneName
from pipeline.extract.times.words_ja import meaning

_NIGHTS = ("夜", "晩", "夜中", "真夜中", "深夜", "未明")
_NIGHT_ENDS_HOUR = 6


def _half(said: str, hour: int) -> Half | None:
    if hour > 12:
        return None
    if said in _NIGHTS and (hour == 12 or hour < _NIGHT_ENDS_HOUR):
        return "am"
    found = meaning(said, "half")
    return cast(Half, found.name) if found else None


def clock(groups: Groups) -> Symbol | None:
    written = groups.get("hour") or "0"
    hour, minute = number(written), _minute(groups)
    if hour > 29 or minute > 59:
        return None
    half = _half(groups.get("half") or "", hour)
    plain = half is None and 1 <= hour <= 12 and not written.startswith("0")
    second = number(groups.get("second") or "0")
    found = Clock(hour, minute, second, half, plain, bool(groups.get("ish")))
    return _before_the_hour(found, minute) if groups.get("to") and minute else found


def _minute(groups: Groups) -> int:
    return 30 if groups.get("thirty") else number(groups.get("minute") or "0")


def _before_the_hour(clock: Clock, minutes: int) -> Clock:
    """9時5分前 as 8:55."""
    hour = (clock.hour - 1) % 24
    return Clock(hour, 60 - minutes, half=clock.half, plain=clock.plain and 1 <= hour <= 12, approx=clock.approx)


def bare_clock(groups: Groups) -> Symbol:
    hour = int(groups["hour"] or 0)
    return Clock(hour % 24, plain=1 <= hour <= 12)


def noon(groups: Groups) -> Symbol:
    return Clock(12)


def named_clock(groups: Groups) -> Symbol:
    name = groups["name"] or ""
    return Clock(0 if any(sign in name for sign in ("零", "0", "真夜中")) else 12)


def first_thing(groups: Groups) -> Symbol:
    return Part("after_lunch" if groups["noon"] else "first_thing")


def this_morning(groups: Groups) -> Symbol:
    return Part("this_morning")


def tonight(groups: Groups) -> Symbol:
    return Part("tonight")


def part(groups: Groups) -> Symbol:
    found = meaning((groups["part"] or "").removeprefix("お"), "part", "part_in_context")
    return Part(cast(PartName, found.name) if found else "noon")


def part_early(groups: Groups) -> Symbol:
    return Part("late_afternoon" if groups["late"] else "early_morning")


def close(groups: Groups) -> Symbol:
    return Part("close")


def now(groups: Groups) -> Symbol:
    return Away(0, "second")


def all_day(groups: Groups) -> Symbol:
    return Part("day")


def same_time(groups: Groups) -> Symbol:
    return SameTime()


def zone(groups: Groups) -> Symbol | None:
    return _zone(groups)


def own_zone(groups: Groups) -> Symbol:
    return ZoneName("own")
