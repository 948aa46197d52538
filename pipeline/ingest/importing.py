"""Mail from files into the store: resumable, each mail once, with its links and suggestions.

Mails are scored in batches outside any transaction. Then one short transaction stores a batch, what follows from
it, and the checkpoint: all of it holds or none. So a process that is killed anywhere loses nothing and stores
nothing twice, and its counts stay true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.ingest.database_errors import explained, is_systemic
from pipeline.ingest.files import MAX_MAIL_BYTES, Entry, Place, entries
from pipeline.ingest.filing import Filing, file_mail
from pipeline.ingest.folders import find, total_bytes
from pipeline.ingest.progress import Counts, Position
from pipeline.ingest.skipping import skip_reason
from pipeline.records import Dossier, Failure, RawMail
from pipeline.store.engine import transact
from pipeline.store.sync.mailboxes import get_checkpoint, save_checkpoint

BATCH_MAILS = 32
BATCH_BYTES = 8_000_000
MAX_LISTED = 1000
NOT_STORED = "The database refused this mail. It is left out; please report it with the mail's source."

Score = Callable[[Sequence[RawMail]], list[Dossier]]
Document = Callable[[Dossier], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Importer:
    """Everything an import needs beside the files: where to, how to score, what time it is."""

    factory: sessionmaker[Session]
    filing: Filing
    score: Score
    document: Document
    now: Callable[[], datetime]
    max_mail_bytes: int = MAX_MAIL_BYTES
    batch_mails: int = BATCH_MAILS


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come: counts, and bytes read of how many."""

    counts: Counts
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Report:
    """The end of an import: all counts, and source and failure of mails that failed in this run (at most 1000)."""

    counts: Counts
    failures: tuple[tuple[str, Failure], ...]


def import_files(
    paths: Iterable[Path], importer: Importer, notify: Callable[[Progress], None] = lambda _: None
) -> Report:
    """Import all mails at the given paths into a mailbox, going on where an interrupted import of them stopped.

    A finished import that is run again finds all mails there already. ``notify`` is told after each batch.

    Raises: errors.SourceError where a path does not exist; errors.Error where the database takes nothing more (full
    or busy) and errors.RemoteError where it is gone: all that was reported stored is, and the same call goes on.
    """
    given = list(paths)
    files = find(given)
    run = _Run(importer, "\n".join(str(path.resolve()) for path in given), Position(files))
    total = total_bytes(files)
    with explained():
        place = run.resume()
    notify(Progress(run.counts, place.done_bytes, total))
    for batch in _batches(entries(files, importer.max_mail_bytes, place), importer.batch_mails):
        dossiers = importer.score([entry.mail for entry in batch])
        with explained():
            run.store(batch, dossiers)
        place = batch[-1].place
        notify(Progress(run.counts, place.done_bytes, total))
    with explained():
        run.finish(place)
    return Report(run.counts, tuple(run.failures))


class _Run:
    """One run of an import: the counts so far, and the transactions that move them on."""

    def __init__(self, importer: Importer, source: str, position: Position) -> None:
        self._importer, self._source, self._position = importer, source, position
        self.counts = Counts()
        self.failures: list[tuple[str, Failure]] = []

    def resume(self) -> Place:
        """Take up counts and place of an interrupted run."""
        mailbox_id = self._importer.filing.mailbox.id
        checkpoint = transact(self._importer.factory, lambda s: get_checkpoint(s, mailbox_id, self._source))
        place, self.counts = self._position.resume(checkpoint)
        return place

    def store(self, batch: Sequence[Entry], dossiers: Sequence[Dossier]) -> None:
        """Store a batch and the checkpoint behind it; where the database refuses one mail, mail by mail."""
        try:
            self._commit(batch, dossiers)
        except Exception as error:
            if isinstance(error, errors.Error) or is_systemic(error):
                raise
            if len(batch) > 1:
                for entry, dossier in zip(batch, dossiers, strict=True):
                    self.store([entry], [dossier])
                return
            self._refuse(batch[0])
            return
        for entry, dossier in zip(batch, dossiers, strict=True):
            self._list(entry, *(dossier.failures or filter(None, [entry.mail.failure])))

    def finish(self, place: Place) -> None:
        """Mark the import as finished: the next one of these files begins anew."""
        self._checkpointed(self.counts, place, done=True)

    def _commit(self, batch: Sequence[Entry], dossiers: Sequence[Dossier]) -> None:
        documents = [self._importer.document(dossier) for dossier in dossiers]

        def work(session: Session) -> Counts:
            counts = self.counts
            for dossier, document in zip(dossiers, documents, strict=True):
                counts = counts.plus(*self._file(session, dossier, document))
            self._save(session, counts, batch[-1].place)
            return counts

        self.counts = transact(self._importer.factory, work)

    def _file(self, session: Session, dossier: Dossier, document: Mapping[str, Any]) -> tuple[str, str | None]:
        """What became of one mail, and why where it was not taken in."""
        mail = dossier.mail
        if mail.failure is not None and not mail.raw:
            return "failed", mail.failure.code
        reason = skip_reason(mail.source, dossier.message)
        if reason is not None:
            return "skipped", reason
        new = file_mail(session, self._importer.filing, dossier, document, self._importer.now())
        return ("stored" if new else "already_there"), None

    def _refuse(self, entry: Entry) -> None:
        counts = self.counts.plus("failed", "not_stored")
        self._checkpointed(counts, entry.place)
        self.counts = counts
        self._list(entry, Failure("store", "not_stored", NOT_STORED))

    def _checkpointed(self, counts: Counts, place: Place, *, done: bool = False) -> None:
        transact(self._importer.factory, lambda session: self._save(session, counts, place, done=done))

    def _save(self, session: Session, counts: Counts, place: Place, *, done: bool = False) -> None:
        save_checkpoint(
            session,
            self._importer.filing.mailbox.id,
            self._source,
            self._position.at(place, done=done),
            counts.as_dict(),
            self._importer.now(),
        )

    def _list(self, entry: Entry, *failures: Failure) -> None:
        room = MAX_LISTED - len(self.failures)
        self.failures += [(entry.mail.source, failure) for failure in failures][:room]


def _batches(found: Iterable[Entry], mails: int) -> Iterator[list[Entry]]:
    """Entries in batches of at most ``mails``, fewer where they are large."""
    batch: list[Entry] = []
    size_bytes = 0
    for entry in found:
        batch.append(entry)
        size_bytes += len(entry.mail.raw)
        if len(batch) >= mails or size_bytes > BATCH_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch
