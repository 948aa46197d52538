"""What the groups of an English rule of periods, distances, repetitions or lengths mean."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract.times import lengths_en
from pipeline.extract.times.lengths_en import unit
from pipeline.extract.times.meanings_en import Groups, away_of, month_of, nth_of, weekday_of, year_of
from pipeline.extract.times.numbers_en import number, ordinal
from pipeline.extract.times.symbols import (
    Anchored,
    Away,
    Date,
    Every,
    Festival,
    Indefinite,
    Length,
    Period,
    Portion,
    Symbol,
    Unit,
    WeekOf,
)

_PORTIONS: dict[str, Portion] = {
    "early": "early", "earlier": "early", "first part": "early", "mid": "mid", "middle": "mid", "late": "late",
    "later": "late", "back end": "late", "latter part": "late", "end": "end", "last day": "end", "beginning": "start",
    "start": "start", "first thing": "start", "first half": "first_half", "second half": "second_half",
    "latter half": "second_half", "mid to late": "second_half", "middle to late": "second_half",
    "early to mid": "first_half", "early to middle": "first_half", "first days": "early", "first few days": "early",
    "last days": "late", "last few days": "late",
}  # fmt: skip
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_TENS = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_DAY_MIN = 24 * 60
_ADVERBS: dict[str, tuple[Unit, int]] = {
    "daily": ("day", 1), "everyday": ("day", 1), "nightly": ("day", 1), "hourly": ("hour", 1), "weekly": ("week", 1),
    "fortnightly": ("week", 2), "biweekly": ("week", 2), "monthly": ("month", 1), "bimonthly": ("month", 2),
    "quarterly": ("quarter", 1), "annually": ("year", 1), "annual": ("year", 1), "yearly": ("year", 1),
    "semiannual": ("half_year", 1), "semiannually": ("half_year", 1), "biannual": ("half_year", 1),
    "biannually": ("half_year", 1), "weekends": ("weekend", 1), "weekdays": ("workday", 1), "weekday": ("workday", 1),
    "morning": ("day", 1), "afternoon": ("day", 1), "evening": ("day", 1), "night": ("day", 1),
}  # fmt: skip


def _portion(groups: Groups) -> Portion | None:
    said = (groups.get("portion") or "").removeprefix("very ").removesuffix(" of").replace("-", " ")
    return _PORTIONS.get(said)


def _years(groups: Groups) -> tuple[int | None, int | None]:
    """The year that is said, and how many years on that is ("this year" 0)."""
    which = groups.get("which") or groups.get("yearaway")
    return year_of(groups), away_of(which) if which and groups.get("year") is None else None


def _short_year(groups: Groups) -> int | None:
    return 2000 + int(groups["short"] or 0) if groups.get("short") else None


def month(groups: Groups) -> Symbol:
    which, said = groups.get("which"), month_of(groups["month"] or "")
    if which and which != "the month of":
        away = away_of(which)
        return Period("month", month=said, year_away=0 if which == "this" else None, turn=away or None)
    return Period("month", month=said, year=year_of(groups), portion=_portion(groups))


def numbered_month(groups: Groups) -> Symbol:
    return Period("month", month=int(groups["month"] or 1), year=year_of(groups))


def nth_week(groups: Groups) -> Symbol:
    week, which = nth_of(groups["nth"]), groups["which"]
    if groups["month"]:
        return Period("month", month=month_of(groups["month"]), year=year_of(groups), week=week)
    if which:
        return Period(unit(groups["unit"] or "month")[0], away=away_of(which), week=week)
    return Period("year", year=year_of(groups), week=week)


def week_of(groups: Groups) -> Symbol | None:
    weekend = groups.get("weekend") is not None
    if groups["bare"]:
        return WeekOf(Date(day=ordinal(groups["bare"])), weekend=weekend)
    if groups["number"]:
        return WeekOf(Date(month=int(groups["number"]), day=int(groups["day"] or 0)), weekend=weekend)
    try:
        name, said = month_of(groups["month"] or ""), groups["day"] or ""
    except ValueError:
        return None
    day = int(said) if said.isdigit() else ordinal(said)
    return WeekOf(Date(month=name, day=day), weekend=weekend) if 1 <= day <= 31 else None


def week_beside(groups: Groups) -> Symbol:
    """The week or weekend before, after or of a day known by name ("the week after Easter")."""
    way = {"before": -1, "of": 0}.get(groups["way"] or "", 1)
    return WeekOf(
        Festival((groups["name"] or "").replace("'", "")), weeks_later=way, weekend=groups["weekend"] is not None
    )


def week_number(groups: Groups) -> Symbol:
    year, away = _years(groups)
    if away is not None:
        return Period("year", year_away=away, week=int(groups["number"] or 1))
    return WeekOf(number=int(groups["number"] or 0), year=year)


def short_week(groups: Groups) -> Symbol:
    return WeekOf(number=int(groups["number"] or 0), year=year_of(groups))


def after_next(groups: Groups) -> Symbol:
    return Period(unit(groups["unit"] or "")[0], away=2 if groups["way"] == "after next" else -2)


def quarter(groups: Groups) -> Symbol:
    q = int(groups["q"]) if groups["q"] else nth_of(groups["nth"]) % 5
    year, away = _years(groups)
    year = year or _short_year(groups)
    return Period("quarter", month=3 * q - 2, year=year, year_away=away, portion=_portion(groups))


def half_year(groups: Groups) -> Symbol:
    first = groups["h"] == "1" if groups["h"] else (groups["half"] or "").startswith(("first", "1"))
    year, away = _years(groups)
    year = year or _short_year(groups)
    return Period("half_year", month=1 if first else 7, year=year, year_away=away)


def year(groups: Groups) -> Symbol:
    said = year_of(groups) or _short_year(groups)
    return Period("year", year=said, portion=_portion(groups))


def decade(groups: Groups) -> Symbol:
    said = groups["decade"]
    if groups["decadeword"]:
        word = groups["decadeword"]
        said = "2000" if word == "noughties" else str(20 + 10 * _TENS.index(word))
    start = int(said or 0)
    return Period("decade", year=start if start > 99 else start + (2000 if start < 30 else 1900))


def century(groups: Groups) -> Symbol:
    return Indefinite(Period("century", year=100 * (ordinal(groups["nth"] or "1st") - 1)))


def season(groups: Groups) -> Symbol:
    year_said, year_away = year_of(groups), groups.get("yearaway")
    which = groups.get("which")
    return Period(
        "season", month=_SEASONS[groups["season"] or ""], year=year_said,
        year_away=away_of(year_away) if year_away else None, away=away_of(which) if which else None,
        portion=_portion(groups),
    )  # fmt: skip


def portion_period(groups: Groups) -> Symbol:
    return Period(unit(groups["unit"] or "")[0], away=away_of(groups["which"]), portion=_portion(groups))


def rest_of(groups: Groups) -> Symbol:
    name = groups["unit"] or ""
    if name in ("day", "morning", "afternoon", "evening"):
        return Period("day", away=0)
    return Period(unit(name)[0], away=0, portion="late")


def period_end(groups: Groups) -> Symbol:
    return Period(unit(groups["unit"] or "")[0], away=0, portion="end")


def period_code(groups: Groups) -> Symbol:
    units: dict[str, Unit] = {"eow": "week", "eom": "month", "eoy": "year", "eoq": "quarter"}
    return Period(units[groups["code"] or ""], away=0, portion="end")


def to_date(groups: Groups) -> Symbol:
    units: dict[str, Unit] = {"ytd": "year", "mtd": "month", "qtd": "quarter"}
    return Period(units[groups["code"]] if groups["code"] else unit(groups["unit"] or "")[0], away=0)


def that_period(groups: Groups) -> Symbol:
    name, _ = unit(groups["unit"] or "")
    return Anchored(week=True, telling=True) if name == "week" else Period(name, away=0)


def named_year(groups: Groups) -> Symbol:
    return Indefinite(Period("year", year=year_of(groups)))


def which_period(groups: Groups) -> Symbol | None:
    which, (name, times) = groups["which"], unit(groups["unit"] or "")
    if which is None and name != "weekend":
        return None
    if times == 2:
        return Away(2 if away_of(which) >= 0 else -2, "week", through=True)
    return Period(name, away=away_of(which))


def named_period(groups: Groups) -> Symbol:
    return Indefinite(the_period(groups))


def the_period(groups: Groups) -> Period:
    return Period(unit(groups["unit"] or "")[0], away=0)


def which_hour(groups: Groups) -> Symbol:
    return Away(1 if away_of(groups["which"]) > 0 else -1, unit(groups["unit"] or "")[0], through=True)


def stretch(groups: Groups) -> Symbol | None:
    """The last or next n units, up to or from now."""
    sign = 1 if away_of(groups["which"]) > 0 else -1
    said = groups["length"] if groups.get("length") else f"{groups['count']} {groups['unit']}"
    found = lengths_en.away(said or "", sign, approx=True)
    return found and Away(found.count, found.unit, approx=True, through=True, base=found.base)


def within(groups: Groups) -> Symbol | None:
    said = groups["length"] or ""
    return lengths_en.away(said if " " in said or said[:1].isdigit() else f"a {said}", 1)


ahead = within


def ago(groups: Groups) -> Symbol | None:
    if groups["anchored"]:
        return _before_that(groups["length"] or "")
    return lengths_en.away(groups["length"] or "", -1)


def _before_that(said: str) -> Symbol:
    """Days before the one named last ("one week before"); less than a day tells no other one."""
    found = lengths_en.length(said)
    days = found.days + found.minutes // _DAY_MIN
    return Anchored(-days, telling=True) if days and not found.months else Indefinite()


def double_year(groups: Groups) -> Symbol | None:
    """A year that runs over New Year: 2025/26."""
    first = year_of(groups) or 2000 + int(groups["short"] or 0)
    runs_on = (first + 1) % 100 == int(groups["second"] or 0)
    return Indefinite(Period("year", year=first)) if runs_on else None


def working_days(groups: Groups) -> Symbol:
    return Every("workday")


def once_a(groups: Groups) -> Symbol:
    name, times = unit(groups["each"] or "")
    return Every(name, times)


def every(groups: Groups) -> Symbol:
    count = 2 if groups.get("other") else 1
    if groups.get("weekday"):
        count = ordinal(groups["number"] or "1st") if groups.get("number") else count
        return Every("week", count, Date(weekday=weekday_of(groups)))
    if groups.get("count"):
        name, times = unit(groups["units"] or "")
        return Every(name, int(number(groups["count"] or "")) * times)
    said = (groups["unit"] or "").replace("-", "")
    count *= ordinal(groups.get("number") or "1st")
    name, times = _ADVERBS.get(said) or unit(said)
    return Every(name, times * count)


def every_season(groups: Groups) -> Symbol:
    return Every("year", 1, Period("season", month=_SEASONS[groups["season"] or ""]))


def every_part(groups: Groups) -> Symbol:
    day = Date(weekday=weekday_of(groups)) if groups.get("weekday") else None
    return Every("week" if day else "day", 1, day)


def length(groups: Groups) -> Symbol:
    return lengths_en.length(groups["length"] or "")


def whole_length(groups: Groups) -> Symbol:
    said = groups["whole"] or ""
    lasting = {"morning": "3 hours", "afternoon": "4 hours", "evening": "3 hours", "summer": "3 months"}
    lasting |= {"winter": "3 months", "season": "3 months"}
    found = lengths_en.length(lasting.get(said, f"a {said}"))
    return replace(found, approx=said in lasting)


def elided(groups: Groups) -> Symbol:
    """A number whose unit only a length before it tells ("two years instead of one")."""
    return Length(days=round(number(groups["count"] or "")))


def the_hour(groups: Groups) -> Symbol:
    return Length(minutes=60, unit="hour")
