"""What of a user's mail may be backed up, and the list of backups.

Only what the user shared: all mail, or that of the records that they shared; never a mail with somebody of an excluded
domain, nor mail sent from the CRM where that is private. Whoever makes a backup sees no mail that was kept private.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts.backup import Place, SavedMail
from pipeline.store.access import sharing
from pipeline.store.access.standing import excluded_domains, settings_of
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.tables import (
    BackupRow,
    CopyRow,
    FolderRow,
    LinkRow,
    MailAddressRow,
    MailboxRow,
    MailMarkRow,
    MailRow,
    PlaceRow,
    RawContentRow,
    RecordRow,
    ShareRow,
    UserRow,
)
from pipeline.store.tables.base import new_id

PRIVATE = "This user shares no mail, so there is nothing that may be backed up."


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: ``running``, ``done`` or ``failed``; ``sha256`` is that of its manifest."""

    id: str
    user_id: str
    path: str
    state: str
    mails: int
    size_bytes: int
    sha256: str | None
    problem: str | None
    created_at: datetime
    finished_at: datetime | None


def begin(session: Session, admin: User | None, user: User, path: Path, now: datetime) -> Backup:
    """Note that a backup begins; one of this user that was broken off is known as failed from now on.

    Raises: errors.NotAllowed for anybody but an administrator, and where the user shares nothing.
    """
    if admin is not None and not admin.is_admin:
        raise errors.NotAllowed("Only an administrator may back mail up.")
    if sharing.mode_of(session, user.id) == "private":
        raise errors.NotAllowed(PRIVATE)
    broken = (BackupRow.user_id == user.id) & (BackupRow.state == "running")
    session.execute(update(BackupRow).where(broken).values(state="failed", problem="interrupted", finished_at=now))
    row = BackupRow(
        id=new_id(), organisation_id=user.organisation_id, user_id=user.id, path=str(path), state="running", mails=0,
        size_bytes=0, sha256=None, problem=None, created_at=now, finished_at=None,
    )  # fmt: skip
    session.add(row)
    record_action(session, user.organisation_id, admin.id if admin else None, "backup.begin", user.id, now)
    session.flush()
    return _view(row)


def finish(session: Session, backup_id: str, mails: int, size_bytes: int, sha256: str, now: datetime) -> Backup:
    """Note that a backup is complete: with it the user's mail stays in the lists after they are deactivated."""
    row = session.get(BackupRow, backup_id, populate_existing=True)
    if row is None or row.state != "running":
        raise errors.Conflict("Another backup of this user was begun meanwhile.")
    row.state, row.mails, row.size_bytes, row.sha256, row.finished_at = "done", mails, size_bytes, sha256, now
    sharing.note_backup(session, row.user_id, now)
    record_action(session, row.organisation_id, None, "backup.done", row.user_id, now, {"mails": mails})
    session.flush()
    return _view(row)


def fail(session: Session, backup_id: str, problem: str, now: datetime) -> None:
    """Note that a backup could not be made."""
    here = (BackupRow.id == backup_id) & (BackupRow.state == "running")
    session.execute(update(BackupRow).where(here).values(state="failed", problem=problem, finished_at=now))


def forget(session: Session, admin: User, user: User, now: datetime) -> None:
    """Say that there is no backup any more: the mail of a deactivated user leaves every list again."""
    sharing.note_backup(session, user.id, None)
    record_action(session, user.organisation_id, admin.id, "backup.forget", user.id, now)


def list_backups(session: Session, user_id: str) -> tuple[Backup, ...]:
    """The backups of a user, newest first."""
    query = select(BackupRow).where(BackupRow.user_id == user_id).order_by(BackupRow.created_at.desc(), BackupRow.id)
    return tuple(_view(row) for row in session.scalars(query.execution_options(populate_existing=True)))


def list_all(session: Session, admin: User, limit: int = 200) -> tuple[Backup, ...]:
    """The backups of an organisation, newest first."""
    query = select(BackupRow).where(BackupRow.organisation_id == admin.organisation_id)
    newest = query.order_by(BackupRow.created_at.desc(), BackupRow.id).limit(limit)
    return tuple(_view(row) for row in session.scalars(newest.execution_options(populate_existing=True)))


def get_backup(session: Session, admin: User, backup_id: str) -> Backup:
    """One of them.

    Raises: errors.NotFound.
    """
    row = session.get(BackupRow, backup_id, populate_existing=True)
    if row is None or row.organisation_id != admin.organisation_id:
        raise errors.NotFound("There is no such backup.")
    return _view(row)


