"""How long a meeting is to take, where its sentences state it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.extract.times import TimeSpan
from pipeline.records import Slot

_LONGEST_MEETING_MIN = 10 * 60


def with_length(slots: Iterable[Slot], minutes: int | None) -> tuple[Slot, ...]:
    """The slots, an exact beginning without an end given the stated length."""
    if not minutes or minutes > _LONGEST_MEETING_MIN:
        return tuple(slots)
    return tuple(
        replace(s, end=s.start + timedelta(minutes=minutes))
        if isinstance(s.start, datetime) and s.end is None and not s.approx
        else s
        for s in slots
    )


def stated_length(spans: Iterable[TimeSpan]) -> int | None:
    """The first exact length in minutes among the spans ("for an hour", 90分), None for "about an hour"."""
    for span in spans:
        length = span.length
        if length and not length.approx and not length.months and not length.days and length.minutes:
            return length.minutes
    return None
