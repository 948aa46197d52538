"""Filters of mailboxes, and the marks that they set on mail: labels, folders, flags."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core import filters
from pipeline.core.filters import Filter
from pipeline.store.organisation.people import User
from pipeline.store.rows import insert_new
from pipeline.store.tables import CopyRow, MailboxAssignmentRow, MailFilterRow, MailMarkRow, RawContentRow
from pipeline.store.tables.base import new_id

MAX_FILTERS = 1000
_BARS = frozenset({"condition", "pattern", "no_condition", "no_action"})


@dataclass(frozen=True, slots=True)
class StoredFilter:
    """A filter of a mailbox; ``origin`` is ``gmail`` or ``zoho``."""

    id: str
    position: int
    origin: str
    filter: Filter


@dataclass(frozen=True, slots=True)
class Mark:
    """What a filter set on a mail: its kind (``core.filters.ActionKind``) and value; ``mails`` counts them."""

    kind: str
    value: str
    mails: int = 1


def list_filters(session: Session, mailbox_id: str) -> tuple[StoredFilter, ...]:
    """The filters of a mailbox in the order in which they run."""
    query = select(MailFilterRow).where(MailFilterRow.mailbox_id == mailbox_id)
    rows = session.scalars(query.order_by(MailFilterRow.position, MailFilterRow.id))
    return tuple(_view(row) for row in rows)


def save_filters(
    session: Session, mailbox_id: str, origin: str, added: Sequence[Filter], now: datetime, *, replace: bool
) -> int:
    """Add filters behind those that are there, or instead of those of the same origin; how many are new.

    One that is there already is not added again.

    Raises: errors.UsageError where there are too many, or one is too large.
    """
    for each in added:
        filters.check(each)
    if replace:
        here = (MailFilterRow.mailbox_id == mailbox_id) & (MailFilterRow.origin == origin)
        session.execute(delete(MailFilterRow).where(here))
    known = list_filters(session, mailbox_id)
    same = [filters.to_json(each.filter) for each in known]
    fresh: list[Filter] = []
    for each in added:
        if filters.to_json(each) not in same:
            same.append(filters.to_json(each))
            fresh.append(each)
    if len(known) + len(fresh) > MAX_FILTERS:
        raise errors.UsageError(f"A mailbox has at most {MAX_FILTERS} filters.")
    first = max((each.position for each in known), default=0) + 1
    session.add_all(_row(mailbox_id, origin, each, first + n, now) for n, each in enumerate(fresh))
    session.flush()
    return len(fresh)


def set_active(session: Session, mailbox_id: str, filter_id: str, active: bool) -> StoredFilter:
    """Switch a filter on or off.

    Raises: errors.NotFound; errors.Conflict where part of its conditions is missing, so that it would catch too much.
    """
    row = _get(session, mailbox_id, filter_id)
    if active and not may_run(_view(row)):
        raise errors.Conflict("A condition or all actions of this filter could not be translated; it stays off.")
    row.active = active
    session.flush()
    return _view(row)


def may_run(stored: StoredFilter) -> bool:
    """Whether a filter may be switched on: nothing is missing without which it would catch too much, or do nothing."""
    return not _BARS & {each.code for each in stored.filter.left_out}


def remove_filter(session: Session, mailbox_id: str, filter_id: str) -> None:
    """Remove a filter; what it marked stays.

    Raises: errors.NotFound.
    """
    session.delete(_get(session, mailbox_id, filter_id))
    session.flush()


def add_marks(session: Session, mailbox_id: str, mail_id: str, marks: Sequence[Mark], now: datetime) -> None:
    """Mark a mail in a mailbox; a repeat changes nothing."""
    rows: list[Mapping[str, Any]] = [
        {"mailbox_id": mailbox_id, "mail_id": mail_id, "kind": mark.kind, "value": mark.value, "at": now}
        for mark in dict.fromkeys(marks)
    ]
    insert_new(session, MailMarkRow, *rows)


def marks_of(session: Session, reader: User, mail_id: str) -> tuple[Mark, ...]:
    """The marks of a mail in the reader's own mailboxes; nobody sees those of others."""
    own = select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == reader.id)
    query = select(MailMarkRow.kind, MailMarkRow.value).where(
        MailMarkRow.mail_id == mail_id, MailMarkRow.mailbox_id.in_(own)
    )
    return tuple(Mark(kind, value) for kind, value in session.execute(query.distinct().order_by("kind", "value")))


def count_marks(session: Session, mailbox_id: str) -> tuple[Mark, ...]:
    """Each mark of a mailbox and how many mails have it."""
    query = select(MailMarkRow.kind, MailMarkRow.value, func.count()).where(MailMarkRow.mailbox_id == mailbox_id)
    grouped = query.group_by(MailMarkRow.kind, MailMarkRow.value).order_by(MailMarkRow.kind, MailMarkRow.value)
    return tuple(Mark(kind, value, count) for kind, value, count in session.execute(grouped))


def recent_contents(session: Session, mailbox_id: str, limit: int) -> Iterator[bytes]:
    """The bytes of the newest mails of a mailbox."""
    query = (
        select(RawContentRow.compressed)
        .join(CopyRow, CopyRow.raw_sha256 == RawContentRow.sha256)
        .where(CopyRow.mailbox_id == mailbox_id)
        .order_by(CopyRow.sorted_at.desc(), CopyRow.mail_id)
        .limit(limit)
    )
    return (zlib.decompress(compressed) for compressed in session.scalars(query))


def _get(session: Session, mailbox_id: str, filter_id: str) -> MailFilterRow:
    row = session.get(MailFilterRow, filter_id, populate_existing=True)
    if row is None or row.mailbox_id != mailbox_id:
        raise errors.NotFound("There is no such filter.")
    return row


def _row(mailbox_id: str, origin: str, each: Filter, position: int, now: datetime) -> MailFilterRow:
    left_out = [{"code": left.code, "detail": left.detail} for left in each.left_out]
    return MailFilterRow(
        id=new_id(), mailbox_id=mailbox_id, position=position, name=each.name, origin=origin, active=each.active,
        definition=filters.to_json(each), left_out=left_out, created_at=now,
    )  # fmt: skip


def _view(row: MailFilterRow) -> StoredFilter:
    found = filters.from_json(row.name, row.definition, row.left_out, row.active)
    return StoredFilter(row.id, row.position, row.origin, found)
