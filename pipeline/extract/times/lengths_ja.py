"""What the groups of a Japanese rule of lengths and distances mean."""

from __future__ import annotations

from pipeline.extract.times.meanings_ja import Groups, indefinite, nothing, unit_of
from pipeline.extract.times.numbers_ja import number
from pipeline.extract.times.symbols import Away, Day, Indefinite, Length, Symbol, Unit
from pipeline.extract.times.words_ja import meaning

__all__ = ["ahead", "calendar", "clock", "coming", "half", "indefinite", "length", "nothing", "one_day", "passed"]

_VAGUE = ("数", "十数", "両", "幾", "数十")
_HALF_OF: dict[Unit, tuple[int, Unit]] = {
    "year": (6, "month"), "month": (15, "day"), "week": (84, "hour"), "day": (12, "hour"), "hour": (30, "minute"),
    "minute": (30, "second"), "century": (50, "year"),
}  # fmt: skip
_IN: dict[tuple[Unit, Unit], int] = {
    ("year", "month"): 12, ("month", "day"): 30, ("week", "hour"): 168, ("day", "hour"): 24, ("hour", "minute"): 60,
    ("minute", "second"): 60, ("century", "year"): 100,
}  # fmt: skip


def _value(said: str | None) -> float:
    """The number that digits, kanji or words such as ひと stand for; 0 where nothing is said."""
    if not said:
        return 0
    if said in ("ひと", "ふた"):
        return 1 if said == "ひと" else 2
    if said in ("十数", "幾", "数十"):
        return {"十数": 13, "幾": 3, "数十": 30}[said]
    return float(said) if said.isascii() else number(said)


def _distance(groups: Groups) -> tuple[int, Unit]:
    """How many of which unit: 1時間半 as 90 minutes, 半年 as 6 months, 2.5日 as 60 hours."""
    unit = unit_of(groups["unit"] or "")
    value = _value(groups.get("count"))
    if groups.get("half") == "四半":
        return 25, "year"
    if value == int(value) and not groups.get("half"):
        return (int(value) * 100, "year") if unit == "century" else (int(value), unit)
    half, smaller = _HALF_OF.get(unit, (1, unit))
    whole = round(value * _IN.get((unit, smaller), 1))
    return whole + (half if groups.get("half") else 0), smaller


def ahead(groups: Groups) -> Symbol | None:
    way = groups["way"] or ""
    if way == "以上前":
        return Indefinite()
    count, unit = _distance(groups)
    vague = (groups.get("count") or "") in _VAGUE or bool(groups.get("about"))
    sign = -1 if way in ("前", "まえ") else 1
    return Away(sign * count, unit, approx=vague, base=_base(groups))


def _base(groups: Groups) -> Day | None:
    found = meaning(groups.get("base") or "", "day")
    return Away(found.count, "day") if found and found.count else None


def coming(groups: Groups) -> Symbol:
    count, unit = _distance(groups)
    return Away(count, unit, approx=groups.get("count") in _VAGUE, through=True)


def passed(groups: Groups) -> Symbol:
    count, unit = _distance(groups)
    return Away(-count, unit, approx=groups.get("count") in _VAGUE, through=True)


# ---- lengths


def length(groups: Groups) -> Symbol:
    unit = unit_of(groups["unit"] or "")
    value = _value(groups["count"]) + (0.5 if groups.get("half") else 0)
    days = value * (7 if unit == "week" else 1)
    hours = (days - int(days)) * 24
    return Length(days=int(days), minutes=round(hours * 60), approx=groups["count"] in _VAGUE, unit=unit)


def calendar(groups: Groups) -> Symbol | None:
    months = _value(groups.get("years")) * 12 + _value(groups.get("months"))
    days = int(_value(groups.get("days")))
    if not months and not days:
        return None
    unit: Unit = "day" if days else "month" if groups.get("months") else "year"
    if groups.get("half"):
        months, days = (months + 6, days) if unit == "year" else (months, 15)
    vague = (groups.get("years") or groups.get("months")) in _VAGUE
    return Length(months=round(months), days=days, approx=vague, unit=unit)


def clock(groups: Groups) -> Symbol:
    hours, minutes, seconds = (_value(groups.get(name)) for name in ("hours", "minutes", "seconds"))
    fraction = groups.get("fraction")
    if fraction:
        seconds += 0.5 if fraction == "半" else float(f"0.{fraction}")
    if groups.get("half"):
        hours, seconds = (hours + 0.5, seconds) if groups.get("hours") else (hours, seconds + 30)
    unit: Unit = "second" if groups.get("seconds") else "minute" if groups.get("minutes") else "hour"
    vague = any(groups.get(name) in _VAGUE for name in ("hours", "minutes", "seconds"))
    whole = hours * 60 + minutes
    seconds += (whole - int(whole)) * 60
    return Length(minutes=int(whole), seconds=seconds, approx=vague, unit=unit)


def days_between(groups: Groups) -> Symbol:
    """中3日: three whole days in between."""
    return Length(days=int(_value(groups["count"])), unit="day")


def one_day(groups: Groups) -> Symbol:
    return Length(days=1, unit="day")


def half(groups: Groups) -> Symbol:
    lengths = {
        "半日": Length(minutes=240, unit="day"), "半年": Length(months=6, unit="year"),
        "半月": Length(days=15, unit="month"), "半期": Length(months=6, unit="half_year"),
        "半世紀": Length(months=600, unit="century"), "四半世紀": Length(months=300, unit="century"),
        "小一時間": Length(minutes=60, approx=True, unit="hour"),
    }  # fmt: skip
    return lengths[groups["unit"] or ""]
