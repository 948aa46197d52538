"""When somebody answers: their mail by weekday and hour of their own clock, and the hours that stand out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ENOUGH_REPLIES, ENOUGH_DAYS = 12, 6
"""Fewer replies, or all on fewer days, say nothing about somebody's habits."""
_MOST_HOURS = 3
_SHARE = 0.08  # of all replies that an hour must have, with half of its neighbours', to stand out


@dataclass(frozen=True, slots=True)
class ContactTimes:
    """Replies by weekday (0 is Monday) and hour, and on how many days they came.

    ``best`` are the hours that stand out, as (weekday, hour), the busiest first; empty without enough replies.
    """

    counts: tuple[tuple[int, ...], ...]
    replies: int
    days: int
    best: tuple[tuple[int, int], ...]

    @property
    def enough(self) -> bool:
        """Whether there is enough to speak of habits."""
        return self.replies >= ENOUGH_REPLIES and self.days >= ENOUGH_DAYS


def contact_times(sent_at: Iterable[datetime]) -> ContactTimes:
    """The habits shown by the times at which somebody answered, each in the zone of their own clock."""
    counts = [[0] * 24 for _ in range(7)]
    days = set()
    for moment in sent_at:
        counts[moment.weekday()][moment.hour] += 1
        days.add(moment.date())
    table = tuple(map(tuple, counts))
    replies = sum(map(sum, table))
    bare = ContactTimes(table, replies, len(days), ())
    return ContactTimes(table, replies, len(days), _best(table, replies)) if bare.enough else bare


def _best(counts: tuple[tuple[int, ...], ...], replies: int) -> tuple[tuple[int, int], ...]:
    weight = {
        (day, hour): row[hour] + (row[hour - 1] if hour else 0) / 2 + (row[hour + 1] if hour < 23 else 0) / 2
        for day, row in enumerate(counts)
        for hour in range(24)
        if row[hour]
    }
    standing_out = [cell for cell, value in weight.items() if value >= replies * _SHARE]
    return tuple(sorted(standing_out, key=lambda cell: (-weight[cell], cell))[:_MOST_HOURS])
