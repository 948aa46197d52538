"""What the groups of a Japanese rule of months, seasons, years and their portions mean."""

from __future__ import annotations

from typing import cast

from pipeline.extract.times.meanings_ja import Groups, month_of, portion_of, which, year_away, year_of
from pipeline.extract.times.numbers_ja import number
from pipeline.extract.times.symbols import Away, Festival, Period, Portion, Symbol, Unit
from pipeline.extract.times.words_ja import meaning

_RELATIVE = ("week", "month", "year", "fiscal", "term", "bare")
_FISCAL_MONTH = 4  # a Japanese fiscal year runs from April to March


def month(groups: Groups) -> Symbol:
    return Period(
        "month", month=month_of(groups), year=year_of(groups), year_away=year_away(groups), portion=portion_of(groups)
    )


def portion_year(groups: Groups) -> Symbol:
    if groups["fiscal"]:
        return _fiscal(year=year_of(groups), portion=portion_of(groups))
    return Period("year", year=year_of(groups), portion=portion_of(groups))


def relative_portion(groups: Groups) -> Symbol | None:
    said, portion = groups["which"] or "", portion_of(groups)
    found = which(groups, *_RELATIVE)
    if said == "日" or (said in ("年", "月", "週", "期") and (groups["portion"] or "") in ("頭", "早々", "後期")):
        return None
    if said.endswith("年度"):
        return _fiscal(away=found.count, portion=portion)
    if found.name == "week" and groups["portion"] == "末":
        return Period("weekend", away=found.count)
    return Period(cast(Unit, found.name), away=found.count, portion=portion)


def _fiscal(year: int | None = None, away: int | None = None, portion: Portion | None = None) -> Symbol:
    return Period("half_year", month=_FISCAL_MONTH, year=year, year_away=away, portion=portion, whole=True)


def season(groups: Groups) -> Symbol:
    found = meaning(groups["season"] or "", "season")
    near = groups.get("near") or ""
    years_away = {"今": 0, "昨": -1, "一昨": -2, "来": 1, "翌": 1}.get(near, year_away(groups))
    return Period(
        "season", month=found.count if found else 3, year=year_of(groups), year_away=years_away,
        away={"次の": 1, "前の": -1}.get(near),
    )  # fmt: skip


def which_week(groups: Groups) -> Symbol:
    return Period("week", away=which(groups, "week").count)


def which_month(groups: Groups) -> Symbol:
    return Period("month", away=which(groups, "month").count)


def which_year(groups: Groups) -> Symbol:
    return Period("year", away=which(groups, "year").count)


def fiscal_word(groups: Groups) -> Symbol:
    return _fiscal(away=which(groups, "fiscal").count)


def which_term(groups: Groups) -> Symbol:
    found = which(groups, "term")
    return Period(cast(Unit, found.name), away=found.count)


def period_word(groups: Groups) -> Symbol:
    word = groups["word"] or ""
    if word in ("年末年始", "年始") or word.startswith("年明け"):
        return Festival("年始" if word != "年末年始" else word)
    if word.startswith("年度"):
        return _fiscal(away=0, portion="start" if "初" in word or "始" in word else "end")
    unit: Unit = "month" if word.startswith("月") else "year" if word.startswith("年") else "quarter"
    if "初" in word or word == "期首":
        return Period(unit, away=1 if unit == "month" else 0, portion="start")
    return Period(unit, away=0, portion=None if word == "月中" else "end")


def quarter(groups: Groups) -> Symbol:
    year, away = year_of(groups), year_away(groups)
    if groups.get("halfyear"):
        first = groups["halfyear"] in ("上期", "上半期")
        return Period("half_year", month=4 if first else 10, year=year, year_away=away)
    return Period("quarter", month=3 * number(groups["q"] or "1") - 2, year=year, year_away=away)


def decade(groups: Groups) -> Symbol:
    year = int(groups["year"] or 0)
    return Period("decade", month=1, year=year if year > 100 else year + 1900)


def century(groups: Groups) -> Symbol | None:
    nth = number(groups["count"] or "")
    return Period("century", month=1, year=100 * (nth - 1)) if 1 < nth < 90 else None


def year(groups: Groups) -> Symbol:
    return Period("year", year=year_of(groups))


def fiscal_year(groups: Groups) -> Symbol:
    return _fiscal(year=year_of(groups))


def after_festival(groups: Groups) -> Symbol:
    """GW明け, 連休明け: the first working day after it."""
    return Away(1, "workday", base=Festival(groups["name"] or "連休"))


def next_break(groups: Groups) -> Symbol:
    return Festival("連休")


def festival(groups: Groups) -> Symbol:
    return Festival(groups["name"] or "")
