"""Which mail belongs to which record. Links are facts; who may see a linked mail is asked when it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.link import Reason
from pipeline.records import Record
from pipeline.store.people import User
from pipeline.store.records import load_records
from pipeline.store.rows import insert_new, upsert
from pipeline.store.tables import LinkRow, MailAddressRow, MailRow, RecordAddressRow, RecordRow
from pipeline.store.visibility import accessible, visible, why

Origin = Reason | Literal["manual", "decision"]
BY_PEOPLE = ("manual", "decision")


def link_mail(session: Session, mail_id: str, record_id: str, origin: Reason, now: datetime) -> bool:
    """Link a mail to a record by itself, and tell whether that was new; what a person unlinked stays unlinked."""
    row = {"mail_id": mail_id, "record_id": record_id, "origin": origin, "active": True, "user_id": None, "at": now}
    return insert_new(session, LinkRow, row) == 1


def link_past_mail(session: Session, record_id: str, now: datetime) -> int:
    """Link all stored mail that was sent from or to an address of the record, and tell how many were new."""
    primary = select(func.min(RecordAddressRow.position)).where(RecordAddressRow.record_id == record_id)
    origin = case(
        (RecordAddressRow.position == primary.scalar_subquery(), "primary_address"), else_="secondary_address"
    )
    matches = (
        select(MailRow.id, RecordAddressRow.record_id, origin, literal(True), literal(now, LinkRow.at.type))
        .join(MailAddressRow, MailAddressRow.mail_id == MailRow.id)
        .join(RecordAddressRow, RecordAddressRow.address == MailAddressRow.address)
        .where(RecordAddressRow.record_id == record_id, MailRow.organisation_id == RecordAddressRow.organisation_id)
        .distinct()
    )
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    columns = ["mail_id", "record_id", "origin", "active", "at"]
    statement = insert(LinkRow).from_select(columns, matches).on_conflict_do_nothing()
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(getattr(result, "rowcount", 0))


def set_link(session: Session, reader: User, mail_id: str, record_id: str, active: bool, now: datetime) -> None:
    """Link or unlink by hand; that stays, whatever is found later.

    Raises: errors.NotFound where the reader may not see the mail, or there is no such record; errors.NotAllowed where
    they may only read the mail.
    """
    _require(session, reader, mail_id, record_id)
    row = {
        "mail_id": mail_id, "record_id": record_id, "origin": "manual", "active": active, "user_id": reader.id,
        "at": now,
    }  # fmt: skip
    upsert(session, LinkRow, row, ("mail_id", "record_id"))


def records_of_mail(session: Session, reader: User, mail_id: str) -> tuple[Record, ...]:
    """The records a mail belongs to, by name; none where the reader may not see the mail."""
    query = (
        select(RecordRow.id)
        .join(LinkRow, LinkRow.record_id == RecordRow.id)
        .join(MailRow, MailRow.id == LinkRow.mail_id)
        .where(LinkRow.mail_id == mail_id, LinkRow.active, visible(session, reader))
        .order_by(RecordRow.name_key, RecordRow.id)
    )
    return load_records(session, session.scalars(query).all())


def require_write(session: Session, reader: User, mail_id: str) -> None:
    """Refuse who may not change the links of a mail: that may show it to more people.

    Raises: errors.NotFound, errors.NotAllowed.
    """
    verdict = why(session, reader, mail_id)
    if verdict is None or not verdict.allowed:
        raise errors.NotFound("There is no such mail or record among those you may see.")
    if verdict.access == "read":
        raise errors.NotAllowed("You may read this mail, but only its owner may change what it is linked to.")


def _require(session: Session, reader: User, mail_id: str, record_id: str) -> None:
    require_write(session, reader, mail_id)
    record = session.scalar(select(RecordRow.id).where(RecordRow.id == record_id, accessible(session, reader)))
    if record is None:
        raise errors.NotFound("There is no such mail or record among those you may see.")
