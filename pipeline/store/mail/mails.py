"""Reading mail: lists, one mail, its thread, facet counts. Only what the reader may see, whatever is asked."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.search import Snippet
from pipeline.store.access.standing import standing_of
from pipeline.store.access.visibility import near, own_copies, visible
from pipeline.store.crm.crm_views import MAX_LINKS, View, belongs_to, in_view, newest_links
from pipeline.store.crm.records import current_id
from pipeline.store.mail.copies import copy_for
from pipeline.store.mail.search import holds, is_frequent, matches, snippets
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page, decode_cursor, encode_cursor
from pipeline.store.rows import one_of
from pipeline.store.tables import (
    CopyRow,
    InsightRow,
    MailboxAssignmentRow,
    MailboxRow,
    MailIntentRow,
    MailRow,
)

MAX_PAGE = 200
MAX_COUNT = 1000
MAX_LOOKED = 5000
_NEWEST_FIRST = (MailRow.sorted_at.desc(), MailRow.id.desc())


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


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the visible mails have each value: by name of the facet, then by value.

    ``more`` tells that there are more than ``total``, and only the newest were counted.
    """

    total: int
    counts: Mapping[str, Mapping[str, int]]
    more: bool = False


def list_mails(
    session: Session, reader: User, *, limit: int = 50, cursor: str | None = None, narrow: MailFilter | None = None
) -> Page[MailSummary]:
    """The reader's mail, newest first, ``limit`` (at most 200) at a time.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    size, narrow = max(1, min(limit, MAX_PAGE)), narrow or MailFilter()
    if narrow.record_id is None:
        return page_of_mails(session, _conditions(session, reader, narrow), size, cursor)
    record_id = current_id(session, narrow.record_id)
    return page_of_record(session, reader, record_id, _conditions(session, reader, narrow, record_id), size, cursor)


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
    narrow = narrow or MailFilter()
    if is_frequent(session, question):
        page = _search_newest(session, reader, question, max(1, min(limit, MAX_PAGE)), cursor, narrow)
    else:
        page = list_mails(session, reader, limit=limit, cursor=cursor, narrow=replace(narrow, text=question))
    found = snippets(session, [mail.id for mail in page.items], question)
    return Page(tuple((mail, found[mail.id]) for mail in page.items), page.next_cursor)


def _search_newest(
    session: Session, reader: User, question: str, size: int, cursor: str | None, narrow: MailFilter
) -> Page[MailSummary]:
    """A page of those of the newest ``MAX_LOOKED`` mails after the cursor, asked one after the other."""
    last, looked = _looked_through(session, reader, cursor)
    conditions = [*_conditions(session, reader, narrow), *looked, holds(question)]
    page = page_of_mails(session, conditions, size, cursor)
    if last is None or page.next_cursor is not None:
        return page
    return Page(page.items, encode_cursor(last.sorted_at.isoformat(), last.id))


def _looked_through(session: Session, reader: User, cursor: str | None = None) -> tuple[Any, list[ColumnElement[bool]]]:
    """The last of the newest ``MAX_LOOKED`` mails after the cursor, if there are so many, and what holds for these."""
    newest = select(MailRow.sorted_at, MailRow.id).where(
        MailRow.organisation_id == reader.organisation_id, *_after(cursor)
    )
    at_hand = near(session, reader)
    if at_hand is not None:
        newest = newest.where(at_hand)
    last = session.execute(newest.order_by(*_NEWEST_FIRST).offset(MAX_LOOKED - 1).limit(1)).one_or_none()
    if last is None:
        return None, []
    return last, [tuple_(MailRow.sorted_at, MailRow.id) >= tuple_(last.sorted_at, last.id)]


def _after(cursor: str | None) -> list[ColumnElement[bool]]:
    after = _position(cursor)
    return [] if after is None else [tuple_(MailRow.sorted_at, MailRow.id) < tuple_(*after)]


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, mail_id = decode_cursor(cursor, (str, str))
    return _moment(at), mail_id


def page_of_mails(
    session: Session, conditions: Sequence[ColumnElement[bool]], size: int, cursor: str | None
) -> Page[MailSummary]:
    """A page of the mails for which these conditions hold, newest first; one of them must ask what is visible.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = _summaries().where(*conditions, *_after(cursor))
    return _page(session.execute(query.order_by(*_NEWEST_FIRST).limit(size + 1)).all(), size)


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
) -> Page[MailSummary]:
    """The same of the mail of one record, looking through ``MAX_LINKS`` of its links: then a page may hold fewer mails.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    links = newest_links(session, reader, record_id, MAX_LINKS, _position(cursor))
    query = _summaries().join(links, links.c.mail_id == MailRow.id).where(*conditions)
    newest_first = (links.c.sorted_at.desc(), links.c.mail_id.desc())
    rows = session.execute(query.order_by(*newest_first).limit(size + 1)).all()
    page = _page(rows, size)
    if page.next_cursor is not None:
        return page
    last = session.execute(select(links).order_by(*newest_first).offset(MAX_LINKS - 1)).one_or_none()
    return Page(page.items, None if last is None else encode_cursor(last.sorted_at.isoformat(), last.mail_id))


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
        .order_by(*_NEWEST_FIRST)
        .limit(limit)
    ).all()
    return _of_rows(rows[::-1])


def count_facets(session: Session, reader: User, narrow: MailFilter | None = None) -> Facets:
    """How many visible mails there are by language, machine kind, sentiment, intent and mailbox of the reader.

    Counted are the newest ``MAX_COUNT``, of frequent words those among the newest ``MAX_LOOKED`` mails, as counting all
    would take ever longer.
    """
    narrow = narrow or MailFilter()
    record_id = None if narrow.record_id is None else current_id(session, narrow.record_id)
    last = None
    if narrow.text is not None and is_frequent(session, narrow.text):
        last, looked = _looked_through(session, reader)
        conditions = [*_conditions(session, reader, replace(narrow, text=None), record_id), *looked, holds(narrow.text)]
    else:
        conditions = _conditions(session, reader, narrow, record_id)
    if record_id is not None:
        conditions.append(belongs_to(session, reader, record_id))
    newest = (
        select(MailRow.id, InsightRow.language, InsightRow.machine, InsightRow.sentiment)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(*conditions)
        .order_by(*_NEWEST_FIRST)
    )
    rows = session.execute(newest.limit(MAX_COUNT + 1)).all()
    more, rows = len(rows) > MAX_COUNT or last is not None, rows[:MAX_COUNT]
    ids = [row.id for row in rows]
    counts = {name: _tally(getattr(row, name) for row in rows) for name in ("language", "machine", "sentiment")}
    counts["intent"] = _count(session, MailIntentRow.label, one_of(MailIntentRow.mail_id, ids))
    counts["mailbox"] = _count(session, CopyRow.mailbox_id, one_of(CopyRow.mail_id, ids) & own_copies(reader))
    return Facets(len(rows), counts, more)


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
    labels = (
        select(MailIntentRow.label)
        .where(MailIntentRow.mail_id == MailRow.id)
        .order_by(MailIntentRow.score.desc(), MailIntentRow.label)
        .correlate(MailRow)
        .subquery()
    )
    return select(
        MailRow.id, MailRow.sorted_at, MailRow.date, MailRow.subject, MailRow.from_name, MailRow.from_address,
        InsightRow.language, InsightRow.machine, InsightRow.sentiment, InsightRow.emotion, InsightRow.gist,
        MailRow.attachment_count, MailRow.thread_key, MailRow.thread_by,
        select(func.aggregate_strings(labels.c.label, "\n")).scalar_subquery().label("intents"),
    ).join(InsightRow, InsightRow.mail_id == MailRow.id)  # fmt: skip


def _conditions(
    session: Session, reader: User, narrow: MailFilter, record_id: str | None = None
) -> list[ColumnElement[bool]]:
    """What the mail must be; with a record, whose mail is found by its links."""
    here = MailRow.organisation_id == reader.organisation_id
    conditions = [here, visible(session, reader, record_id=record_id, cover=record_id is None)]
    if narrow.language is not None:
        conditions.append(InsightRow.language == narrow.language)
    if narrow.sentiment is not None:
        conditions.append(InsightRow.sentiment == narrow.sentiment)
    if narrow.machine is not None:
        conditions.append(InsightRow.machine.is_not(None) if narrow.machine else InsightRow.machine.is_(None))
    if narrow.intent is not None:
        has = (MailIntentRow.mail_id == MailRow.id) & (MailIntentRow.label == narrow.intent)
        conditions.append(select(MailIntentRow.mail_id).where(has).exists())
    if narrow.mailbox_id is not None:
        inside = (CopyRow.mail_id == MailRow.id) & (CopyRow.mailbox_id == narrow.mailbox_id)
        conditions.append(select(CopyRow.mail_id).where(inside, own_copies(reader)).exists())
    if narrow.view is not None:
        conditions.append(in_view(reader, narrow.view, narrow.today))
    if narrow.text is not None:
        conditions.append(matches(session, narrow.text))
    return conditions


def _of_rows(rows: Sequence[Any]) -> tuple[MailSummary, ...]:
    named = (row._asdict() for row in rows)
    return tuple(
        MailSummary(**{**row, "intents": tuple(filter(None, (row["intents"] or "").splitlines()))}) for row in named
    )


def _count(session: Session, column: Any, condition: ColumnElement[bool]) -> dict[str, int]:
    query = select(column, func.count()).where(condition, column.is_not(None)).group_by(column).order_by(column)
    return {str(value): count for value, count in session.execute(query)}


def _tally(values: Iterable[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(value for value in values if value is not None).items()))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise errors.UsageError("This cursor is not one of this list; start again without a cursor.")
    return moment
