"""The audit log: who changed what, appended and never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.people import User
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


def list_actions(
    session: Session, reader: User, *, limit: int = 100, before: int | None = None
) -> tuple[AuditEntry, ...]:
    """The newest lines of the reader's organisation, those older than the entry ``before`` where given.

    Raises: errors.NotAllowed for anybody but an admin.
    """
    if not reader.is_admin:
        raise errors.NotAllowed("Only an admin may read the audit log.")
    query = select(AuditRow).where(AuditRow.organisation_id == reader.organisation_id)
    if before is not None:
        query = query.where(AuditRow.id < before)
    rows = session.scalars(query.order_by(AuditRow.id.desc()).limit(limit))
    return tuple(AuditEntry(row.id, row.user_id, row.action, row.subject, row.detail, row.at) for row in rows)
