"""What the visible mail of a record tells over time: moods, who waits for an answer, when its person answers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.asks import Ask, AskKind, OpenAsk, open_asks
from pipeline.core.next_actions import Agreed, MailFact, NextAction, next_actions
from pipeline.extract.titles import of_task
from pipeline.store.access.visibility import visible
from pipeline.store.crm.activities import StoredActivity, list_activities
from pipeline.store.crm.crm_views import belongs_to
from pipeline.store.crm.records import get_record
from pipeline.store.organisation.people import User
from pipeline.store.review.suggestion_json import moment
from pipeline.store.rows import insert_new
from pipeline.store.tables import AskRow, CopyRow, DismissedActionRow, InsightRow, MailIntentRow, MailRow

NEWEST = 300
"""How many mails are looked at: what somebody is like today is not told by older ones."""
_HEAD_BYTES = 4096
_STRING = r'("(?:[^"\\]|\\.)*"|null)'
_HEAD = re.compile(rf'"message_id":{_STRING},"thread_id":{_STRING},"date":"([^"]{{10,40}})","subject":{_STRING}')
_ANSWER = re.compile(r'"\s*(?:re|返信)\s*[:：]', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatedMood:
    """The mood of a mail that came in."""

    mail_id: str
    at: datetime
    sentiment: str


@dataclass(frozen=True, slots=True)
class RecordMail:
    """The newest visible mail of a record: facts for rules, and the moods of what came in, oldest first.

    ``languages`` are by id of the mail.
    """

    facts: tuple[MailFact, ...]
    moods: tuple[DatedMood, ...]
    languages: Mapping[str, str]


def read_mail(session: Session, reader: User, record_id: str) -> RecordMail:
    """The newest mail of a record that the reader may see through it, of an account that of its contacts too."""
    ours = select(CopyRow.mail_id).where(CopyRow.mail_id == MailRow.id, CopyRow.direction == "out").exists()
    label = InsightRow.machine, InsightRow.sentiment, InsightRow.language
    query = (
        select(MailRow.id, MailRow.sorted_at, MailRow.thread_key, ours, *label)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(*_of_record(session, reader, record_id))
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(NEWEST)
    )
    rows = session.execute(query).all()
    intents = _intents(session, [row[0] for row in rows])
    facts = tuple(
        MailFact(id_, at, thread, bool(out), machine is not None, intents.get(id_, ()))
        for id_, at, thread, out, machine, _, _ in rows
    )
    moods = [DatedMood(id_, at, mood) for id_, at, _, out, machine, mood, _ in rows if mood and not (out or machine)]
    return RecordMail(facts, tuple(reversed(moods)), {row[0]: row[-1] for row in rows})


def replied_at(session: Session, reader: User, record_id: str, addresses: Sequence[str]) -> tuple[datetime, ...]:
    """When the person of these addresses wrote the newest visible replies of a record, each by their own clock.

    The clock is that of the mail's Date header; a mail without one, or by a machine, is left out. A reply names an
    earlier mail in its own headers, or says so in its subject: what the reader may not see is not asked.
    """
    query = (
        select(InsightRow.document)
        .join(MailRow, MailRow.id == InsightRow.mail_id)
        .where(*_of_record(session, reader, record_id))
        .where(MailRow.from_address.in_(addresses), InsightRow.machine.is_(None))
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(NEWEST)
    )
    return tuple(moment for document in session.scalars(query) if (moment := _reply_at(document)))


def list_asks(
    session: Session, reader: User, facts: Sequence[MailFact], activities: Iterable[StoredActivity], now: datetime
) -> tuple[OpenAsk, ...]:
    """What is open in these mails, by the reader's own calendar; not what they closed, nor what became a task."""
    found = open_asks(
        facts, _asks(session, [fact.mail_id for fact in facts]), now.astimezone(ZoneInfo(reader.timezone))
    )
    tasks = {(one.mail_id, key) for one in activities if one.kind == "task" for key in (one.title, one.due) if key}
    open_ = [one for one in found if not {(one.mail_id, of_task(one.text)), (one.mail_id, one.due)} & tasks]
    dismissed = _dismissed(session, reader, [one.id for one in open_])
    return tuple(one for one in open_ if one.id not in dismissed)


