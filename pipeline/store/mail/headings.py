"""Mails by a line each, for lists that know their ids: in one statement, only those that the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.access.visibility import visible
from pipeline.store.organisation.people import User
from pipeline.store.tables import InsightRow, MailRow


@dataclass(frozen=True, slots=True)
class Heading:
    """A mail as one line names it."""

    id: str
    subject: str
    from_name: str | None
    from_address: str | None
    language: str
    at: datetime


def headings(session: Session, reader: User, mail_ids: Sequence[str]) -> dict[str, Heading]:
    """Those of these mails that the reader may see, by id."""
    if not mail_ids:
        return {}
    query = (
        select(
            MailRow.id, MailRow.subject, MailRow.from_name, MailRow.from_address, InsightRow.language, MailRow.sorted_at
        )
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(MailRow.id.in_(mail_ids), visible(session, reader))
    )
    return {row.id: Heading(*row) for row in session.execute(query)}
