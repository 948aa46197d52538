"""Taking in records from a file or an outside CRM: what is new is created, what is known is completed.

Known is a record by the id that its source gives it, else by a mail address, else, for accounts and deals, by name.
A value that a person typed or accepted here is never overwritten; one that an import brought is.
Nothing is guessed: where several records could be meant, or only a name speaks for one, the row is told as duplicate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records import Record, RecordKind
from pipeline.store.crm import deals
from pipeline.store.crm.links import link_past_mail
from pipeline.store.crm.record_writing import (
    MULTI_VALUED,
    FieldValue,
    NewRecord,
    Source,
    add_address,
    find_account,
    rename,
    set_value,
    write_record,
)
from pipeline.store.crm.records import load_records, name_key
from pipeline.store.mail.removing import remove_records
from pipeline.store.review.journal import Journal
from pipeline.store.rows import lock, upsert
from pipeline.store.tables import RecordAddressRow, RecordFieldRow, RecordRow, RecordSourceRow
from pipeline.suggest.values import normalise

Outcome = Literal["created", "updated", "unchanged", "duplicate", "invalid", "removed"]
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record as its source has it. ``place`` says where it stands there (``line 7``).

    ``account`` is the account's external id or name, ``contacts`` maps external ids or addresses of a deal's contacts
    to their roles. ``problem`` says why it cannot be used. ``removed`` tells that the source has it no more.
    """

    kind: RecordKind
    name: str
    values: Sequence[FieldValue] = ()
    addresses: Sequence[str] = ()
    external_id: str | None = None
    account: str | None = None
    contacts: Mapping[str, str | None] = field(default_factory=dict)
    open: bool = True
    won: bool | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    place: str = ""
    problem: str | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one draft; ``record_ids`` are the record, or for a duplicate those that could be meant."""

    place: str
    outcome: Outcome
    record_ids: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many drafts became what, and the first rows that need a look: duplicates and invalid ones."""

    counts: Mapping[str, int]
    listed: tuple[Row, ...]


def import_records(
    session: Session,
    organisation_id: str,
    source: str,
    drafts: Iterable[RecordDraft],
    now: datetime,
    *,
    dry: bool = False,
) -> ImportReport:
    """Take in drafts in their order; ``dry`` does the same and takes all of it back, so that it tells the truth."""
    lock(session, organisation_id)
    importing = _Import(session, organisation_id, source, now)
    attempt = session.begin_nested()
    rows = [importing.take(draft) for draft in drafts]
    if dry:
        attempt.rollback()
    else:
        attempt.commit()
    counts: Counter[str] = Counter(row.outcome for row in rows)
    listed = [row for row in rows if row.outcome in ("duplicate", "invalid")]
    return ImportReport(dict(counts), tuple(listed[:MAX_LISTED]))