def shared_copies(session: Session, user: User, mailbox_id: str) -> tuple[str, ...]:
    """Ids of the mails of one of the user's mailboxes that may be backed up, oldest first.

    Raises: errors.NotAllowed where the user shares nothing.
    """
    mode = sharing.mode_of(session, user.id)
    if mode == "private":
        raise errors.NotAllowed(PRIVATE)
    query = select(CopyRow.mail_id).join(MailRow, MailRow.id == CopyRow.mail_id).where(CopyRow.mailbox_id == mailbox_id)
    if mode == "custom":
        query = query.where(_is_shared(user.id))
    if settings_of(session, user.organisation_id).crm_mail == "private":
        query = query.where(MailRow.sent_by.is_(None))
    excluded = excluded_domains(session, user.organisation_id)
    domains = {*excluded.get("", ()), *excluded.get(user.id, ())}
    if domains:
        query = query.where(~_has_domain(domains, _ours(session, user.organisation_id)))
    return tuple(session.scalars(query.order_by(CopyRow.sorted_at, CopyRow.mail_id)))


def saved_mails(session: Session, mailbox_id: str, mail_ids: Sequence[str]) -> list[SavedMail]:
    """The copies of these mails in a mailbox, with everything that a backup holds of them."""
    rows = session.execute(
        select(CopyRow, RawContentRow.compressed, UserRow.address)
        .join(RawContentRow, RawContentRow.sha256 == CopyRow.raw_sha256)
        .join(MailRow, MailRow.id == CopyRow.mail_id)
        .outerjoin(UserRow, UserRow.id == MailRow.sent_by)
        .where(CopyRow.mailbox_id == mailbox_id, CopyRow.mail_id.in_(mail_ids))
    )
    places, marks = _places(session, mailbox_id, mail_ids), _marks(session, mailbox_id, mail_ids)
    found = {
        copy.mail_id: SavedMail(
            zlib.decompress(compressed), copy.source, sender, places.get(copy.mail_id, ()), marks.get(copy.mail_id, ())
        )
        for copy, compressed, sender in rows
    }
    return [found[mail_id] for mail_id in mail_ids if mail_id in found]


def find_copy(session: Session, mailbox_id: str, sha256: str) -> str | None:
    """The mail whose copy in a mailbox has these bytes."""
    here = (CopyRow.mailbox_id == mailbox_id) & (CopyRow.raw_sha256 == sha256)
    return session.scalar(select(CopyRow.mail_id).where(here).limit(1))


def _places(session: Session, mailbox_id: str, mail_ids: Sequence[str]) -> dict[str, tuple[Place, ...]]:
    """The folders in which each mail lies and its flags there; a copy is known there by its bytes."""
    query = (
        select(CopyRow.mail_id, FolderRow.name, FolderRow.role, PlaceRow.flags)
        .join(PlaceRow, PlaceRow.raw_sha256 == CopyRow.raw_sha256)
        .join(FolderRow, and_(FolderRow.id == PlaceRow.folder_id, FolderRow.mailbox_id == CopyRow.mailbox_id))
        .where(CopyRow.mailbox_id == mailbox_id, CopyRow.mail_id.in_(mail_ids))
        .order_by(FolderRow.name, PlaceRow.server_id)
    )
    found: dict[str, tuple[Place, ...]] = {}
    for mail_id, name, role, flags in session.execute(query):
        found[mail_id] = (*found.get(mail_id, ()), Place(name, role, tuple(flags.split())))
    return found


def _marks(session: Session, mailbox_id: str, mail_ids: Sequence[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    query = select(MailMarkRow.mail_id, MailMarkRow.kind, MailMarkRow.value).where(
        MailMarkRow.mailbox_id == mailbox_id, MailMarkRow.mail_id.in_(mail_ids)
    )
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for mail_id, kind, value in session.execute(query.order_by(MailMarkRow.kind, MailMarkRow.value)):
        found[mail_id] = (*found.get(mail_id, ()), (kind, value))
    return found


def _is_shared(user_id: str) -> Any:
    """The mail belongs to a record that the user shared, or whose account they shared."""
    return (
        select(LinkRow.mail_id)
        .join(RecordRow, RecordRow.id == LinkRow.record_id)
        .join(ShareRow, or_(ShareRow.record_id == RecordRow.id, ShareRow.record_id == RecordRow.account_id))
        .where(LinkRow.mail_id == MailRow.id, LinkRow.active, ShareRow.user_id == user_id)
        .exists()
    )


def _has_domain(domains: set[str], ours: Sequence[str]) -> Any:
    address = MailAddressRow.address
    inside = [address.endswith(mark + domain, autoescape=True) for domain in sorted(domains) for mark in "@."]
    return (
        select(MailAddressRow.mail_id)
        .where(MailAddressRow.mail_id == MailRow.id, address.not_in(ours), or_(*inside))
        .exists()
    )


def _ours(session: Session, organisation_id: str) -> list[str]:
    users = session.scalars(select(UserRow.address).where(UserRow.organisation_id == organisation_id)).all()
    boxes = session.scalars(select(MailboxRow.addresses).where(MailboxRow.organisation_id == organisation_id)).all()
    return [*users, *(address for addresses in boxes for address in addresses)]


def _view(row: BackupRow) -> Backup:
    return Backup(
        row.id, row.user_id, row.path, row.state, row.mails, row.size_bytes, row.sha256, row.problem, row.created_at,
        row.finished_at,
    )  # fmt: skip
