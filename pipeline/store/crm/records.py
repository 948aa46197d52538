"""Reading the CRM: leads, contacts, accounts and deals, and those that a mail may concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from pipeline import errors
from pipeline.core.link import DealHistory
from pipeline.records import Record, RecordKind
from pipeline.store.access.standing import once
from pipeline.store.access.visibility import accessible, note_access, visible_among
from pipeline.store.crm.crm_views import newest_mail
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page, decode_cursor, encode_cursor
from pipeline.store.rows import one_of
from pipeline.store.tables import (
    DealContactRow,
    RecordAddressRow,
    RecordFieldRow,
    RecordRedirectRow,
    RecordRow,
)
from pipeline.store.tables.base import KEY_LENGTH, clean
from pipeline.suggest.values import normalise

MAX_PAGE = 200
MAX_ASKED = 100
# More records than this with one name or address tell nothing about a mail.
_MAX_RELATED = 200
_PEOPLE: tuple[RecordKind, ...] = ("contact", "lead")
_ACCOUNTS: tuple[RecordKind, ...] = ("account",)


@dataclass(frozen=True, slots=True)
class StoredField:
    """A value of a record with who set it last and, if the reader may see that mail, the mail it was read from.

    ``origin`` is ``person``, ``suggestion`` or ``import``.
    """

    name: str
    value: str
    type: str | None
    extension: str | None
    origin: str
    edited_by: str | None
    edited_at: datetime
    mail_id: str | None


@dataclass(frozen=True, slots=True)
class RecordDetail:
    """A record as its page shows it: with all values, its account, and its deals or contacts."""

    record: Record
    fields: tuple[StoredField, ...]
    account: Record | None
    contacts: tuple[Record, ...]
    deals: tuple[Record, ...]
    created_at: datetime


def get_record(session: Session, reader: User, record_id: str) -> RecordDetail:
    """A record of the reader's organisation in full; the id of a merged one leads to that which took it in.

    Raises: errors.NotFound.
    """
    found = session.execute(_with_related(session, reader, record_id)).all()
    if not found and (moved := current_id(session, record_id)) != record_id:
        return get_record(session, reader, moved)
    rows = {row[1].id: _Row(*row[1:]) for row in found}
    if record_id not in rows:
        raise errors.NotFound("There is no such record.")
    note_current(session, record_id)
    note_access(session, reader, record_id)
    fields = _fields(session, list(rows))
    loaded = {id_: _record(row, fields[id_]) for id_, row in rows.items()}

    def of(part: str) -> tuple[Record, ...]:
        return tuple(loaded[row[1].id] for row in found if row[0] == part)

    return RecordDetail(
        loaded[record_id],
        _stored_fields(session, reader, fields[record_id]),
        next(iter(of("account")), None),
        (*of("part"), *of("staff")),
        of("deal"),
        rows[record_id].row.created_at,
    )


def _with_related(session: Session, reader: User, record_id: str) -> Any:
    """The record, its account, deals, the contacts of a deal and those of an account: each with what it is to it."""
    staff = select(RecordRow.id).where(RecordRow.account_id == record_id).order_by(RecordRow.id).limit(MAX_PAGE)
    part = union_all(
        select(literal("self").label("role"), literal(record_id).label("id")),
        select(literal("account"), RecordRow.account_id).where(RecordRow.id == record_id),
        select(literal("deal"), DealContactRow.deal_id).where(DealContactRow.contact_id == record_id),
        select(literal("part"), DealContactRow.contact_id).where(DealContactRow.deal_id == record_id),
        select(literal("staff"), staff.subquery().c.id),
    ).subquery()
    query = select(part.c.role, RecordRow, *_parts()).join(RecordRow, RecordRow.id == part.c.id)
    return query.where(accessible(session, reader)).order_by(RecordRow.id).execution_options(populate_existing=True)


def current_id(session: Session, record_id: str) -> str:
    """The id under which a record is found now: its own, or that of the record it was merged into."""
    moved = select(RecordRedirectRow.record_id).where(RecordRedirectRow.old_id == record_id)
    return once(session, ("current", record_id), lambda: session.scalar(moved)) or record_id


def note_current(session: Session, record_id: str) -> None:
    """Spare the question of ``current_id`` where a session that only reads has just found this record."""
    once(session, ("current", record_id), lambda: None)


def list_records(
    session: Session,
    reader: User,
    *,
    kind: RecordKind | None = None,
    text: str | None = None,
    sentiment: str | None = None,
    intent: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Record]:
    """Records the reader has access to, by name; ``text`` is looked for in names and addresses.

    ``sentiment`` and ``intent`` are those of the newest mail from people that the reader may see of a record; then a
    page looks at ``MAX_ASKED`` records, and may hold fewer than ``limit`` although more follow.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = select(RecordRow.id, RecordRow.name_key).where(accessible(session, reader))
    if kind is not None:
        query = query.where(RecordRow.kind == kind)
    if text is not None:
        query = query.where(_mentions(text))
    size = max(1, min(limit, MAX_PAGE))
    if sentiment is None and intent is None:
        rows, more = _first(session, query, cursor, size)
        return _records_page(session, rows, rows[-1] if more else None)
    asked, more = _first(session, query, cursor, MAX_ASKED)
    found = newest_mail(session, reader, [row.id for row in asked], sentiment=sentiment, intent=intent)
    rows = [row for row in asked if row.id in found]
    end = rows[size - 1] if len(rows) > size else asked[-1] if more else None
    return _records_page(session, rows[:size], end)


