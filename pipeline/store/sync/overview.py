"""All mailboxes that somebody may look after, with how their sync stands: the same few statements however many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.store.organisation.people import User
from pipeline.store.tables import AccountRow, FolderRow, MailboxAssignmentRow, MailboxRow, UserRow


@dataclass(frozen=True, slots=True)
class Overview:
    """A mailbox in a line; ``state`` is None where it is connected to no server. ``exists`` are mails on the server.

    ``readers`` are the names of those whose mailbox it is.
    """

    id: str
    name: str
    protocol: str | None
    state: str | None
    problem: str | None
    synced_at: datetime | None
    readers: tuple[str, ...]
    folders: int = 0
    exists: int = 0
    own: bool = False


def list_overviews(session: Session, user: User) -> tuple[Overview, ...]:
    """The user's own mailboxes by name; for an administrator all of the organisation."""
    readers = _readers(session, user)
    query = (
        select(MailboxRow, AccountRow)
        .outerjoin(AccountRow, AccountRow.mailbox_id == MailboxRow.id)
        .where(MailboxRow.organisation_id == user.organisation_id)
        .order_by(MailboxRow.name, MailboxRow.id)
    )
    if not user.is_admin:
        query = query.where(MailboxRow.id.in_(_own(user)))
    sizes = _sizes(session, user)
    return tuple(_view(box, account, readers.get(box.id, {}), sizes, user) for box, account in session.execute(query))


def _own(user: User) -> Any:
    return select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == user.id)


def _readers(session: Session, user: User) -> dict[str, dict[str, str]]:
    """Names by the ids of those who read a mailbox, by mailbox."""
    query = (
        select(MailboxAssignmentRow.mailbox_id, UserRow.id, UserRow.name)
        .join(UserRow, UserRow.id == MailboxAssignmentRow.user_id)
        .where(UserRow.organisation_id == user.organisation_id)
        .order_by(UserRow.name, UserRow.id)
    )
    if not user.is_admin:
        query = query.where(MailboxAssignmentRow.mailbox_id.in_(_own(user)))
    found: dict[str, dict[str, str]] = {}
    for mailbox_id, user_id, name in session.execute(query):
        found.setdefault(mailbox_id, {})[user_id] = name
    return found


def _sizes(session: Session, user: User) -> dict[str, tuple[int, int]]:
    """How many folders of each mailbox are followed, and how many mails the server has in them."""
    query = (
        select(FolderRow.mailbox_id, func.count(), func.sum(FolderRow.exists))
        .join(MailboxRow, MailboxRow.id == FolderRow.mailbox_id)
        .where(MailboxRow.organisation_id == user.organisation_id, FolderRow.wanted)
        .group_by(FolderRow.mailbox_id)
    )
    if not user.is_admin:
        query = query.where(FolderRow.mailbox_id.in_(_own(user)))
    return {mailbox_id: (folders, int(exists or 0)) for mailbox_id, folders, exists in session.execute(query)}


def _view(
    box: MailboxRow,
    account: AccountRow | None,
    readers: Mapping[str, str],
    sizes: Mapping[str, tuple[int, int]],
    user: User,
) -> Overview:
    state, problem, synced_at = (account.state, account.problem, account.synced_at) if account else (None, None, None)
    names = tuple(readers.values())
    return Overview(
        box.id, box.name, box.protocol, state, problem, synced_at, names, *sizes.get(box.id, (0, 0)), user.id in readers
    )
