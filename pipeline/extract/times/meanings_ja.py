"""What the groups of a Japanese rule of days, weeks and longer periods mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pipeline.extract.times.numbers_ja import number
from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Date,
    Indefinite,
    Period,
    Portion,
    Symbol,
    Unit,
    WeekOf,
)
from pipeline.extract.times.words_ja import Meaning, eras, meaning

Groups = Mapping[str, str | None]

_WEEKS_OF_MONTH = 5
_WEEKDAYS = "月火水木金土日"
UNITS: dict[str, Unit] = {
    "営業日": "workday", "稼働日": "workday", "実働日": "workday", "就業日": "workday", "平日": "workday",
    "日": "day", "日間": "day", "晩": "day", "泊": "day", "週": "week", "週間": "week", "四半期": "quarter",
    "半年": "half_year", "時間": "hour", "営業時間": "hour", "分": "minute", "分間": "minute",
    "秒": "second", "秒間": "second", "年": "year", "年間": "year", "世紀": "century",
}  # fmt: skip


def unit_of(word: str) -> Unit:
    """The unit that a counted word names (営業日, ヶ月, か年)."""
    return UNITS.get(word) or ("month" if "月" in word else "year")


def nothing(groups: Groups) -> None:
    """A word that looks like a time and is none (夜勤)."""


def indefinite(groups: Groups) -> Symbol:
    return Indefinite()


# ---- what the groups have in common


def weekday_of(groups: Groups) -> int | None:
    said = groups.get("weekday")
    return _WEEKDAYS.index(said) if said else None


def year_of(groups: Groups) -> int | None:
    if groups.get("erayear"):
        return eras()[groups["era"] or ""] + number(groups["erayear"] or "")
    said = (groups.get("year") or "").strip("'")
    if not said:
        return None
    value = number(said)
    return 2000 + value if len(said) == 2 else value


def which(groups: Groups, *kinds: str) -> Meaning:
    """The relative word of a rule (来週, 今年度)."""
    return meaning(groups.get("which") or "", *kinds) or Meaning("day")


def year_away(groups: Groups) -> int | None:
    found = meaning(groups.get("yearword") or "", "year", "fiscal")
    return found.count if found else None


def portion_of(groups: Groups) -> Portion | None:
    found = meaning(groups.get("portion") or "", "portion")
    return cast(Portion, found.name) if found else None


def nth(groups: Groups) -> int:
    return -1 if groups.get("last") else number(groups.get("nth") or "1")


def month_of(groups: Groups) -> int | None:
    return number(groups["month"] or "") if groups.get("month") else None


def month_away(groups: Groups) -> int | None:
    return which(groups, "month").count if groups.get("which") else None


# ---- dates


def date(groups: Groups) -> Symbol | None:
    month, day = number(groups["month"] or ""), number(groups["day"] or "")
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return Date(year=year_of(groups), month=month, day=day, weekday=weekday_of(groups), year_away=year_away(groups))


def day_only(groups: Groups) -> Symbol | None:
    day = number(groups["day"] or "")
    if not 1 <= day <= 31:
        return None
    return Date(day=day, weekday=weekday_of(groups), month_away=month_away(groups))


def date_or_day(groups: Groups) -> Symbol | None:
    return date(groups) if groups.get("month") else day_only(groups)


def after_new_year(groups: Groups) -> Symbol:
    return Date(month=1, day=number(groups["day"] or ""))


def weekday(groups: Groups) -> Symbol | None:
    return Date(weekday=weekday_of(groups)) if groups.get("weekday") else None


def kana_weekday(groups: Groups) -> Symbol:
    return Date(weekday=("げつ", "か", "すい", "もく", "きん", "ど", "にち").index(groups["kana"] or ""))


def which_weekday(groups: Groups) -> Symbol:
    if groups["which"] == "翌週":
        return Anchored(1, weekday_of(groups), week=True)
    return Date(weekday=weekday_of(groups), week=which(groups, "week").count)


def near_weekday(groups: Groups) -> Symbol:
    past = (groups["near"] or "").startswith(("前", "この前", "この間", "先", "さき"))
    return Date(weekday=weekday_of(groups), weeks_later=-1 if past else 0)


def nth_weekday(groups: Groups) -> Symbol:
    return Date(
        year=year_of(groups), month=month_of(groups), weekday=weekday_of(groups), month_away=month_away(groups),
        year_away=year_away(groups), nth=nth(groups),
    )  # fmt: skip


def week_start(groups: Groups) -> Symbol:
    return Date(weekday=0, week=2 if groups["which"] == "再来週" else 1)


def week_of(groups: Groups) -> Symbol | None:
    day = number(groups["day"] or "")
    return WeekOf(Date(year=year_of(groups), month=month_of(groups), day=day)) if 1 <= day <= 31 else None


def nth_week(groups: Groups) -> Symbol:
    return Period(
        "month", away=month_away(groups), month=month_of(groups), year=year_of(groups), year_away=year_away(groups),
        week=nth(groups),
    )  # fmt: skip


def week_of_year(groups: Groups) -> Symbol:
    year, away = year_of(groups), year_away(groups)
    if year is None and away is None and nth(groups) <= _WEEKS_OF_MONTH:
        return Period("month", away=0, week=nth(groups))
    if year is None and away is None:
        return WeekOf(number=nth(groups))
    return Period("year", year=year, away=away, week=nth(groups))


def nth_workday(groups: Groups) -> Symbol:
    """The n-th working day of a month, counted from the last day of the one before; the last from the next one."""
    count = nth(groups)
    step, portion = (-1, "end") if count > 0 else (1, "start")
    month = month_of(groups)
    if month is None:
        base = Period("month", away=which(groups, "month").count + step, portion=cast(Portion, portion))
    else:
        base = Period("month", month=(month - 1 + step) % 12 + 1, portion=cast(Portion, portion))
    return Away(count, "workday", base=base)


def last_workday(groups: Groups) -> Symbol:
    if groups["which"] in ("年内", "年末"):
        return Away(-1, "workday", base=Period("year", away=1, portion="start"))
    return Away(-1, "workday", base=Period("month", away=1, portion="start"))


# ---- from day to day


def day_word(groups: Groups) -> Symbol | None:
    word = groups["word"] or ""
    found = meaning({"あす": "明日", "きょう": "今日"}.get(word, word), "day", "part_of_day")
    return Away(found.count, cast(Unit, found.name)) if found else None


def vague_days(groups: Groups) -> Symbol:
    return Away(2 if "両日" in (groups["word"] or "") else 3, "day", approx=True)


def anchored(groups: Groups) -> Symbol | None:
    found = meaning(groups["word"] or "", "anchored")
    return Anchored(found.count, week=found.name == "week", telling=True) if found else None


def anchored_period(groups: Groups) -> Symbol:
    away = {"次の": 1, "前の": -1}.get(groups["which"] or "", 0)
    units: dict[str, Unit] = {"月": "month", "年": "year", "週末": "weekend"}
    return Period(units[groups["unit"] or ""], away=away)


def then(groups: Groups) -> Symbol:
    return Anchored(with_time=True)
