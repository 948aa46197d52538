"""What the visible mail of a record tells over time: moods, who waits for an answer, when its person writes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pipeline.core.next_actions import Agreed, MailFact, NextAction, next_actions
from pipeline.store.access.visibility import visible
from pipeline.store.crm.activities import StoredActivity
from pipeline.store.crm.crm_views import belongs_to
from pipeline.store.organisation.people import User
from pipeline.store.rows import insert_new
from pipeline.store.tables import CopyRow, DismissedActionRow, InsightRow, MailIntentRow, MailRow

NEWEST = 300
"""How many mails are looked at: what somebody is like today is not told by older ones."""
_HEAD_BYTES = 4096
_DATE = re.compile(r'"date":"([^"]{10,40})"')


@dataclass(frozen=True, slots=True)
class DatedMood:
    """The mood of a mail that came in."""

    mail_id: str
    at: datetime
    sentiment: str


@dataclass(frozen=True, slots=True)
class RecordMail:
    """The newest visible mail of a record: facts for rules, and the moods of what came in, oldest first."""

    facts: tuple[MailFact, ...]
    moods: tuple[DatedMood, ...]


def read_mail(session: Session, reader: User, record_id: str) -> RecordMail:
    """The newest mail of a record that the reader may see through it, of an account that of its contacts too."""
    ours = select(CopyRow.mail_id).where(CopyRow.mail_id == MailRow.id, CopyRow.direction == "out").exists()
    query = (
        select(MailRow.id, MailRow.sorted_at, MailRow.thread_key, ours, InsightRow.machine, InsightRow.sentiment)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(*_of_record(session, reader, record_id))
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(NEWEST)
    )
    rows = session.execute(query).all()
    intents = _intents(session, [row[0] for row in rows])
    facts = tuple(
        MailFact(id_, at, thread, bool(out), machine is not None, intents.get(id_, ()))
        for id_, at, thread, out, machine, _ in rows
    )
    moods = [DatedMood(id_, at, mood) for id_, at, _, out, machine, mood in rows if mood and not (out or machine)]
    return RecordMail(facts, tuple(reversed(moods)))


def written_at(session: Session, reader: User, record_id: str, addresses: Sequence[str]) -> tuple[datetime, ...]:
    """When the person of these addresses wrote the newest visible mails of a record, each by their own clock.

    The clock is that of the mail's Date header; a mail without one, or by a machine, is left out.
    """
    query = (
        select(InsightRow.document)
        .join(MailRow, MailRow.id == InsightRow.mail_id)
        .where(*_of_record(session, reader, record_id))
        .where(MailRow.from_address.in_(addresses), InsightRow.machine.is_(None))
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(NEWEST)
    )
    return tuple(moment for document in session.scalars(query) if (moment := _date_of(document)))


def list_next_actions(
    session: Session, reader: User, facts: Sequence[MailFact], activities: Iterable[StoredActivity], now: datetime
) -> tuple[NextAction, ...]:
    """What to do next by these mails and activities, without what the reader dismissed."""
    agreed = (
        Agreed(one.id, one.mail_id, one.kind, one.status, one.slots[0].start if one.slots else one.due, one.owner)
        for one in activities
    )
    found = next_actions(facts, agreed, now)
    ids = [one.id for one in found]
    query = select(DismissedActionRow.action_id).where(
        DismissedActionRow.user_id == reader.id, DismissedActionRow.action_id.in_(ids)
    )
    dismissed = set(session.scalars(query)) if ids else set()
    return tuple(one for one in found if one.id not in dismissed)


def dismiss_action(session: Session, reader: User, action_id: str, now: datetime) -> None:
    """Do not offer this to the reader again; others still see it."""
    insert_new(session, DismissedActionRow, {"user_id": reader.id, "action_id": action_id, "at": now})


def _of_record(session: Session, reader: User, record_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return visible(session, reader, record_id=record_id), belongs_to(reader, record_id)


def _intents(session: Session, mail_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    query = select(MailIntentRow.mail_id, MailIntentRow.label).where(MailIntentRow.mail_id.in_(mail_ids))
    for mail_id, label in session.execute(query.order_by(MailIntentRow.label)):
        found[mail_id] = (*found.get(mail_id, ()), label)
    return found


def _date_of(document: bytes) -> datetime | None:
    """The Date header with its own offset; it stands at the head of the document, so that the text stays packed."""
    head = zlib.decompressobj().decompress(document, _HEAD_BYTES).decode("utf-8", "ignore")
    found = _DATE.search(head)
    return datetime.fromisoformat(found[1]) if found else None
