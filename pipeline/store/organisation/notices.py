"""What users are told: a threshold of storage, a rule that asks for attention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.access.visibility import visible, visible_among
from pipeline.store.organisation.people import User
from pipeline.store.tables import MailRow, NoticeRow, UserRow

MAX_COUNT = 99


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a user is told; ``mail_id`` is the mail that it is about."""

    id: int
    kind: str
    mail_id: str | None
    detail: Mapping[str, Any]
    at: datetime
    read_at: datetime | None


def notify(
    session: Session,
    organisation_id: str,
    user_ids: Iterable[str],
    kind: str,
    detail: Mapping[str, Any],
    now: datetime,
    mail_id: str | None = None,
) -> None:
    """Tell users something; ``kind`` is like ``quota.threshold``, ``detail`` holds no mail content."""
    rows = [
        {"organisation_id": organisation_id, "user_id": user_id, "kind": kind, "mail_id": mail_id,
         "detail": dict(detail), "at": now, "read_at": None}
        for user_id in user_ids
    ]  # fmt: skip
    if rows:
        session.execute(insert(NoticeRow), rows)


def notify_admins(session: Session, organisation_id: str, kind: str, detail: Mapping[str, Any], now: datetime) -> None:
    """Tell all active administrators of an organisation something."""
    here = (UserRow.organisation_id == organisation_id) & (UserRow.profile == "admin") & UserRow.active
    admins = session.scalars(select(UserRow.id).where(here).order_by(UserRow.id)).all()
    notify(session, organisation_id, admins, kind, detail, now)


def list_notices(
    session: Session, reader: User, *, unread: bool = False, limit: int = 50, before: int | None = None
) -> tuple[Notice, ...]:
    """The reader's notices, newest first; one about a mail only while they may see it."""
    query = select(NoticeRow).where(_theirs(session, reader))
    if unread:
        query = query.where(NoticeRow.read_at.is_(None))
    if before is not None:
        query = query.where(NoticeRow.id < before)
    rows = session.scalars(query.order_by(NoticeRow.id.desc()).limit(limit).execution_options(populate_existing=True))
    return tuple(Notice(row.id, row.kind, row.mail_id, row.detail, row.at, row.read_at) for row in rows)


def count_unread(session: Session, reader: User) -> int:
    """How many notices the reader has not read, up to ``MAX_COUNT``."""
    mine = select(NoticeRow.mail_id).where(NoticeRow.user_id == reader.id, NoticeRow.read_at.is_(None))
    about = session.scalars(mine.limit(MAX_COUNT)).all()
    mail_ids = {mail_id for mail_id in about if mail_id is not None}
    shown = visible_among(session, reader, mail_ids)
    return sum(mail_id is None or mail_id in shown for mail_id in about)


def _theirs(session: Session, reader: User) -> ColumnElement[bool]:
    seen = select(MailRow.id).where(MailRow.id == NoticeRow.mail_id, visible(session, reader, cover=False))
    return (NoticeRow.user_id == reader.id) & or_(NoticeRow.mail_id.is_(None), seen.exists())


def mark_read(session: Session, reader: User, notice_id: int, now: datetime) -> None:
    """Note that the reader has read a notice; a repeat changes nothing.

    Raises: errors.NotFound where they have no such notice.
    """
    mine = (NoticeRow.id == notice_id) & (NoticeRow.user_id == reader.id)
    if session.scalar(select(NoticeRow.id).where(mine)) is None:
        raise errors.NotFound("There is no such notice of yours.")
    session.execute(update(NoticeRow).where(mine, NoticeRow.read_at.is_(None)).values(read_at=now))
