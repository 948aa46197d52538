"""Which mail belongs to which record. Links are facts; who may see a linked mail is asked when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session, aliased

from pipeline import errors
from pipeline.core.link import Ambiguity, Reason, link_addresses
from pipeline.core.share import Verdict, at_least
from pipeline.records import Record, RecordKind
from pipeline.store.access.visibility import accessible, verdicts, visible
from pipeline.store.crm.records import load_records
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rows import insert_new, lock, upsert
from pipeline.store.tables import LinkRow, MailAddressRow, MailRow, RecordAddressRow, RecordRow

Origin = Reason | Literal["manual", "decision"]
LinkCode = Literal["SUCCESS", "INVALID_DATA", "NO_PERMISSION", "DUPLICATE_DATA"]
BY_PEOPLE = ("manual", "decision")
ROLES = ("from", "to", "cc")


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A record that a mail is linked to; ``user_id`` is who did it, None where it was found by itself."""

    record_id: str
    kind: RecordKind
    name: str
    origin: Origin
    user_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MailLinks:
    """The links of a mail, and for each address that several records have, the records to choose from."""

    links: tuple[StoredLink, ...]
    choices: tuple[Ambiguity, ...]


def link_mail(session: Session, mail_id: str, record_id: str, origin: Reason, now: datetime) -> bool:
    """Link a mail to a record by itself, and tell whether that was new; what a person unlinked stays unlinked."""
    row = {"mail_id": mail_id, "record_id": record_id, "origin": origin, "active": True, "user_id": None, "at": now}
    return insert_new(session, LinkRow, row | {"sorted_at": date_of(session, mail_id)}) == 1


def date_of(session: Session, mail_id: str) -> datetime | None:
    """What the mail is ordered by, which each of its links has too."""
    return session.scalar(select(MailRow.sorted_at).where(MailRow.id == mail_id))


def link_past_mail(session: Session, record_id: str, now: datetime) -> int:
    """Link all stored mail that was sent from or to an address of the record, and tell how many were new.

    An address that another record has too is left to the user's choice.
    """
    primary = select(func.min(RecordAddressRow.position)).where(RecordAddressRow.record_id == record_id)
    origin = case(
        (RecordAddressRow.position == primary.scalar_subquery(), "primary_address"), else_="secondary_address"
    )
    rival = aliased(RecordAddressRow)
    rivals = select(rival.record_id).where(
        rival.organisation_id == RecordAddressRow.organisation_id,
        rival.address == RecordAddressRow.address,
        rival.record_id != record_id,
    )
    matches = (
        select(
            MailRow.id, RecordAddressRow.record_id, func.min(origin), literal(True), literal(now, LinkRow.at.type),
            MailRow.sorted_at,
        )
        .join(MailAddressRow, MailAddressRow.mail_id == MailRow.id)
        .join(RecordAddressRow, RecordAddressRow.address == MailAddressRow.address)
        .where(
            RecordAddressRow.record_id == record_id,
            MailRow.organisation_id == RecordAddressRow.organisation_id,
            MailAddressRow.role.in_(ROLES),
            ~rivals.exists(),
        )
        .group_by(MailRow.id, MailRow.sorted_at, RecordAddressRow.record_id)
    )  # fmt: skip
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    columns = ["mail_id", "record_id", "origin", "active", "at", "sorted_at"]
    statement = insert(LinkRow).from_select(columns, matches).on_conflict_do_nothing()
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(getattr(result, "rowcount", 0))


def set_link(session: Session, reader: User, mail_id: str, record_id: str, active: bool, now: datetime) -> None:
    """Link or unlink by hand; that stays, whatever is found later.

    Raises: errors.NotFound where the reader may not see the mail, or there is no such record; errors.NotAllowed where
    they may only read the mail.
    """
    require_write(session, reader, mail_id)
    _require_record(session, reader, record_id)
    _put(session, reader, mail_id, record_id, active, now)


def change_link(session: Session, reader: User, mail_id: str, record_id: str, new_id: str, now: datetime) -> None:
    """Link a mail to another record in place of one, by hand.

    Raises: errors.NotFound, errors.NotAllowed as ``set_link``; errors.Conflict where it is not linked to the first.
    """
    lock(session, reader.organisation_id)
    require_write(session, reader, mail_id)
    row = session.get(LinkRow, (mail_id, record_id), populate_existing=True)
    if row is None or not row.active:
        raise errors.Conflict("The mail is not linked to this record any more; load it again.")
    set_link(session, reader, mail_id, record_id, False, now)
    set_link(session, reader, mail_id, new_id, True, now)


