"""The bytes of stored mails, for whoever may see them: to score them again, one by one or in bulk."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.access.visibility import visible
from pipeline.store.mail.copies import for_others
from pipeline.store.organisation.people import User
from pipeline.store.tables import CopyRow, MailboxAssignmentRow, MailRow, QuotaWaitingRow, RawContentRow


def visible_ids(
    session: Session, reader: User, since: datetime | None = None, limit: int | None = None
) -> tuple[str, ...]:
    """Ids of all mail that the reader may see, oldest first; mail whose body is not kept is left out."""
    query = select(MailRow.id).where(visible(session, reader), MailRow.id.not_in(select(QuotaWaitingRow.mail_id)))
    if since is not None:
        query = query.where(MailRow.sorted_at >= since)
    return tuple(session.scalars(query.order_by(MailRow.sorted_at, MailRow.id).limit(limit)))


def originals(session: Session, reader: User, mail_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """Id and bytes of those of the mails that the reader may see, in the given order.

    The bytes are of a copy of their own where they have one, else of a colleague's without the headers that are not
    for others.
    """
    own = select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == reader.id)
    rows = session.execute(
        select(CopyRow.mail_id, CopyRow.mailbox_id.in_(own), RawContentRow.compressed)
        .join(RawContentRow, RawContentRow.sha256 == CopyRow.raw_sha256)
        .join(MailRow, MailRow.id == CopyRow.mail_id)
        .where(CopyRow.mail_id.in_(mail_ids), visible(session, reader))
        .order_by(CopyRow.imported_at.desc(), CopyRow.mailbox_id.desc())
    )
    found: dict[str, tuple[bool, bytes]] = {}
    for mail_id, is_own, compressed in rows:
        if is_own or not found.get(mail_id, (False, b""))[0]:
            found[mail_id] = (bool(is_own), compressed)
    return [(mail_id, _bytes(*found[mail_id])) for mail_id in mail_ids if mail_id in found]


def _bytes(is_own: bool, compressed: bytes) -> bytes:
    raw = zlib.decompress(compressed)
    return raw if is_own else for_others(raw)
