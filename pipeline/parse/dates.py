"""The date of a mail, always with a zone. Source: RFC 5322 section 3.3."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def parse(value: str) -> datetime | None:
    """The moment that a Date or Received value names; UTC where it names no zone; None if unreadable."""
    value = " ".join(value[:200].split())
    if match := _ISO.match(value):
        try:
            moment = datetime.fromisoformat(match[0])
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        parts = parsedate_tz(value)
        if parts is None:
            return None
        offset_s = parts[9] or 0
        zone = timezone(timedelta(seconds=offset_s)) if abs(offset_s) < 86_400 else UTC
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