def set_links(
    session: Session, reader: User, pairs: Sequence[tuple[str, str]], active: bool, now: datetime
) -> list[LinkCode]:
    """Link or unlink many mails by hand; one code an item, and what can be done is done."""
    judged = verdicts(session, reader, sorted({mail_id for mail_id, _ in pairs}))
    asked = RecordRow.id.in_(sorted({record_id for _, record_id in pairs}))
    records = set(session.scalars(select(RecordRow.id).where(asked, accessible(session, reader))))
    codes: list[LinkCode] = []
    done: set[tuple[str, str]] = set()
    for mail_id, record_id in pairs:
        code = _judge(judged.get(mail_id), record_id in records, (mail_id, record_id) in done)
        if code == "SUCCESS":
            _put(session, reader, mail_id, record_id, active, now)
        codes.append(code)
        done.add((mail_id, record_id))
    return codes


def _judge(verdict: Verdict | None, record: bool, repeated: bool) -> LinkCode:
    if repeated:
        return "DUPLICATE_DATA"
    if verdict is None or not verdict.allowed or not record:
        return "INVALID_DATA"
    return "SUCCESS" if verdict.access in at_least("write") else "NO_PERMISSION"


def _put(session: Session, reader: User, mail_id: str, record_id: str, active: bool, now: datetime) -> None:
    row = {
        "mail_id": mail_id, "record_id": record_id, "origin": "manual", "active": active, "user_id": reader.id,
        "at": now, "sorted_at": date_of(session, mail_id),
    }  # fmt: skip
    upsert(session, LinkRow, row, ("mail_id", "record_id"))
    action = "link.add" if active else "link.remove"
    record_action(session, reader.organisation_id, reader.id, action, record_id, now)


def records_of_mail(session: Session, reader: User, mail_id: str) -> tuple[Record, ...]:
    """The records a mail belongs to, by name; none where the reader may not see the mail."""
    query = (
        select(RecordRow.id)
        .join(LinkRow, LinkRow.record_id == RecordRow.id)
        .join(MailRow, MailRow.id == LinkRow.mail_id)
        .where(LinkRow.mail_id == mail_id, LinkRow.active, visible(session, reader), accessible(session, reader))
        .order_by(RecordRow.name_key, RecordRow.id)
    )
    return load_records(session, session.scalars(query).all())


def links_of_mail(session: Session, reader: User, mail_id: str) -> MailLinks:
    """The links of a mail as far as the reader has access to the records, and the choices it leaves.

    Raises: errors.NotFound where the reader may not see the mail.
    """
    if session.scalar(select(MailRow.id).where(MailRow.id == mail_id, visible(session, reader))) is None:
        raise errors.NotFound("There is no such mail among those you may see.")
    rows = session.execute(
        select(LinkRow, RecordRow.kind, RecordRow.name)
        .join(RecordRow, RecordRow.id == LinkRow.record_id)
        .where(LinkRow.mail_id == mail_id, accessible(session, reader))
        .order_by(RecordRow.name_key, RecordRow.id)
    ).all()
    links = tuple(
        StoredLink(row.record_id, cast(RecordKind, kind), name, cast(Origin, row.origin), row.user_id, row.at)
        for row, kind, name in rows
        if row.active
    )
    return MailLinks(links, _choices(session, reader, mail_id, {row.record_id for row, _, _ in rows}))


def _choices(session: Session, reader: User, mail_id: str, settled: set[str]) -> tuple[Ambiguity, ...]:
    """Addresses of the mail that several records have, where nobody chose among these yet."""
    addresses = session.scalars(
        select(MailAddressRow.address)
        .where(MailAddressRow.mail_id == mail_id, MailAddressRow.role.in_(ROLES))
        .order_by(MailAddressRow.role.desc(), MailAddressRow.position)
    ).all()
    found = session.scalars(
        select(RecordRow.id)
        .join(RecordAddressRow, RecordAddressRow.record_id == RecordRow.id)
        .where(RecordAddressRow.address.in_(addresses), accessible(session, reader))
        .order_by(RecordRow.id)
    ).all()
    asked = link_addresses(dict.fromkeys(addresses), load_records(session, found)).ambiguous
    return tuple(one for one in asked if not settled & {candidate.record_id for candidate in one.candidates})


def require_write(session: Session, reader: User, mail_id: str) -> None:
    """Refuse who may not change the links of a mail: that may show it to more people.

    Raises: errors.NotFound, errors.NotAllowed.
    """
    code = _judge(verdicts(session, reader, (mail_id,)).get(mail_id), record=True, repeated=False)
    if code == "INVALID_DATA":
        raise errors.NotFound("There is no such mail or record among those you may see.")
    if code == "NO_PERMISSION":
        raise errors.NotAllowed("You may read this mail, but only its owner may change what it is linked to.")


def _require_record(session: Session, reader: User, record_id: str) -> None:
    if session.scalar(select(RecordRow.id).where(RecordRow.id == record_id, accessible(session, reader))) is None:
        raise errors.NotFound("There is no such mail or record among those you may see.")
