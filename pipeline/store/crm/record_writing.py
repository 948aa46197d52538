"""Writing the CRM: creating records and setting their values, always through a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import Record, RecordKind
from pipeline.store.crm import deals
from pipeline.store.crm.records import load_records, name_key
from pipeline.store.organisation.people import User
from pipeline.store.review.journal import Journal
from pipeline.store.rows import lock
from pipeline.store.tables import RecordAddressRow, RecordFieldRow, RecordRow
from pipeline.store.tables.base import KEY_LENGTH, clean, new_id
from pipeline.suggest.values import normalise

Origin = Literal["person", "suggestion", "import"]
MULTI_VALUED = frozenset({"phone", "website", "social"})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value for a field of a record; ``type`` and ``extension`` are for phones. ``email`` is an address of it."""

    name: str
    value: str
    type: str | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: who is responsible, how, from which mail, and when."""

    organisation_id: str
    now: datetime
    origin: Origin
    user_id: str | None = None
    mail_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to create. The times are for deals: when it was opened and last changed (else now), and closed.

    ``roles`` names the part of some of a deal's contacts by their id.
    """

    kind: RecordKind
    name: str
    values: Sequence[FieldValue] = ()
    addresses: Sequence[str] = ()
    account_id: str | None = None
    contact_ids: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    open: bool = True
    opened_at: datetime | None = None
    modified_at: datetime | None = None
    closed_at: datetime | None = None
    won: bool | None = None
    owner_id: str | None = None
    id: str = field(default_factory=new_id)


def create_record(session: Session, source: Source, new: NewRecord) -> Record:
    """Create a record and return it."""
    return load_records(session, (write_record(Journal(session), source, new),))[0]


def write_record(journal: Journal, source: Source, new: NewRecord) -> str:
    """Create a record in a journal and return its id."""
    row = {
        "id": new.id, "organisation_id": source.organisation_id, "kind": new.kind, "name": clean(new.name),
        "name_key": name_key(new.kind, new.name), "account_id": new.account_id, "open": new.open,
        "opened_at": new.opened_at or source.now, "modified_at": new.modified_at or source.now,
        "closed_at": new.closed_at, "won": new.won, "created_by": source.user_id, "created_at": source.now,
        "owner_id": new.owner_id,
    }  # fmt: skip
    journal.put(RecordRow, row)
    for address in new.addresses:
        add_address(journal, source, new.id, address)
    for value in new.values:
        set_value(journal, source, new.id, value)
    if new.kind == "deal":
        deals.begin(journal, new.id, {contact_id: new.roles.get(contact_id) for contact_id in new.contact_ids})
    return new.id


def set_field(
    session: Session, editor: User, record_id: str, value: FieldValue, now: datetime, old: str | None = None
) -> Record:
    """Set a value as a person typed it: it then counts as theirs. ``old`` names which of several to replace.

    Raises: errors.NotFound.
    """
    lock(session, editor.organisation_id)
    row = session.get(RecordRow, record_id, populate_existing=True)
    if row is None or row.organisation_id != editor.organisation_id:
        raise errors.NotFound("There is no such record.")
    source = Source(editor.organisation_id, now, "person", editor.id)
    set_value(Journal(session), source, record_id, value, old)
    return load_records(session, (record_id,))[0]


def set_value(journal: Journal, source: Source, record_id: str, value: FieldValue, old: str | None = None) -> None:
    """Set one value: in place of ``old`` where that is given, beside the others where a field may have several."""
    if value.name == "email":
        add_address(journal, source, record_id, value.value, primary=old is not None)
        return
    known = values_of(journal.session, record_id, value.name)
    if any(_same(row, value.value) for row in known) and source.origin != "person":
        return
    row = {
        "record_id": record_id, "name": value.name, "position": _position(known, value, old),
        "value": clean(value.value), "type": value.type, "extension": value.extension, "origin": source.origin,
        "edited_by": source.user_id, "edited_at": source.now, "mail_id": source.mail_id,
    }  # fmt: skip
    journal.put(RecordFieldRow, row)
    journal.change(RecordRow, {"id": record_id}, modified_at=source.now)
    if value.name == "full_name":
        rename(journal, record_id, value.value)
    if value.name == "stage" and deals.list_stages(journal.session, record_id):
        deals.note_stage(journal, record_id, source.now)


def values_of(session: Session, record_id: str, name: str) -> Sequence[RecordFieldRow]:
    """The values of one field in their order."""
    query = (
        select(RecordFieldRow)
        .where(RecordFieldRow.record_id == record_id, RecordFieldRow.name == name)
        .order_by(RecordFieldRow.position)
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _position(known: Sequence[RecordFieldRow], value: FieldValue, old: str | None) -> int:
    same = [row.position for row in known if _same(row, value.value) or (old is not None and _same(row, old))]
    if same:
        return same[0]
    several = value.name in MULTI_VALUED
    return max((row.position for row in known), default=-1) + 1 if several else 0


def _same(row: RecordFieldRow, value: str) -> bool:
    return normalise(row.name, row.value) == normalise(row.name, value)


def rename(journal: Journal, record_id: str, name: str) -> None:
    """Give a record another name."""
    kind = journal.session.scalars(select(RecordRow.kind).where(RecordRow.id == record_id)).one()
    key = name_key(cast(RecordKind, kind), name)
    journal.change(RecordRow, {"id": record_id}, name=clean(name), name_key=key)


def add_address(journal: Journal, source: Source, record_id: str, address: str, primary: bool = False) -> None:
    """Give a record one more address, as its primary one or after the others; a known one stays where it is."""
    key = clean(address.lower())[:KEY_LENGTH]
    mine = RecordAddressRow.record_id == record_id
    known = journal.session.scalar(select(RecordAddressRow.position).where(mine, RecordAddressRow.address == key))
    end = func.min(RecordAddressRow.position) if primary else func.max(RecordAddressRow.position)
    edge = journal.session.scalar(select(end).where(mine))
    if known is not None and (not primary or known == edge):
        return
    position = 0 if edge is None else edge - 1 if primary else edge + 1
    row = {
        "record_id": record_id, "address": key, "organisation_id": source.organisation_id, "position": position,
    }  # fmt: skip
    journal.put(RecordAddressRow, row)


def find_account(session: Session, organisation_id: str, company: str) -> str | None:
    """The id of the one account of that name; None where there is none or several."""
    key = name_key("account", company)
    query = select(RecordRow.id).where(
        RecordRow.organisation_id == organisation_id,
        RecordRow.kind == "account",
        RecordRow.name_key == key,
        RecordRow.name_key != "",
    )
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None
