"""Removing mail for good: its copies, what was found in it, and everything that was derived from it.

Accepted meetings and tasks of a mail go with it; values that it gave to records stay, without their source.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from pipeline.store.mail import quota
from pipeline.store.referring import remove_rows
from pipeline.store.tables import (
    Base,
    CopyRow,
    MailRow,
    QuotaWaitingRow,
    RawContentRow,
    RecordRow,
    SuggestionRow,
    SuggestionSourceRow,
)

_AT_ONCE = 200


def remove_copies(
    session: Session, organisation_id: str, mailbox_id: str, mail_ids: Sequence[str], now: datetime
) -> int:
    """Remove copies from one mailbox, and mail of which no copy is left; tell how many copies these were."""
    for mail_id in mail_ids:
        _remove_copy(session, organisation_id, mailbox_id, mail_id, now)
    left = select(CopyRow.mail_id).where(CopyRow.mail_id == MailRow.id)
    for some in _portions(mail_ids):
        orphans = session.scalars(select(MailRow.id).where(MailRow.id.in_(some), ~left.exists())).all()
        _remove_mails(session, organisation_id, orphans)
    return len(mail_ids)


def remove_mails(session: Session, organisation_id: str, mail_ids: Sequence[str], now: datetime) -> None:
    """Remove mails from all mailboxes."""
    for some in _portions(mail_ids):
        copies = session.execute(select(CopyRow.mailbox_id, CopyRow.mail_id).where(CopyRow.mail_id.in_(some))).all()
        for mailbox_id, mail_id in copies:
            _remove_copy(session, organisation_id, mailbox_id, mail_id, now)
        _remove_mails(session, organisation_id, some)


def remove_records(session: Session, organisation_id: str, record_ids: Sequence[str]) -> None:
    """Remove records with their links and what was suggested about them; their mail stays."""
    mine = (SuggestionRow.organisation_id == organisation_id) & SuggestionRow.record_id.in_(record_ids)
    keys = select(SuggestionRow.organisation_id, SuggestionRow.id).where(mine)
    remove_suggestions(session, session.execute(keys).all())
    remove_rows(session, _table(RecordRow), [(record_id,) for record_id in record_ids])


def remove_suggestions(session: Session, keys: Sequence[Any]) -> None:
    """Remove suggestions by organisation and id, with what was decided about them and the activities they became."""
    remove_rows(session, _table(SuggestionRow), [tuple(key) for key in keys])


def _remove_copy(session: Session, organisation_id: str, mailbox_id: str, mail_id: str, now: datetime) -> None:
    row = session.get(CopyRow, (mailbox_id, mail_id), populate_existing=True)
    if row is None:
        return
    sha256, content_hash = row.raw_sha256, session.scalar(select(MailRow.content_hash).where(MailRow.id == mail_id))
    waited = (QuotaWaitingRow.mailbox_id == mailbox_id) & (QuotaWaitingRow.mail_id == mail_id)
    session.execute(delete(QuotaWaitingRow).where(waited))
    session.delete(row)
    session.flush()
    same = (
        select(CopyRow.mail_id)
        .join(MailRow, MailRow.id == CopyRow.mail_id)
        .where(CopyRow.mailbox_id == mailbox_id, MailRow.content_hash == content_hash)
    )
    if content_hash is not None and session.scalar(same.limit(1)) is None:
        quota.release(session, organisation_id, mailbox_id, content_hash, now)
    used = select(CopyRow.mail_id).where(CopyRow.raw_sha256 == sha256)
    session.execute(delete(RawContentRow).where(RawContentRow.sha256 == sha256, ~used.exists()))


def _remove_mails(session: Session, organisation_id: str, mail_ids: Sequence[str]) -> None:
    """The rows of mails without copies. What else tells of such a mail goes first: nobody may see more than before."""
    told = (SuggestionSourceRow.organisation_id == organisation_id) & SuggestionSourceRow.mail_id.in_(mail_ids)
    keys = select(SuggestionSourceRow.organisation_id, SuggestionSourceRow.suggestion_id).where(told).distinct()
    remove_suggestions(session, session.execute(keys).all())
    remove_rows(session, _table(MailRow), [(mail_id,) for mail_id in mail_ids])


def _portions(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table
