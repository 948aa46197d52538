"""What a decision means for the other pending suggestions: what was answered or rejected is not asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import or_, select

from pipeline.core.review import (
    Memory,
    memories,
    remember,
    topic,
    without_rejected,
)
from pipeline.records import Record, Suggestion
from pipeline.store.crm.records import load_records
from pipeline.store.organisation.people import User
from pipeline.store.review.journal import Journal
from pipeline.store.review.proposals import rejected_values
from pipeline.store.review.suggestion_json import from_json, to_json
from pipeline.store.review.suggestions import SuggestionView
from pipeline.store.rows import digest
from pipeline.store.tables import MailRow, RecordFieldRow, RejectionRow, SuggestionRow
from pipeline.store.tables.base import clean_json
from pipeline.suggest.values import normalise


def remember_all(journal: Journal, reader: User, view: SuggestionView, now: datetime) -> None:
    """Remember every value of a rejected suggestion."""
    _remember(journal, reader, memories(view.suggestion, _thread_key(journal, view.mail_id)), now)


def remember_dropped(
    journal: Journal, reader: User, suggestion: Suggestion, kept: Collection[tuple[str, str]], now: datetime
) -> None:
    """Remember the proposed values that a person replaced or left out when accepting; a choice rejects nothing."""
    if suggestion.activity is None and suggestion.kind != "link_deal":
        dropped = [field for field in suggestion.fields if (field.name, field.value) not in kept]
        _remember(journal, reader, [remember(suggestion, field) for field in dropped], now)


def close_known(journal: Journal, reader: User, suggestion: Suggestion, target_id: str | None) -> None:
    """Close pending suggestions about the same person or record whose every value the record holds now."""
    records = load_records(journal.session, (target_id,)) if target_id else ()
    if not records or suggestion.activity is not None or suggestion.kind == "link_deal":
        return
    held = _held(journal, records[0])
    for row, _ in _rivals(journal, reader, suggestion, target_id):
        other = from_json(row.payload)
        plain = other.activity is None and other.kind != "link_deal"
        if plain and all((field.name, normalise(field.name, field.value)) in held for field in other.fields):
            _change(journal, row, state="superseded")


def forget_rejected(journal: Journal, reader: User, view: SuggestionView) -> None:
    """Take what was rejected out of the other pending suggestions about the same person, record or topic."""
    for row, thread_key in _rivals(journal, reader, view.suggestion, None, _thread_key(journal, view.mail_id)):
        other = from_json(row.payload)
        rejected = rejected_values(journal.session, reader.organisation_id, (other,), thread_key)
        left = without_rejected(other, thread_key, rejected)
        if left is None:
            _change(journal, row, state="superseded")
        elif left != other:
            _change(journal, row, payload=clean_json(to_json(left)), topic=topic(left, thread_key))


def _remember(journal: Journal, reader: User, found: Iterable[Memory], now: datetime) -> None:
    for memory in dict.fromkeys(found):
        key = {
            "organisation_id": reader.organisation_id, "subject": memory.subject, "field": memory.field,
            "value_hash": digest(memory.value),
        }  # fmt: skip
        if not journal.holds(RejectionRow, key):
            journal.put(RejectionRow, {**key, "user_id": reader.id, "at": now})


def _rivals(
    journal: Journal, reader: User, suggestion: Suggestion, target_id: str | None, thread_key: str | None = None
) -> list[tuple[SuggestionRow, str]]:
    """Other pending suggestions about the same person, record or topic, each with its thread."""
    about = [SuggestionRow.record_id == (suggestion.record_id or target_id)]
    if suggestion.person is not None:
        about.append(SuggestionRow.person == suggestion.person)
    if thread_key is not None:
        about.append(SuggestionRow.topic == topic(suggestion, thread_key))
    query = (
        select(SuggestionRow, MailRow.thread_key)
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .where(
            SuggestionRow.organisation_id == reader.organisation_id,
            SuggestionRow.state == "pending",
            SuggestionRow.id != suggestion.id,
            or_(*about),
        )
        .order_by(SuggestionRow.id)
    )
    found = journal.session.execute(query.execution_options(populate_existing=True))
    return [(row, key) for row, key in found]


def _held(journal: Journal, record: Record) -> set[tuple[str, str]]:
    """All values of a record, normalised, addresses among them."""
    query = select(RecordFieldRow.name, RecordFieldRow.value).where(RecordFieldRow.record_id == record.id)
    values = {(name, normalise(name, value)) for name, value in journal.session.execute(query)}
    return values | {("email", normalise("email", address)) for address in record.addresses}


def _change(journal: Journal, row: SuggestionRow, **values: object) -> None:
    key = {"organisation_id": row.organisation_id, "id": row.id}
    journal.change(SuggestionRow, key, **values, version=row.version + 1)


def _thread_key(journal: Journal, mail_id: str) -> str:
    return journal.session.scalars(select(MailRow.thread_key).where(MailRow.id == mail_id)).one()
