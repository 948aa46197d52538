"""Making a backup of a user's mail, and bringing one back into this or another installation without doubling a mail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.backup import SavedMail, SavedMailbox, check_backup, read_mails, write_backup
from pipeline.ingest.filing import Filing, file_mail
from pipeline.records import Dossier, RawMail
from pipeline.store.access import sharing
from pipeline.store.engine import transact
from pipeline.store.mail import backups
from pipeline.store.mail.backups import Backup
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rules.mail_filters import Mark, add_marks
from pipeline.store.sync import accounts, folders, mailboxes
from pipeline.store.sync.mailboxes import Mailbox

_AT_ONCE = 32


class Reader(Protocol):
    """What reads a mail before it is stored (``pipeline.scoring.Scorer``)."""

    def dossiers(self, mails: Sequence[RawMail]) -> list[Dossier]:
        """What was found in each mail."""

    def document(self, dossier: Dossier) -> dict[str, object]:
        """The insight document."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: mails of the backup, and those of them that were there already or are not to be there."""

    mails: int
    stored: int


def make_backup(
    factory: sessionmaker[Session], backup: Backup, user: User, organisation: str, now: Callable[[], datetime]
) -> Backup:
    """Write a backup that was begun, and note that it is done, or why it failed.

    Raises: errors.Error; OSError where the disk does not take it.
    """
    about = {
        "created_at": now().isoformat(), "organisation": organisation,
        "user": {
            "address": user.address, "name": user.name, "language": user.language, "timezone": user.timezone,
            "sharing": transact(factory, lambda session: sharing.mode_of(session, user.id)),
        },
    }  # fmt: skip
    own = transact(factory, lambda session: mailboxes.mailboxes_of(session, user))
    try:
        written = write_backup(Path(backup.path), about, (_saved(factory, user, mailbox) for mailbox in own))
    except (OSError, errors.Error) as error:
        problem = type(error).__name__
        transact(factory, lambda session: backups.fail(session, backup.id, problem, now()))
        raise
    return transact(
        factory,
        lambda s: backups.finish(s, backup.id, written.mails, written.size_bytes, written.sha256, now()),
    )


def restore(
    factory: sessionmaker[Session],
    organisation_id: str,
    folder: Path,
    reader: Callable[[Sequence[str]], Reader],
    now: Callable[[], datetime],
    notify: Callable[[int], None] = lambda _: None,
) -> Restored:
    """Bring a backup back; its user is made where there is none, deactivated and sharing as before.

    Raises: errors.SourceError where the backup is not complete or damaged; then nothing is brought back.
    """
    manifest = check_backup(folder)
    user = transact(factory, lambda session: _user(session, organisation_id, manifest["user"], now()))
    mails = stored = 0
    for saved in manifest["mailboxes"]:
        mailbox = transact(factory, lambda s, saved=saved: _mailbox(s, organisation_id, saved, user, now()))  # type: ignore[misc]
        reading = reader(mailbox.addresses)
        for batch in _batches(read_mails(folder, saved)):
            stored += _bring_back(factory, mailbox, reading, batch, now)
            mails += len(batch)
            notify(mails)
    detail = {"mails": mails, "stored": stored}
    transact(factory, lambda s: record_action(s, organisation_id, None, "backup.restore", user.id, now(), detail))
    return Restored(mails, stored)


def _saved(factory: sessionmaker[Session], user: User, mailbox: Mailbox) -> SavedMailbox:
    def mails() -> Iterator[SavedMail]:
        ids = transact(factory, lambda session: backups.shared_copies(session, user, mailbox.id))
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            yield from transact(factory, lambda session, some=some: backups.saved_mails(session, mailbox.id, some))  # type: ignore[misc]

    return SavedMailbox(mailbox.name, mailbox.addresses, mailbox.protocol, mails())


def _bring_back(
    factory: sessionmaker[Session],
    mailbox: Mailbox,
    reading: Reader,
    batch: Sequence[SavedMail],
    now: Callable[[], datetime],
) -> int:
    dossiers = reading.dossiers([RawMail(mail.source, mail.raw) for mail in batch])
    documents = [reading.document(dossier) for dossier in dossiers]

    def work(session: Session) -> int:
        fresh = 0
        for mail, dossier, document in zip(batch, dossiers, documents, strict=True):
            sender = people.find_user(session, mail.sent_by) if mail.sent_by else None
            sent_by = sender.id if sender and sender.organisation_id == mailbox.organisation_id else None
            fresh += file_mail(session, Filing(mailbox), dossier, document, now(), sent_by=sent_by)
        _place(session, mailbox, batch, now())
        return fresh

    return transact(factory, work)


def _place(session: Session, mailbox: Mailbox, batch: Sequence[SavedMail], now: datetime) -> None:
    """Marks; and folders with flags, unless a server tells of its own."""
    has_server = mailbox.id in accounts.find_accounts(session, mailbox.organisation_id)
    for mail in batch:
        sha256 = hashlib.sha256(mail.raw).hexdigest()
        mail_id = backups.find_copy(session, mailbox.id, sha256)
        if mail_id is None:
            continue
        add_marks(session, mailbox.id, mail_id, [Mark(kind, value) for kind, value in mail.marks], now)
        for place in () if has_server else mail.places:
            folder = folders.put_folder(session, mailbox.id, place.folder, place.role, True)
            stored = folders.Place(f"restored-{sha256[:32]}", "stored", None, sha256, frozenset(place.flags))
            folders.save_places(session, folder.id, [stored])


def _user(session: Session, organisation_id: str, saved: Mapping[str, Any], now: datetime) -> User:
    """The user of the backup as they are, or made as they were: gone, with a backup of what they shared."""
    known = people.find_user(session, saved["address"])
    if known is not None and known.organisation_id == organisation_id:
        return known
    user = people.create_user(
        session, organisation_id, saved["address"], saved["name"], now,
        language=saved["language"], timezone=saved["timezone"],
    )  # fmt: skip
    sharing.choose_mode(session, user, saved["sharing"], now)
    sharing.note_backup(session, user.id, now)
    return people.set_active(session, user.id, False)


def _mailbox(session: Session, organisation_id: str, saved: Mapping[str, Any], user: User, now: datetime) -> Mailbox:
    found = mailboxes.find_mailbox(session, organisation_id, saved["name"])
    if found is None:
        found = mailboxes.create_mailbox(
            session, organisation_id, saved["name"], saved["addresses"], now, saved["protocol"]
        )
        mailboxes.assign_mailbox(session, found.id, user.id)
    return found


def _batches(mails: Iterator[SavedMail]) -> Iterator[list[SavedMail]]:
    while batch := list(islice(mails, _AT_ONCE)):
        yield batch
