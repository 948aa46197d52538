"""Accepted meetings, calls and tasks. Each is seen by those who may see all mail behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, or_, select, union
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import ActivityKind, ActivityStatus, Slot
from pipeline.store.access.visibility import visible_suggestion
from pipeline.store.organisation.people import User
from pipeline.store.review.suggestion_json import moment, slot_from_json
from pipeline.store.tables import ActivityRow, LinkRow, RecordAddressRow, RecordRow, SuggestionRow


@dataclass(frozen=True, slots=True)
class StoredActivity:
    """A meeting, call or task that was accepted; ``starts_at`` is its first time in UTC, None where it has none."""

    id: str
    kind: ActivityKind
    status: ActivityStatus
    title: str
    slots: tuple[Slot, ...]
    due: datetime | date | None
    owner: str | None
    location: str | None
    online_url: str | None
    participants: tuple[str, ...]
    starts_at: datetime | None
    person: str | None
    mail_id: str
    created_by: str
    created_at: datetime
    meeting_id: str | None = None
    passcode: str | None = None
    uid: str | None = None
    sequence: int | None = None


def list_activities(
    session: Session,
    reader: User,
    *,
    kind: ActivityKind | None = None,
    since: datetime | None = None,
    record_id: str | None = None,
    limit: int = 100,
) -> tuple[StoredActivity, ...]:
    """Visible activities by time, those without one last; from ``since`` on where given.

    Those of a record are those with its person, for an account with its contacts, for a deal those of its mail.
    """
    query = _visible(session, reader)
    if kind is not None:
        query = query.where(ActivityRow.kind == kind)
    if since is not None:
        query = query.where(ActivityRow.starts_at >= since)
    if record_id is not None:
        query = query.where(_belongs_to(reader, record_id))
    order = (ActivityRow.starts_at.asc().nulls_last(), ActivityRow.id)
    return tuple(_view(row) for row in session.scalars(query.order_by(*order).limit(limit)))


def get_activity(session: Session, reader: User, activity_id: str) -> StoredActivity:
    """One activity.

    Raises: errors.NotFound where there is none, or the reader may not see its mail.
    """
    row = session.scalars(_visible(session, reader).where(ActivityRow.id == activity_id)).one_or_none()
    if row is None:
        raise errors.NotFound("There is no such activity among those you may see.")
    return _view(row)


def _visible(session: Session, reader: User) -> Select[ActivityRow]:
    return (
        select(ActivityRow)
        .join(
            SuggestionRow,
            (SuggestionRow.organisation_id == ActivityRow.organisation_id)
            & (SuggestionRow.id == ActivityRow.suggestion_id),
        )
        .where(ActivityRow.organisation_id == reader.organisation_id, visible_suggestion(session, reader))
        .execution_options(populate_existing=True)
    )


def _belongs_to(reader: User, record_id: str) -> ColumnElement[bool]:
    here = RecordRow.organisation_id == reader.organisation_id
    addresses = (
        select(RecordAddressRow.address)
        .join(RecordRow, RecordRow.id == RecordAddressRow.record_id)
        .where(here, or_(RecordRow.id == record_id, RecordRow.account_id == record_id))
    )
    mails = (
        select(LinkRow.mail_id)
        .join(RecordRow, RecordRow.id == LinkRow.record_id)
        .where(here, RecordRow.id == record_id, RecordRow.kind == "deal", LinkRow.active)
    )
    # Two ways that an index answers each; joined by OR, all activities would be looked at.
    of_people = select(ActivityRow.id).where(
        ActivityRow.organisation_id == reader.organisation_id, ActivityRow.person.in_(addresses)
    )
    return ActivityRow.id.in_(union(of_people, select(ActivityRow.id).where(ActivityRow.mail_id.in_(mails))))


def _view(row: ActivityRow) -> StoredActivity:
    slots = cast(Sequence[Mapping[str, Any]], row.slots)
    return StoredActivity(
        id=row.id,
        kind=cast(ActivityKind, row.kind),
        status=cast(ActivityStatus, row.status),
        title=row.title,
        slots=tuple(slot_from_json(slot) for slot in slots),
        due=moment(row.due),
        owner=row.owner,
        location=row.location,
        online_url=row.online_url,
        participants=tuple(row.participants),
        starts_at=row.starts_at,
        person=row.person,
        mail_id=row.mail_id,
        created_by=row.created_by,
        created_at=row.created_at,
        meeting_id=row.meeting_id,
        passcode=row.passcode,
        uid=row.uid,
        sequence=row.sequence,
    )
