"""What a time expression says, before it is known when it was said.

The two grammars turn text into these symbols; resolve.py turns them into slots. Weekdays count from Monday = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal[
    "second", "minute", "hour", "day", "workday", "week", "weekend", "month", "quarter", "season", "half_year", "year",
    "decade", "century",
]  # fmt: skip
Portion = Literal["start", "early", "mid", "late", "end", "first_half", "second_half"]
PartName = Literal[
    "early_morning", "this_morning", "first_thing", "morning", "late_morning", "breakfast",
    "noon", "lunch", "after_lunch", "early_afternoon", "afternoon",
    "late_afternoon", "early_evening", "evening", "late_evening", "dinner", "night", "tonight", "small_hours",
    "daytime", "day", "close",
]  # fmt: skip
Half = Literal["am", "pm"]
Relation = Literal["at", "by", "before", "after", "from", "until", "since", "effect", "within", "except"]


@dataclass(frozen=True, slots=True)
class Date:
    """A day named by parts of the calendar; what is not said is None.

    ``week``, ``month_away`` and ``year_away`` count from the mail's own week, month and year (来週の金曜: week 1).
    ``weeks_later`` moves the result on ("Tuesday week"). ``swappable``: day and month may be the other way round.
    ``nth``: which such weekday of its month or year, -1 the last ("first Monday of May").
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    week: int | None = None
    weeks_later: int = 0
    month_away: int | None = None
    year_away: int | None = None
    swappable: bool = False
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A distance from the mail's date: tomorrow is 1 day, 翌営業日 is 1 workday, "two hours ago" is -2 hours.

    ``through``: some time from now until then ("over the next two weeks"). ``base``: counted from there instead
    ("two weeks from tomorrow"); a distance in several units is a chain ("1 year and 2 months ago").
    """

    count: int
    unit: Unit
    approx: bool = False
    through: bool = False
    base: Day | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period, relative (``away`` units from now) or named by ``month`` and ``year``, or a portion of it.

    ``week`` is the n-th week of a month or year, -1 its last; ``whole``: a year that starts with ``month``.
    ``turn``: the last such month (-1), the next one (1).
    """

    unit: Unit
    away: int | None = None
    month: int | None = None
    year: int | None = None
    year_away: int | None = None
    portion: Portion | None = None
    week: int | None = None
    whole: bool = False
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class WeekOf:
    """The working week that holds a date ("week commencing 10 March"), or the ``number``-th of the year.

    ``weeks_later``: the week after ("the week after Easter"); ``weekend``: its Saturday and Sunday instead.
    """

    date: Date | Festival = Date()
    number: int | None = None
    year: int | None = None
    weeks_later: int = 0
    weekend: bool = False


@dataclass(frozen=True, slots=True)
class Festival:
    """A day known by name (Christmas, 大晦日), or a season of several days.

    ``away``: the last one (-1), the next one (1); with ``of_year`` that of last year, of this one (0).
    """

    name: str
    year: int | None = None
    away: int | None = None
    of_year: bool = False


@dataclass(frozen=True, slots=True)
class Anchored:
    """A day counted from the last one the text named: 翌日, "the day before", それまで.

    ``weekday`` is the first such day in the direction of ``days``; ``with_time`` keeps its time of day too.
    ``telling``: a time word also where the text names no day to count from (前日).
    """

    days: int = 0
    weekday: int | None = None
    week: bool = False
    with_time: bool = False
    telling: bool = False


@dataclass(frozen=True, slots=True)
class Indefinite:
    """A time that no calendar tells (先日), or a ``day`` that only names something else (4月分, "the 2025 price")."""

    day: Day | None = None


Day = Date | Away | Period | WeekOf | Festival | Anchored | Indefinite


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; ``half`` is None where 24-hour or unsaid (``plain``: the hour may lie in either half)."""

    hour: int
    minute: int = 0
    second: int = 0
    half: Half | None = None
    plain: bool = False
    approx: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day."""

    name: PartName


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in months, days and minutes; ``unit`` is the (smallest) one it was said in."""

    months: int = 0
    days: int = 0
    minutes: int = 0
    approx: bool = False
    seconds: float = 0
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class ZoneName:
    """A time zone named in zones.tsv, by its minutes from UTC, or as the sender's ("own") or reader's ("theirs")."""

    name: str
    offset_min: int | None = None


@dataclass(frozen=True, slots=True)
class SameTime:
    """The time of day already agreed ("same time", 同じ時刻)."""


@dataclass(frozen=True, slots=True)
class Every:
    """A repetition; ``day`` says on which day of each ``unit``."""

    unit: Unit
    count: int = 1
    day: Day | None = None


Symbol = Day | Clock | Part | Length | ZoneName | SameTime | Every


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time of day, or both, in a zone."""

    day: Day | None = None
    clock: Clock | None = None
    part: Part | None = None
    zone: ZoneName | None = None
    same_time: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """One time expression of a text: where it stands and what it says.

    ``last`` is the end of a range. ``length`` and ``every`` stand alone. ``approx`` was said ("around 3", 3時頃).
    ``listed``: an alternative to the expression before it ("10 or 2").
    """

    start: int
    end: int
    first: Moment = Moment()
    last: Moment | None = None
    relation: Relation = "at"
    length: Length | None = None
    every: Every | None = None
    approx: bool = False
    listed: bool = False
    rule: str = ""
