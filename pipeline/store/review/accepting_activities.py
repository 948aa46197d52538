"""What accepting a meeting, call or task does: it becomes a row of its own, or changes the one of its thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import Activity, Slot, Suggestion
from pipeline.store.crm.record_writing import FieldValue, Source
from pipeline.store.review.journal import Journal
from pipeline.store.review.suggestion_json import moment, to_json
from pipeline.store.tables import ActivityRow, MailRow
from pipeline.store.tables.base import new_id

ACTIVITY_FIELDS = (
    "title", "start", "end", "due", "owner", "location", "online_url", "meeting_id", "passcode", "participants",
)  # fmt: skip
_TEXTS = ("owner", "location", "online_url", "meeting_id", "passcode")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A suggestion as a person accepted it: ``values`` are theirs, or those proposed where nothing was edited."""

    suggestion: Suggestion
    values: tuple[FieldValue, ...]
    source: Source
    mail_id: str


def apply_activity(journal: Journal, accepted: Accepted, proposed: Activity) -> str:
    """Create or change the meeting, call or task, and return its id.

    Raises: errors.UsageError where an edited value cannot be.
    """
    thread_key = journal.session.scalar(select(MailRow.thread_key).where(MailRow.id == accepted.mail_id))
    assert thread_key is not None, "the mail of a suggestion"
    activity = edited(proposed, accepted.values)
    row = _activity_row(activity, accepted, thread_key)
    known = None
    if accepted.suggestion.kind in ("change_meeting", "change_call"):
        known = _activity_to_change(journal.session, accepted, activity, thread_key)
        if accepted.suggestion.record_id is not None and known is None:
            raise errors.Conflict("The meeting or call that this changes is not there any more.")
    if known is not None:
        kept = {"id": known.id, "created_by": known.created_by, "created_at": known.created_at}
        title = activity.title or known.title
        slots = row["slots"] or known.slots
        row |= {**kept, "title": title, "slots": slots, "starts_at": row["starts_at"] or known.starts_at}
    journal.put(ActivityRow, row)
    return str(row["id"])


def _activity_to_change(
    session: Session, accepted: Accepted, activity: Activity, thread_key: str
) -> ActivityRow | None:
    """The accepted meeting or call that is meant: the one named, else the thread's at the old time, else its newest."""
    if accepted.suggestion.record_id is not None:
        named = session.get(ActivityRow, accepted.suggestion.record_id, populate_existing=True)
        return named if named and named.organisation_id == accepted.source.organisation_id else None
    rows = session.scalars(
        select(ActivityRow)
        .where(
            ActivityRow.organisation_id == accepted.source.organisation_id,
            ActivityRow.thread_key == thread_key,
            ActivityRow.kind == activity.kind,
            ActivityRow.status != "cancelled",
        )
        .order_by(ActivityRow.created_at.desc(), ActivityRow.id)
        .execution_options(populate_existing=True)
    ).all()
    old = _utc(activity.old_start)
    return next((row for row in rows if old is not None and row.starts_at == old), rows[0] if rows else None)


def edited(activity: Activity, values: Sequence[FieldValue]) -> Activity:
    """The activity with the values a person typed: ``ACTIVITY_FIELDS``, times in ISO 8601, empty for none.

    Raises: errors.UsageError for an unknown field or a time that cannot be read.
    """
    given: dict[str, Any] = {value.name: value.value.strip() or None for value in values}
    if unknown := sorted(set(given) - set(ACTIVITY_FIELDS)):
        raise errors.UsageError(f"An activity has no field named {unknown[0]!r}.")
    try:
        return _edited(activity, given)
    except ValueError:
        raise errors.UsageError(
            "A time must be written like 2026-03-10 or 2026-03-10T15:00+09:00, and an end must follow its start."
        ) from None


def _edited(activity: Activity, given: dict[str, Any]) -> Activity:
    changes: dict[str, Any] = {name: given[name] for name in _TEXTS if name in given}
    if given.get("title"):
        changes["title"] = given["title"]
    if "due" in given:
        changes["due"] = _zoned(given["due"])
    if "participants" in given:
        names = (name.strip() for name in (given["participants"] or "").split(","))
        changes["participants"] = tuple(name for name in names if name)
    if "start" in given or "end" in given:
        changes["slots"] = _edited_slots(activity, given)
    return replace(activity, **changes)


def _edited_slots(activity: Activity, given: dict[str, Any]) -> tuple[Slot, ...]:
    """One certain slot in place of all candidates; none where the start was emptied."""
    first = activity.slots[0] if activity.slots else None
    start = _zoned(given["start"]) if "start" in given else first.start if first else None
    if start is None:
        return ()
    end = _zoned(given["end"]) if "end" in given else None
    if end is not None and (isinstance(end, datetime) != isinstance(start, datetime) or end < start):
        raise ValueError("an end of the same kind, after the start")
    return (Slot(start, end, not isinstance(start, datetime), approx=False),)


def _zoned(text: str | None) -> datetime | date | None:
    value = moment(text)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time needs a zone")
    return value


def _activity_row(activity: Activity, accepted: Accepted, thread_key: str) -> dict[str, Any]:
    plain = to_json(replace(accepted.suggestion, activity=activity))["activity"]
    copied = ("kind", "status", "title", "slots", "old_start", "due", *_TEXTS, "participants", "uid", "sequence")
    return {
        **{name: plain[name] for name in copied},
        "id": new_id(),
        "organisation_id": accepted.source.organisation_id,
        "starts_at": _utc(activity.slots[0].start if activity.slots else activity.due),
        "person": accepted.suggestion.person,
        "mail_id": accepted.mail_id,
        "suggestion_id": accepted.suggestion.id,
        "thread_key": thread_key,
        "created_by": accepted.source.user_id,
        "created_at": accepted.source.now,
    }


def _utc(value: datetime | date | None) -> datetime | None:
    """A point in time in UTC; a whole day counts from its midnight in UTC."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
