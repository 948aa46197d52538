"""Reads what a sync has fetched: scored in batches, filed like an import, each batch in one transaction.

The bytes are durable already, so the connection to the server need not wait for it, and a kill costs one batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.ingest.database_errors import explained, is_systemic
from pipeline.ingest.files import checked
from pipeline.ingest.filing import file_mail
from pipeline.ingest.syncing import Notify, Step, Syncer
from pipeline.records import Dossier
from pipeline.store.engine import transact
from pipeline.store.sync import accounts, waiting
from pipeline.store.sync.folders import Folder
from pipeline.store.sync.waiting import Waiting

BATCH_MAILS = 32


def read_folder(syncer: Syncer, folder: Folder, notify: Notify = lambda _: None) -> int:
    """Score and file all mail of a folder that waits for it, and tell how many mails that was."""
    done = 0
    with explained():
        total = transact(syncer.factory, lambda session: waiting.count_waiting(session, folder.id))
        while batch := transact(syncer.factory, lambda session: waiting.next_waiting(session, folder.id, BATCH_MAILS)):
            _read(syncer, folder, batch)
            done += len(batch)
            notify(Step(folder.name, done, max(total, done)))
    return done


def _read(syncer: Syncer, folder: Folder, batch: Sequence[Waiting]) -> None:
    """File a batch; where the database refuses one mail, mail by mail."""
    batch = _unread(syncer, folder, batch)
    mails = [checked(f"{folder.name}/{each.server_id}", each.raw, syncer.max_mail_bytes) for each in batch]
    dossiers = syncer.score(mails)
    documents = [syncer.document(dossier) for dossier in dossiers]
    rows = list(zip(batch, dossiers, documents, strict=True))
    for some in ([rows], [[row] for row in rows]):
        try:
            for each in some:
                _file(syncer, folder, each)
            return
        except Exception as error:
            if isinstance(error, errors.Error) or is_systemic(error):
                raise
    for row in rows:
        _file_or_refuse(syncer, folder, row)


def _unread(syncer: Syncer, folder: Folder, batch: Sequence[Waiting]) -> list[Waiting]:
    """The mails of a batch but those that this mailbox has byte by byte, as after a folder was renamed."""

    mailbox_id, hashes = syncer.filing.mailbox.id, [each.sha256 for each in batch]
    filed = transact(syncer.factory, lambda session: waiting.already_filed(session, mailbox_id, hashes))

    def work(session: Session) -> None:
        accounts.hold_lease(session, mailbox_id, syncer.owner, syncer.now())
        for each in batch:
            if each.sha256 in filed:
                waiting.settle(session, folder.id, each, "already_there")

    if filed:
        transact(syncer.factory, work)
    return [each for each in batch if each.sha256 not in filed]


_Row = tuple[Waiting, Dossier, Mapping[str, Any]]


def _file_or_refuse(syncer: Syncer, folder: Folder, row: _Row) -> None:
    try:
        _file(syncer, folder, [row])
    except Exception as error:
        if isinstance(error, errors.Error) or is_systemic(error):
            raise
        _file(syncer, folder, [row], refused=True)


def _file(syncer: Syncer, folder: Folder, rows: Sequence[_Row], *, refused: bool = False) -> None:
    def work(session: Session) -> None:
        now = syncer.now()
        accounts.hold_lease(session, syncer.filing.mailbox.id, syncer.owner, now)
        for each, dossier, document in rows:
            failure = dossier.mail.failure
            if refused or failure is not None:
                reason = failure.code if failure else "not_stored"
                waiting.settle(session, folder.id, each, "failed", reason)
                continue
            filing = replace(syncer.filing, live=each.is_news)
            new = file_mail(session, filing, dossier, document, now)
            waiting.settle(session, folder.id, each, "stored" if new else "already_there")

    transact(syncer.factory, work)
