"""Reading mail: lists, one mail, its thread. Only what the reader may see, whatever is asked."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, func, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.search import Snippet
from pipeline.store.access.standing import standing_of
from pipeline.store.access.visibility import visible
from pipeline.store.crm.crm_views import MAX_LINKS, newest_links
from pipeline.store.crm.records import current_id
from pipeline.store.mail.copies import copy_for
from pipeline.store.mail.narrowing import NEWEST_FIRST, MailFilter, after, conditions, looked_through, position
from pipeline.store.mail.search import find_hits, snippets
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page, encode_cursor
from pipeline.store.rows import one_of
from pipeline.store.tables import CopyRow, InsightRow, MailboxAssignmentRow, MailboxRow, MailIntentRow, MailRow

MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class MailSummary:
    """A mail as a list shows it. ``date`` is the header's in UTC; ``sorted_at`` is what the list is ordered by."""

    id: str
    sorted_at: datetime
    date: datetime | None
    subject: str
    from_name: str | None
    from_address: str | None
    language: str
    machine: str | None
    intents: tuple[str, ...]
    sentiment: str | None
    emotion: str | None
    gist: str
    attachment_count: int
    thread_key: str
    thread_by: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in full: its summary, the insight document, the bytes, and the mailboxes of the reader it is in.

    Bytes, ``source`` and ``direction`` are those of the reader's own copy; of a colleague's only what is for all
    (``pipeline.store.mail.copies``).
    """

    summary: MailSummary
    document: Mapping[str, Any]
    raw: bytes
    mailboxes: tuple[str, ...]


def list_mails(
    session: Session, reader: User, *, limit: int = 50, cursor: str | None = None, narrow: MailFilter | None = None
) -> Page[MailSummary]:
    """The reader's mail, newest first, ``limit`` (at most 200) at a time.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    size, narrow = max(1, min(limit, MAX_PAGE)), narrow or MailFilter()
    if narrow.record_id is not None:
        record_id = current_id(session, narrow.record_id)
        return page_of_record(session, reader, record_id, conditions(session, reader, narrow, record_id), size, cursor)
    if narrow.text is None:
        return page_of_mails(session, conditions(session, reader, narrow), size, cursor)
    hits = find_hits(session, reader.organisation_id, narrow.text)
    if hits is None:
        return _page_of_newest(session, reader, narrow, size, cursor)
    found = select(MailRow.sorted_at, MailRow.id.label("mail_id")).where(
        one_of(MailRow.id, hits.mail_ids), *after(cursor)
    )
    left = replace(narrow, text=None) if hits.certain else narrow
    asked = conditions(session, reader, left, cover=False)
    # With an offset PostgreSQL puts the hits in order first, and does not walk through all mail instead.
    return _page_from(session, found.order_by(*NEWEST_FIRST).offset(0).subquery(), asked, size)


def search_mails(
    session: Session,
    reader: User,
    question: str,
    *,
    limit: int = 20,
    cursor: str | None = None,
    narrow: MailFilter | None = None,
) -> Page[tuple[MailSummary, Snippet]]:
    """The reader's mail that holds all words of the question, newest first, each with where it holds them.

    Of frequent words a page looks through ``MAX_LOOKED`` mails, and may hold fewer than ``limit`` although more follow.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    narrow = replace(narrow or MailFilter(), text=question)
    page = list_mails(session, reader, limit=limit, cursor=cursor, narrow=narrow)
    found = snippets(session, [mail.id for mail in page.items], question)
    return Page(tuple((mail, found[mail.id]) for mail in page.items), page.next_cursor)


def _page_of_newest(
    session: Session, reader: User, narrow: MailFilter, size: int, cursor: str | None
) -> Page[MailSummary]:
    """A page of those of the newest ``MAX_LOOKED`` mails after the cursor, asked one after the other."""
    last, looked = looked_through(session, reader, cursor)
    page = page_of_mails(session, [*conditions(session, reader, narrow), *looked], size, cursor)
    if last is None or page.next_cursor is not None:
        return page
    return Page(page.items, encode_cursor(last.sorted_at.isoformat(), last.id))


def page_of_mails(
    session: Session, conditions: Sequence[ColumnElement[bool]], size: int, cursor: str | None
) -> Page[MailSummary]:
    """A page of the mails for which these conditions hold, newest first; one of them must ask what is visible.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = _summaries().where(*conditions, *after(cursor))
    return _page(session.execute(query.order_by(*NEWEST_FIRST).limit(size + 1)).all(), size)


def _page(rows: Sequence[Any], size: int) -> Page[MailSummary]:
    items = _of_rows(rows[:size])
    more = len(rows) > size
    return Page(items, encode_cursor(items[-1].sorted_at.isoformat(), items[-1].id) if more else None)


