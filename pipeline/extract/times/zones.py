"""Time zones by their everyday names, and the country that goes with a language and an offset."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.extract.times.symbols import ZoneName

Use = Literal["abbreviation", "country", "city"]


def _rows(name: str) -> list[list[str]]:
    lines = (files(__package__) / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@functools.cache
def _table() -> dict[str, tuple[tuple[str, ...], str]]:
    return {name: (tuple(zones.split(",")), use) for name, zones, use in _rows("zones.tsv")}


@functools.cache
def words(*uses: Use) -> str:
    """A pattern for the names of these uses: by their first letter, each the longest first."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names(*uses), key=lambda n: (-len(n), n)):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items()))


def names(*uses: Use) -> list[str]:
    """The names of these uses."""
    return [name for name, (_, use) in _table().items() if use in uses]


def resolve(zone: ZoneName | None, moment: datetime) -> tzinfo:
    """The zone meant by a name in a mail written at ``moment`` (aware); the mail's own zone where none is named."""
    own = moment.tzinfo or UTC
    if zone is None:
        return own
    if zone.offset_min is not None:
        return timezone(timedelta(minutes=zone.offset_min))
    names, _ = _table().get(zone.name, ((), ""))
    candidates = [_zone(name) for name in names]
    return next(
        (z for z in candidates if moment.astimezone(z).utcoffset() == moment.utcoffset()), (*candidates, own)[0]
    )


def country(language: str, moment: datetime) -> str:
    """The country (ISO 3166) whose public holidays hold for the writer of a mail."""
    return _place(language, moment)[0]


def month_first(language: str, moment: datetime) -> bool:
    """Whether 3/4 is the fourth of March for the writer of a mail."""
    return _place(language, moment)[1] == "month"


def _place(language: str, moment: datetime) -> tuple[str, str]:
    # two moments are equal whatever their offsets, so the offset is part of the key
    return _place_of(language, moment.astimezone(UTC), moment.utcoffset())


@functools.lru_cache(maxsize=256)
def _place_of(language: str, moment: datetime, here: timedelta | None) -> tuple[str, str]:
    for tongue, zone, place, order in _rows_of_countries():
        if tongue == language and moment.astimezone(_zone(zone)).utcoffset() == here:
            return place, order
    return ("JP", "month") if language == "ja" else ("GB", "day")


@functools.cache
def _zone(name: str) -> ZoneInfo:
    """A zone of our tables, kept: the library itself keeps only the eight used last."""
    return ZoneInfo(name)


@functools.cache
def _rows_of_countries() -> list[list[str]]:
    return _rows("countries.tsv")
