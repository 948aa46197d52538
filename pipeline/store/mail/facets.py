"""How many of the visible mails there are of each kind, for those who narrow a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.store.access.visibility import own_copies
from pipeline.store.crm.crm_views import belongs_to
from pipeline.store.crm.records import current_id
from pipeline.store.mail.narrowing import NEWEST_FIRST, MailFilter, conditions, looked_through
from pipeline.store.mail.search import find_hits
from pipeline.store.organisation.people import User
from pipeline.store.rows import one_of
from pipeline.store.tables import CopyRow, InsightRow, MailIntentRow, MailRow

MAX_COUNT = 1000


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the visible mails have each value: by name of the facet, then by value.

    ``more`` tells that there are more than ``total``, and only the newest were counted.
    """

    total: int
    counts: Mapping[str, Mapping[str, int]]
    more: bool = False


def count_facets(session: Session, reader: User, narrow: MailFilter | None = None) -> Facets:
    """How many visible mails there are by language, machine kind, sentiment, intent and mailbox of the reader.

    Counted are the newest ``MAX_COUNT``, of frequent words those among the newest ``MAX_LOOKED`` mails, as counting all
    would take ever longer.
    """
    narrow = narrow or MailFilter()
    record_id = None if narrow.record_id is None else current_id(session, narrow.record_id)
    found, more = _found(session, reader, narrow, record_id)
    newest = (
        select(MailRow.id, InsightRow.language, InsightRow.machine, InsightRow.sentiment)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(*found)
        .order_by(*NEWEST_FIRST)
    )
    rows = session.execute(newest.limit(MAX_COUNT + 1)).all()
    more, rows = more or len(rows) > MAX_COUNT, rows[:MAX_COUNT]
    ids = [row.id for row in rows]
    counts = {name: _tally(getattr(row, name) for row in rows) for name in ("language", "machine", "sentiment")}
    counts["intent"] = _count(session, MailIntentRow.label, one_of(MailIntentRow.mail_id, ids))
    counts["mailbox"] = _count(session, CopyRow.mailbox_id, one_of(CopyRow.mail_id, ids) & own_copies(reader))
    return Facets(len(rows), counts, more)


def _found(
    session: Session, reader: User, narrow: MailFilter, record_id: str | None
) -> tuple[list[ColumnElement[bool]], bool]:
    """The conditions on what is counted, and whether there may be more than these find."""
    if record_id is not None:
        return [*conditions(session, reader, narrow, record_id), belongs_to(session, reader, record_id)], False
    if narrow.text is None:
        return conditions(session, reader, narrow), False
    hits = find_hits(session, reader.organisation_id, narrow.text)
    if hits is not None:
        left = replace(narrow, text=None) if hits.certain else narrow
        return [*conditions(session, reader, left, cover=False), one_of(MailRow.id, hits.mail_ids)], False
    last, looked = looked_through(session, reader)
    return [*conditions(session, reader, narrow), *looked], last is not None


def _count(session: Session, column: Any, condition: ColumnElement[bool]) -> dict[str, int]:
    query = select(column, func.count()).where(condition, column.is_not(None)).group_by(column).order_by(column)
    return {str(value): count for value, count in session.execute(query)}


def _tally(values: Iterable[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(value for value in values if value is not None).items()))
