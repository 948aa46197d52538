"""What the groups of a Japanese rule of clock times, parts of the day, lengths or zones mean."""

from __future__ import annotations

from pipeline.extract.times.clocks_en import zone as _zone
from pipeline.extract.times.meanings_ja import UNITS, Groups
from pipeline.extract.times.numbers_ja import number
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

_HALVES: dict[str, Half] = {
    "午前": "am", "ごぜん": "am", "am": "am", "a.m.": "am", "朝": "am", "早朝": "am", "午後": "pm", "ごご": "pm",
    "pm": "pm",
    "p.m.": "pm", "昼": "pm", "夕方": "pm", "夜": "pm", "晩": "pm",
}  # fmt: skip
_PARTS: dict[str, PartName] = {
    "午前中": "morning", "午前": "morning", "午後": "afternoon", "午後の部": "afternoon",
    "午後遅め": "late_afternoon",
    "午後の早い時間": "early_afternoon", "午後早め": "early_afternoon", "午後早く": "early_afternoon",
    "早朝": "early_morning",
    "朝": "early_morning", "お昼": "lunch", "昼": "lunch", "お昼どき": "lunch", "昼過ぎ": "after_lunch",
    "お昼過ぎ": "after_lunch",
    "夜": "night", "晩": "night", "昼間": "daytime", "日中": "daytime", "夕方以降": "evening",
}  # fmt: skip


def _half(groups: Groups) -> Half | None:
    said = groups.get("half") or ""
    return _HALVES.get(said)


def clock(groups: Groups) -> Symbol | None:
    written = groups.get("hour") or "0"
    hour = 0 if written == "零" else number(written)
    minute = 30 if groups.get("thirty") else number(groups["minute"] or "") if groups.get("minute") else 0
    if hour > 24 or minute > 59:
        return None
    half = _half(groups)
    if half and hour > 12:
        half = None
    if groups.get("half") in ("昼", "夜", "深夜") and (hour == 12 or (hour < 5 and groups.get("half") != "昼")):
        half = "am" if groups.get("half") != "昼" else "pm"
    plain = half is None and 1 <= hour <= 12 and not written.startswith("0")
    return Clock(hour % 24, minute, int(groups.get("second") or 0), half, plain, bool(groups.get("ish")))


def bare_clock(groups: Groups) -> Symbol:
    hour = int(groups["hour"] or 0)
    return Clock(hour % 24, plain=1 <= hour <= 12)


def named_clock(groups: Groups) -> Symbol:
    return Clock(0 if "零" in (groups["name"] or "") or "0" in (groups["name"] or "") else 12)


def first_thing(groups: Groups) -> Symbol:
    return Part("after_lunch" if groups["noon"] else "first_thing")


def tonight(groups: Groups) -> Symbol:
    return Part("tonight")


def part(groups: Groups) -> Symbol:
    said = groups["part"] or ""
    return Part(
        _PARTS.get(said, "morning" if said.endswith("前") else "late_afternoon" if said.startswith("夕") else "evening")
    )


def close(groups: Groups) -> Symbol:
    return Part("close")


def all_day(groups: Groups) -> Symbol:
    return Part("day")


def same_time(groups: Groups) -> Symbol:
    return SameTime()


def _length(unit: Unit, value: float, approx: bool = False) -> Length:
    if unit in ("minute", "hour"):
        return Length(minutes=round(value * (60 if unit == "hour" else 1)), approx=approx)
    if unit in ("day", "workday", "week"):
        return Length(days=round(value * (7 if unit == "week" else 1)), approx=approx)
    return Length(months=round(value * (12 if unit == "year" else 1)), approx=approx)


def length(groups: Groups) -> Symbol:
    said = groups["count"] or ""
    value = float(said) if said.isascii() else number(said)
    minutes = number(groups["minutes"] or "") if groups.get("minutes") else 0
    result = _length(UNITS.get(groups["unit"] or "", "month"), value, said in ("数", "両"))
    return Length(result.months, result.days, result.minutes + minutes, result.approx)


def length_half(groups: Groups) -> Symbol:
    return _length(UNITS.get(groups["unit"] or "", "month"), number(groups["count"] or "") + 0.5)


def half_length(groups: Groups) -> Symbol:
    lengths = {
        "半日": Length(minutes=240), "半年": Length(months=6), "半月": Length(days=15), "半期": Length(months=6),
        "小一時間": Length(minutes=60, approx=True), "丸1日": Length(days=1),
    }  # fmt: skip
    return lengths[groups["unit"] or ""]


def zone(groups: Groups) -> Symbol | None:
    return _zone(groups)


def own_zone(groups: Groups) -> Symbol:
    return ZoneName("own")
