"""Syncs of a test mailbox, mails only parsed: what the tests of servers, chaos and speed run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from pipeline.accounts.account import Account
from pipeline.document import document
from pipeline.ingest.filing import Filing
from pipeline.ingest.imap import ImapSource
from pipeline.ingest.pop3 import Pop3Source
from pipeline.ingest.reading import read_folder
from pipeline.ingest.syncing import Syncer, is_unchanged, sync_folder, update_folders
from pipeline.parse.message import parse
from pipeline.parse.threads import thread_id
from pipeline.records import Dossier, RawMail
from pipeline.store.engine import sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes
from tests.mail_server import PASSWORD


def score(mails: list[RawMail]) -> list[Dossier]:
    """Parse only."""
    return [_dossier(mail) for mail in mails]


def _dossier(mail: RawMail) -> Dossier:
    if mail.failure:
        return Dossier(mail, failures=(mail.failure,))
    message = parse(mail.raw)
    return Dossier(mail, message=message, thread_id=thread_id(message), language="und", direction="in")


def syncer(engine: Engine, user: str, owner: str = "test", **choices: Any) -> Syncer:
    """A syncer of the user's mailbox, which is made where it is missing."""
    factory, now = sessions(engine), datetime.now(UTC)
    with factory.begin() as session:
        organisation_id = people.find_organisation(session, "South") or people.create_organisation(
            session, "South", now
        )
        box = mailboxes.find_mailbox(session, organisation_id, user)
        if box is None:
            box = mailboxes.create_mailbox(session, organisation_id, user, [user], now, "imap")
            accounts.create_account(session, box.id, {}, "", now)
        accounts.take_lease(session, box.id, owner, now)
    return Syncer(
        factory, Filing(box), owner, score, lambda d: document(d, {"pipeline": "test"}), lambda: datetime.now(UTC),
        **choices,
    )  # fmt: skip


def sync(syncer: Syncer, account: Account, look: Any = "usual", read: bool = True) -> ImapSource | Pop3Source:
    """One sync of all folders; the source that did it."""
    source: Any = (ImapSource if account.protocol == "imap" else Pop3Source)(account, PASSWORD)
    try:
        remote = source.folders()
        statuses = {each.name: each.status for each in remote}
        for folder in update_folders(syncer, remote):
            if look == "thorough" or not is_unchanged(folder, statuses.get(folder.name), syncer.now()):
                sync_folder(syncer, source, folder, look)
            if read:
                read_folder(syncer, folder)
    except BaseException:
        source.abandon()
        raise
    source.close()
    return source
