"""Meetings from the calendar parts of a mail (iTIP over iMIP).

Source: RFC 5545 (iCalendar), RFC 5546 (methods), RFC 6047 (in mail).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import icalendar

from pipeline.extract import online, times, titles
from pipeline.records import Activity, ActivityStatus, Evidence, Message, Segment, Slot

_DAY = timedelta(days=1)
_MOST_EVENTS = 50
_OLD_LINE = re.compile(
    r"^\W*(?:(?:old|original|previous|former)\s(?:date(?:\sand\s|/)?)?(?:time)?|was|from|変更前(?:の?日時)?|旧日時|元の日時|旧)"
    r"\s*[:：]\s*(.+)$",
    re.IGNORECASE | re.MULTILINE,
)
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)


def find(message: Message, segments: tuple[Segment, ...]) -> tuple[Activity, ...]:
    """The meetings that calendar parts hold, one for each event; broken parts give none."""
    found: list[Activity] = []
    for method, text in message.calendars:
        for event in _events(text):
            activity = _read(event, method, message, segments)
            if activity and all(activity.slots != other.slots for other in found):
                found.append(activity)
    return tuple(found[:_MOST_EVENTS])


def _read(event: Any, method: str, message: Message, segments: tuple[Segment, ...]) -> Activity | None:
    try:
        return _activity(event, method, message, segments)
    except _BROKEN:
        return None


def _events(text: str) -> Iterator[Any]:
    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
        for calendar in calendars:
            events = list(calendar.walk("VEVENT"))[:_MOST_EVENTS]
            for event in events:
                event["X-METHOD"] = str(calendar.get("METHOD", ""))
                yield event
    except _BROKEN:
        return


def _activity(event: Any, method: str, message: Message, segments: tuple[Segment, ...]) -> Activity | None:
    zone = message.date.tzinfo if message.date else None
    slot = _slot(event, zone)
    status = _status(event, (method or event.get("X-METHOD", "")).upper(), message)
    if slot is None or status is None:
        return None
    where = str(event.get("LOCATION", "")).strip()
    description = str(event.get("DESCRIPTION", ""))
    body = "\n".join(message.text[s.start : s.end] for s in segments if s.zone == "body")
    entrance = online.entrance("\n".join((where, description, body)))
    return Activity(
        kind="meeting",
        status=status,
        title=titles.of_meeting(str(event.get("SUMMARY", "")), message.subject),
        score=0.99,
        evidence=_evidence(message, segments),
        slots=(slot,),
        old_start=_old_start(body, message, slot) if status == "moved" else None,
        location=where or None,
        online_url=entrance.url,
        participants=_attendees(event, message),
        meeting_id=entrance.meeting_id,
        passcode=entrance.passcode,
        uid=str(event.get("UID", "")).strip() or None,
        sequence=_number(event.get("SEQUENCE")),
    )


def _old_start(body: str, message: Message, new: Slot) -> datetime | date | None:
    """The time before the move, which only the words beside an update tell ("Old time: …", 変更前：…)."""
    line = _OLD_LINE.search(body)
    if line is None or message.date is None:
        return None
    language = "ja" if re.search(r"[ぁ-ヿ一-龥]", line.group()) else "en"
    slots = [span.slot for span in times.find(line.group(1)[:200], message.date, language) if span.slot]
    dated = [slot.start for slot in slots if type(slot.start) is type(new.start) and slot.start != new.start]
    return dated[0] if dated else None


def _evidence(message: Message, segments: tuple[Segment, ...]) -> tuple[Evidence, ...]:
    """The first line of the body: what a person sees beside the calendar part."""
    for segment in segments:
        start = segment.start
        for line in message.text[segment.start : segment.end].splitlines(keepends=True):
            if segment.zone == "body" and line.strip():
                text = line.rstrip()
                return (Evidence(start, start + len(text), text),)
            start += len(line)
    return ()


def _status(event: Any, method: str, message: Message) -> ActivityStatus | None:
    if method == "CANCEL" or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return "cancelled"
    if method == "REPLY":
        answers = {str(a.params.get("PARTSTAT", "")).upper() for a in _list(event.get("ATTENDEE"))}
        return "confirmed" if "ACCEPTED" in answers else "cancelled" if "DECLINED" in answers else "proposed"
    if method == "COUNTER":
        return "proposed"
    return "moved" if _number(event.get("SEQUENCE")) > 0 else "proposed"


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _slot(event: Any, zone: tzinfo | None) -> Slot | None:
    start, end = _moment(event, "DTSTART", zone), _moment(event, "DTEND", zone)
    if start is None:
        return None
    duration = event.get("DURATION")
    if end is None and duration is not None and isinstance(getattr(duration, "dt", None), timedelta):
        end = start + duration.dt
    if isinstance(start, datetime):
        return Slot(start, end if isinstance(end, datetime) and end > start else None, all_day=False, approx=False)
    last = end - _DAY if end is not None and not isinstance(end, datetime) else start
    return Slot(start, last if last > start else None, all_day=True, approx=False)


def _moment(event: Any, name: str, zone: tzinfo | None) -> datetime | date | None:
    """A property's date or zoned date-time; a floating time lies in the mail's own zone."""
    value = getattr(event.get(name), "dt", None)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.replace(tzinfo=zone) if zone else None
        return value.astimezone(zone) if zone and value.utcoffset() == timedelta(0) else value
    return value if isinstance(value, date) else None


def _attendees(event: Any, message: Message) -> tuple[str, ...]:
    """Attendees beside the people in the mail's own From and To, by name where one is given."""
    known = {p.address.lower() for p in (message.from_, *message.to) if p}
    found: list[str] = []
    for attendee in _list(event.get("ATTENDEE")):
        address = str(attendee).lower().removeprefix("mailto:")
        name = str(attendee.params.get("CN", "")) if hasattr(attendee, "params") else ""
        if address not in known and (name or address) not in found:
            found.append(name or address)
    return tuple(found)
