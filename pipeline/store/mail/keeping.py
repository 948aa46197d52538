"""What of a mail is kept: all, or where its organisation has no room left its headers and what was found in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.records import Message
from pipeline.store.mail import quota
from pipeline.store.mail.quota import Content
from pipeline.store.tables import CopyRow, QuotaWaitingRow


def content_hash(raw: bytes) -> str:
    """SHA-256 of what a mail's copies share, in hex: the body, with line ends and trailing blank lines made equal.

    Headers differ between mailboxes (Received, Delivered-To), so they do not count.
    """
    return hashlib.sha256(_body(raw)).hexdigest()


def has_room(
    session: Session,
    organisation_id: str,
    mailbox_id: str,
    mail_id: str,
    raw: bytes,
    message: Message | None,
    now: datetime,
    *,
    new_mail: bool,
) -> bool:
    """Count the body of a mail that a mailbox brings, and tell whether it may be kept; a copy known here may."""
    if not new_mail and _has_copy(session, mailbox_id, mail_id) and not quota.is_waiting(session, mailbox_id, mail_id):
        return True
    body = _body(raw)
    sizes = [attachment.size_bytes for attachment in message.attachments] if message else []
    content = Content(hashlib.sha256(body).hexdigest(), len(body), sizes)
    if quota.charge(session, organisation_id, mailbox_id, content, now):
        return True
    quota.wait(session, mailbox_id, mail_id, len(body), now)
    return False


def catch_up(session: Session, mailbox_id: str, mail_id: str, raw_sha256: str) -> None:
    """Give a copy that waited for room the bytes that came now."""
    here = (CopyRow.mailbox_id == mailbox_id) & (CopyRow.mail_id == mail_id)
    session.execute(update(CopyRow).where(here).values(raw_sha256=raw_sha256))
    quota.end_wait(session, mailbox_id, mail_id)


def waits_somewhere(session: Session, mail_id: str) -> bool:
    """Whether the body of this mail waits for room in any mailbox, so that its document may be without text."""
    query = select(QuotaWaitingRow.mail_id).where(QuotaWaitingRow.mail_id == mail_id)
    return session.scalar(query.limit(1)) is not None


def headers_only(raw: bytes) -> bytes:
    """The header section of a mail with the empty line that ends it."""
    ends = [end + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (end := raw.find(mark)) >= 0]
    return raw[: min(ends)] if ends and not raw.startswith((b"\r\n", b"\n")) else b"" if ends else raw


def without_text(document: Mapping[str, Any]) -> dict[str, Any]:
    """The insight document of a mail whose body is not kept: what was found stays, with the sentences that show it."""
    return {**document, "text": None, "segments": []}


def _has_copy(session: Session, mailbox_id: str, mail_id: str) -> bool:
    here = (CopyRow.mailbox_id == mailbox_id) & (CopyRow.mail_id == mail_id)
    return session.scalar(select(CopyRow.mail_id).where(here)) is not None


def _body(raw: bytes) -> bytes:
    lines = raw.replace(b"\r\n", b"\n")
    _, _, body = (b"\n" + lines).partition(b"\n\n")
    return body.rstrip(b"\n")
