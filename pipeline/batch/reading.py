"""The mails of one part, from its files or from the product's database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.batch.parts import Part, Piece
from pipeline.errors import Conflict
from pipeline.ingest.files import Place, checked, entries
from pipeline.records import RawMail

FETCH_MAILS = 50


@dataclass(frozen=True, slots=True)
class Database:
    """The product's database as a source: its URL, and the user for whom it is read."""

    url: str
    reader_id: str


def read(part: Part, max_mail_bytes: int, database: Database | None = None) -> Iterator[RawMail]:
    """The mails of a part in order; what cannot be read travels with its failure.

    Stored mails are asked for anew: one that was removed since, or that the user may no longer see, is left out.

    Raises: Conflict where a file is not the one that was planned.
    """
    for piece in part.pieces:
        yield from _of_file(piece, max_mail_bytes)
    if part.mail_ids:
        assert database is not None
        yield from _stored(database, part.mail_ids, max_mail_bytes)


def _of_file(piece: Piece, max_mail_bytes: int) -> Iterator[RawMail]:
    _require_unchanged(piece)
    for entry in entries([piece.file], max_mail_bytes, Place(0, piece.number, piece.offset)):
        yield entry.mail
        if entry.place.file or entry.place.number >= piece.until:
            return


def _require_unchanged(piece: Piece) -> None:
    file = piece.file
    try:
        status = file.path.stat()
    except OSError:
        return  # reading it says what is wrong
    if (status.st_size, status.st_mtime_ns) != (file.size_bytes, file.modified_ns) and file.modified_ns:
        raise Conflict(f"{file.path} has changed since the job was planned. Start the job again with --restart.")


def _stored(database: Database, mail_ids: Sequence[str], max_mail_bytes: int) -> Iterator[RawMail]:
    from pipeline.store.engine import open_engine, sessions
    from pipeline.store.mail.originals import originals
    from pipeline.store.organisation.people import get_user

    engine = open_engine(database.url)
    factory = sessions(engine)
    try:
        for at in range(0, len(mail_ids), FETCH_MAILS):
            with factory.begin() as session:
                reader = get_user(session, database.reader_id)
                found = originals(session, reader, mail_ids[at : at + FETCH_MAILS])
            yield from (checked(mail_id, raw, max_mail_bytes) for mail_id, raw in found)
    finally:
        engine.dispose()
