"""What the groups of an English rule of named days mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date as calendar_date
from datetime import timedelta

from pipeline.extract.times.numbers_en import SMALL, number, ordinal, year_in_words
from pipeline.extract.times.symbols import Anchored, Away, Date, Every, Festival, Indefinite, Part, Symbol, Unit, WeekOf

Groups = Mapping[str, str | None]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WHICH = {
    "next": 1, "following": 1, "coming": 1, "upcoming": 1, "new": 1, "last": -1, "previous": -1, "past": -1,
    "yesterday": -1,
}  # fmt: skip
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}


def nothing(groups: Groups) -> None:
    """A word that looks like a time and is none ("Good morning")."""


def month_of(text: str) -> int:
    """The number of a month's name or beginning."""
    return _MONTHS.index(text.strip(".")[:3]) + 1


def weekday_of(groups: Groups) -> int:
    """The number of the weekday that a rule matched, Monday is 0."""
    return _WEEKDAYS.index((groups["weekday"] or "")[:3])


def year_of(groups: Groups) -> int | None:
    """The year that a rule matched, None for none; two digits are of this century unless far in its future."""
    if groups.get("yearwords"):
        return year_in_words(groups["yearwords"] or "")
    if not groups.get("year"):
        return None
    digits = (groups["year"] or "").strip("'")
    return int(digits) + (0 if len(digits) == 4 else 2000 if int(digits) < 50 else 1900)


def nth_of(text: str | None) -> int:
    """The number of "first", "2nd" or "last" (-1)."""
    return _NTH.get(text or "") or int((text or "1")[0])


def away_of(which: str | None) -> int:
    """How many units on: this 0, next 1, last -1."""
    return next((_WHICH[w] for w in (which or "").split() if w in _WHICH), 0)


def _day_word(text: str) -> int | None:
    """A day of the month as digits, an ordinal, or a number word ("May twenty-nine")."""
    if re.fullmatch(SMALL, text):
        return _valid(int(number(text)))
    return _valid(int(text) if text.isdigit() else ordinal(text))


def _valid(day: int) -> int | None:
    return day if 1 <= day <= 31 else None


def date(groups: Groups) -> Symbol | None:
    month, day = groups["month"] or "", _day_word(groups["day"] or "")
    number_of_month = int(month) if month.isdigit() else month_of(month)
    if day is None or not 1 <= number_of_month <= 12:
        return None
    return Date(year=year_of(groups), month=number_of_month, day=day)


def slashed(groups: Groups) -> Symbol | None:
    first, second = int(groups["first"] or 0), int(groups["second"] or 0)
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return None
    year = year_of(groups)
    if second > 12:
        return Date(year=year, month=first, day=second)
    return Date(year=year, month=second, day=first, swappable=first <= 12)


def iso_week(groups: Groups) -> Symbol | None:
    year, week, weekday = year_of(groups) or 0, int(groups["number"] or 0), groups["weekdaynumber"]
    if not 1 <= week <= 53:
        return None
    if weekday is None:
        return WeekOf(number=week, year=year)
    day = calendar_date.fromisocalendar(year, min(week, 52), int(weekday)) + timedelta(weeks=max(0, week - 52))
    return Date(year=day.year, month=day.month, day=day.day)


def nth_weekday(groups: Groups) -> Symbol:
    day = Date(weekday=weekday_of(groups), nth=nth_of(groups["nth"]))
    return Every("month", 1, day) if groups["ofmonth"] in ("each", "every") else day


def anchored_weekday(groups: Groups) -> Symbol:
    return Anchored(-1 if groups["way"] == "before" else 1, weekday_of(groups), telling=True)


def anchored_day(groups: Groups) -> Symbol:
    said = groups["what"] or ""
    back, on = ("before", "previous"), ("after", "following", "next")
    step = -1 if any(w in said for w in back) else 1 if any(w in said for w in on) else 0
    return Anchored(step, week="week" in said, telling=True)


def then(groups: Groups) -> Symbol:
    return Anchored(with_time=True)


def weekday(groups: Groups) -> Symbol:
    return Date(weekday=weekday_of(groups))


def weekday_day(groups: Groups) -> Symbol | None:
    day = _valid(ordinal(groups["day"] or ""))
    return Date(weekday=weekday_of(groups), day=day) if day else None


def weekday_week(groups: Groups) -> Symbol:
    weeks = 2 if groups.get("count") in ("fortnight", "a fortnight", "two weeks") else 1
    return Date(weekday=weekday_of(groups), weeks_later=weeks)


def week_today(groups: Groups) -> Symbol:
    lengths: dict[str, tuple[int, Unit]] = {
        "a week": (1, "week"), "a fortnight": (2, "week"), "two weeks": (2, "week"), "three weeks": (3, "week"),
        "a month": (1, "month"), "a year": (1, "year"),
    }  # fmt: skip
    count, unit = lengths[groups["count"] or "a week"]
    return Away(count, unit, base=Away(0 if groups["base"] == "today" else 1, "day"))


def which_weekday(groups: Groups) -> Symbol:
    which = groups["which"] or "the"
    if which in ("the", "that", "the same", "same"):
        return Anchored(0, weekday_of(groups))
    if any(w in which for w in ("coming", "following")):
        return Date(weekday=weekday_of(groups))
    if away_of(which) < 0:
        return Date(weekday=weekday_of(groups), weeks_later=-1)
    return Date(weekday=weekday_of(groups), week=away_of(which))


def weekday_next(groups: Groups) -> Symbol:
    """ "Monday next" is the next one, "the Monday after next" the one behind it."""
    return Date(weekday=weekday_of(groups), weeks_later=1 if groups["count"] else 0)


def past_weekday(groups: Groups) -> Symbol:
    return Date(weekday=weekday_of(groups), weeks_later=-1)


def indefinite(groups: Groups) -> Symbol:
    return Indefinite()


def tonite(groups: Groups) -> Symbol:
    return Part("tonight")


def fixed(name: Unit, count: int) -> Callable[[Groups], Symbol]:
    """A word that always means the same distance."""

    def meaning(groups: Groups) -> Symbol:
        return Away(count, name)

    return meaning


def now(groups: Groups) -> Symbol:
    return Away(0, "minute")


def the_day(groups: Groups) -> Symbol:
    return Away(0, "day")


def this_part(groups: Groups) -> Symbol:
    return Away(away_of(groups["which"]), "day")


def festival(groups: Groups) -> Symbol:
    which = groups.get("which") or groups.get("yearaway")
    return Festival(
        (groups["name"] or "").replace("'", ""), year=year_of(groups), away=away_of(which) if which else None,
        of_year=bool(groups.get("yearaway")),
    )  # fmt: skip


def day_of_month(groups: Groups) -> Symbol | None:
    day, which = _valid(ordinal(groups["day"] or "")), groups["which"]
    if day is None:
        return None
    return Every("month", 1, Date(day=day)) if which in ("each", "every") else Date(day=day, month_away=away_of(which))


def day_only(groups: Groups) -> Symbol | None:
    said = groups["day"] or ""
    day = _valid(int(said) if said.isdigit() else ordinal(said))
    which = groups.get("which") or groups.get("away")
    return Date(day=day, month_away=away_of(which) if which else None) if day else None
