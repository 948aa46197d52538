"""How much mail an organisation may keep, and what happens when that is used up: decisions over plain numbers.

Counted are the bodies of mails with their attachments, in bytes, once for each content. Headers and what was found in
a mail are not counted and go on being stored when no room is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Mode = Literal["observe", "warn", "enforce"]
"""``observe`` only counts; ``warn`` also tells administrators; ``enforce`` also stops keeping bodies."""

MB = 1024**2
GB = 1024**3
GB_PER_LICENCE = 5
MOST_GB = 100
THRESHOLDS = (80, 90, 100)
MIN_DAYS = 7
"""Fewer days of history tell nothing about growth."""
MAX_FORECAST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organisation bought, and how strictly that is taken."""

    licences: int = 0
    addon_gb: int = 0
    mode: Mode = "observe"

    @property
    def limit_bytes(self) -> int:
        """5 GB a licence, at most 100 GB, and the add-ons."""
        return (min(MOST_GB, GB_PER_LICENCE * self.licences) + self.addon_gb) * GB


@dataclass(frozen=True, slots=True)
class Outlook:
    """How much is used of what, the thresholds reached, and the day on which the limit is met, if it ever is."""

    used_bytes: int
    limit_bytes: int
    reached: tuple[int, ...]
    full_on: date | None


def keeps(terms: Terms, used_bytes: int, size_bytes: int) -> bool:
    """Whether a body of that size is kept: always, unless that is enforced and it does not fit; a full 100 % fits."""
    return terms.mode != "enforce" or used_bytes + size_bytes <= terms.limit_bytes


def reached(used_bytes: int, limit_bytes: int) -> tuple[int, ...]:
    """The thresholds, in percent, that this use has reached; none where nothing is used."""
    return tuple(t for t in THRESHOLDS if used_bytes > 0 and used_bytes * 100 >= t * limit_bytes)


def outlook(terms: Terms, used_bytes: int, history: Sequence[tuple[date, int]], today: date) -> Outlook:
    """Where use stands and leads to; ``history`` holds the bytes used at the end of some days, in order."""
    limit = terms.limit_bytes
    return Outlook(used_bytes, limit, reached(used_bytes, limit), full_on(used_bytes, limit, history, today))


def full_on(used_bytes: int, limit_bytes: int, history: Sequence[tuple[date, int]], today: date) -> date | None:
    """The day on which the limit is met if use goes on growing as it did: the line of least squares over the days.

    None where use does not grow, too few days are known, or the day lies more than ten years ahead.
    """
    if used_bytes >= limit_bytes:
        return today
    growth = _bytes_per_day(history)
    if growth <= 0:
        return None
    days = math.ceil((limit_bytes - used_bytes) / growth)
    return today + timedelta(days=days) if days <= MAX_FORECAST.days else None


def encoded_bytes(size_bytes: int) -> int:
    """About how much an attachment of that size takes in a mail: base64 in lines of 76 (RFC 2045 section 6.8)."""
    letters = 4 * math.ceil(size_bytes / 3)
    return letters + math.ceil(letters / 76)


def fitting(room_bytes: int, sizes_bytes: Sequence[int]) -> int:
    """How many of the bodies that wait, in their order, fit into the room there is."""
    count = 0
    for size_bytes in sizes_bytes:
        room_bytes -= size_bytes
        if room_bytes < 0:
            break
        count += 1
    return count


def _bytes_per_day(history: Sequence[tuple[date, int]]) -> float:
    if len(history) < 2 or (history[-1][0] - history[0][0]).days + 1 < MIN_DAYS:
        return 0.0
    days = [(day - history[0][0]).days for day, _ in history]
    middle, mean = sum(days) / len(days), sum(used for _, used in history) / len(history)
    spread = sum((day - middle) ** 2 for day in days)
    return sum((day - middle) * (used - mean) for day, (_, used) in zip(days, history, strict=True)) / spread