def _first(session: Session, query: Any, cursor: str | None, size: int) -> tuple[Sequence[Any], bool]:
    """The first records by name after the cursor, and whether there are more."""
    if cursor is not None:
        name_key, record_id = decode_cursor(cursor, (str, str))
        query = query.where(tuple_(RecordRow.name_key, RecordRow.id) > tuple_(name_key, record_id))
    rows = session.execute(query.order_by(RecordRow.name_key, RecordRow.id).limit(size + 1)).all()
    return rows[:size], len(rows) > size


def _records_page(session: Session, rows: Sequence[Any], end: Any) -> Page[Record]:
    items = load_records(session, tuple(row.id for row in rows))
    return Page(items, encode_cursor(end.name_key, end.id) if end is not None else None)


def related(
    session: Session,
    organisation_id: str,
    addresses: Iterable[str] = (),
    names: Iterable[str] = (),
    companies: Iterable[str] = (),
) -> tuple[Record, ...]:
    """The records that these addresses, people and firms may concern; its cost does not grow with the CRM.

    Leads and contacts by address or name; accounts by firm; then those contacts' accounts and deals. Ordered by id.
    """
    people = _by_address(session, organisation_id, {address.lower() for address in addresses})
    people |= _by_name(session, organisation_id, _PEOPLE, names)
    accounts = _by_name(session, organisation_id, _ACCOUNTS, companies)
    accounts |= set(session.scalars(select(RecordRow.account_id).where(RecordRow.id.in_(people))))
    deals = set(session.scalars(select(DealContactRow.deal_id).where(DealContactRow.contact_id.in_(people))))
    return load_records(session, sorted(record_id for record_id in people | accounts | deals if record_id))


def names_at(session: Session, reader: User, addresses: Collection[str]) -> dict[str, str]:
    """What the CRM calls the people at these addresses, by address, as far as the reader has access to them.

    A contact comes before a lead.
    """
    if not addresses:
        return {}
    query = (
        select(RecordAddressRow.address, RecordRow.name)
        .join(RecordRow, RecordRow.id == RecordAddressRow.record_id)
        .where(
            RecordAddressRow.organisation_id == reader.organisation_id,
            RecordAddressRow.address.in_(sorted(addresses)),
            RecordRow.kind.in_(_PEOPLE),
            accessible(session, reader),
        )
        .order_by(RecordRow.kind.desc(), RecordRow.id.desc())
    )
    return dict(session.execute(query).all())


def load_records(session: Session, ids: Sequence[str]) -> tuple[Record, ...]:
    """The records with these ids, in their order; unknown ids and repeats are left out.

    Whose they are is not asked: give only ids that came from something the reader may see.
    """
    if not ids:
        return ()
    query = select(RecordRow, *_parts()).where(one_of(RecordRow.id, ids)).execution_options(populate_existing=True)
    rows = {row[0].id: _Row(*row) for row in session.execute(query)}
    fields = _fields(session, list(rows))
    return tuple(_record(rows[id_], fields[id_]) for id_ in dict.fromkeys(ids) if id_ in rows)


@dataclass(frozen=True, slots=True)
class _Row:
    """A record with its addresses and, of a deal, the ids of its contacts: a line each."""

    row: RecordRow
    addresses: str | None
    contacts: str | None


