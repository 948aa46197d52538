"""Merging records that are one and the same, and converting leads; links, deals and suggestions follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import Record
from pipeline.store.crm.links import link_past_mail
from pipeline.store.crm.record_changes import kind_of
from pipeline.store.crm.record_writing import (
    MULTI_VALUED,
    NewRecord,
    Source,
    add_address,
    find_account,
    values_of,
    write_record,
)
from pipeline.store.crm.records import load_records
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.referring import lead_elsewhere
from pipeline.store.review.journal import Journal
from pipeline.store.rows import lock
from pipeline.store.tables import (
    RecordAddressRow,
    RecordFieldRow,
    RecordRedirectRow,
    RecordRow,
    RejectionRow,
    SuggestionRow,
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a lead: the contact, its account and its deal; None where there is none."""

    contact: Record
    account: Record | None
    deal: Record | None


def merge(session: Session, editor: User, kept_id: str, other_ids: Sequence[str], now: datetime) -> Record:
    """Merge records into one, which keeps its values and takes over what it lacks.

    Addresses and several-valued fields are joined. Mail, deals, suggestions and rejections follow, and the ids of
    the merged records lead to the kept one from then on.

    Raises: errors.NotFound; errors.UsageError where they are not of one kind, or one would be merged into itself.
    """
    lock(session, editor.organisation_id)
    kind = kind_of(session, editor, kept_id)
    if kept_id in other_ids or not other_ids:
        raise errors.UsageError("Name at least one other record to merge.")
    if any(kind_of(session, editor, other) != kind for other in other_ids):
        raise errors.UsageError("Only records of one kind can be merged; convert a lead first.")
    for other in dict.fromkeys(other_ids):
        _merge_into(session, editor, kept_id, other, now)
    return load_records(session, (kept_id,))[0]


def convert_lead(
    session: Session, editor: User, lead_id: str, now: datetime, *, account: bool = True, deal: str | None = None
) -> Conversion:
    """Make a lead a contact: its mail stays with it. A contact that has its address already takes it over.

    With ``account`` the account of its company is found or made; ``deal`` names a deal to open with the contact.

    Raises: errors.NotFound; errors.Conflict where it is no lead any more.
    """
    lock(session, editor.organisation_id)
    if kind_of(session, editor, lead_id) != "lead":
        raise errors.Conflict("This is no lead; it may have been converted already.")
    journal, source = Journal(session), Source(editor.organisation_id, now, "person", editor.id)
    contact_id = _contact_at_same_address(session, editor, lead_id) or lead_id
    if contact_id != lead_id:
        _merge_into(session, editor, contact_id, lead_id, now)
    else:
        journal.change(RecordRow, {"id": lead_id}, kind="contact", modified_at=now)
    account_id = _account(journal, source, contact_id) if account else None
    deal_id = _deal(journal, source, deal, contact_id, account_id) if deal else None
    record_action(session, editor.organisation_id, editor.id, "record.convert", lead_id, now, {"contact": contact_id})
    found = {record.id: record for record in load_records(session, [i for i in (contact_id, account_id, deal_id) if i])}
    return Conversion(found[contact_id], found.get(account_id or ""), found.get(deal_id or ""))


def _merge_into(session: Session, editor: User, kept_id: str, other_id: str, now: datetime) -> None:
    journal, source = Journal(session), Source(editor.organisation_id, now, "person", editor.id)
    kept, other = (session.get(RecordRow, one, populate_existing=True) for one in (kept_id, other_id))
    assert kept is not None
    assert other is not None
    for address in session.scalars(
        select(RecordAddressRow.address)
        .where(RecordAddressRow.record_id == other_id)
        .order_by(RecordAddressRow.position, RecordAddressRow.address)
    ).all():
        add_address(journal, source, kept_id, address)
    _take_values(session, kept_id, other_id)
    if kept.account_id is None and other.account_id not in (None, kept_id):
        journal.change(RecordRow, {"id": kept_id}, account_id=other.account_id)
    _move_suggestions(session, editor.organisation_id, kept_id, other_id)
    session.execute(delete(RecordAddressRow).where(RecordAddressRow.record_id == other_id))
    session.execute(delete(RecordFieldRow).where(RecordFieldRow.record_id == other_id))
    lead_elsewhere(session, RecordRow.__table__, other_id, kept_id)  # type: ignore[arg-type]
    session.execute(
        update(RecordRow).where(RecordRow.id == kept_id, RecordRow.account_id == kept_id).values(account_id=None)
    )
    session.execute(delete(RecordRow).where(RecordRow.id == other_id))
    session.execute(insert(RecordRedirectRow).values(old_id=other_id, record_id=kept_id, user_id=editor.id, at=now))
    link_past_mail(session, kept_id, now)
    record_action(session, editor.organisation_id, editor.id, "record.merge", kept_id, now, {"merged": other_id})


