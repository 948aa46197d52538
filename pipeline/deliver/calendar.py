"""An accepted meeting, call or task as an iCalendar file.

Source: RFC 5545 (iCalendar), RFC 7986 section 5.11 (CONFERENCE).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, Event, Todo

from pipeline import errors
from pipeline.records import ActivityStatus, Slot
from pipeline.store.crm.activities import StoredActivity

_PRODUCT = "-//Mail Insight//EN"
_NO_TIME = "This activity has no time yet, so there is nothing to put into a calendar."
_STATUS: dict[ActivityStatus, str] = {
    "proposed": "TENTATIVE", "confirmed": "CONFIRMED", "moved": "CONFIRMED", "cancelled": "CANCELLED",
}  # fmt: skip


def to_ical(activity: StoredActivity, zone: tzinfo) -> bytes:
    """The file, with its times in ``zone`` and that zone's rules in it; several candidates are tentative events each.

    Raises:
        errors.Conflict: a meeting or call without any time.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for component in [_todo(activity, zone)] if activity.kind == "task" else _events(activity, zone):
        calendar.add_component(component)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _todo(activity: StoredActivity, zone: tzinfo) -> Todo:
    todo = Todo()
    _describe(todo, activity, activity.id)
    if activity.due is not None:
        todo.add("due", _local(activity.due, zone))
    return todo


def _events(activity: StoredActivity, zone: tzinfo) -> list[Event]:
    if not activity.slots:
        raise errors.Conflict(_NO_TIME)
    return [_event(activity, number, slot, zone) for number, slot in enumerate(activity.slots, 1)]


def _event(activity: StoredActivity, number: int, slot: Slot, zone: tzinfo) -> Event:
    """One candidate as an event; a vague or open one does not block the time."""
    event = Event()
    several = len(activity.slots) > 1
    _describe(event, activity, f"{activity.id}-{number}" if several else activity.id)
    open_ = several or slot.approx
    status = _STATUS.get(activity.status, "TENTATIVE")
    event.add("status", "TENTATIVE" if open_ and status == "CONFIRMED" else status)
    event.add("transp", "TRANSPARENT" if open_ or status == "CANCELLED" else "OPAQUE")
    event.add("dtstart", _local(slot.start, zone))
    last = slot.end or slot.start if slot.all_day else slot.end
    if last is not None and (slot.all_day or last > slot.start):
        event.add("dtend", _local(last, zone) + timedelta(days=slot.all_day))
    return event


def _describe(component: Any, activity: StoredActivity, uid: str) -> None:
    component.add("uid", activity.uid if activity.uid and uid == activity.id else f"{uid}@mail-insight")
    if activity.uid and activity.sequence:
        component.add("sequence", activity.sequence)
    component.add("dtstamp", activity.created_at.astimezone(UTC))
    component.add("summary", activity.title)
    if activity.location:
        component.add("location", activity.location)
    if activity.online_url:
        component.add("url", activity.online_url)
        component.add("conference", activity.online_url, parameters={"value": "URI"})
    people = [name for name in activity.participants if "@" not in name]
    for address in (name for name in activity.participants if "@" in name):
        component.add("attendee", f"mailto:{address}")
    notes = [", ".join(people), *(f"{name}: {value}" for name, value in _entrance(activity) if value)]
    if described := "\n".join(filter(None, notes)):
        component.add("description", described)


def _entrance(activity: StoredActivity) -> tuple[tuple[str, str | None], ...]:
    return ("Meeting ID", activity.meeting_id), ("Passcode", activity.passcode)


def _local(moment: datetime | date, zone: tzinfo) -> datetime | date:
    return moment.astimezone(zone) if isinstance(moment, datetime) else moment