def page_of_record(
    session: Session,
    reader: User,
    record_id: str,
    conditions: Sequence[ColumnElement[bool]],
    size: int,
    cursor: str | None,
    *,
    few: bool = False,
) -> Page[MailSummary]:
    """The same of the mail of one record, looking through ``MAX_LINKS`` of its links: then a page may hold fewer mails.

    ``few`` tells that the record is known to have fewer links.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    links = newest_links(session, reader, record_id, MAX_LINKS, position(cursor))
    page = _page_from(session, links, conditions, size)
    if few or page.next_cursor is not None:
        return page
    last = session.execute(select(links).order_by(*_newest_first(links)).offset(MAX_LINKS - 1)).one_or_none()
    return Page(page.items, None if last is None else encode_cursor(last.sorted_at.isoformat(), last.mail_id))


def _page_from(
    session: Session, found: Subquery, conditions: Sequence[ColumnElement[bool]], size: int
) -> Page[MailSummary]:
    """A page of the mails that ``found`` gives by ``sorted_at`` and ``mail_id``, asked one after the other."""
    query = _summaries().join(found, found.c.mail_id == MailRow.id).where(*conditions)
    return _page(session.execute(query.order_by(*_newest_first(found)).limit(size + 1)).all(), size)


def _newest_first(found: Subquery) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return found.c.sorted_at.desc(), found.c.mail_id.desc()


def get_mail(session: Session, reader: User, mail_id: str) -> Mail:
    """One mail in full.

    Raises: errors.NotFound where there is none, or the reader may not see it.
    """
    seen = MailRow.id == mail_id, visible(session, reader, cover=False)
    found = session.execute(_summaries().where(*seen)).one_or_none()
    if found is None:
        raise errors.NotFound("There is no such mail among those you may see.")
    copy = copy_for(session, reader, mail_id)
    packed = session.scalar(select(InsightRow.document).where(InsightRow.mail_id == mail_id))
    document = json.loads(zlib.decompress(packed or b""))
    document |= {"source": copy.source, "direction": copy.direction}
    (summary,) = _of_rows([found])
    return Mail(summary, document, copy.raw, copy.mailboxes)


def list_thread(session: Session, reader: User, thread_key: str, limit: int = MAX_PAGE) -> tuple[MailSummary, ...]:
    """The visible mails of a thread, oldest first; of a longer one the newest ``limit``."""
    rows = session.execute(
        _summaries()
        .where(MailRow.organisation_id == reader.organisation_id, MailRow.thread_key == thread_key)
        .where(visible(session, reader, cover=False))
        .order_by(*NEWEST_FIRST)
        .limit(limit)
    ).all()
    return _of_rows(rows[::-1])


def last_imported_at(session: Session, reader: User) -> datetime | None:
    """When mail last came into a mailbox of the reader; None where none has yet."""
    if not standing_of(session, reader).active:
        return None
    boxes = session.scalars(
        select(MailboxAssignmentRow.mailbox_id)
        .join(MailboxRow, MailboxRow.id == MailboxAssignmentRow.mailbox_id)
        .where(MailboxAssignmentRow.user_id == reader.id, MailboxRow.organisation_id == reader.organisation_id)
    )
    newest = [session.scalar(select(func.max(CopyRow.imported_at)).where(CopyRow.mailbox_id == box)) for box in boxes]
    return max((at for at in newest if at is not None), default=None)


def _summaries() -> Any:
    """What a list shows of each mail by the names of ``MailSummary``, its intents in one text; never the documents."""
    return select(
        MailRow.id, MailRow.sorted_at, MailRow.date, MailRow.subject, MailRow.from_name, MailRow.from_address,
        InsightRow.language, InsightRow.machine, InsightRow.sentiment, InsightRow.emotion, InsightRow.gist,
        MailRow.attachment_count, MailRow.thread_key, MailRow.thread_by,
        intents_of_mail().label("intents"),
    ).join(InsightRow, InsightRow.mail_id == MailRow.id)  # fmt: skip


def intents_of_mail() -> ScalarSelect[str]:
    """The labels of a mail's intents, the surest first, in one text (``as_labels``)."""
    labels = (
        select(MailIntentRow.label)
        .where(MailIntentRow.mail_id == MailRow.id)
        .order_by(MailIntentRow.score.desc(), MailIntentRow.label)
        .correlate(MailRow)
        .subquery()
    )
    return select(func.aggregate_strings(labels.c.label, "\n")).scalar_subquery()


def as_labels(text: str | None) -> tuple[str, ...]:
    """The labels of ``intents_of_mail``."""
    return tuple(filter(None, (text or "").split("\n")))


def _of_rows(rows: Sequence[Any]) -> tuple[MailSummary, ...]:
    named = (row._asdict() for row in rows)
    return tuple(MailSummary(**{**row, "intents": as_labels(row["intents"])}) for row in named)