def _parts() -> tuple[ScalarSelect[str], ScalarSelect[str]]:
    address = RecordAddressRow.address
    addresses = select(address).where(RecordAddressRow.record_id == RecordRow.id)
    contacts = select(DealContactRow.contact_id).where(DealContactRow.deal_id == RecordRow.id)
    return (
        _lines(addresses.order_by(RecordAddressRow.position, address)),
        _lines(contacts.order_by(DealContactRow.contact_id)),
    )


def _lines(values: Select[str]) -> ScalarSelect[str]:
    """All values of a record in one text, a line each."""
    found = values.correlate(RecordRow).subquery()
    return select(func.aggregate_strings(found.c[0], "\n")).scalar_subquery()


def _fields(session: Session, ids: Sequence[str]) -> dict[str, list[RecordFieldRow]]:
    fields: dict[str, list[RecordFieldRow]] = defaultdict(list)
    if not ids:
        return fields
    order = (RecordFieldRow.record_id, RecordFieldRow.name, RecordFieldRow.position)
    found = select(RecordFieldRow).where(one_of(RecordFieldRow.record_id, ids)).order_by(*order)
    for field in session.scalars(found.execution_options(populate_existing=True)):
        fields[field.record_id].append(field)
    return fields


def name_key(kind: RecordKind, name: str) -> str:
    """The form of a name by which duplicates are found (山田 太郎 is 山田太郎, Acme Ltd is ACME); cut to index it."""
    field = "full_name" if kind in ("contact", "lead") else "company"
    return clean(normalise(field, name))[:KEY_LENGTH]


def deal_history(session: Session, ids: Sequence[str]) -> dict[str, DealHistory]:
    """When each of these deals was opened, changed and closed, by id."""
    rows = session.scalars(select(RecordRow).where(RecordRow.id.in_(ids), RecordRow.kind == "deal"))
    return {row.id: DealHistory(row.opened_at, row.modified_at, row.closed_at, row.won) for row in rows}


def _record(found: _Row, fields: Sequence[RecordFieldRow]) -> Record:
    row = found.row
    return Record(
        kind=cast(RecordKind, row.kind),
        id=row.id,
        name=row.name,
        fields={field.name: field.value for field in reversed(fields)},
        addresses=tuple(filter(None, (found.addresses or "").split("\n"))),
        edited_fields=frozenset(field.name for field in fields if field.origin == "person"),
        account_id=row.account_id,
        contact_ids=tuple(filter(None, (found.contacts or "").split("\n"))),
        open=row.open,
    )


def _stored_fields(session: Session, reader: User, rows: Sequence[RecordFieldRow]) -> tuple[StoredField, ...]:
    mail_ids = {row.mail_id for row in rows if row.mail_id is not None}
    shown = visible_among(session, reader, mail_ids)
    return tuple(
        StoredField(
            row.name, row.value, row.type, row.extension, row.origin, row.edited_by, row.edited_at,
            row.mail_id if row.mail_id in shown else None,
        )
        for row in rows
    )  # fmt: skip


def _mentions(text: str) -> ColumnElement[bool]:
    address = aliased(RecordAddressRow)
    by_address = address.address.contains(text.lower(), autoescape=True)
    keys = {key for kind in _PEOPLE + _ACCOUNTS if (key := name_key(kind, text))}
    return or_(
        *(RecordRow.name_key.contains(key, autoescape=True) for key in sorted(keys)),
        select(address.record_id).where(address.record_id == RecordRow.id, by_address).exists(),
    )


def _by_address(session: Session, organisation_id: str, addresses: Collection[str]) -> set[str]:
    if not addresses:
        return set()
    query = (
        select(RecordAddressRow.record_id)
        .where(RecordAddressRow.organisation_id == organisation_id, RecordAddressRow.address.in_(sorted(addresses)))
        .order_by(RecordAddressRow.record_id)
    )
    return set(session.scalars(query.limit(_MAX_RELATED)))


def _by_name(session: Session, organisation_id: str, kinds: Collection[RecordKind], names: Iterable[str]) -> set[str]:
    keys = sorted({key for name in names for kind in kinds if (key := name_key(kind, name))})
    if not keys:
        return set()
    query = select(RecordRow.id).where(
        RecordRow.organisation_id == organisation_id, RecordRow.kind.in_(kinds), RecordRow.name_key.in_(keys)
    )
    return set(session.scalars(query.order_by(RecordRow.id).limit(_MAX_RELATED)))
