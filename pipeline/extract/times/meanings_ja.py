"""What the groups of a Japanese rule of days, weeks and longer periods mean."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.extract.times.numbers_ja import number
from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Date,
    Every,
    Festival,
    Period,
    Portion,
    Symbol,
    Unit,
    WeekOf,
)

Groups = Mapping[str, str | None]

_WEEKDAYS = "月火水木金土日"
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925}
_AWAY = {
    "今週": 0, "来週": 1, "翌週": 1, "次週": 1, "再来週": 2, "翌々週": 2, "先週": -1, "前週": -1, "先々週": -2,
    "同週": 0, "同じ週": 0,
    "今月": 0, "当月": 0, "本月": 0, "同月": 0, "月": 0, "来月": 1, "翌月": 1, "次月": 1, "再来月": 2, "翌々月": 2,
    "先月": -1,
    "前月": -1, "先々月": -2, "今年": 0, "本年": 0, "同年": 0, "年": 0, "来年": 1, "翌年": 1, "再来年": 2,
    "昨年": -1, "去年": -1,
    "一昨年": -2, "おととし": -2, "週": 0, "今年度": 0, "本年度": 0, "年度": 0, "来年度": 1, "今期": 0, "当期": 0,
    "期": 0, "来期": 1,
    "四半期": 0, "今週末": 0, "週末": 0, "来週末": 1, "先週末": -1,
}  # fmt: skip
_PORTIONS: dict[str, Portion] = {
    "上旬": "early", "初旬": "early", "中旬": "mid", "下旬": "late", "前半": "first_half", "後半": "second_half",
    "初め": "start",
    "はじめ": "start", "始め": "start", "頭": "start", "初頭": "start", "早々": "start", "月初": "start",
    "半ば": "mid", "なかば": "mid",
    "中頃": "mid", "中ごろ": "mid", "末日": "end", "末": "end", "月末": "end", "終わり": "late", "末頃": "late",
    "末ごろ": "late", "終盤": "late",
}  # fmt: skip
_DAYS = {
    "一昨々日": -3, "一昨日": -2, "おととい": -2, "昨日": -1, "昨晩": -1, "昨夜": -1, "きのう": -1, "今日": 0,
    "本日": 0,
    "今朝": 0, "今": 0, "今夕": 0, "明日": 1, "明朝": 1, "明": 1, "あした": 1,
    "みょうにち": 1, "明後日": 2, "あさって": 2, "明々後日": 3, "しあさって": 3, "即日": 0,
}  # fmt: skip


def nothing(groups: Groups) -> None:
    """A word that looks like a time and is none (夜勤)."""


def _weekday(groups: Groups) -> int | None:
    said = groups.get("weekday")
    return _WEEKDAYS.index(said) if said else None


def _year(groups: Groups) -> int | None:
    if groups.get("erayear"):
        return _ERAS[groups["era"] or ""] + number(groups["erayear"] or "")
    said = (groups.get("year") or "").strip("'")
    if not said:
        return None
    value = number(said) if not said.isascii() else int(said)
    if value < 30 and len(said) == 2:
        return 2000 + value
    return value if value >= 1900 else None


def _year_away(groups: Groups) -> int | None:
    return _AWAY.get(groups.get("yearword") or "")


def date(groups: Groups) -> Symbol | None:
    month, day = number(groups["month"] or ""), number(groups["day"] or "")
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return Date(year=_year(groups), month=month, day=day, year_away=_year_away(groups))


def month(groups: Groups) -> Symbol:
    return Period(
        "month", month=number(groups["month"] or ""), year=_year(groups), year_away=_year_away(groups),
        portion=_PORTIONS.get(groups.get("portion") or ""),
    )  # fmt: skip


def _unit(which: str) -> Unit:
    if which.endswith("週末"):
        return "weekend"
    if which.endswith("週"):
        return "week"
    if which.endswith("月"):
        return "month"
    return (
        "half_year" if which.endswith("期") and "四半" not in which else "quarter" if which.endswith("期") else "year"
    )


def relative_portion(groups: Groups) -> Symbol | None:
    which, portion = groups["which"] or "", _PORTIONS[groups["portion"] or ""]
    if which in ("年", "月", "週", "期") and portion not in ("end", "start"):
        return None
    if which.endswith("年度"):
        return _fiscal_year(_AWAY[which], portion)
    if which.endswith("週") and portion == "end":
        return Period("weekend", away=_AWAY[which])
    return Period(_unit(which), away=_AWAY[which], portion=portion)


def _fiscal_year(away: int, portion: Portion | None) -> Symbol:
    """A Japanese fiscal year runs from April to March."""
    return Period("half_year", away=None, month=4, year_away=away, portion=portion, whole=True)


def which_weekday(groups: Groups) -> Symbol:
    return Date(weekday=_weekday(groups), week=_AWAY[groups["which"] or ""])


def weekday(groups: Groups) -> Symbol:
    return Date(weekday=_weekday(groups))


def week_start(groups: Groups) -> Symbol:
    return Date(weekday=0, week=2 if groups["which"] == "再来週" else 1)


def which_week(groups: Groups) -> Symbol:
    return Period("week", away=_AWAY[groups["which"] or ""])


def every(groups: Groups) -> Symbol:
    each = groups["each"] or ""
    units: dict[str, Unit] = {
        "日": "day",
        "朝": "day",
        "晩": "day",
        "週": "week",
        "月": "month",
        "年": "year",
        "時": "hour",
    }
    unit: Unit = "workday" if "営業日" in each else next((u for c, u in units.items() if c in each), "week")
    day = Date(weekday=_weekday(groups)) if groups.get("weekday") else None
    return Every(unit, 2 if each.startswith("隔") else 1, day)


def every_month(groups: Groups) -> Symbol:
    return Every(
        "month", 1, Date(day=number(groups["day"])) if groups["day"] else Period("month", away=0, portion="end")
    )


def week_of(groups: Groups) -> Symbol | None:
    date_said = day_only(groups)
    if isinstance(date_said, Date) and groups["month"]:
        return WeekOf(Date(month=number(groups["month"]), day=date_said.day))
    return WeekOf(date_said) if isinstance(date_said, Date) else None


def nth_week(groups: Groups) -> Symbol:
    week = -1 if groups["last"] else number(groups["nth"] or "1")
    if groups["which"]:
        return Period("month", away=_AWAY[groups["which"]], week=week)
    return Period("month", month=number(groups["month"] or ""), week=week)


def after_new_year(groups: Groups) -> Symbol:
    return Date(month=1, day=number(groups["day"] or ""))


def anchored(groups: Groups) -> Symbol:
    word = groups["word"] or ""
    steps = {"翌々日": 2, "翌日": 1, "翌朝": 1, "次の日": 1, "前々日": -2, "前日": -1, "翌週": 1, "前の週": -1}
    return Anchored(steps.get(word, 0), week="週" in word)


def then(groups: Groups) -> Symbol:
    return Anchored(with_time=True)


def day_word(groups: Groups) -> Symbol | None:
    away = _DAYS.get(groups["word"] or "")
    return Away(away, "day") if away is not None else None


def workday_word(groups: Groups) -> Symbol | None:
    word = groups["word"] or ""
    if word == "最終営業日":
        return None
    return Away(2 if "翌々" in word else -1 if word.startswith("前") else 1, "workday")


UNITS: dict[str, Unit] = {
    "営業日": "workday", "稼働日": "workday", "実働日": "workday", "就業日": "workday", "平日": "workday",
    "日": "day", "日間": "day",
    "週": "week", "週間": "week", "時間": "hour", "分": "minute", "分間": "minute", "年": "year", "年間": "year",
    "か年": "year",
}  # fmt: skip


def ahead(groups: Groups) -> Symbol | None:
    said, way = groups["count"] or "", groups["way"]
    unit = UNITS.get(groups["unit"] or "", "month")
    if way in ("ぶり", "以上前") or groups["event"]:
        return None
    sign = -1 if way == "前" else 1
    if said == "半":
        return Away(sign * 6, "month") if unit == "year" else Away(sign * 12, "hour") if unit == "day" else None
    return Away(sign * number(said), unit, approx=said == "数")


def vague_days(groups: Groups) -> Symbol:
    word = groups["word"] or ""
    days = 2 if "両日" in word else 3
    return Away(days, "day", approx=True)


def which_month(groups: Groups) -> Symbol:
    return Period("month", away=_AWAY[groups["which"] or ""])


def period_word(groups: Groups) -> Symbol:
    word = groups["word"] or ""
    if word in ("年末年始", "年始") or word.startswith("年明け"):
        return Festival("年始" if word != "年末年始" else word)
    if word.startswith("年度"):
        return _fiscal_year(0, "start" if "初" in word else "end")
    unit: Unit = "month" if word.startswith("月") else "year" if word.startswith("年") else "quarter"
    if "初" in word:
        return Period(unit, away=1 if unit == "month" else 0, portion="start")
    return Period(unit, away=0, portion=None if word == "月中" else "end")


def quarter(groups: Groups) -> Symbol:
    if groups["halfyear"]:
        first = groups["halfyear"] in ("上期", "上半期")
        return Period("half_year", month=4 if first else 10, year=_year(groups))
    q = number(groups["q"] or "1")
    return Period("quarter", month=3 * q - 2, year=_year(groups))


def year(groups: Groups) -> Symbol | None:
    value = _year(groups)
    return Period("year", year=value) if value else None


def which_year(groups: Groups) -> Symbol:
    if groups["fiscal"]:
        return _fiscal_year(_AWAY[groups["which"] or ""], None)
    return Period("year", away=_AWAY[groups["which"] or ""])


def festival(groups: Groups) -> Symbol:
    return Festival((groups["name"] or "").replace("ウイ", "ウィ").removeprefix("お"))


def day_only(groups: Groups) -> Symbol | None:
    day = number(groups["day"] or "")
    prefix = (groups.get("prefix") or "").removesuffix("の")
    return Date(day=day, month_away=_AWAY.get(prefix)) if 1 <= day <= 31 else None
