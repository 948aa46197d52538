"""What the groups of an English rule of clock times, parts of the day, lengths or zones mean."""

from __future__ import annotations

import re

from pipeline.extract.times.meanings_en import Groups
from pipeline.extract.times.numbers_en import HOUR_WORDS, number
from pipeline.extract.times.symbols import (
    Clock,
    Half,
    Part,
    PartName,
    SameTime,
    Symbol,
    ZoneName,
)

_HOURS = HOUR_WORDS.split("|")
_PARTS: dict[str, PartName] = {
    "morning": "morning", "early morning": "early_morning", "late morning": "late_morning", "mid morning": "morning",
    "afternoon": "afternoon", "early afternoon": "early_afternoon", "late afternoon": "late_afternoon",
    "arvo": "afternoon", "forenoon": "morning", "evening": "evening",
    "early evening": "early_evening", "late evening": "late_evening",
    "night": "night", "nights": "night", "nighttime": "small_hours", "smallhour": "small_hours",
    "earlyhour": "small_hours", "weehour": "small_hours", "daytime": "daytime",
    "firstthing": "first_thing", "breakfasttime": "breakfast", "dinnertime": "dinner", "bedtime": "night",
    "teatime": "late_afternoon", "nightfall": "evening", "sundown": "evening", "sunset": "evening", "dusk": "evening",
    "dawn": "early_morning", "sunrise": "early_morning", "sunup": "early_morning", "daybreak": "early_morning",
    "am": "morning", "pm": "afternoon", "lunch": "lunch", "breakfast": "breakfast", "dinner": "dinner",
    "lunchtime": "lunch", "supper": "dinner", "firstlight": "early_morning",
}  # fmt: skip


_AFTER: dict[str, PartName] = {
    "lunch": "after_lunch", "breakfast": "late_morning", "sunset": "evening", "sundown": "evening", "dusk": "evening",
    "dawn": "morning", "sunrise": "morning", "sunup": "morning", "daybreak": "morning", "firstlight": "morning",
}  # fmt: skip


def _clock(
    hour: int, minute: int, half: Half | None, *, second: int = 0, plain: bool = False, approx: bool = False
) -> Clock | None:
    if hour > 24 or minute > 59 or (half and hour > 12):
        return None
    return Clock(
        hour % 24 if hour == 24 else hour, minute, second, half, plain and 1 <= hour <= 12 and not half, approx
    )


def _half(groups: Groups) -> Half | None:
    said = groups.get("half")
    return None if not said else "am" if said.startswith("a") else "pm"


def _hour(groups: Groups) -> int:
    if groups.get("hourword"):
        return _HOURS.index(groups["hourword"] or "") + 1
    return int(groups.get("hour") or 0)


def _minute(groups: Groups) -> int:
    said = (groups.get("minuteword") or "").replace("-", " ").removeprefix("oh ")
    return int(number(said)) if said else int(groups.get("minute") or 0)


def clock(groups: Groups) -> Symbol | None:
    written = groups.get("hour") or ""
    plain = not written.startswith("0") or groups.get("ish") is not None
    return _clock(
        _hour(groups), _minute(groups), _half(groups),
        second=int(groups.get("second") or 0), plain=plain, approx=bool(groups.get("ish")),
    )  # fmt: skip


def bare_clock(groups: Groups) -> Symbol | None:
    return _clock(_hour(groups), _minute(groups), None, plain=True)


def clock_words(groups: Groups) -> Symbol | None:
    amount = groups["amount"] or ""
    minutes = 30 if amount == "half" else 15 if amount.endswith("quarter") else int(number(amount))
    hour = _hour(groups)
    if groups.get("way") in ("to", "before", "of"):
        hour, minutes = (hour - 1) or 12, 60 - minutes
    return _clock(hour, minutes, _half(groups), plain=True, approx=bool(groups.get("ish")))


def named_clock(groups: Groups) -> Symbol:
    approx = bool(groups.get("ish"))
    return Part("close") if "midnight" in (groups["name"] or "") else Clock(12, approx=approx)


def close(groups: Groups) -> Symbol:
    return Part("close")


def part(groups: Groups) -> Symbol | None:
    said = re.sub(r"^(?:over|for|at|before|around|by|until|since|the) |[ .-]|'?’?s$", "", groups["part"] or "")
    if said.startswith("night") and groups.get("tonight") is not None:
        return Part("tonight")
    if said.startswith("after") and said != "afternoon":
        return Part(_AFTER.get(said.removeprefix("after"), "night"))
    which = (groups.get("which") or "").split()
    if which[:1] == ["first"]:
        return Part("first_thing")
    when = {"early": "early ", "earlier": "early ", "late": "late ", "later": "late ", "mid": "mid "}
    first = when.get(which[0], "") if which else ""
    return Part(_PARTS.get(first + said) or _PARTS[said])


def all_day(groups: Groups) -> Symbol:
    return Part("day")


def same_time(groups: Groups) -> Symbol:
    return SameTime()


def zone(groups: Groups) -> Symbol | None:
    said = groups["zone"] or ""
    if said == "z":
        return ZoneName("utc", 0)
    if any(c.isdigit() for c in said):
        sign = -1 if "-" in said else 1
        digits = "".join(c for c in said if c.isdigit())
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        return ZoneName(said, sign * (hours * 60 + minutes)) if hours <= 14 else None
    return ZoneName(said)


def own_zone(groups: Groups) -> Symbol:
    return ZoneName("theirs" if groups["zone"] == "your" else "own")
