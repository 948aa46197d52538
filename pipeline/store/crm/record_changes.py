"""Changing a record as a person edits it: its values, addresses, account, and a deal's contacts and outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import Record, RecordKind
from pipeline.store.access.visibility import accessible
from pipeline.store.crm import deals
from pipeline.store.crm.links import link_past_mail
from pipeline.store.crm.record_writing import (
    MULTI_VALUED,
    FieldValue,
    NewRecord,
    Source,
    add_address,
    rename,
    set_value,
)
from pipeline.store.crm.record_writing import write_record as write
from pipeline.store.crm.records import load_records
from pipeline.store.mail.removing import remove_records
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.review.journal import Journal
from pipeline.store.rows import lock
from pipeline.store.tables import RecordAddressRow, RecordFieldRow, RecordRow

Unset = Literal["unset"]
UNSET: Unset = "unset"


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What to change; what is UNSET or not named stays.

    ``values`` holds all values a field shall have, by its name; none takes the field away. ``addresses`` are all
    addresses, the primary one first. ``contacts`` are all contacts of a deal with their roles. ``open`` and ``won``
    close or reopen a deal.
    """

    name: str | Unset = UNSET
    values: Mapping[str, Sequence[FieldValue]] | Unset = UNSET
    addresses: Sequence[str] | Unset = UNSET
    account_id: str | Unset | None = UNSET
    contacts: Mapping[str, str | None] | Unset = UNSET
    open: bool | Unset = UNSET
    won: bool | Unset | None = UNSET


def create(session: Session, editor: User, new: NewRecord, now: datetime) -> Record:
    """Create a record as a person does, and link the mail of its addresses.

    Raises: errors.UsageError where its account or a contact is no such record, or a deal's outcome makes no sense.
    """
    lock(session, editor.organisation_id)
    _require(session, editor, [new.account_id] if new.account_id else [], ("account",))
    _require(session, editor, new.contact_ids, ("contact",))
    if new.kind != "deal" and (new.contact_ids or not new.open or new.won is not None):
        raise errors.UsageError("Only a deal has contacts with a role, and is closed, won or lost.")
    if new.open and (new.won is not None or new.closed_at is not None):
        raise errors.UsageError("Only a closed deal is won or lost.")
    source = Source(editor.organisation_id, now, "person", editor.id)
    record_id = write(Journal(session), source, new)
    link_past_mail(session, record_id, now)
    return load_records(session, (record_id,))[0]


def change(session: Session, editor: User, record_id: str, wanted: RecordChange, now: datetime) -> Record:
    """Change a record; values that were set count as typed by this person.

    Raises: errors.NotFound; errors.UsageError where a value cannot be.
    """
    lock(session, editor.organisation_id)
    kind = kind_of(session, editor, record_id)
    journal, source = Journal(session), Source(editor.organisation_id, now, "person", editor.id)
    if wanted.name != UNSET:
        rename(journal, record_id, wanted.name)
    if wanted.values != UNSET:
        for name, values in wanted.values.items():
            _set_values(journal, source, record_id, name, values)
    if wanted.addresses != UNSET:
        _set_addresses(journal, source, record_id, wanted.addresses)
    if wanted.account_id != UNSET:
        _require(session, editor, [wanted.account_id] if wanted.account_id else [], ("account",))
        journal.change(RecordRow, {"id": record_id}, account_id=wanted.account_id)
    _change_deal(journal, editor, record_id, kind, wanted, now)
    journal.change(RecordRow, {"id": record_id}, modified_at=now)
    return load_records(session, (record_id,))[0]


def kind_of(session: Session, editor: User, record_id: str) -> str:
    """The kind of a record that the editor has access to.

    Raises: errors.NotFound.
    """
    kind = session.scalar(select(RecordRow.kind).where(RecordRow.id == record_id, accessible(session, editor)))
    if kind is None:
        raise errors.NotFound("There is no such record.")
    return kind


def remove(session: Session, editor: User, record_id: str, now: datetime) -> None:
    """Remove a record with its links and what was suggested about it; its mail stays.

    Raises: errors.NotFound.
    """
    lock(session, editor.organisation_id)
    kind = kind_of(session, editor, record_id)
    remove_records(session, editor.organisation_id, (record_id,))
    record_action(session, editor.organisation_id, editor.id, "record.delete", record_id, now, {"kind": kind})


def _change_deal(journal: Journal, editor: User, deal_id: str, kind: str, wanted: RecordChange, now: datetime) -> None:
    if kind != "deal":
        if (wanted.contacts, wanted.open, wanted.won) != (UNSET, UNSET, UNSET):
            raise errors.UsageError("Only a deal has contacts with a role, and is closed, won or lost.")
        return
    if wanted.contacts != UNSET:
        _require(journal.session, editor, list(wanted.contacts), ("contact",))
        deals.set_parts(journal, deal_id, wanted.contacts, now)
    if (wanted.open, wanted.won) != (UNSET, UNSET):
        deal = journal.session.get(RecordRow, deal_id, populate_existing=True)
        assert deal is not None, "the deal that is changed"
        is_open = deal.open if wanted.open == UNSET else wanted.open
        kept = None if is_open else deal.won
        deals.close(journal, deal_id, is_open=is_open, won=kept if wanted.won == UNSET else wanted.won, now=now)
    else:
        deals.note_stage(journal, deal_id, now)


def _set_values(journal: Journal, source: Source, record_id: str, name: str, values: Sequence[FieldValue]) -> None:
    if len(values) > 1 and name not in MULTI_VALUED:
        raise errors.UsageError(f"The field {name} has one value only.")
    journal.session.execute(
        delete(RecordFieldRow).where(RecordFieldRow.record_id == record_id, RecordFieldRow.name == name)
    )
    for value in values:
        set_value(journal, source, record_id, value)


def _set_addresses(journal: Journal, source: Source, record_id: str, addresses: Sequence[str]) -> None:
    session = journal.session
    session.execute(delete(RecordAddressRow).where(RecordAddressRow.record_id == record_id))
    for address in addresses:
        add_address(journal, source, record_id, address)
    link_past_mail(session, record_id, source.now)


def _require(session: Session, editor: User, ids: Sequence[str], kinds: Sequence[RecordKind]) -> None:
    here = (RecordRow.organisation_id == editor.organisation_id) & RecordRow.kind.in_(kinds)
    known = set(session.scalars(select(RecordRow.id).where(RecordRow.id.in_(ids), here)))
    if known != set(ids):
        raise errors.UsageError(f"There is no such {' or '.join(kinds)}.")
