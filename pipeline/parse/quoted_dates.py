"""The date in the one line that says who wrote a quoted mail and when, in any language of ``quoted_names.tsv``.

No grammar of time: a client wrote the line, so it holds one full date and mostly a time of day. Where a date of
numbers can be read in several orders, the weekday beside it decides, then that nobody quotes a mail of the future,
then the habit of the separator, then how near it lies to the mail that quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache

from pipeline.parse.lines import phrases

_MAX_LENGTH = 600
_SKEW_DAYS = 1
_ERAS = {"令和": 2018, "平成": 1988}
_WORD = r"(?P<month>[^\W\d_]{2,14})"
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_PATTERNS = tuple(
    re.compile(p, re.IGNORECASE)
    for p in (
        rf"(?<![\d.]){_YEAR}\s?(?:[-/.]|[年년]\s?)\s?(?P<m>\d{{1,2}})\s?(?:[-/.]|[月월]\s?)\s?(?P<d>\d{{1,2}})(?!\d)\s?[日일]?",
        r"(?P<era>令和|平成)\s?(?P<y>\d{1,2}|元)年\s?(?P<m>\d{1,2})月\s?(?P<d>\d{1,2})日",
        r"(?<![\d./:-])(?P<a>\d{1,2})(?P<sep>[./-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<c>\d{4}|\d{2})(?![\d:])",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|[.ºª°])?[\s-]{{0,2}}(?:de |of |d[’'])?{_WORD}"
        rf"\.?,?[\s-]{{0,2}}(?:del? )?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}\.?\s{{0,2}}{_WORD}\.?\s{{0,2}}(?P<d>\d{{1,2}})(?![\d:])",
        rf"(?<!\w){_WORD}\.?\s{{0,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?,?\s{{1,2}}{_YEAR}(?!\d)",
        rf"(?<!\w){_WORD}-(?P<d>\d{{1,2}})-(?P<y>\d{{2}})(?![\d:-])",
        rf"(?<!\d)(?P<d>\d{{1,2}})\s(?:thg|tháng)\s(?P<m>\d{{1,2}}),?\s(?:năm\s)?{_YEAR}",
        r"(?<!\d)(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]",
        rf"(?<!\w){_WORD}\.?\s{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])",
        rf"(?<![\d:])(?P<d>\d{{1,2}})\.?\s{{1,2}}{_WORD}",
    )
)
_HALF = r"(?P<{0}>[ap]\.?\s?m\b\.?|[πμ]\.\s?μ\b\.?|午前|午後|上午|下午|오전|오후)"
_TIME = re.compile(
    rf"(?:{_HALF.format('before')}\s{{0,2}})?(?<![\d:.])(?P<h>\d{{1,2}})\s?(?:[:：.h시點]|[時时]\s?)\s?(?P<min>[0-5]\d)(?!\d)"
    rf"(?:\s?[:：.분분]\s?(?P<s>[0-5]\d)(?!\d)|[分분])?(?:\s{{0,2}}{_HALF.format('after')})?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\s{0,2}[(（]?(?:GMT|UTC)?\s?(?P<sign>[+−-])(?P<h>\d{1,2})(?::?(?P<min>[0-5]\d))?(?!\d)\s?\)?")
_ZONE_NAME = re.compile(r"\s{0,2}[(（]?(?P<name>[A-Z]{1,4}|日本(?:標準)?時間?)(?![A-Za-z])[)）]?")
_ZONE_COMMENT = re.compile(r"\s{0,2}\([^()]{1,40}\)")
_DAY_BEFORE = re.compile(r"(?P<name>[^\W\d_]{2,14})\.?[)）]?,?[\s(（]{0,2}$")
_DAY_AFTER = re.compile(
    r"\s{0,2}(?:[(（]\s?(?P<cjk>[月火水木金土日월화수목금토일一二三四五六])(?:曜日?|요일)?\s?[)）]"
    r"|(?P<full>[月火水木金土日월화수목금토일])(?:曜日?|요일)"
    r"|[(（]?(?:[周週]|星期|禮拜)(?P<chinese>[一二三四五六日天])[)）]?|[(（]?(?P<name>[^\W\d_]{2,14})\.?[)）]?(?!\w))"
)
_CJK_DAYS = {c: i for row in ("月火水木金土日", "월화수목금토일", "一二三四五六日") for i, c in enumerate(row)} | {
    "天": 6
}


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: zoned where it has a time, a plain date else; and the parts of the line that say it.

    ``zone_told`` says that the line names the zone; else it is the zone that was assumed.
    """

    value: datetime | date
    zone_told: bool
    spans: tuple[tuple[int, int], ...]


def find(line: str, sent: datetime | None = None) -> Written | None:
    """The date of a line; ``sent`` is when the mail that quotes it was sent, whose zone a time without one takes."""
    line = line[:_MAX_LENGTH]
    for pattern in _PATTERNS:
        for match in pattern.finditer(line):
            start, end, weekday = _with_weekday(line, *match.span())
            clock = _clock(line, start, end)
            day = _choose(_readings(match, sent, bool(clock and clock.halved)), weekday, sent)
            if day is not None:
                return _written(day, clock, (start, end), sent)
    return None


def is_weekday(word: str) -> bool:
    """Whether a casefolded word is the name of a weekday in some language."""
    return word in _weekdays()