def _take_values(session: Session, kept_id: str, other_id: str) -> None:
    """Give the kept record the values it lacks, as they are, with who set them and from which mail."""
    names = session.scalars(select(RecordFieldRow.name).where(RecordFieldRow.record_id == other_id).distinct()).all()
    for name in names:
        known = values_of(session, kept_id, name)
        if known and name not in MULTI_VALUED:
            continue
        taken = {row.value for row in known}
        position = max((row.position for row in known), default=-1) + 1
        for row in values_of(session, other_id, name):
            if row.value not in taken:
                _move_value(session, row, kept_id, position)
                position += 1


def _move_value(session: Session, row: RecordFieldRow, kept_id: str, position: int) -> None:
    here = (RecordFieldRow.record_id == row.record_id) & (RecordFieldRow.name == row.name)
    moved = update(RecordFieldRow).where(here, RecordFieldRow.position == row.position)
    session.execute(moved.values(record_id=kept_id, position=position).execution_options(synchronize_session=False))


def _move_suggestions(session: Session, organisation_id: str, kept_id: str, other_id: str) -> None:
    """What is proposed for, or was rejected about, the other record now concerns the kept one."""
    here = (SuggestionRow.organisation_id == organisation_id) & (SuggestionRow.record_id == other_id)
    for row in session.scalars(select(SuggestionRow).where(here)).all():
        values = {
            "record_id": kept_id, "payload": row.payload | {"record_id": kept_id},
            "topic": row.topic.replace(other_id, kept_id), "version": row.version + 1,
        }  # fmt: skip
        key = (SuggestionRow.organisation_id == organisation_id) & (SuggestionRow.id == row.id)
        session.execute(update(SuggestionRow).where(key).values(values))
    mine = (RejectionRow.organisation_id == organisation_id) & (RejectionRow.subject == f"record:{other_id}")
    known = select(RejectionRow.field, RejectionRow.value_hash).where(RejectionRow.subject == f"record:{kept_id}")
    said = {tuple(row) for row in session.execute(known)}
    for rejected in session.scalars(select(RejectionRow).where(mine)).all():
        if (rejected.field, rejected.value_hash) in said:
            session.delete(rejected)
        else:
            rejected.subject = f"record:{kept_id}"
    session.flush()


def _contact_at_same_address(session: Session, editor: User, lead_id: str) -> str | None:
    mine = select(RecordAddressRow.address).where(RecordAddressRow.record_id == lead_id)
    query = (
        select(RecordRow.id)
        .join(RecordAddressRow, RecordAddressRow.record_id == RecordRow.id)
        .where(RecordRow.organisation_id == editor.organisation_id, RecordRow.kind == "contact")
        .where(RecordAddressRow.address.in_(mine))
        .order_by(RecordRow.created_at, RecordRow.id)
    )
    return session.scalars(query.limit(1)).first()


def _account(journal: Journal, source: Source, contact_id: str) -> str | None:
    """The contact's account: the one it has, the one of its company's name, or a new one."""
    contact = journal.session.get(RecordRow, contact_id, populate_existing=True)
    company = next((row.value for row in values_of(journal.session, contact_id, "company")), None)
    if contact is None or contact.account_id is not None or not company:
        return contact.account_id if contact else None
    account_id = find_account(journal.session, source.organisation_id, company)
    account_id = account_id or write_record(journal, source, NewRecord("account", company))
    journal.change(RecordRow, {"id": contact_id}, account_id=account_id)
    return account_id


def _deal(journal: Journal, source: Source, name: str, contact_id: str, account_id: str | None) -> str:
    return write_record(journal, source, NewRecord("deal", name, account_id=account_id, contact_ids=[contact_id]))
