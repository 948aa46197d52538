"""What the groups of a Japanese rule of repetitions mean."""

from __future__ import annotations

from pipeline.extract.times.meanings_ja import Groups, nth, unit_of, weekday_of
from pipeline.extract.times.numbers_ja import number
from pipeline.extract.times.symbols import Date, Every, Period, Symbol, Unit


def every(groups: Groups) -> Symbol:
    each = groups["each"] or ""
    units: dict[str, Unit] = {
        "営業日": "workday", "平日": "workday", "週末": "weekend", "日": "day", "朝": "day", "晩": "day", "夜": "day",
        "夕": "day", "週": "week", "月": "month", "年": "year", "時": "hour", "分": "minute", "秒": "second",
    }  # fmt: skip
    unit: Unit = next((u for word, u in units.items() if word in each), "week")
    day = Date(weekday=weekday_of(groups)) if groups.get("weekday") else None
    return Every(unit, 2 if each.startswith("隔") else 1, day)


def every_few(groups: Groups) -> Symbol:
    count = number(groups["count"] or "1")
    unit = unit_of(groups["unit"] or "")
    skips = groups["each"] in ("おき", "置き") and unit == "day"  # 1日おき is every second day
    return Every(unit, count + skips)


def rate(groups: Groups) -> Symbol:
    return Every(unit_of(groups["unit"] or ""), number(groups["count"] or "1"))


def every_month(groups: Groups) -> Symbol:
    if groups["day"]:
        return Every("month", 1, Date(day=number(groups["day"])))
    if groups["weekday"]:
        return Every("month", 1, Date(weekday=weekday_of(groups), nth=nth(groups)))
    first = (groups["portion"] or "") in ("初日", "初め", "月初")
    return Every("month", 1, Period("month", away=0, portion="start" if first else "end"))


def every_year(groups: Groups) -> Symbol:
    return Every("year")


def workdays(groups: Groups) -> Symbol:
    return Every("weekend" if groups["weekend"] else "workday")
