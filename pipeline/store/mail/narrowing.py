"""What a list of mail is narrowed to, as conditions on it, and where a page of it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.access.visibility import near, own_copies, visible
from pipeline.store.crm.crm_views import View, in_view
from pipeline.store.mail.search import holds
from pipeline.store.organisation.people import User
from pipeline.store.paging import decode_cursor
from pipeline.store.tables import CopyRow, InsightRow, MailIntentRow, MailRow

MAX_LOOKED = 2000
"""Mails that a page of a search for frequent words looks through."""
NEWEST_FIRST = (MailRow.sorted_at.desc(), MailRow.id.desc())


@dataclass(frozen=True, slots=True)
class MailFilter:
    """What a list of mail is narrowed to; None asks nothing. ``machine`` False leaves only people's mail.

    ``text`` are words that a mail must hold all of (``pipeline.core.search``). ``view`` is a view of
    the inbox, of the month that holds ``today`` for the reader.
    """

    language: str | None = None
    intent: str | None = None
    sentiment: str | None = None
    machine: bool | None = None
    mailbox_id: str | None = None
    record_id: str | None = None
    text: str | None = None
    view: View | None = None
    today: date = date.min


def conditions(
    session: Session, reader: User, narrow: MailFilter, record_id: str | None = None, *, cover: bool = True
) -> list[ColumnElement[bool]]:
    """What the mail must be; with a record, whose mail is found by its links. ``cover`` is that of ``visible``."""
    here = MailRow.organisation_id == reader.organisation_id
    asked = [here, visible(session, reader, record_id=record_id, cover=cover and record_id is None)]
    if narrow.language is not None:
        asked.append(InsightRow.language == narrow.language)
    if narrow.sentiment is not None:
        asked.append(InsightRow.sentiment == narrow.sentiment)
    if narrow.machine is not None:
        asked.append(InsightRow.machine.is_not(None) if narrow.machine else InsightRow.machine.is_(None))
    if narrow.intent is not None:
        has = (MailIntentRow.mail_id == MailRow.id) & (MailIntentRow.label == narrow.intent)
        asked.append(select(MailIntentRow.mail_id).where(has).exists())
    if narrow.mailbox_id is not None:
        inside = (CopyRow.mail_id == MailRow.id) & (CopyRow.mailbox_id == narrow.mailbox_id)
        asked.append(select(CopyRow.mail_id).where(inside, own_copies(reader)).exists())
    if narrow.view is not None:
        asked.append(in_view(reader, narrow.view, narrow.today))
    if narrow.text is not None:
        asked.append(holds(session, narrow.text))
    return asked


def looked_through(session: Session, reader: User, cursor: str | None = None) -> tuple[Any, list[ColumnElement[bool]]]:
    """The last of the newest ``MAX_LOOKED`` mails after the cursor, if there are so many, and what holds for these."""
    newest = select(MailRow.sorted_at, MailRow.id).where(
        MailRow.organisation_id == reader.organisation_id, *after(cursor)
    )
    at_hand = near(session, reader)
    if at_hand is not None:
        newest = newest.where(at_hand)
    last = session.execute(newest.order_by(*NEWEST_FIRST).offset(MAX_LOOKED - 1).limit(1)).one_or_none()
    if last is None:
        return None, []
    return last, [tuple_(MailRow.sorted_at, MailRow.id) >= tuple_(last.sorted_at, last.id)]


def after(cursor: str | None) -> list[ColumnElement[bool]]:
    """What comes after a cursor.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    place = position(cursor)
    return [] if place is None else [tuple_(MailRow.sorted_at, MailRow.id) < tuple_(*place)]


def position(cursor: str | None) -> tuple[datetime, str] | None:
    """Date and id of the mail at which a page ended."""
    if cursor is None:
        return None
    at, mail_id = decode_cursor(cursor, (str, str))
    return _moment(at), mail_id


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise errors.UsageError("This cursor is not one of this list; start again without a cursor.")
    return moment
