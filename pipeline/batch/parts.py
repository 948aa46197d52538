"""What a job reads, cut into parts: small descriptors that any process with the same files can read on its own.

Planning opens mbox files once to find where their mails begin, and Parquet files for their number of rows; all other
files are one mail each. The same inputs always give the same parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.ingest import mbox, parquet
from pipeline.ingest.folders import MailFile
from pipeline.ingest.problems import Problem
from pipeline.ingest.streams import opened

PART_MAILS = 1000
PART_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of mails in one file: those after the first ``number``, up to and with number ``until``.

    ``offset`` is where the first of them begins in an mbox, in unpacked bytes. ``size_bytes`` is their share of the
    file, for progress and for the size of parts.
    """

    file: MailFile
    number: int
    offset: int
    until: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one output file is made of: pieces of files, or ids of stored mails. ``number`` counts from 0."""

    number: int
    pieces: tuple[Piece, ...] = ()
    mail_ids: tuple[str, ...] = ()

    @property
    def mails(self) -> int:
        """How many mails it is expected to hold; a damaged file may hold fewer."""
        return len(self.mail_ids) + sum(piece.until - piece.number for piece in self.pieces)


def plan(
    files: Iterable[MailFile],
    max_mail_bytes: int,
    part_mails: int = PART_MAILS,
    limit: int | None = None,
    notify: Callable[[int], None] = lambda _: None,
) -> Iterator[Part]:
    """Parts of at most ``part_mails`` mails, in the order of the input; ``limit`` counts mails from its beginning.

    ``notify`` hears how many bytes more have been looked at.
    """
    number, pieces, mails, size = 0, list[Piece](), 0, 0
    for piece in _limited(_pieces(files, max_mail_bytes, part_mails, notify), limit):
        count = piece.until - piece.number
        if pieces and (mails + count > part_mails or size + piece.size_bytes > PART_BYTES):
            yield Part(number, tuple(pieces))
            number, pieces, mails, size = number + 1, [], 0, 0
        pieces.append(piece)
        mails, size = mails + count, size + piece.size_bytes
    if pieces:
        yield Part(number, tuple(pieces))


def plan_ids(mail_ids: Sequence[str], part_mails: int = PART_MAILS) -> Iterator[Part]:
    """Parts of stored mails."""
    for number, at in enumerate(range(0, len(mail_ids), part_mails)):
        yield Part(number, mail_ids=tuple(mail_ids[at : at + part_mails]))


def to_json(part: Part) -> dict[str, Any]:
    """A part as plain JSON values."""
    if part.mail_ids:
        return {"number": part.number, "mail_ids": list(part.mail_ids)}
    pieces = [
        [str(p.file.path), p.file.name, p.file.format, p.file.size_bytes, p.file.modified_ns,
         p.number, p.offset, p.until, p.size_bytes]
        for p in part.pieces
    ]  # fmt: skip
    return {"number": part.number, "pieces": pieces}


def from_json(value: dict[str, Any]) -> Part:
    """The part that ``to_json`` wrote."""
    pieces = tuple(
        Piece(MailFile(Path(path), name, kind, size, modified), number, offset, until, share)
        for path, name, kind, size, modified, number, offset, until, share in value.get("pieces", ())
    )
    return Part(value["number"], pieces, tuple(value.get("mail_ids", ())))


def _limited(pieces: Iterable[Piece], limit: int | None) -> Iterator[Piece]:
    left = limit
    for piece in pieces:
        if left is None:
            yield piece
            continue
        count = min(left, piece.until - piece.number)
        if count:
            yield Piece(piece.file, piece.number, piece.offset, piece.number + count, piece.size_bytes)
        left -= count
        if not left:
            return


def _pieces(
    files: Iterable[MailFile], max_mail_bytes: int, part_mails: int, notify: Callable[[int], None]
) -> Iterator[Piece]:
    for file in files:
        if file.format == "mbox":
            yield from _of_mbox(file, max_mail_bytes, part_mails, notify)
        elif file.format == "parquet":
            yield from _of_parquet(file, part_mails)
            notify(file.size_bytes)
        else:
            yield Piece(file, 0, 0, 1, file.size_bytes)
            notify(file.size_bytes)


def _of_mbox(file: MailFile, max_mail_bytes: int, part_mails: int, notify: Callable[[int], None]) -> Iterator[Piece]:
    """Runs of mails. Where the file breaks off, the last run holds one mail more: the one that tells it."""
    begin, number, offset, end, packed = 0, 0, 0, 0, 0
    try:
        with opened(file.path) as stream:
            for mail in mbox.split(stream, max_mail_bytes):
                number, end = number + 1, mail.end
                if number - begin == part_mails or end - offset > PART_BYTES:
                    yield Piece(file, begin, offset, number, stream.packed_bytes - packed)
                    notify(stream.packed_bytes - packed)
                    begin, offset, packed = number, end, stream.packed_bytes
    except Problem:
        number += 1
    if number > begin or not number:
        yield Piece(file, begin, offset, max(number, 1), max(file.size_bytes - packed, 0))
    notify(max(file.size_bytes - packed, 0))


def _of_parquet(file: MailFile, part_mails: int) -> Iterator[Piece]:
    try:
        count = max(parquet.count(file.path), 1) if file.size_bytes else 1
    except Problem:
        count = 1
    for begin in range(0, count, part_mails):
        until = min(begin + part_mails, count)
        yield Piece(file, begin, 0, until, file.size_bytes * (until - begin) // count)
