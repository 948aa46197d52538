"""What the visible mail of a record tells over time: moods, who waits for an answer, when its person answers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.asks import Ask, AskKind, OpenAsk, open_asks
from pipeline.core.next_actions import Agreed, MailFact, NextAction, next_actions
from pipeline.extract.titles import of_task
from pipeline.store.access.visibility import visible
from pipeline.store.crm.activities import StoredActivity, list_activities
from pipeline.store.crm.crm_views import newest_links
from pipeline.store.crm.records import get_record
from pipeline.store.mail.mails import as_labels, intents_of_mail
from pipeline.store.organisation.people import User
from pipeline.store.review.suggestion_json import moment
from pipeline.store.rows import insert_new
from pipeline.store.tables import AskRow, CopyRow, DismissedActionRow, InsightRow, MailRow

NEWEST = 300
"""How many mails are looked at: what somebody is like today is not told by older ones."""
MOST_LINKS = 2 * NEWEST
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

    ``languages`` and ``asks`` are by id of the mail. ``replied_at`` is when its person wrote replies, newest first.
    ``whole`` tells that no more is linked to the record than was looked at, as far as that is known.
    """

    facts: tuple[MailFact, ...]
    moods: tuple[DatedMood, ...]
    languages: Mapping[str, str]
    asks: Mapping[str, list[Ask]]
    replied_at: tuple[datetime, ...]
    whole: bool


def read_mail(session: Session, reader: User, record_id: str, addresses: Sequence[str] = ()) -> RecordMail:
    """The newest mail of a record that the reader may see through it, of an account that of its contacts too.

    Replies are those from ``addresses``, each at the time of its Date header by the writer's own clock; a mail without
    one, or by a machine, is left out. A reply names an earlier mail in its own headers, or says so in its subject: what
    the reader may not see is not asked.
    """
    rows = session.execute(_with_asks(_newest(session, reader, record_id, addresses))).all()
    mails = {row.id: row for row in rows}.values()
    facts = tuple(
        MailFact(row.id, row.at, row.thread_key, bool(row.out), row.machine is not None, as_labels(row.intents))
        for row in mails
    )
    moods = [DatedMood(r.id, r.at, r.sentiment) for r in mails if r.sentiment and not (r.out or r.machine)]
    asks: dict[str, list[Ask]] = {}
    for row in rows:
        if row.kind is not None:
            asks.setdefault(row.id, []).append(Ask(cast(AskKind, row.kind), row.text, moment(row.due)))
    replies = tuple(at for row in mails if row.document is not None and (at := _reply_at(row.document)))
    languages = {row.id: row.language for row in mails}
    whole = bool(rows) and rows[0].linked < MOST_LINKS
    return RecordMail(facts, tuple(reversed(moods)), languages, asks, replies, whole)


def _newest(session: Session, reader: User, record_id: str, addresses: Sequence[str]) -> Subquery:
    """The newest visible mails, with the document of what people wrote from these addresses."""
    ours = select(CopyRow.mail_id).where(CopyRow.mail_id == MailRow.id, CopyRow.direction == "out").exists()
    links = newest_links(session, reader, record_id, MOST_LINKS)
    theirs = and_(MailRow.from_address.in_(addresses), InsightRow.machine.is_(None))
    return (
        select(
            MailRow.id, MailRow.sorted_at.label("at"), MailRow.thread_key, ours.label("out"), InsightRow.machine,
            InsightRow.sentiment, InsightRow.language, intents_of_mail().label("intents"),
            case((theirs, InsightRow.document)).label("document"),
            select(func.count()).select_from(links).scalar_subquery().label("linked"),
        )
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(visible(session, reader, record_id=record_id, cover=False))
        .where(MailRow.id.in_(select(links.c.mail_id)))
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(NEWEST)
        .subquery()
    )  # fmt: skip


def _with_asks(newest: Subquery) -> Select[Any]:
    return (
        select(newest, AskRow.kind, AskRow.text, AskRow.due)
        .outerjoin(AskRow, AskRow.mail_id == newest.c.id)
        .order_by(newest.c.at.desc(), newest.c.id.desc(), AskRow.position)
    )


def list_asks(
    session: Session, reader: User, mail: RecordMail, activities: Iterable[StoredActivity], now: datetime
) -> tuple[OpenAsk, ...]:
    """What is open in a record's mail, by the reader's own calendar; not what they closed, nor what became a task."""
    found = open_asks(mail.facts, mail.asks, now.astimezone(ZoneInfo(reader.timezone)))
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
    return list_asks(session, reader, read_mail(session, reader, record.id), activities, now)


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
