"""What the groups of an English rule of clock times, parts of the day, lengths or zones mean."""

from __future__ import annotations

from pipeline.extract.times.meanings_en import Groups, unit
from pipeline.extract.times.numbers_en import HOUR_WORDS, number
from pipeline.extract.times.symbols import (
    Clock,
    Half,
    Length,
    Part,
    PartName,
    SameTime,
    Symbol,
    Unit,
    ZoneName,
)

_HOURS = HOUR_WORDS.split("|")
_PARTS: dict[str, PartName] = {
    "morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night",
    "breakfast": "early_morning",
    "early morning": "early_morning", "early afternoon": "early_afternoon", "late afternoon": "late_afternoon",
    "late morning": "late_morning",
    "first thing": "first_thing", "after lunch": "after_lunch", "dinner time": "evening",
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
    words = {"thirty": 30, "fifteen": 15}
    if groups.get("minuteword"):
        return words.get(groups["minuteword"] or "", 45)
    return int(groups.get("minute") or 0)


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
    if groups.get("way") == "to":
        hour, minutes = (hour - 1) or 12, 60 - minutes
    return _clock(hour, minutes, _half(groups), plain=True, approx=bool(groups.get("ish")))


def named_clock(groups: Groups) -> Symbol:
    return Part("close") if groups["name"] == "midnight" else Clock(12)


def close(groups: Groups) -> Symbol:
    return Part("close")


def part(groups: Groups) -> Symbol | None:
    said = (groups["part"] or "").replace(" ", "")
    if said.startswith("night") and groups.get("tonight") is not None:
        return Part("tonight")
    if "lunch" in said:
        return Part("after_lunch" if said.startswith("after") else "lunch")
    which = groups.get("which") or ""
    if which.startswith("first"):
        return Part("first_thing")
    if which in ("early", "late", "mid"):
        return Part(_PARTS.get(f"{which} {said}", _PARTS[said]))
    return Part(_PARTS.get(groups["part"] or "", "morning"))


def all_day(groups: Groups) -> Symbol:
    return Part("day")


def same_time(groups: Groups) -> Symbol:
    return SameTime()


def _length(name: Unit, value: float) -> Length:
    if name in ("minute", "hour"):
        return Length(minutes=round(value * (60 if name == "hour" else 1)))
    if name in ("day", "workday", "week", "weekend"):
        return Length(days=round(value * (7 if name == "week" else 1)), minutes=720 if value == 0.5 else 0)
    return Length(months=round(value * {"month": 1, "quarter": 3, "half_year": 6}.get(name, 12)))


def length(groups: Groups) -> Symbol:
    name, times = unit(groups["unit"] or "")
    said = groups["count"] or ""
    result = _length(name, number(said) * times)
    minutes = int(number(groups["minutes"] or "")) if groups.get("minutes") else 0
    approx = said.endswith(("couple", "few", "of"))
    return Length(result.months, result.days, result.minutes + minutes, approx)


def half_length(groups: Groups) -> Symbol:
    name, _ = unit(groups["unit"] or "")
    return _length(name, (number(groups["count"] or "") if groups.get("count") else 0) + 0.5)


def length_half(groups: Groups) -> Symbol:
    name, times = unit(groups["unit"] or "")
    return _length(name, (number(groups["count"] or "") + 0.5) * times)


def compact_length(groups: Groups) -> Symbol:
    return Length(minutes=int(groups["hours"] or 0) * 60 + int(groups["minutes"] or 0))


def quarter_hour(groups: Groups) -> Symbol:
    return Length(minutes=15)


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
    return ZoneName("own")
