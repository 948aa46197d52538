"""The mails of a mailbox on which filters set a mark, newest first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from pipeline.store.access.visibility import visible
from pipeline.store.mail.headings import Heading
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page, decode_cursor, encode_cursor
from pipeline.store.tables import InsightRow, MailboxAssignmentRow, MailMarkRow, MailRow


def list_marked(
    session: Session, reader: User, mailbox_id: str, kind: str, value: str, limit: int = 50, cursor: str | None = None
) -> Page[Heading]:
    """Those of one of the reader's own mailboxes; nobody sees the marks of others.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    own = select(MailboxAssignmentRow.mailbox_id).where(MailboxAssignmentRow.user_id == reader.id)
    query = (
        select(
            MailRow.id, MailRow.subject, MailRow.from_name, MailRow.from_address, InsightRow.language, MailRow.sorted_at
        )
        .join(MailMarkRow, MailMarkRow.mail_id == MailRow.id)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(
            MailMarkRow.mailbox_id == mailbox_id, MailMarkRow.mailbox_id.in_(own), MailMarkRow.kind == kind,
            MailMarkRow.value == value, visible(session, reader),
        )
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
    )  # fmt: skip
    if cursor is not None:
        at, mail_id = decode_cursor(cursor, (str, str))
        query = query.where(tuple_(MailRow.sorted_at, MailRow.id) < tuple_(datetime.fromisoformat(at), mail_id))
    found = [Heading(*row) for row in session.execute(query.limit(limit + 1))]
    more = encode_cursor(found[limit - 1].at.isoformat(), found[limit - 1].id) if len(found) > limit else None
    return Page(tuple(found[:limit]), more)