def _written(day: date, clock: _Clock | None, span: tuple[int, int], sent: datetime | None) -> Written:
    if clock is None:
        return Written(day, False, (span,))
    zone = clock.zone or (sent.tzinfo if sent else None) or UTC
    return Written(datetime.combine(day, clock.time, zone), clock.zone is not None, tuple(sorted((span, clock.span))))


def _readings(match: re.Match[str], sent: datetime | None, halved: bool) -> Iterator[tuple[date, bool]]:
    """The valid dates that a match may mean, each with whether its order is the habit of those who write so.

    A clock of twice twelve hours (``halved``) is that of month-first writers.
    """
    got = match.groupdict()
    if "a" not in got:
        months = (int(got["m"]),) if "m" in got else _months().get(got["month"].casefold(), ())
        years = [_year(got)] if got.get("y") else _years_near(sent)
        triples = [((year, month, int(got["d"])), True) for month in months for year in years]
    else:
        first, second, third = (int(got[part]) for part in "abc")
        month_first, fixed = got["sep"] == "/" and halved, len(got["c"]) == 4 and (halved or got["sep"] == ".")
        triples = [((third, second, first), not (fixed and month_first))]
        triples.append(((third, first, second), not fixed or month_first))
        if len(got["c"]) == 2:
            triples.append(((first, second, third), True))
    for (year, month, day), habit in triples:
        try:
            yield date(year + 2000 if year < 100 else year, month, day), habit
        except ValueError:
            continue


def _year(got: dict[str, str]) -> int:
    number = 1 if got["y"] == "元" else int(got["y"])
    return number + _ERAS[got["era"]] if got.get("era") else number


def _years_near(sent: datetime | None) -> list[int]:
    return [sent.year, sent.year - 1] if sent else []


def _choose(readings: Iterable[tuple[date, bool]], weekday: frozenset[int], sent: datetime | None) -> date | None:
    """The likeliest of several readings: by weekday, no mail of the future, habit, nearness; else the first."""
    last = sent.date().toordinal() + _SKEW_DAYS if sent else date.max.toordinal()

    def rank(reading: tuple[date, bool]) -> tuple[bool, bool, bool, int]:
        day, habit = reading
        distance = abs((sent.date() - day).days) if sent else 0
        return bool(weekday) and day.weekday() not in weekday, day.toordinal() > last, not habit, distance

    best = min(readings, key=rank, default=None)
    return best[0] if best else None


def _with_weekday(line: str, start: int, end: int) -> tuple[int, int, frozenset[int]]:
    """The span with a weekday's name beside it, and the days (0 is Monday) that the name may mean."""
    before = _DAY_BEFORE.search(line, max(0, start - 20), start)
    if before and (days := _weekdays().get(before["name"].casefold())):
        return before.start(), end, days
    after = _DAY_AFTER.match(line, end)
    if after is None:
        return start, end, frozenset()
    sign = after["cjk"] or after["full"] or after["chinese"]
    days = frozenset({_CJK_DAYS[sign]}) if sign else _weekdays().get(after["name"].casefold(), frozenset())
    return (start, after.end(), days) if days else (start, end, frozenset())


@dataclass(frozen=True, slots=True)
class _Clock:
    time: time
    zone: tzinfo | None
    halved: bool
    span: tuple[int, int]


def _clock(line: str, start: int, end: int) -> _Clock | None:
    """The time of day behind the date, else in front of it."""
    found = _TIME.search(line, end, end + 50) or _TIME.search(line[:start], max(0, start - 30))
    if found is None:
        return None
    half = found["before"] or found["after"]
    hour = int(found["h"])
    if half:
        afternoon = half[0] in "pPμ下" or half in ("午後", "오후")
        hour = hour % 12 + 12 * afternoon if hour <= 12 else hour
    if hour > 23:
        return None
    zone, stop = _zone(line, found.end())
    clock = time(hour, int(found["min"]), int(found["s"] or 0))
    return _Clock(clock, zone, half is not None, (found.start(), stop))


def _zone(line: str, at: int) -> tuple[tzinfo | None, int]:
    """The zone that is named at a place of the line, and where its name ends."""
    if match := _OFFSET.match(line, at):
        minutes = int(match["h"]) * 60 + int(match["min"] or 0)
        if minutes < 24 * 60:
            comment = _ZONE_COMMENT.match(line, match.end())
            minutes = minutes if match["sign"] == "+" else -minutes
            return timezone(timedelta(minutes=minutes)), comment.end() if comment else match.end()
    match = _ZONE_NAME.match(line, at)
    if match and match["name"] in _zones():
        return timezone(timedelta(minutes=_zones()[match["name"]])), match.end()
    return None, at


@cache
def _zones() -> dict[str, int]:
    return {name: int(minutes) for name, minutes in (row.split("\t") for row in phrases("quoted_zones.tsv"))}


@cache
def _months() -> dict[str, tuple[int, ...]]:
    return {name: tuple(int(n) for n in numbers) for name, numbers in _names("").items()}


@cache
def _weekdays() -> dict[str, frozenset[int]]:
    return {name: frozenset(int(n) for n in numbers) for name, numbers in _names("d").items()}


def _names(kind: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for row in phrases("quoted_names.tsv"):
        number, name, _ = row.split("\t")
        if number.startswith("d") == bool(kind):
            out.setdefault(name, []).append(number.removeprefix(kind))
    return out
