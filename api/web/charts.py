"""Charts as numbers to draw: positions and sizes for the SVG in the templates, and words for the table behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.web.dates import aware

MONTHS = 12
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A month of a mood chart: counts by mood, and the heights of its two bars in whole units of the drawing."""

    year: int
    month: int
    positive: int
    neutral: int
    negative: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a heat map: how many, how strong from 0 to 4, and whether it stands out."""

    hour: int
    count: int
    level: int
    best: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A day of a line chart and its value, with its place in the drawing."""

    day: date
    value: int
    x: float
    y: float


def mood_columns(
    moods: Sequence[tuple[datetime, str]], zone: ZoneInfo, now: datetime, height: int
) -> tuple[Column, ...]:
    """The last twelve months, from the oldest in which there is something on; bars are at most ``height`` high.

    Where there is nothing in them, they are the twelve that end with the newest mood.
    """
    counts: dict[tuple[int, int], Counter[str]] = {}
    for at, mood in moods:
        local = aware(at).astimezone(zone)
        counts.setdefault((local.year, local.month), Counter())[mood] += 1
    today = aware(now).astimezone(zone)
    months = _last_months(today.year, today.month)
    if counts and not counts.keys() & set(months):
        months = _last_months(*max(counts))
    while months and months[0] not in counts:
        months = months[1:]
    most = max((max(counts[m]["positive"], counts[m]["negative"]) for m in months if m in counts), default=0) or 1
    return tuple(_column(month, counts.get(month, Counter()), height / most) for month in months)


def _last_months(year: int, month: int) -> list[tuple[int, int]]:
    return [_before(year, month, n) for n in range(MONTHS - 1, -1, -1)]


def _column(month: tuple[int, int], counts: Counter[str], unit: float) -> Column:
    positive, negative = counts["positive"], counts["negative"]
    return Column(*month, positive, counts["neutral"], negative, round(positive * unit), round(negative * unit))


def heat_rows(counts: Sequence[Sequence[int]], best: Sequence[tuple[int, int]]) -> tuple[tuple[Cell, ...], ...]:
    """Seven rows of twenty-four cells; the strongest hour has level 4."""
    most = max(map(max, counts)) or 1
    return tuple(
        tuple(Cell(hour, count, -(-count * _LEVELS // most), (day, hour) in best) for hour, count in enumerate(row))
        for day, row in enumerate(counts)
    )


def line_points(history: Sequence[tuple[date, int]], most: int, width: int, height: int) -> tuple[Point, ...]:
    """A line over days, which ``most`` would lift to the top."""
    if not history:
        return ()
    first, last = history[0][0], history[-1][0]
    days = max(1, (last - first).days)
    return tuple(
        Point(
            day,
            value,
            round((day - first).days * width / days, 1) if len(history) > 1 else float(width),
            round(height - min(1.0, value / max(1, most)) * height, 1),
        )
        for day, value in history
    )


def _before(year: int, month: int, months: int) -> tuple[int, int]:
    place = year * 12 + month - 1 - months
    return place // 12, place % 12 + 1


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of a reliability curve: what was said, what came true, of how many; place and radius in the drawing."""

    predicted: float
    observed: float
    count: int
    x: float
    y: float
    radius: float


def reliability_dots(bins: Sequence[Mapping[str, float]], side: int) -> tuple[Dot, ...]:
    """A reliability curve in a square: on the diagonal a score says exactly how often it is right."""
    most = max((one["count"] for one in bins), default=1) or 1
    return tuple(
        Dot(
            one["predicted"],
            one["observed"],
            int(one["count"]),
            round(one["predicted"] * side, 1),
            round(side - one["observed"] * side, 1),
            round(2 + 4 * (one["count"] / most) ** 0.5, 1),
        )
        for one in bins
    )


def shares(counts: Sequence[Sequence[int]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Each count of a confusion table with its strength from 0 to 4, measured by its row."""
    return tuple(tuple((one, -(-one * _LEVELS // (sum(row) or 1))) for one in row) for row in counts)
