"""Carries out a sync of one mailbox: the engine decides, a source fetches, and each step is stored in one transaction.

A transaction holds the bytes of mails, what is known of their places, and the lease of whoever syncs. So a process
that is killed anywhere loses nothing, and two workers cannot both write. Reading them follows (``ingest.reading``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from pipeline.accounts.folders import UNREAD_ROLES, is_wanted, role_of
from pipeline.ingest import protocol, sync
from pipeline.ingest.database_errors import explained
from pipeline.ingest.files import MAX_MAIL_BYTES
from pipeline.ingest.filing import Filing
from pipeline.ingest.protocol import Cursor, Known, Rules
from pipeline.ingest.sources import Arrived, RemoteFolder, Source, Status
from pipeline.ingest.sync import FolderSync
from pipeline.records import Dossier, RawMail
from pipeline.store.engine import transact
from pipeline.store.mail.storing import store_contents
from pipeline.store.sync import accounts, folders
from pipeline.store.sync.folders import FIRST_SYNC, Folder, Place

STORE_MAILS = 200
THOROUGH_EVERY = timedelta(hours=24)

Score = Callable[[Sequence[RawMail]], list[Dossier]]
Document = Callable[[Dossier], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Syncer:
    """Everything a sync needs beside the server: where to, how to score, what time it is, and who it is."""

    factory: sessionmaker[Session]
    filing: Filing
    owner: str
    score: Score
    document: Document
    now: Callable[[], datetime]
    since: date | None = None
    leave_on_server: bool = True
    max_mail_bytes: int = MAX_MAIL_BYTES


@dataclass(frozen=True, slots=True)
class Step:
    """What a progress bar is told: of a folder, how many mails are dealt with of how many on the server."""

    folder: str
    done: int
    total: int


Notify = Callable[[Step], None]


def update_folders(syncer: Syncer, remote: Sequence[RemoteFolder]) -> list[Folder]:
    """Learn which folders the server has: new ones by their role, vanished ones are forgotten; the wanted ones.

    A renamed folder is one that vanished and one that appeared: its mail is known by content, and not stored again.
    A vanished one with mail that waits to be read stays until that is done.
    """

    def work(session: Session) -> list[Folder]:
        mailbox_id = syncer.filing.mailbox.id
        accounts.hold_lease(session, mailbox_id, syncer.owner, syncer.now())
        names = {each.name for each in remote}
        found = []
        for known in folders.list_folders(session, mailbox_id):
            if known.name not in names and not folders.remove_read(session, known.id):
                found.append(replace(known, wanted=True))
        for each in remote:
            role = role_of(each.name, each.flags, each.delimiter)
            found.append(folders.put_folder(session, mailbox_id, each.name, role, is_wanted(role)))
        return sorted((folder for folder in found if folder.wanted), key=lambda folder: folder.role != "inbox")

    with explained():
        return transact(syncer.factory, work)


def sync_folder(
    syncer: Syncer, source: Source, folder: Folder, look: sync.Look = "usual", notify: Notify = lambda _: None
) -> None:
    """Sync one folder; a fetch of the next batch never begins before the last one is stored.

    Raises: accounts.troubles.Trouble where the server fails; errors.Conflict where the lease is lost.
    """
    with explained():
        run = _FolderRun(syncer, source, folder, look, notify)
        queue = run.engine.start()
        while queue:
            command = queue.pop(0)
            for event in run.perform(command):
                queue += run.engine.receive(event)
        if run.engine.state is sync.State.GONE:
            run.transact(lambda session: folders.remove_read(session, folder.id))


def is_unchanged(folder: Folder, status: Status | None, now: datetime) -> bool:
    """Whether a folder need not even be opened: by its MODSEQ and count nothing happened since the last sync.

    A server may err in this; so every folder is listed whole once a day all the same.
    """
    if folder.listed_at is None or now - folder.listed_at > THOROUGH_EVERY or not folder.modseq:
        return False
    return status == Status(folder.exists, folder.uidvalidity, folder.modseq)


class _FolderRun:
    """One sync of one folder: the engine's commands against source and store."""

    def __init__(self, syncer: Syncer, source: Source, folder: Folder, look: sync.Look, notify: Notify) -> None:
        self._syncer, self._source, self._folder, self._notify = syncer, source, folder, notify
        known = transact(syncer.factory, lambda session: folders.known_places(session, folder.id))
        now = syncer.now()
        if folder.listed_at is None or now - folder.listed_at > THOROUGH_EVERY:
            look = "thorough"
        self._listed_at = now if look == "thorough" else folder.listed_at
        self._exists = 0
        self.engine = FolderSync(
            Cursor(folder.uidvalidity, folder.modseq, folder.last_uid, folder.resets, folder.token),
            {server_id: Known(flags, stored) for server_id, (flags, stored) in known.items()},
            Rules(syncer.since, syncer.max_mail_bytes, not syncer.leave_on_server),
            look,
        )

    def perform(self, command: protocol.Command) -> Iterator[protocol.Event]:
        """Carry out a command and tell what happened."""
        folder_id = self._folder.id
        match command:
            case protocol.Open():
                opened = self._source.open(self._folder.name, command.cursor)
                self._exists = (opened.exists or 0) if isinstance(opened, protocol.Opened) else 0
                if self._folder.synced_at is None and self._exists:
                    self.transact(lambda session: folders.note_exists(session, folder_id, self._exists))
                yield opened
            case protocol.ListChanges():
                yield self._source.changes(command.since)
            case protocol.ListItems():
                yield self._source.survey(command)
            case protocol.Fetch():
                yield from self._fetch(command)
            case protocol.Restart():
                self.transact(lambda session: folders.restart_folder(session, folder_id, _columns(command.cursor)))
            case protocol.Forget():
                self.transact(lambda session: folders.forget_places(session, folder_id, command.ids))
            case protocol.Mark():
                self.transact(lambda session: folders.mark_places(session, folder_id, command.flags))
            case protocol.Refuse():
                refused = [Place(each, command.outcome, command.reason) for each in command.ids]
                self.transact(lambda session: folders.save_places(session, folder_id, refused))
            case protocol.Delete():
                self._source.delete(command.ids)
            case protocol.Finish():
                self._finish(command)

    def transact(self, work: Callable[[Session], Any]) -> Any:
        """Run work in a transaction that holds only while this worker has the lease."""
        syncer = self._syncer

        def leased(session: Session) -> Any:
            accounts.hold_lease(session, syncer.filing.mailbox.id, syncer.owner, syncer.now())
            return work(session)

        return transact(syncer.factory, leased)

    def _finish(self, command: protocol.Finish) -> None:
        values = {
            "exists": self._exists, "missing": command.missing, "problem": command.problem,
            "listed_at": self._listed_at,
        }  # fmt: skip
        columns, now = _columns(command.cursor), self._syncer.now()
        self.transact(lambda session: folders.finish_folder(session, self._folder.id, columns, now, **values))

    def _fetch(self, command: protocol.Fetch) -> Iterator[protocol.Event]:
        for mails in _portions(self._source.fetch(command.ids)):
            yield protocol.Stored(tuple(place.server_id for place in self._store(mails)))
            self._notify(Step(self._folder.name, len(self.engine.known), max(self._exists, len(self.engine.known))))
        yield protocol.FetchEnded(command.ids)

    def _store(self, mails: Sequence[Arrived]) -> list[Place]:
        """Keep the bytes and the places of mails in one transaction; reading them comes later (``reading``)."""
        contents = {hashlib.sha256(mail.raw).hexdigest(): mail.raw for mail in mails}
        read = self._folder.role not in UNREAD_ROLES
        first = FIRST_SYNC if self._folder.synced_at is None else None
        outcome, reason = ("waiting", first) if read else ("skipped", self._folder.role)
        places = [
            Place(mail.id, outcome, reason, hashlib.sha256(mail.raw).hexdigest(), mail.flags)  # type: ignore[arg-type]
            for mail in mails
        ]

        def work(session: Session) -> None:
            store_contents(session, contents)
            folders.save_places(session, self._folder.id, places)

        self.transact(work)
        return places


def _columns(cursor: Cursor) -> dict[str, Any]:
    return asdict(cursor)


def _portions(mails: Iterable[Arrived]) -> Iterator[list[Arrived]]:
    """Mails in portions that one transaction stores, small enough that progress shows and no lease runs out."""
    portion: list[Arrived] = []
    for mail in mails:
        portion.append(mail)
        if len(portion) == STORE_MAILS:
            yield portion
            portion = []
    if portion:
        yield portion
