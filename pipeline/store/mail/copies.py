"""The copy of a mail that a reader gets: their own, or what is meant for all of somebody else's."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.access.visibility import own_copies
from pipeline.store.organisation.people import User
from pipeline.store.tables import CopyRow, MailboxAssignmentRow, MailboxRow, RawContentRow

# Of another person's copy only these headers, and Content-*, are shown: Bcc, Delivered-To and Received are theirs.
_SHARED_HEADERS = frozenset(b"mime-version from to cc reply-to subject date message-id in-reply-to references".split())
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?")


@dataclass(frozen=True, slots=True)
class Copy:
    """Bytes, source and direction of a copy; ``mailboxes`` names those of the reader that hold the mail.

    Of a colleague's copy ``source`` is empty, and the bytes lack the headers that are not for others.
    """

    raw: bytes
    source: str
    direction: str
    mailboxes: tuple[str, ...]


def copy_for(session: Session, reader: User, mail_id: str) -> Copy:
    """The reader's first copy of a mail that they may see, else a colleague's."""
    query = (
        select(CopyRow, MailboxRow.name, RawContentRow.compressed)
        .join(MailboxRow, MailboxRow.id == CopyRow.mailbox_id)
        .join(RawContentRow, RawContentRow.sha256 == CopyRow.raw_sha256)
        .where(CopyRow.mail_id == mail_id)
        .order_by(CopyRow.imported_at, CopyRow.mailbox_id)
    )
    own = session.execute(query.where(own_copies(reader))).all()
    if own:
        copy, _, compressed = own[0]
        names = tuple(name for _, name, _ in own)
        return Copy(zlib.decompress(compressed), copy.source, copy.direction, names)
    owned = select(MailboxAssignmentRow.mailbox_id)
    copy, _, compressed = session.execute(query.where(CopyRow.mailbox_id.in_(owned)).limit(1)).one()
    return Copy(for_others(zlib.decompress(compressed)), "", copy.direction, ())


def for_others(raw: bytes) -> bytes:
    """The bytes of a mail without the headers that only the mailbox's owner should see."""
    kept, at, keep = [], 0, False
    while at < len(raw):
        found = _LINE.match(raw, at)
        line = found.group() if found else b""
        if not line.strip(b"\r\n"):
            break
        if line[:1] not in b" \t":
            name = line.partition(b":")[0].strip().lower()
            keep = name in _SHARED_HEADERS or name.startswith(b"content-")
        kept += [line] if keep else []
        at += len(line)
    return b"".join(kept) + raw[at:]
