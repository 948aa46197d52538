"""What accepting a suggestion does to the CRM: a record, an activity or a link becomes real, all in a journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import ProposedField, Record, Suggestion
from pipeline.store.crm.links import date_of, link_past_mail
from pipeline.store.crm.record_writing import (
    MULTI_VALUED,
    FieldValue,
    NewRecord,
    Source,
    find_account,
    set_value,
    write_record,
)
from pipeline.store.crm.records import load_records
from pipeline.store.review.accepting_activities import Accepted, apply_activity, edited
from pipeline.store.review.journal import Journal
from pipeline.store.tables import LinkRow, RecordAddressRow, RecordRow
from pipeline.suggest.values import compare


def proposed_values(suggestion: Suggestion) -> tuple[FieldValue, ...]:
    """The values of a suggestion as they are accepted without a change; of several deals the likeliest."""
    if suggestion.kind == "link_deal":
        return (FieldValue("deal", suggestion.record_id or ""),)
    return tuple(FieldValue(field.name, field.value, field.type, field.extension) for field in suggestion.fields)


def is_edited(suggestion: Suggestion, values: tuple[FieldValue, ...]) -> bool:
    """Whether these values change anything of what was proposed."""
    if suggestion.activity is None:
        return values != proposed_values(suggestion)
    return edited(suggestion.activity, values) != suggestion.activity


def apply(journal: Journal, accepted: Accepted) -> str | None:
    """Make it real, and return the id of the record or activity that was created or changed.

    Raises: errors.Conflict where the record changed since it was proposed, errors.NotFound where it is gone,
    errors.UsageError where an edited value cannot be.
    """
    suggestion = accepted.suggestion
    if suggestion.activity is not None:
        return apply_activity(journal, accepted, suggestion.activity)
    if suggestion.kind == "link_deal":
        return _link_deals(journal, accepted)
    if suggestion.record_id is None:
        return _create_person(journal, accepted)
    record = _record(journal.session, accepted.source.organisation_id, suggestion.record_id)
    for value in accepted.values:
        _update(journal, accepted, record, value)
    _link(journal, accepted, record.id)
    return record.id


def _link_deals(journal: Journal, accepted: Accepted) -> str:
    """Link the deals a person chose among the proposed ones; the first is the target."""
    offered = {value.value for value in proposed_values(accepted.suggestion)}
    offered |= {field.value for field in accepted.suggestion.fields}
    if not accepted.values or any(one.name != "deal" or one.value not in offered for one in accepted.values):
        raise errors.UsageError("Only the deals that are proposed here can be chosen.")
    deals = [_record(journal.session, accepted.source.organisation_id, value.value) for value in accepted.values]
    for deal in deals:
        _link(journal, accepted, deal.id)
    return deals[0].id


def _create_person(journal: Journal, accepted: Accepted) -> str:
    """Create the lead or contact; where one with this address exists meanwhile, fill only what it lacks."""
    source, suggestion = accepted.source, accepted.suggestion
    addresses = list(dict.fromkeys(value.value.lower() for value in accepted.values if value.name == "email"))
    if not addresses and suggestion.person:
        addresses = [suggestion.person]
    existing = _person_at(journal.session, source.organisation_id, addresses)
    if existing is not None:
        _fill(journal, accepted, existing)
        _link(journal, accepted, existing.id)
        return existing.id
    values = [value for value in accepted.values if value.name != "email"]
    company = next((value.value for value in values if value.name == "company"), None)
    account_id = find_account(journal.session, source.organisation_id, company) if company else None
    new = NewRecord(suggestion.record_kind or "contact", _name(values, addresses), (), addresses, account_id)
    record_id = write_record(journal, source, new)
    for value in values:
        set_value(journal, _source_of(accepted, value), record_id, value)
    _link(journal, accepted, record_id)
    link_past_mail(journal.session, record_id, source.now)
    return record_id


def _person_at(session: Session, organisation_id: str, addresses: Sequence[str]) -> Record | None:
    query = (
        select(RecordAddressRow.record_id)
        .join(RecordRow, RecordRow.id == RecordAddressRow.record_id)
        .where(
            RecordAddressRow.organisation_id == organisation_id,
            RecordAddressRow.address.in_(addresses),
            RecordRow.kind.in_(("contact", "lead")),
        )
        .order_by(RecordRow.kind, RecordRow.created_at, RecordRow.id)
    )
    found = session.scalars(query.limit(1)).first()
    return load_records(session, (found,))[0] if found else None


def _fill(journal: Journal, accepted: Accepted, record: Record) -> None:
    for value in accepted.values:
        if value.name == "email" or value.name in MULTI_VALUED or not record.fields.get(value.name):
            set_value(journal, _source_of(accepted, value), record.id, value)


def _name(values: Sequence[FieldValue], addresses: Sequence[str]) -> str:
    found = {value.name: value.value for value in reversed(values)}
    parts = [found[name] for name in ("family_name", "given_name") if name in found]
    if all(part.isascii() for part in parts):
        parts.reverse()
    return found.get("full_name") or " ".join(parts) or found.get("company") or next(iter(addresses), "?")


def _record(session: Session, organisation_id: str, record_id: str) -> Record:
    row = session.get(RecordRow, record_id, populate_existing=True)
    if row is None or row.organisation_id != organisation_id:
        raise errors.NotFound("The record of this suggestion is not there any more.")
    return load_records(session, (record_id,))[0]


def _update(journal: Journal, accepted: Accepted, record: Record, value: FieldValue) -> None:
    proposed = _proposal(accepted.suggestion, value)
    old = proposed.old if proposed else None
    _require_unchanged(record, value, old)
    set_value(journal, _source_of(accepted, value), record.id, value, old)
    if value.name == "company":
        account_id = find_account(journal.session, accepted.source.organisation_id, value.value)
        journal.change(RecordRow, {"id": record.id}, account_id=account_id or record.account_id)


def _require_unchanged(record: Record, value: FieldValue, old: str | None) -> None:
    """Nobody's newer value is overwritten: the record still holds what the suggestion showed as old."""
    current = record.fields.get(value.name)
    if value.name == "email" or value.name in MULTI_VALUED or current is None:
        return
    if compare(value.name, current, value.value) != "same" and compare(value.name, current, old or "") != "same":
        raise errors.Conflict("The record was changed since this was proposed; look at its value as it is now.")


def _proposal(suggestion: Suggestion, value: FieldValue) -> ProposedField | None:
    """The proposed field that a value stands for: the same value, else the one of that name."""
    named = [field for field in suggestion.fields if field.name == value.name]
    return next((field for field in named if field.value == value.value), named[0] if named else None)


def _source_of(accepted: Accepted, value: FieldValue) -> Source:
    """A value taken as proposed comes from the suggestion and its mail; one that was typed is the person's own."""
    if value in proposed_values(accepted.suggestion):
        return replace(accepted.source, origin="suggestion", mail_id=accepted.mail_id)
    return replace(accepted.source, origin="person", mail_id=None)


def _link(journal: Journal, accepted: Accepted, record_id: str) -> None:
    row = {
        "mail_id": accepted.mail_id, "record_id": record_id, "origin": "decision", "active": True,
        "user_id": accepted.source.user_id, "at": accepted.source.now,
        "sorted_at": date_of(journal.session, accepted.mail_id),
    }  # fmt: skip
    journal.put(LinkRow, row)
