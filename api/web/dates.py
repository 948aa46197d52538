"""Dates as the reader says them: in their zone and their language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.web.catalogue import Language, plural, translate

_WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "ja": tuple("月火水木金土日")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC where the name is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def aware(moment: datetime) -> datetime:
    """The same moment with a zone; a naive one is UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def morning(now: datetime, days: int, reader_zone: ZoneInfo) -> datetime:
    """Eight in the morning, that many days from today, where the reader lives."""
    then = now.astimezone(reader_zone).date() + timedelta(days=days)
    return datetime(then.year, then.month, then.day, 8, tzinfo=reader_zone)


def weekday(number: int, language: Language) -> str:
    """``月`` / ``Mon``; 0 is Monday."""
    return _WEEKDAYS[language][number]


def month(year: int, number: int, language: Language) -> str:
    """``2026年3月`` / ``Mar 2026``."""
    return f"{year}年{number}月" if language == "ja" else f"{_MONTHS[number - 1]} {year}"


def day(when: date, language: Language, today: date) -> str:
    """``3月10日(火)`` / ``Tue 10 Mar``; the year only where it is not this one."""
    weekday = _WEEKDAYS[language][when.weekday()]
    if language == "ja":
        year = "" if when.year == today.year else f"{when.year}年"
        return f"{year}{when.month}月{when.day}日({weekday})"
    year = "" if when.year == today.year else f" {when.year}"
    return f"{weekday} {when.day} {_MONTHS[when.month - 1]}{year}"


def moment(when: datetime | date, language: Language, reader_zone: ZoneInfo, now: datetime) -> str:
    """A day with its time, ``3月10日(火) 15:00`` / ``Tue 10 Mar, 15:00``; a plain date is the day alone."""
    today = now.astimezone(reader_zone).date()
    if not isinstance(when, datetime):
        return day(when, language, today)
    local = aware(when).astimezone(reader_zone)
    comma = "" if language == "ja" else ","
    return f"{day(local.date(), language, today)}{comma} {local:%H:%M}"


def full(when: datetime | date, language: Language, reader_zone: ZoneInfo) -> str:
    """The form without any doubt: year, weekday, time and zone."""
    never = date.min
    if not isinstance(when, datetime):
        return day(when, language, never)
    local = aware(when).astimezone(reader_zone)
    comma = "" if language == "ja" else ","
    return f"{day(local.date(), language, never)}{comma} {local:%H:%M} {local:%Z}"


def span(
    start: datetime | date, end: datetime | date | None, language: Language, reader_zone: ZoneInfo, now: datetime
) -> str:
    """Start and end, without repeating the day where both fall on it: ``Tue 10 Mar, 15:00–16:00``."""
    first = moment(start, language, reader_zone, now)
    if end is None or end == start:
        return first
    dash = "～" if language == "ja" else "–"
    if isinstance(start, datetime) and isinstance(end, datetime):
        one, two = aware(start).astimezone(reader_zone), aware(end).astimezone(reader_zone)
        if one.date() == two.date():
            return f"{first}{dash}{two:%H:%M}"
    return f"{first}{dash}{moment(end, language, reader_zone, now)}"


def age(when: datetime, language: Language, reader_zone: ZoneInfo, now: datetime) -> str:
    """How long ago, below a day; else the day alone, and of another year the month."""
    passed = now - aware(when)
    if timedelta(0) <= passed < timedelta(days=1):
        minutes = int(passed.total_seconds() // 60)
        if minutes < 1:
            return translate(language, "time.now")
        if minutes < 60:
            return plural(language, "time.minutes", minutes)
        return plural(language, "time.hours", minutes // 60)
    local_today = now.astimezone(reader_zone).date()
    local = aware(when).astimezone(reader_zone).date()
    if local.year != local_today.year:
        return month(local.year, local.month, language)
    text = day(local, language, local_today)
    return text.split("(")[0] if language == "ja" else text.split(" ", 1)[1]
