"""Conditions on mail and records by what the CRM knows: a record's mail, inbox views, last mood and intent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, and_, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from pipeline.store.access.visibility import visible
from pipeline.store.organisation.people import User
from pipeline.store.tables import (
    DealContactRow,
    InsightRow,
    LinkRow,
    MailIntentRow,
    MailRow,
    RecordFieldRow,
    RecordRow,
)

View = Literal["closing_this_month", "open_deals", "customers", "leads", "others"]
CLOSING_DATE = "closing_date"
MAX_LOOKED = 200
"""Links of a record that are looked at for its last mood."""
MAX_LINKS = 2000
"""Links of a record that a page of its mail looks through."""
_OUTSIDE_OTHERS: tuple[View, ...] = ("open_deals", "customers", "leads")


def newest_links(
    session: Session,
    reader: User,
    record_id: str,
    most: int,
    after: tuple[datetime, str] | None = None,
) -> Subquery:
    """The newest ``most`` links of a record, for an account with those of its contacts: ``sorted_at`` and ``mail_id``.

    ``after`` leaves out what is not older than a mail of this date and id.
    """
    records = select(RecordRow.id).where(
        or_(RecordRow.id == record_id, RecordRow.account_id == record_id),
        RecordRow.organisation_id == reader.organisation_id,
    )
    return _newest(session, records, most, after)


def belongs_to(session: Session, reader: User, record_id: str, most: int = MAX_LINKS) -> ColumnElement[bool]:
    """The condition on ``MailRow`` that holds for the mail of these links."""
    return MailRow.id.in_(select(newest_links(session, reader, record_id, most).c.mail_id))


def _newest(session: Session, records: Select[str], most: int, after: tuple[datetime, str] | None = None) -> Subquery:
    """The newest links of these records, read from the index of each; their mails' dates lie in the links for that."""
    links = select(LinkRow.sorted_at, LinkRow.mail_id).where(LinkRow.active)
    if after is not None:
        links = links.where(tuple_(LinkRow.sorted_at, LinkRow.mail_id) < tuple_(*after))
    newest = links.order_by(LinkRow.sorted_at.desc(), LinkRow.mail_id.desc()).limit(most)
    if session.get_bind().dialect.name == "sqlite":
        return newest.where(LinkRow.record_id.in_(records)).distinct().subquery()
    record = records.subquery()
    each = newest.where(LinkRow.record_id == record.c.id).lateral()
    found = select(each.c.sorted_at, each.c.mail_id).select_from(record).join(each, true()).distinct()
    return found.order_by(each.c.sorted_at.desc(), each.c.mail_id.desc()).limit(most).subquery()


def in_view(reader: User, view: View, today: date) -> ColumnElement[bool]:
    """The condition on ``MailRow`` that holds for mail of one view of the inbox.

    Mail belongs to deals directly or through their contacts. ``customers`` are contacts with a won deal, ``others`` is
    what is in none of the other views. A deal closes this month by its field ``closing_date``, while it is open.
    """
    if view == "others":
        return and_(*(~in_view(reader, other, today) for other in _OUTSIDE_OTHERS))
    here = RecordRow.organisation_id == reader.organisation_id
    if view == "leads":
        return _linked_to(here, RecordRow.kind == "lead")
    deal = (here, RecordRow.kind == "deal")
    if view == "customers":
        return _linked_to_deals(*deal, RecordRow.won.is_(True))
    if view == "closing_this_month":
        month = today.isoformat()[:7]
        closing = select(RecordFieldRow.record_id).where(
            RecordFieldRow.record_id == RecordRow.id,
            RecordFieldRow.name == CLOSING_DATE,
            RecordFieldRow.value.startswith(month),
        )
        return _linked_to_deals(*deal, RecordRow.open.is_(True), closing.exists())
    return _linked_to_deals(*deal, RecordRow.open.is_(True))


def newest_mail(
    session: Session,
    reader: User,
    record_ids: Sequence[str],
    *,
    sentiment: str | None = None,
    intent: str | None = None,
) -> frozenset[str]:
    """Those of the records whose newest mail from people that the reader may see has these labels."""
    newest = _newest_mail(session, reader)
    query = select(RecordRow.id).where(RecordRow.id.in_(record_ids))
    if sentiment is not None:
        query = query.join(InsightRow, and_(InsightRow.mail_id == newest, InsightRow.sentiment == sentiment))
    if intent is not None:
        query = query.join(MailIntentRow, and_(MailIntentRow.mail_id == newest, MailIntentRow.label == intent))
    return frozenset(session.scalars(query))


def _newest_mail(session: Session, reader: User) -> ScalarSelect[str]:
    """The newest visible mail from people, of those linked to the record or, for an account, to its contacts.

    It is looked for among the newest ``MAX_LOOKED`` links, one after the other, so that visibility is asked of few.
    """
    linked, mail = aliased(RecordRow), aliased(MailRow)
    own = or_(linked.id == RecordRow.id, linked.account_id == RecordRow.id)
    newest = _newest(session, select(linked.id).where(own).correlate(RecordRow), MAX_LOOKED)
    return (
        select(newest.c.mail_id)
        .join(mail, mail.id == newest.c.mail_id)
        .join(InsightRow, InsightRow.mail_id == mail.id)
        .where(visible(session, reader, mail, cover=False), InsightRow.machine.is_(None))
        .order_by(newest.c.sorted_at.desc(), newest.c.mail_id.desc())
        .limit(1)
        .correlate(RecordRow)
        .scalar_subquery()
    )


def _linked_to(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A link of the mail leads to a record for which these hold."""
    links = select(LinkRow.mail_id).join(RecordRow, RecordRow.id == LinkRow.record_id)
    return _has(links.where(LinkRow.mail_id == MailRow.id, LinkRow.active, *conditions))


def _linked_to_deals(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A link of the mail leads to a deal for which these hold, or to a contact of one."""
    contacts = (
        select(LinkRow.mail_id)
        .join(DealContactRow, DealContactRow.contact_id == LinkRow.record_id)
        .join(RecordRow, RecordRow.id == DealContactRow.deal_id)
        .where(LinkRow.mail_id == MailRow.id, LinkRow.active, *conditions)
    )
    return or_(_linked_to(*conditions), _has(contacts))


def _has(links: Select[str]) -> ColumnElement[bool]:
    """With a limit PostgreSQL asks this of each mail it comes to; an EXISTS it would join with all links there are."""
    return links.correlate(MailRow).limit(1).scalar_subquery().is_not(None)
