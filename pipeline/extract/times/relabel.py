"""Bare numbers that turn out to be days of the month by what stands before them.

"Monday 10 at 8:00" is the tenth where the coming tenth is a Monday; "March 3 and 4" names two days.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from pipeline.extract.times.grammar import Grammar, Word
from pipeline.extract.times.symbols import Clock, Date, Length

_BESIDE = re.compile(r",?\s+(?:the\s+)?")
_NEXT_IN_LIST = re.compile(r"\s*(?:,|/|&|and|or|to|-|,\s*and|,\s*or)\s*(?:the\s+)?")
_LOOK_AHEAD_DAYS = 75


def days_of_month(text: str, words: list[Word], grammar: Grammar, today: date) -> list[Word]:
    """The words, weak plain numbers that name days of the month made so."""
    found: list[Word] = []
    for i, word in enumerate(words):
        before = found[-1] if found else None
        number = _plain_number(word)
        if number is not None and before is not None and isinstance(before.symbol, Date):
            gap = text[before.end : word.start]
            after = words[i + 1] if i + 1 < len(words) else None
            if _is_day(number, before.symbol, gap, today) and not _opens_clock(text, word, after):
                word = replace(word, symbol=Date(day=number), rule="day_of_month", weak=False)
        found.append(word)
    return found


def elided_lengths(words: list[Word]) -> list[Word]:
    """The words, a number that leaves its unit to a length before it made one ("two years instead of one")."""
    found: list[Word] = []
    unit: Length | None = None
    for word in words:
        if word.rule == "elided" and isinstance(word.symbol, Length):
            word = _elided(word, word.symbol.days, unit)
        elif isinstance(word.symbol, Length) and not word.weak:
            unit = word.symbol
        found.append(word)
    return found


def _elided(word: Word, count: int, unit: Length | None) -> Word:
    """A number behind a length as another one, else as the bare number that it is."""
    if unit is not None:
        return replace(word, symbol=_of_unit(count, unit), weak=False)
    return replace(word, symbol=Clock(count % 24, plain=1 <= count <= 12), rule="bare_clock")


def _of_unit(count: int, like: Length) -> Length:
    """So many of the unit of a length; of weeks as of days, seven at once."""
    if like.unit in ("year", "quarter", "month", "half_year", "decade", "century"):
        months = {"year": 12, "quarter": 3, "month": 1, "half_year": 6, "decade": 120, "century": 1200}
        return Length(months=count * months[like.unit], unit=like.unit)
    if like.unit in ("hour", "minute"):
        return Length(minutes=count * (60 if like.unit == "hour" else 1), unit=like.unit)
    return Length(days=count * (7 if like.unit == "week" else 1), unit=like.unit)


def _plain_number(word: Word) -> int | None:
    symbol = word.symbol
    if not word.weak or word.rule not in ("bare_clock", "bare_day"):
        return None
    if isinstance(symbol, Clock):
        return None if symbol.minute else symbol.hour
    return symbol.day if isinstance(symbol, Date) else None


def _is_day(number: int, before: Date, gap: str, today: date) -> bool:
    if before.weekday is not None and before.day is None:
        return bool(_BESIDE.fullmatch(gap)) and _falls_on(number, before.weekday, today)
    return before.day is not None and bool(_NEXT_IN_LIST.fullmatch(gap)) and before.day < number <= 31


def _opens_clock(text: str, word: Word, after: Word | None) -> bool:
    """Whether the number is the first end of clock times ("Monday 10 to 10.45", "4 March, 9 to noon")."""
    if after is None or not isinstance(after.symbol, Clock):
        return False
    return bool(re.fullmatch(r"\s*(?:-|to|till|until)\s*", text[word.end : after.start]))


def _falls_on(day: int, weekday: int, today: date) -> bool:
    return any(
        d.day == day and d.weekday() == weekday for d in (today + timedelta(n) for n in range(-7, _LOOK_AHEAD_DAYS))
    )
