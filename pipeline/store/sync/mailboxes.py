"""Mailboxes, who reads them, and how far each import has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.organisation.people import User
from pipeline.store.rows import digest, insert_new, upsert
from pipeline.store.tables import CheckpointRow, MailboxAssignmentRow, MailboxRow


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox; ``addresses`` are its owner's own addresses, lower-cased."""

    id: str
    organisation_id: str
    name: str
    addresses: tuple[str, ...]
    active: bool
    protocol: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far an import of one source has come: a position only the importer understands, and its counts."""

    position: str
    counts: Mapping[str, int]
    updated_at: datetime


def create_mailbox(
    session: Session,
    organisation_id: str,
    name: str,
    addresses: Sequence[str],
    now: datetime,
    protocol: str | None = None,
) -> Mailbox:
    """Create a mailbox that nobody reads yet.

    Its id follows from organisation and name, so each name exists once.

    Raises: errors.Conflict where the organisation has a mailbox of that name.
    """
    mailbox = Mailbox(
        digest("mailbox", organisation_id, name),
        organisation_id,
        name,
        tuple(address.lower() for address in addresses),
        active=True,
        protocol=protocol,
    )
    row = {
        "id": mailbox.id, "organisation_id": organisation_id, "name": name, "addresses": list(mailbox.addresses),
        "active": True, "created_at": now, "protocol": protocol,
    }  # fmt: skip
    if not insert_new(session, MailboxRow, row):
        raise errors.Conflict("A mailbox of this name exists already; choose another name.")
    return mailbox


def set_protocol(session: Session, mailbox_id: str, protocol: str, addresses: Sequence[str]) -> None:
    """Say how the mail of a mailbox comes in, and its owner's addresses, the default one first."""
    values = {"protocol": protocol, "addresses": [address.lower() for address in addresses]}
    session.execute(update(MailboxRow).where(MailboxRow.id == mailbox_id).values(**values))


def find_mailbox(session: Session, organisation_id: str, name: str) -> Mailbox | None:
    """The organisation's mailbox of that name, or None."""
    row = session.get(MailboxRow, digest("mailbox", organisation_id, name), populate_existing=True)
    return None if row is None else _view(row)


def get_mailbox(session: Session, mailbox_id: str) -> Mailbox:
    """The mailbox of that id.

    Raises: errors.NotFound.
    """
    row = session.get(MailboxRow, mailbox_id, populate_existing=True)
    if row is None:
        raise errors.NotFound("There is no such mailbox.")
    return _view(row)


def list_mailboxes(session: Session, organisation_id: str) -> tuple[Mailbox, ...]:
    """All mailboxes of an organisation by name, for its admin."""
    rows = session.scalars(
        select(MailboxRow).where(MailboxRow.organisation_id == organisation_id).order_by(MailboxRow.name, MailboxRow.id)
    )
    return tuple(_view(row) for row in rows)


def mailboxes_of(session: Session, reader: User) -> tuple[Mailbox, ...]:
    """The mailboxes assigned to the reader, by name."""
    rows = session.scalars(
        select(MailboxRow)
        .join(MailboxAssignmentRow, MailboxAssignmentRow.mailbox_id == MailboxRow.id)
        .where(MailboxAssignmentRow.user_id == reader.id)
        .order_by(MailboxRow.name, MailboxRow.id)
    )
    return tuple(_view(row) for row in rows)


def assign_mailbox(session: Session, mailbox_id: str, user_id: str) -> None:
    """Let a user read a mailbox as their own; a repeat changes nothing."""
    insert_new(session, MailboxAssignmentRow, {"mailbox_id": mailbox_id, "user_id": user_id})


def unassign_mailbox(session: Session, mailbox_id: str, user_id: str) -> None:
    """Take a mailbox from a user; its mail, and everything derived from it, leaves their lists at once."""
    session.execute(
        delete(MailboxAssignmentRow).where(
            MailboxAssignmentRow.mailbox_id == mailbox_id, MailboxAssignmentRow.user_id == user_id
        )
    )


def readers_of(session: Session, mailbox_id: str) -> tuple[str, ...]:
    """Ids of the users to whom a mailbox is assigned, in order."""
    return tuple(
        session.scalars(
            select(MailboxAssignmentRow.user_id)
            .where(MailboxAssignmentRow.mailbox_id == mailbox_id)
            .order_by(MailboxAssignmentRow.user_id)
        )
    )


def get_checkpoint(session: Session, mailbox_id: str, source: str) -> Checkpoint | None:
    """How far the import of this source has come, or None where it never began."""
    row = session.get(CheckpointRow, (mailbox_id, digest(source)), populate_existing=True)
    return None if row is None else Checkpoint(row.position, row.counts, row.updated_at)


def save_checkpoint(
    session: Session, mailbox_id: str, source: str, position: str, counts: Mapping[str, int], now: datetime
) -> None:
    """Remember how far an import has come; in the transaction that stores its mail, so that both hold or neither."""
    row = {
        "mailbox_id": mailbox_id, "source_key": digest(source), "source": source, "position": position,
        "counts": dict(counts), "updated_at": now,
    }  # fmt: skip
    upsert(session, CheckpointRow, row, ("mailbox_id", "source_key"))


def _view(row: MailboxRow) -> Mailbox:
    return Mailbox(row.id, row.organisation_id, row.name, tuple(row.addresses), row.active, row.protocol)
