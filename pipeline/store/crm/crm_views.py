"""Conditions on mail and records by what the CRM knows: a record's mail, inbox views, last mood and intent."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, or_, select
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
_OUTSIDE_OTHERS: tuple[View, ...] = ("open_deals", "customers", "leads")


def belongs_to(reader: User, record_id: str) -> ColumnElement[bool]:
    """The condition on ``MailRow``: linked to the record itself or, for an account, to one of its contacts."""
    records = select(RecordRow.id).where(
        or_(RecordRow.id == record_id, RecordRow.account_id == record_id),
        RecordRow.organisation_id == reader.organisation_id,
    )
    linked = select(LinkRow.mail_id).where(LinkRow.record_id.in_(records), LinkRow.active)
    return MailRow.id.in_(linked)


def in_view(reader: User, view: View, today: date) -> ColumnElement[bool]:
    """The condition on ``MailRow`` that holds for mail of one view of the inbox.

    Mail belongs to deals directly or through their contacts. ``customers`` are contacts with a won deal, ``others`` is
    what is in none of the other views. A deal closes this month by its field ``closing_date``, while it is open.
    """
    if view == "others":
        return and_(*(~in_view(reader, other, today) for other in _OUTSIDE_OTHERS))
    here = RecordRow.organisation_id == reader.organisation_id
    if view == "leads":
        return _linked_to(select(RecordRow.id).where(here, RecordRow.kind == "lead"))
    deals = select(RecordRow.id).where(here, RecordRow.kind == "deal")
    if view == "customers":
        return _linked_to_deals(deals.where(RecordRow.won.is_(True)))
    deals = deals.where(RecordRow.open)
    if view == "closing_this_month":
        month = today.isoformat()[:7]
        deals = deals.join(RecordFieldRow, RecordFieldRow.record_id == RecordRow.id)
        deals = deals.where(RecordFieldRow.name == CLOSING_DATE, RecordFieldRow.value.startswith(month))
    return _linked_to_deals(deals)


def last_mail_says(
    session: Session, reader: User, *, sentiment: str | None = None, intent: str | None = None
) -> ColumnElement[bool]:
    """The condition on ``RecordRow``: the newest mail from people that the reader may see of it has these labels."""
    newest = _newest_mail(session, reader)
    conditions = []
    if sentiment is not None:
        conditions.append(
            select(InsightRow.mail_id).where(InsightRow.mail_id == newest, InsightRow.sentiment == sentiment).exists()
        )
    if intent is not None:
        has = and_(MailIntentRow.mail_id == newest, MailIntentRow.label == intent)
        conditions.append(select(MailIntentRow.mail_id).where(has).exists())
    return and_(*conditions)


def _newest_mail(session: Session, reader: User) -> ScalarSelect[str]:
    """The newest visible mail from people, of those linked to the record or, for an account, to its contacts."""
    linked = aliased(RecordRow)
    return (
        select(MailRow.id)
        .join(LinkRow, LinkRow.mail_id == MailRow.id)
        .join(linked, linked.id == LinkRow.record_id)
        .join(InsightRow, InsightRow.mail_id == MailRow.id)
        .where(or_(linked.id == RecordRow.id, linked.account_id == RecordRow.id), LinkRow.active)
        .where(InsightRow.machine.is_(None), visible(session, reader))
        .order_by(MailRow.sorted_at.desc(), MailRow.id.desc())
        .limit(1)
        .correlate(RecordRow)
        .scalar_subquery()
    )


def _linked_to(records: Select[str]) -> ColumnElement[bool]:
    links = select(LinkRow.mail_id).where(LinkRow.mail_id == MailRow.id, LinkRow.active)
    return links.where(LinkRow.record_id.in_(records)).correlate(MailRow).exists()


def _linked_to_deals(deals: Select[str]) -> ColumnElement[bool]:
    contacts = select(DealContactRow.contact_id).where(DealContactRow.deal_id.in_(deals))
    return or_(_linked_to(deals), _linked_to(contacts))