def list_record_asks(session: Session, reader: User, record_id: str, now: datetime) -> tuple[OpenAsk, ...]:
    """What is open in the visible mail of one record.

    Raises: errors.NotFound where there is no such record for the reader.
    """
    record = get_record(session, reader, record_id).record
    activities = list_activities(session, reader, record_id=record.id)
    return list_asks(session, reader, read_mail(session, reader, record.id).facts, activities, now)


def close_ask(session: Session, reader: User, record_id: str, ask_id: str, now: datetime) -> None:
    """Do not show an open ask of this record to the reader again; a repeat changes nothing.

    Raises: errors.NotFound where there is none among those they may see.
    """
    known = {ask.id for ask in list_record_asks(session, reader, record_id, now)}
    if ask_id not in known | _dismissed(session, reader, [ask_id]):
        raise errors.NotFound("There is no such open ask.")
    dismiss_action(session, reader, ask_id, now)


def list_next_actions(
    session: Session,
    reader: User,
    facts: Sequence[MailFact],
    activities: Iterable[StoredActivity],
    now: datetime,
    asks: Iterable[OpenAsk] = (),
) -> tuple[NextAction, ...]:
    """What to do next by these mails, activities and open promises, without what the reader dismissed."""
    agreed = [
        Agreed(one.id, one.mail_id, one.kind, one.status, one.slots[0].start if one.slots else one.due, one.owner)
        for one in activities
    ]
    promised = [
        Agreed(one.id, one.mail_id, "task", "open", one.due, "recipient" if one.owing == "us" else "sender")
        for one in asks
        if one.kind == "promise"
    ]
    found = next_actions(facts, [*agreed, *promised], now)
    dismissed = _dismissed(session, reader, [one.id for one in found])
    return tuple(one for one in found if one.id not in dismissed)


def dismiss_action(session: Session, reader: User, action_id: str, now: datetime) -> None:
    """Do not offer this action or open ask to the reader again; others still see it."""
    insert_new(session, DismissedActionRow, {"user_id": reader.id, "action_id": action_id, "at": now})


def _of_record(session: Session, reader: User, record_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    own = belongs_to(session, reader, record_id, 2 * NEWEST)
    return visible(session, reader, record_id=record_id, cover=False), own


def _intents(session: Session, mail_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    query = select(MailIntentRow.mail_id, MailIntentRow.label).where(MailIntentRow.mail_id.in_(mail_ids))
    for mail_id, label in session.execute(query.order_by(MailIntentRow.label)):
        found[mail_id] = (*found.get(mail_id, ()), label)
    return found


def _asks(session: Session, mail_ids: Sequence[str]) -> dict[str, list[Ask]]:
    found: dict[str, list[Ask]] = {}
    query = select(AskRow).where(AskRow.mail_id.in_(mail_ids)).order_by(AskRow.mail_id, AskRow.position)
    for row in session.scalars(query):
        found.setdefault(row.mail_id, []).append(Ask(cast(AskKind, row.kind), row.text, moment(row.due)))
    return found


def _dismissed(session: Session, reader: User, ids: Sequence[str]) -> set[str]:
    query = select(DismissedActionRow.action_id).where(
        DismissedActionRow.user_id == reader.id, DismissedActionRow.action_id.in_(ids)
    )
    return set(session.scalars(query)) if ids else set()


def _reply_at(document: bytes) -> datetime | None:
    """The Date header of a reply with its own offset; the head of the document tells, so that the text stays packed."""
    head = zlib.decompressobj().decompress(document, _HEAD_BYTES).decode("utf-8", "ignore")
    found = _HEAD.search(head)
    if found is None:
        return None
    message_id, thread_id, date, subject = found.groups()
    is_reply = (message_id != "null" and thread_id not in ("null", message_id)) or _ANSWER.match(subject)
    return datetime.fromisoformat(date) if is_reply else None
