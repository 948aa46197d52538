"""Mail from files: ``.eml``, folders, Maildir, mbox, gzip of these, and Parquet with a column ``raw``.

Nothing stops the reading: what cannot be fetched travels as an empty mail with its failure. Memory stays at one
mail, whatever the size of the files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.ingest import mbox, parquet
from pipeline.ingest.folders import Format, MailFile, find
from pipeline.ingest.problems import Problem, failed
from pipeline.ingest.streams import Stream, opened
from pipeline.records import RawMail

MAX_MAIL_BYTES = 25_000_000
_OUTLOOK_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """How far reading has come: files before ``file`` are done, and of that one ``number`` mails.

    ``offset`` is where the next mail of an mbox begins, in unpacked bytes. ``done_bytes`` counts towards
    ``folders.total_bytes``.
    """

    file: int = 0
    number: int = 0
    offset: int = 0
    done_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A mail and the place behind it, from which reading may go on another day."""

    mail: RawMail
    place: Place


def read(paths: Iterable[Path], max_mail_bytes: int = MAX_MAIL_BYTES) -> Iterator[RawMail]:
    """All mails at the given paths, in order; a mail larger than ``max_mail_bytes`` only with its failure.

    Raises: SourceError at once where a path does not exist.
    """
    files = find(paths)
    return (entry.mail for entry in entries(files, max_mail_bytes))


def entries(
    files: Sequence[MailFile], max_mail_bytes: int = MAX_MAIL_BYTES, after: Place | None = None
) -> Iterator[Entry]:
    """The mails of the files with their places, beginning behind ``after``."""
    begin = after or Place()
    before_bytes = sum(file.size_bytes for file in files[: begin.file])
    for index, file in enumerate(files[begin.file :], begin.file):
        number, offset = (begin.number, begin.offset) if index == begin.file else (0, 0)
        read = _READERS[file.format]
        try:
            for found in read(file, number, offset, max_mail_bytes):
                number = found.number
                yield Entry(found.mail, Place(index, number, found.offset, before_bytes + found.read_bytes))
        except Problem as problem:
            source = file.name if file.format == "eml" else f"{file.name}#{number + 1}"
            yield Entry(failed(source, problem.code), Place(index + 1, 0, 0, before_bytes + file.size_bytes))
        before_bytes += file.size_bytes


class _Found(NamedTuple):
    """A mail, its number in the file, and the offset and share of the file behind it."""

    mail: RawMail
    number: int
    offset: int
    read_bytes: int


def _single(file: MailFile, number: int, offset: int, limit: int) -> Iterator[_Found]:
    if not number:
        with opened(file.path) as stream:
            raw = _whole(stream, limit)
        yield _Found(checked(file.name, raw, limit), 1, 0, file.size_bytes)


def _whole(stream: Stream, limit: int) -> bytes:
    """The file up to just over the limit, without an mbox's ``From `` line that some programs leave on top."""
    raw = stream.read(limit + 1)
    if raw.startswith(b"From ") and b"\n" in raw[:1000]:
        raw = raw[raw.index(b"\n") + 1 :] + stream.read(1000)
    return raw


def _mbox(file: MailFile, number: int, offset: int, limit: int) -> Iterator[_Found]:
    with opened(file.path) as stream:
        for piece in mbox.split(stream, limit, offset):
            number += 1
            source = f"{file.name}#{number}"
            mail = failed(source, "too_large") if piece.raw is None else checked(source, piece.raw, limit)
            yield _Found(mail, number, piece.end, min(stream.packed_bytes, file.size_bytes))
    if not number:
        raise Problem("empty")


def _parquet(file: MailFile, number: int, offset: int, limit: int) -> Iterator[_Found]:
    if not file.size_bytes:
        raise Problem("empty")
    for row, share, raw in parquet.rows(file.path, number):
        source = f"{file.name}#{row}"
        mail = failed(source, raw.code) if isinstance(raw, Problem) else checked(source, raw, limit)
        yield _Found(mail, row, 0, int(share * file.size_bytes))


_READERS: dict[Format, Callable[[MailFile, int, int, int], Iterator[_Found]]] = {
    "eml": _single,
    "mbox": _mbox,
    "parquet": _parquet,
}


def checked(source: str, raw: bytes, max_mail_bytes: int) -> RawMail:
    """A mail of these bytes, or its failure where they are empty, too many, or no mail at all."""
    if not raw.strip():
        return failed(source, "empty")
    if len(raw) > max_mail_bytes:
        return failed(source, "too_large")
    if raw.startswith(_OUTLOOK_MAGIC):
        return failed(source, "outlook_msg")
    return failed(source, "not_a_mail") if _is_binary(raw[:_HEAD_BYTES]) else RawMail(source, raw)


def _is_binary(head: bytes) -> bool:
    """Whether this is neither a mail nor text: no header field on top, and many control characters."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return not _HEADER.match(first) and _controls(head) * 100 > len(head)


def _controls(head: bytes) -> int:
    # ESC belongs to ISO-2022-JP; tab, line feed, form feed and carriage return to any text.
    return sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
