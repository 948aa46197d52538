"""TIMEX3 values of Japanese expressions, for suites that ask for them: what is said, not which day it is."""

from __future__ import annotations

from pipeline.extract.times.symbols import Away, Date, Expression, Length, Period, Unit

_UNITS: dict[Unit, str] = {
    "year": "Y", "month": "M", "week": "W", "day": "D", "workday": "D", "hour": "H", "minute": "M", "second": "S",
}  # fmt: skip
_CLOCK_UNITS = ("hour", "minute", "second")
_SEASONS = {3: "SP", 6: "SU", 9: "FA", 12: "WI"}
_HALVES: dict[str, tuple[float, Unit]] = {
    "四半世紀": (25, "year"), "半世紀": (50, "year"), "半年": (0.5, "year"), "半月": (0.5, "month"),
    "半日": (0.5, "day"),
}  # fmt: skip


def value(said: Expression, words: str) -> str | None:
    """The TIMEX3 value of an expression and its words, None where a calendar date says it all."""
    day = said.first.day
    if said.last is not None or said.first.clock or said.first.part:
        return None
    for half, (count, unit) in _HALVES.items():
        if words.startswith(half) and (said.length or isinstance(day, Away)):
            return _duration({unit: count})
    if said.length:
        return _length(said.length, "半" in words)
    if said.every:
        skips = said.every.unit == "day" and words.endswith("おき")
        return _duration({said.every.unit: said.every.count - skips})
    if isinstance(day, Away) and day.base is None and "半" in words:
        return _half_away(day)
    if isinstance(day, Date) and day == Date(weekday=day.weekday):
        return f"XXXX-WXX-{(day.weekday or 0) + 1}"
    return _period(day) if isinstance(day, Period) else None


def _period(period: Period) -> str | None:
    year = f"{period.year:04}" if period.year is not None else "XXXX"
    if period.whole:
        return f"FY{year}" if period.year is not None else None
    if period.unit == "season":
        return f"{year}-{_SEASONS[period.month or 3]}"
    if period.unit == "quarter" and period.month:
        return f"{year}-Q{(period.month + 2) // 3}"
    if period.unit == "century":
        return f"{year[:2]}XX"
    if period.away is not None:
        unit = _UNITS.get(period.unit)
        return f"P{abs(period.away)}{unit}" if unit else None
    if period.unit == "month" and period.year_away is None:
        return f"{year}-{period.month or 1:02}-XX"
    return f"{year}-XX-XX" if period.unit == "year" and period.year is not None else None


def _length(length: Length, half: bool) -> str:
    unit = length.unit or "day"
    if half or unit == "week":
        days = length.days + length.minutes / 1440
        total = {
            "year": length.months / 12, "month": length.months + length.days / 30, "week": days / 7, "day": days,
            "hour": length.minutes / 60, "minute": length.minutes + length.seconds / 60, "second": length.seconds,
        }  # fmt: skip
        return _duration({unit: total.get(unit, days)})
    hours, minutes = divmod(length.minutes, 60) if unit != "minute" or length.minutes < 60 else (0, length.minutes)
    if unit == "hour":
        return _duration({"hour": length.minutes / 60 + length.seconds / 3600})
    years, months = divmod(length.months, 12) if unit != "month" or length.months < 24 else (0, length.months)
    parts: dict[Unit, float] = {
        "year": years, "month": months, "day": length.days, "hour": hours, "minute": minutes, "second": length.seconds,
    }  # fmt: skip
    return _duration(parts)


def _half_away(away: Away) -> str:
    whole: dict[Unit, tuple[Unit, float]] = {
        "second": ("minute", 60), "minute": ("hour", 60), "month": ("year", 12), "day": ("month", 30),
        "hour": ("day", 24) if abs(away.count) < 84 else ("week", 168),
    }  # fmt: skip
    unit, size = whole.get(away.unit, (away.unit, 1))
    return _duration({unit: abs(away.count) / size})


def _duration(parts: dict[Unit, float]) -> str:
    date = "".join(f"{n:g}{_UNITS[u]}" for u, n in parts.items() if n and u in _UNITS and u not in _CLOCK_UNITS)
    clock = "".join(f"{n:g}{_UNITS[u]}" for u, n in parts.items() if n and u in _CLOCK_UNITS)
    return f"P{date}" + (f"T{clock}" if clock else "")
