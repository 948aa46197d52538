"""What the groups of an English rule of days, weeks and longer periods mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.extract.times.numbers_en import number, ordinal
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

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PORTIONS: dict[str, Portion] = {
    "early": "early", "first part of": "early", "earlier": "early", "mid": "mid", "middle of": "mid", "late": "late",
    "later": "late", "back end of": "late", "end": "end", "end of": "end", "last day of": "end",
    "beginning of": "start", "start of": "start",
    "first thing": "start", "first half of": "first_half", "second half of": "second_half",
    "latter half of": "second_half", "first week of": "early", "last week of": "late",
}  # fmt: skip
_WHICH = {"next": 1, "following": 1, "last": -1, "previous": -1, "past": -1, "yesterday": -1}


def nothing(groups: Groups) -> None:
    """A word that looks like a time and is none ("Good morning")."""


def _month(text: str) -> int:
    return _MONTHS.index(text.strip(".")[:3]) + 1


def _weekday(text: str) -> int:
    return _WEEKDAYS.index(text[:3])


def _year(text: str | None) -> int | None:
    if not text:
        return None
    digits = text.strip("'")
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _day(text: str) -> int | None:
    value = int(text) if text.isdigit() else ordinal(text)
    return value if 1 <= value <= 31 else None


def _away(which: str | None) -> int:
    """How many units on: this 0, next 1, last -1."""
    words = (which or "").split()
    return next((_WHICH[w] for w in words if w in _WHICH), 1 if which in ("the coming", "coming") else 0)


def unit(text: str) -> tuple[Unit, int]:
    """The unit a word names and how many of it ("fortnights" are 2 weeks)."""
    text = text.replace("calendar ", "").replace(" ", "")
    if text.startswith(("working", "business", "workd")):
        return "workday", 1
    if text.startswith("fortnight"):
        return "week", 2
    if text.endswith("weekend"):
        return "weekend", 1
    names: dict[str, Unit] = {
        "mi": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "q": "quarter", "y": "year",
        "financialy": "year", "fiscaly": "year",
    }  # fmt: skip
    return next(value for key, value in names.items() if text.startswith(key)), 1


def date(groups: Groups) -> Symbol | None:
    month, day = groups["month"] or "", _day(groups["day"] or "")
    number_of_month = int(month) if month.isdigit() else _month(month)
    if day is None or not 1 <= number_of_month <= 12:
        return None
    return Date(year=_year(groups.get("year")), month=number_of_month, day=day)


def slashed(groups: Groups) -> Symbol | None:
    first, second = int(groups["first"] or 0), int(groups["second"] or 0)
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return None
    year = _year(groups.get("year"))
    if second > 12:
        return Date(year=year, month=first, day=second)
    return Date(year=year, month=second, day=first, swappable=first <= 12)


def month(groups: Groups) -> Symbol:
    said = (groups.get("portion") or "").removeprefix("the ").strip(" -")
    return Period(
        "month", month=_month(groups["month"] or ""), year=_year(groups.get("year")), portion=_PORTIONS.get(said)
    )


def week_of(groups: Groups) -> Symbol | None:
    if groups["bare"]:
        return WeekOf(Date(day=ordinal(groups["bare"])))
    name, day = groups["month"] or "", groups["day"] or ""
    if name[:3] not in _MONTHS or not _day(day):
        return None
    return WeekOf(Date(month=_month(name), day=_day(day)))


def nth_week(groups: Groups) -> Symbol:
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
    nth = groups["nth"] or ""
    week = names.get(nth) or int(nth[0])
    if groups["which"]:
        return Period("month", away=_away(groups["which"]), week=week)
    return Period("month", month=_month(groups["month"] or ""), week=week)


def week_number(groups: Groups) -> Symbol:
    return WeekOf(number=int(groups["number"] or 0))


def anchored_weekday(groups: Groups) -> Symbol:
    return Anchored(-1 if groups["way"] == "before" else 1, _weekday(groups["weekday"] or ""))


def anchored_day(groups: Groups) -> Symbol:
    said = groups["what"] or ""
    step = -1 if "before" in said else 1 if "after" in said or "following" in said or "next" in said else 0
    return Anchored(step, week="week" in said)


def then(groups: Groups) -> Symbol:
    return Anchored(with_time=True)


def weekday(groups: Groups) -> Symbol:
    return Date(weekday=_weekday(groups["weekday"] or ""))


def weekday_week(groups: Groups) -> Symbol:
    return Date(weekday=_weekday(groups["weekday"] or ""), weeks_later=1)


def week_from(groups: Groups) -> Symbol:
    if groups["weekday"]:
        return Date(weekday=_weekday(groups["weekday"]), weeks_later=1)
    return Away(8 if groups["base"] == "tomorrow" else 7, "day")


def which_weekday(groups: Groups) -> Symbol:
    which = groups["which"] or ""
    if which == "the":
        return Anchored(0, _weekday(groups["weekday"] or ""))
    if which in ("coming", "this coming", "the coming", "following", "the following"):
        return Date(weekday=_weekday(groups["weekday"] or ""))
    if which in ("last", "past", "previous", "the previous", "the past"):
        return Date(weekday=_weekday(groups["weekday"] or ""), weeks_later=-1)
    return Date(weekday=_weekday(groups["weekday"] or ""), week=_away(which))


def past_weekday(groups: Groups) -> Symbol:
    return Date(weekday=_weekday(groups["weekday"] or ""), weeks_later=-1)


def every(groups: Groups) -> Symbol:
    if groups.get("weekday"):
        count = 2 if groups.get("other") else 1
        return Every("week", count, Date(weekday=_weekday(groups["weekday"] or "")))
    if groups.get("count"):
        name, times = unit(groups["units"] or "")
        return Every(name, int(number(groups["count"] or "")) * times)
    said = groups["unit"] or ""
    adverbs: dict[str, tuple[Unit, int]] = {
        "daily": ("day", 1), "weekly": ("week", 1), "fortnightly": ("week", 2), "monthly": ("month", 1),
        "quarterly": ("quarter", 1), "annually": ("year", 1), "yearly": ("year", 1), "morning": ("day", 1),
        "afternoon": ("day", 1), "evening": ("day", 1), "night": ("day", 1), "weekday": ("workday", 1),
    }  # fmt: skip
    name, times = adverbs.get(said) or unit(said)
    return Every(name, times * (2 if groups.get("other") else 1))


def fixed(name: Unit, count: int) -> Callable[[Groups], Symbol]:
    """A word that always means the same distance."""

    def meaning(groups: Groups) -> Symbol:
        return Away(count, name)

    return meaning


def this_part(groups: Groups) -> Symbol:
    return Away(0 if groups["which"] == "this" else -1, "day")


def ahead(groups: Groups) -> Symbol:
    name, times = unit(groups["unit"] or "")
    value = number(groups["count"] or "") * times
    if name in ("hour",) and value % 1:
        return Away(int(value * 60), "minute")
    return Away(int(value), name, approx="few" in (groups["count"] or "") or "couple" in (groups["count"] or ""))


def ago(groups: Groups) -> Symbol:
    name, times = unit(groups["unit"] or "")
    return Away(-int(number(groups["count"] or "") * times), name)


def after_next(groups: Groups) -> Symbol:
    return Period(unit(groups["unit"] or "")[0], away=2)


def portion_period(groups: Groups) -> Symbol:
    name, _ = unit(groups["unit"] or "")
    return Period(name, away=_away(groups["which"]), portion=_PORTIONS.get(groups["portion"] or ""))


def rest_of(groups: Groups) -> Symbol:
    return Period(unit(groups["unit"] or "")[0], away=0, portion="late")


def period_end(groups: Groups) -> Symbol:
    return Period(unit(groups["unit"] or "")[0], away=0, portion="end")


def period_code(groups: Groups) -> Symbol:
    units: dict[str, Unit] = {"eow": "week", "eom": "month", "eoy": "year", "eoq": "quarter"}
    return Period(units[groups["code"] or ""], away=0, portion="end")


def which_period(groups: Groups) -> Symbol | None:
    which, (name, _) = groups["which"] or "", unit(groups["unit"] or "")
    if which == "the" and name != "weekend":
        return None
    return Period(name, away=_away(which))


def which_length(groups: Groups) -> Symbol:
    name, times = unit(groups["unit"] or "")
    sign = -1 if groups["which"] in ("last", "past", "previous") else 1
    return Away(sign * int(number(groups["count"] or "") * times), name, approx=True, through=True)


def quarter(groups: Groups) -> Symbol:
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
    q = int(groups["q"] or words[groups["ordinal"] or "first"])
    return Period("quarter", month=3 * q - 2, year=_year(groups.get("year")))


def festival(groups: Groups) -> Symbol:
    return Festival((groups["name"] or "").replace("'", "").removeprefix("the "))


def day_only(groups: Groups) -> Symbol | None:
    day = _day(groups["day"] or "")
    which = groups.get("which") or groups.get("away")
    return Date(day=day, month_away=_away(which) if which else None) if day else None


def year(groups: Groups) -> Symbol:
    return Period("year", year=_year(groups["year"]))