class _Import:
    """One import under way, in one transaction."""

    def __init__(self, session: Session, organisation_id: str, source: str, now: datetime) -> None:
        self._session, self._organisation_id, self._source_name, self._now = session, organisation_id, source, now
        self._journal, self._source = Journal(session), Source(organisation_id, now, "import")

    def take(self, draft: RecordDraft) -> Row:
        """Create, complete or refuse one record."""
        problem = draft.problem or _problem(draft)
        if problem is not None:
            return Row(draft.place, "invalid", (), problem)
        known = self._by_external_id(draft.external_id)
        if draft.removed:
            return self._remove(draft, known)
        found = (known,) if known else self._candidates(draft)
        if len(found) > 1:
            return Row(draft.place, "duplicate", found, "several records have this address or name")
        if found:
            return self._update(draft, found[0])
        twins = self._same_name(draft)
        if twins:
            return Row(draft.place, "duplicate", twins, "a record of this name exists; add an address that it has")
        return self._create(draft)

    def _create(self, draft: RecordDraft) -> Row:
        new = NewRecord(
            draft.kind, draft.name, draft.values, draft.addresses, self._account(draft), list(self._contacts(draft)),
            {key: role for key, role in self._contacts(draft).items() if role}, draft.open,
            draft.opened_at, None, draft.closed_at, draft.won,
        )  # fmt: skip
        record_id = write_record(self._journal, self._source, new)
        self._remember(draft, record_id)
        link_past_mail(self._session, record_id, self._now)
        return Row(draft.place, "created", (record_id,))

    def _update(self, draft: RecordDraft, record_id: str) -> Row:
        before = len(self._journal.changes)
        (record,) = load_records(self._session, (record_id,))
        for address in draft.addresses:
            add_address(self._journal, self._source, record_id, address)
        origins = _origins(self._session, record_id)
        for value in draft.values:
            if value.name in MULTI_VALUED or origins.get(value.name) in (None, "import"):
                self._set(record, value)
        if draft.kind != "contact" and draft.external_id and draft.name != record.name:
            rename(self._journal, record_id, draft.name)
        self._place(draft, record)
        added = len(self._journal.changes) > before
        self._remember(draft, record_id)
        link_past_mail(self._session, record_id, self._now)
        return Row(draft.place, "updated" if added else "unchanged", (record_id,))

    def _set(self, record: Record, value: FieldValue) -> None:
        current = record.fields.get(value.name)
        if current is None or normalise(value.name, current) != normalise(value.name, value.value):
            set_value(self._journal, self._source, record.id, value)

    def _place(self, draft: RecordDraft, record: Record) -> None:
        """Account, contacts and outcome, as the source says now."""
        account_id = self._account(draft)
        if account_id is not None and account_id != record.account_id:
            self._journal.change(RecordRow, {"id": record.id}, account_id=account_id)
        if draft.kind != "deal":
            return
        if draft.contacts:
            deals.set_parts(self._journal, record.id, self._contacts(draft), self._now)
        if draft.open != record.open:
            deals.close(self._journal, record.id, is_open=draft.open, won=draft.won, now=draft.closed_at or self._now)

    def _remove(self, draft: RecordDraft, known: str | None) -> Row:
        if known is None:
            return Row(draft.place, "unchanged")
        remove_records(self._session, self._organisation_id, [known])
        return Row(draft.place, "removed", (known,))

    def _remember(self, draft: RecordDraft, record_id: str) -> None:
        if draft.external_id is None:
            return
        row = {
            "organisation_id": self._organisation_id, "source": self._source_name, "external_id": draft.external_id,
            "record_id": record_id, "seen_at": self._now,
        }  # fmt: skip
        upsert(self._session, RecordSourceRow, row, ("organisation_id", "source", "external_id"))

    def _by_external_id(self, external_id: str | None) -> str | None:
        if external_id is None:
            return None
        key = (self._organisation_id, self._source_name, external_id)
        row = self._session.get(RecordSourceRow, key, populate_existing=True)
        return row.record_id if row else None

    def _candidates(self, draft: RecordDraft) -> tuple[str, ...]:
        if draft.kind in ("contact", "lead"):
            return self._at_addresses(draft.addresses)
        query = self._records(draft.kind).where(RecordRow.name_key == name_key(draft.kind, draft.name))
        if draft.kind == "deal":
            query = query.where(RecordRow.account_id == self._account(draft), RecordRow.open)
        return tuple(self._session.scalars(query))

    def _at_addresses(self, addresses: Sequence[str]) -> tuple[str, ...]:
        if not addresses:
            return ()
        mine = select(RecordAddressRow.record_id).where(
            RecordAddressRow.organisation_id == self._organisation_id,
            RecordAddressRow.address.in_([address.lower() for address in addresses]),
        )
        here = (RecordRow.organisation_id == self._organisation_id) & RecordRow.kind.in_(("contact", "lead"))
        return tuple(
            self._session.scalars(select(RecordRow.id).where(RecordRow.id.in_(mine), here).order_by(RecordRow.id))
        )

    def _same_name(self, draft: RecordDraft) -> tuple[str, ...]:
        """People of the same name, where a row brings neither an id nor an address that could tell them apart."""
        if draft.kind not in ("contact", "lead") or draft.external_id or draft.addresses:
            return ()
        query = self._records("contact", "lead").where(RecordRow.name_key == name_key("contact", draft.name))
        return tuple(self._session.scalars(query.limit(5)))

    def _records(self, *kinds: RecordKind):  # type: ignore[no-untyped-def]
        here = (RecordRow.organisation_id == self._organisation_id) & RecordRow.kind.in_(kinds)
        return select(RecordRow.id).where(here).order_by(RecordRow.id)

    def _account(self, draft: RecordDraft) -> str | None:
        if draft.account is None or draft.kind == "account":
            return None
        known = self._by_external_id(draft.account)
        return known or find_account(self._session, self._organisation_id, draft.account)

    def _contacts(self, draft: RecordDraft) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for key, role in draft.contacts.items():
            known = self._by_external_id(key)
            people = (known,) if known else self._at_addresses([key])
            if len(people) == 1:
                found[people[0]] = role
        return found


def _problem(draft: RecordDraft) -> str | None:
    if draft.removed:
        return None if draft.external_id else "a removed record needs an id"
    if any("@" not in address or len(address) > 320 for address in draft.addresses):
        return "this is no mail address"
    if not draft.name.strip():
        return "there is neither a name nor an address"
    if draft.open and draft.won is not None:
        return "only a closed deal is won or lost"
    return None


def _origins(session: Session, record_id: str) -> dict[str, str]:
    query = select(RecordFieldRow.name, RecordFieldRow.origin).where(RecordFieldRow.record_id == record_id)
    return {row.name: row.origin for row in session.execute(query.order_by(RecordFieldRow.position.desc()))}
