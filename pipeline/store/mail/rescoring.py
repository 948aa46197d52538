"""Stored mail that another version of pipeline or models has read, to be read again by the one in force."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from pipeline.store.sync.mailboxes import Mailbox, get_mailbox
from pipeline.store.tables import (
    CopyRow,
    InsightRow,
    MailRow,
    QuotaWaitingRow,
    RawContentRow,
    SuggestionRow,
    SuggestionSourceRow,
)


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail's bytes in each mailbox that has it, the first one first, and what was found in it before."""

    id: str
    copies: tuple[tuple[Mailbox, str, bytes], ...]
    document: Mapping[str, Any]


def read_otherwise(
    session: Session, organisation_id: str, versions: Mapping[str, str], since: datetime | None = None
) -> tuple[str, ...]:
    """Ids of the mails that other versions than these have read, oldest first; not those without their body."""
    query = (
        select(MailRow.id, InsightRow.versions)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(MailRow.organisation_id == organisation_id, MailRow.id.not_in(select(QuotaWaitingRow.mail_id)))
        .order_by(MailRow.sorted_at, MailRow.id)
    )
    if since is not None:
        query = query.where(MailRow.sorted_at >= since)
    return tuple(mail_id for mail_id, known in session.execute(query) if known != versions)


def stored_mails(session: Session, mail_ids: Sequence[str]) -> list[StoredMail]:
    """The mails in the given order; those removed meanwhile are left out."""
    documents = select(InsightRow.mail_id, InsightRow.document).where(InsightRow.mail_id.in_(mail_ids))
    found = {mail_id: json.loads(zlib.decompress(packed)) for mail_id, packed in session.execute(documents)}
    copies: dict[str, list[tuple[Mailbox, str, bytes]]] = {mail_id: [] for mail_id in mail_ids}
    query = (
        select(CopyRow.mail_id, CopyRow.mailbox_id, CopyRow.source, RawContentRow.compressed)
        .join(RawContentRow, RawContentRow.sha256 == CopyRow.raw_sha256)
        .where(CopyRow.mail_id.in_(mail_ids))
        .order_by(CopyRow.imported_at, CopyRow.mailbox_id)
    )
    for mail_id, mailbox_id, source, packed in session.execute(query):
        copies[mail_id].append((get_mailbox(session, mailbox_id), source, zlib.decompress(packed)))
    return [
        StoredMail(mail_id, tuple(copies[mail_id]), found[mail_id])
        for mail_id in mail_ids
        if copies[mail_id] and mail_id in found
    ]


def withdraw(session: Session, organisation_id: str, mail_id: str, proposed: Collection[str]) -> int:
    """Take back what this mail alone suggested, nobody has decided, and nothing proposes any more.

    ``proposed`` are the ids that still stand. Links to deals are not taken back: they follow from the CRM of the day
    on which the mail arrived.
    """
    others = select(SuggestionSourceRow.suggestion_id).where(
        SuggestionSourceRow.organisation_id == organisation_id,
        SuggestionSourceRow.suggestion_id == SuggestionRow.id,
        SuggestionSourceRow.mail_id != mail_id,
    )
    stale = (
        (SuggestionRow.organisation_id == organisation_id)
        & (SuggestionRow.mail_id == mail_id)
        & SuggestionRow.state.in_(("pending", "snoozed"))
        & (SuggestionRow.kind != "link_deal")
        & SuggestionRow.id.not_in(sorted(proposed))
        & ~others.exists()
    )
    result = session.execute(
        update(SuggestionRow).where(stale).values(state="superseded", version=SuggestionRow.version + 1)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount
