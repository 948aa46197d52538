"""Accepted meetings and calls of a person's own that lie at the same time as a proposed one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pipeline.records import Slot, Suggestion
from pipeline.store.crm.activities import StoredActivity, list_activities
from pipeline.store.organisation.people import User

_UNTOLD = timedelta(minutes=30)  # how long a meeting without a stated end is taken to last at least
_LONGEST = timedelta(days=1)
_MOST = 200


def find_conflicts(session: Session, reader: User, suggestion: Suggestion) -> tuple[StoredActivity, ...]:
    """What the reader accepted and has not cancelled that overlaps an exact time of the suggestion, by time.

    Whole days and vague windows collide with nothing; the meeting that the suggestion changes is none.
    """
    activity = suggestion.activity
    wanted = _exact(activity.slots) if activity and activity.status != "cancelled" else []
    if not wanted:
        return ()
    since = min(start for start, _ in wanted) - _LONGEST
    known = list_activities(session, reader, since=since, limit=_MOST)
    return tuple(
        other
        for other in known
        if other.kind != "task"
        and other.status != "cancelled"
        and other.created_by == reader.id
        and other.id != suggestion.record_id
        and any(a < d and c < b for a, b in wanted for c, d in _exact(other.slots))
    )


def _exact(slots: Sequence[Slot]) -> list[tuple[datetime, datetime]]:
    found = []
    for slot in slots:
        if isinstance(slot.start, datetime) and not slot.approx:
            end = slot.end if isinstance(slot.end, datetime) else slot.start + _UNTOLD
            found.append((slot.start, end))
    return found
