"""The audit log: who changed what, appended and never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.organisation.people import User
from pipeline.store.tables import AuditRow


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the log; ``subject`` is the id of what was acted upon."""

    id: int
    user_id: str | None
    action: str
    subject: str
    detail: Mapping[str, Any]
    at: datetime


def record_action(
    session: Session,
    organisation_id: str,
    user_id: str | None,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append a line; ``action`` is like ``mailbox.assign``, ``detail`` holds no mail content."""
    session.execute(
        insert(AuditRow).values(
            organisation_id=organisation_id, user_id=user_id, action=action, subject=subject,
            detail=dict(detail or {}), at=now,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to; None asks nothing. ``action`` is a whole name or its part before the dot."""

    user_id: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_actions(
    session: Session,
    reader: User,
    *,
    limit: int = 100,
    before: int | None = None,
    narrow: AuditFilter | None = None,
) -> tuple[AuditEntry, ...]:
    """The newest lines of the reader's organisation, those older than the entry ``before`` where given.

    Raises: errors.NotAllowed for anybody but an admin.
    """
    if not reader.is_admin:
        raise errors.NotAllowed("Only an admin may read the audit log.")
    query = select(AuditRow).where(*_conditions(reader, narrow or AuditFilter()))
    if before is not None:
        query = query.where(AuditRow.id < before)
    rows = session.scalars(query.order_by(AuditRow.id.desc()).limit(limit))
    return tuple(AuditEntry(row.id, row.user_id, row.action, row.subject, row.detail, row.at) for row in rows)


def _conditions(reader: User, narrow: AuditFilter) -> list[ColumnElement[bool]]:
    conditions = [AuditRow.organisation_id == reader.organisation_id]
    if narrow.user_id is not None:
        conditions.append(AuditRow.user_id == narrow.user_id)
    if narrow.action is not None:
        inside = AuditRow.action.startswith(narrow.action + ".", autoescape=True)
        conditions.append(or_(AuditRow.action == narrow.action, inside))
    if narrow.subject is not None:
        conditions.append(AuditRow.subject == narrow.subject)
    if narrow.since is not None:
        conditions.append(AuditRow.at >= narrow.since)
    if narrow.until is not None:
        conditions.append(AuditRow.at < narrow.until)
    return conditions
