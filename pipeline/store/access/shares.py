"""Records whose mail a user shares from their mailboxes, one by one, while their mode is ``custom``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.core.share_bulk import ALL, Code, Known, Wanted, judge_share, judge_unshare
from pipeline.store.access.sharing import mode_of
from pipeline.store.access.visibility import accessible, visible
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rows import insert_new, lock
from pipeline.store.tables import (
    ActivityRow,
    MailboxAssignmentRow,
    MailRow,
    RecordRow,
    RoleRow,
    ShareRow,
    UserRow,
)


@dataclass(frozen=True, slots=True)
class Share:
    """A record that a user shares, and with whom: ``all``, ``user:ID``, ``role:ID``."""

    record_id: str
    user_id: str
    grantees: tuple[str, ...]


def list_shares(session: Session, reader: User, record_id: str | None = None) -> tuple[Share, ...]:
    """What the reader shares; of a record, where one is given."""
    query = select(ShareRow).where(ShareRow.user_id == reader.id)
    if record_id is not None:
        query = query.where(ShareRow.record_id == record_id)
    found: dict[str, list[str]] = {}
    for row in session.scalars(query.order_by(ShareRow.record_id, ShareRow.grantee)):
        found.setdefault(row.record_id, []).append(row.grantee)
    return tuple(Share(record, reader.id, tuple(grantees)) for record, grantees in found.items())


def share(session: Session, user: User, items: Sequence[Wanted], now: datetime) -> list[Code]:
    """Share records, each with the people it names and nobody else from then on; one code an item."""

    def write(item: Wanted) -> None:
        keys = {"user_id": user.id, "record_id": item.record_id}
        _forget(session, user, item.record_id)
        insert_new(session, ShareRow, *({**keys, "grantee": one, "at": now} for one in sorted(set(item.grantees))))

    return _each(session, user, items, now, judge_share, write, "share.add")


def unshare(session: Session, user: User, record_ids: Sequence[str | None], now: datetime) -> list[Code]:
    """Stop sharing records; one code an item."""
    items = [Wanted(record_id) for record_id in record_ids]
    return _each(
        session, user, items, now, judge_unshare, lambda item: _forget(session, user, item.record_id), "share.remove"
    )


def _each(
    session: Session,
    user: User,
    items: Sequence[Wanted],
    now: datetime,
    judge: Callable[[Sequence[Wanted], Known], list[Code]],
    write: Callable[[Wanted], None],
    action: str,
) -> list[Code]:
    lock(session, user.organisation_id)
    codes = judge(items, _known(session, user, items))
    for item, code in zip(items, codes, strict=True):
        if code == "SUCCESS":
            write(item)
            detail = {"with": sorted(set(item.grantees))} if action == "share.add" else None
            record_action(session, user.organisation_id, user.id, action, item.record_id or "", now, detail)
    return codes


def _forget(session: Session, user: User, record_id: str | None) -> None:
    session.execute(delete(ShareRow).where(ShareRow.user_id == user.id, ShareRow.record_id == record_id))


def _known(session: Session, user: User, items: Sequence[Wanted]) -> Known:
    asked = sorted({item.record_id for item in items if item.record_id})
    here = RecordRow.organisation_id == user.organisation_id
    records = select(RecordRow.id).where(RecordRow.id.in_(asked), here)
    has_mailbox = select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == user.id).limit(1)
    shared = {one.record_id: frozenset(one.grantees) for one in list_shares(session, user)}
    return Known(
        mode_of(session, user.id) if session.scalar(has_mailbox) is not None else None,
        set(session.scalars(records)),
        set(session.scalars(records.where(accessible(session, user)))),
        _others(session, user, asked),
        _grantees(session, user),
        shared,
    )


def _others(session: Session, user: User, ids: Sequence[str]) -> set[str]:
    """Mail and activities of the caller by these ids: they exist, but only records are shared."""
    mails = select(MailRow.id).where(MailRow.id.in_(ids), visible(session, user))
    activities = (
        select(ActivityRow.id)
        .join(MailRow, MailRow.id == ActivityRow.mail_id)
        .where(ActivityRow.id.in_(ids), visible(session, user))
    )
    return {*session.scalars(mails), *session.scalars(activities)}


def _grantees(session: Session, user: User) -> set[str]:
    users = session.scalars(select(UserRow.id).where(UserRow.organisation_id == user.organisation_id))
    roles = session.scalars(select(RoleRow.id).where(RoleRow.organisation_id == user.organisation_id))
    return {ALL, *(f"user:{one}" for one in users), *(f"role:{one}" for one in roles)}
