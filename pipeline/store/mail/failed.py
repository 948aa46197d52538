"""Mail that could not be read whole: in which mailbox it lies and why, without anything of its content."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records import Failure
from pipeline.store.tables import CopyRow, InsightRow, MailboxRow, MailRow


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail with its failures; ``mailbox`` is the name of one that holds it."""

    mail_id: str
    mailbox: str
    at: datetime
    size_bytes: int
    failures: tuple[Failure, ...]


def list_failed(session: Session, organisation_id: str, limit: int = 100) -> tuple[FailedMail, ...]:
    """The newest mails of an organisation that a stage failed on, whoever may see them."""
    query = (
        select(MailRow.id, MailboxRow.name, CopyRow.imported_at, MailRow.size_bytes, InsightRow.document)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .join(CopyRow, CopyRow.mail_id == MailRow.id)
        .join(MailboxRow, MailboxRow.id == CopyRow.mailbox_id)
        .where(MailRow.organisation_id == organisation_id, InsightRow.failure_count > 0)
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc(), MailboxRow.id)
        .limit(limit)
    )
    found: dict[str, FailedMail] = {}
    for mail_id, mailbox, at, size_bytes, document in session.execute(query):
        told = json.loads(zlib.decompress(document))["failures"]
        failures = tuple(Failure(one["stage"], one["code"], one["detail"]) for one in told)
        found.setdefault(mail_id, FailedMail(mail_id, mailbox, at, size_bytes, failures))
    return tuple(found.values())
