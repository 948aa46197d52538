"""What is held of a person, and removing it on request; and how long mailboxes keep their mail.

A person is known by mail addresses. Their records are those with one of the addresses, which may bring further ones.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.records import Message
from pipeline.store.crm.records import load_records
from pipeline.store.mail import outgoing
from pipeline.store.mail.removing import remove_copies, remove_mails, remove_records, remove_suggestions
from pipeline.store.organisation.audit import record_action
from pipeline.store.rows import digest, insert_new, lock, upsert
from pipeline.store.sync.mailboxes import Mailbox, get_mailbox
from pipeline.store.tables import (
    ActivityRow,
    CopyRow,
    ErasedPersonRow,
    IdempotencyRow,
    InsightRow,
    MailAddressRow,
    MailboxRow,
    MailRow,
    MutedPersonRow,
    PersonMailRow,
    RecordAddressRow,
    RecordRow,
    RejectionRow,
    RetentionRow,
    SuggestionRow,
    UserRow,
)

MailFate = Literal["delete", "keep"]
MAX_REMOVED = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a person: their addresses, and the ids of what concerns them."""

    addresses: tuple[str, ...]
    record_ids: tuple[str, ...]
    mail_ids: tuple[str, ...]
    suggestion_ids: tuple[str, ...]
    activity_ids: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """How much that is."""
        return {name: len(value) for name, value in asdict(self).items()}


def find_person(session: Session, organisation_id: str, addresses: Iterable[str]) -> Held:
    """What an organisation holds of the person at these addresses."""
    known = {address.strip().lower() for address in addresses}
    at = (RecordAddressRow.organisation_id == organisation_id) & RecordAddressRow.address.in_(known)
    people = (
        select(RecordRow.id)
        .join(RecordAddressRow, RecordAddressRow.record_id == RecordRow.id)
        .where(at, RecordRow.kind.in_(("contact", "lead")))
        .distinct()
    )
    record_ids = session.scalars(people.order_by(RecordRow.id)).all()
    known |= set(session.scalars(select(RecordAddressRow.address).where(RecordAddressRow.record_id.in_(record_ids))))
    mails = (
        select(MailRow.id)
        .join(MailAddressRow, MailAddressRow.mail_id == MailRow.id)
        .where(MailRow.organisation_id == organisation_id, MailAddressRow.address.in_(known))
        .distinct()
    )
    about = SuggestionRow.person.in_(known) | SuggestionRow.record_id.in_(record_ids)
    suggestions = select(SuggestionRow.id).where(SuggestionRow.organisation_id == organisation_id, about)
    activities = select(ActivityRow.id).where(
        ActivityRow.organisation_id == organisation_id, ActivityRow.person.in_(known)
    )
    return Held(
        tuple(sorted(known)),
        tuple(record_ids),
        tuple(session.scalars(mails.order_by(MailRow.id))),
        tuple(session.scalars(suggestions.order_by(SuggestionRow.id))),
        tuple(session.scalars(activities.order_by(ActivityRow.id))),
    )


def export_person(session: Session, organisation_id: str, addresses: Iterable[str]) -> dict[str, Any]:
    """Everything that is held of a person, mail texts included: for whoever runs the installation, not for a user."""
    held = find_person(session, organisation_id, addresses)
    documents = select(InsightRow.mail_id, InsightRow.document).where(InsightRow.mail_id.in_(held.mail_ids))
    suggestions = select(SuggestionRow.payload).where(
        SuggestionRow.organisation_id == organisation_id, SuggestionRow.id.in_(held.suggestion_ids)
    )
    return {
        "addresses": list(held.addresses),
        "records": [_plain(asdict(record)) for record in load_records(session, held.record_ids)],
        "mails": [
            {"id": mail_id, **json.loads(zlib.decompress(document))}
            for mail_id, document in session.execute(documents.order_by(InsightRow.mail_id))
        ],
        "suggestions": list(session.scalars(suggestions.order_by(SuggestionRow.id))),
        "activities": list(held.activity_ids),
    }


def erase_person(
    session: Session,
    organisation_id: str,
    addresses: Iterable[str],
    now: datetime,
    *,
    mail: MailFate = "delete",
    user_id: str | None = None,
) -> Held:
    """Remove what is held of a person, and tell what that was.

    Records, suggestions, decisions, activities, mutes and rejections always go; decisions are what training rows are
    made of, so that none can be made of them. With ``mail="delete"`` every mail goes that they sent or got, and older
    mail of theirs does not come back; ``keep`` is for what must be kept by law.

    Raises: errors.UsageError where one of the addresses is a user's own.
    """
    lock(session, organisation_id)
    held = find_person(session, organisation_id, addresses)
    if session.scalar(select(UserRow.id).where(UserRow.address.in_(held.addresses)).limit(1)) is not None:
        raise errors.UsageError("This is the address of a user; deactivate and change the user instead.")
    remove_suggestions(session, [(organisation_id, suggestion_id) for suggestion_id in held.suggestion_ids])
    session.execute(delete(ActivityRow).where(ActivityRow.id.in_(held.activity_ids)))
    remove_records(session, organisation_id, held.record_ids)
    _forget(session, organisation_id, held)
    if mail == "delete":
        remove_mails(session, organisation_id, held.mail_ids, now)
        for address in held.addresses:
            key = {"organisation_id": organisation_id, "address_hash": _hash(organisation_id, address)}
            upsert(session, ErasedPersonRow, {**key, "at": now}, ("organisation_id", "address_hash"))
    subject = digest("person", organisation_id, *held.addresses)
    record_action(session, organisation_id, user_id, "person.erase", subject, now, {**held.counts(), "mail": mail})
    return held


def is_unwanted(session: Session, mailbox: Mailbox, message: Message | None, now: datetime) -> bool:
    """Whether a mail is not to be stored: older than its mailbox keeps mail, or of somebody who was erased since."""
    if message is None or message.date is None:
        return False
    days = get_retention(session, mailbox.id)
    if days is not None and message.date < now - timedelta(days=days):
        return True
    people = (*((message.from_,) if message.from_ else ()), *message.to, *message.cc)
    hashes = {_hash(mailbox.organisation_id, person.address) for person in people}
    mine = (ErasedPersonRow.organisation_id == mailbox.organisation_id) & ErasedPersonRow.address_hash.in_(hashes)
    erased = session.scalars(select(ErasedPersonRow.at).where(mine, ErasedPersonRow.at > message.date))
    return erased.first() is not None


def get_retention(session: Session, mailbox_id: str) -> int | None:
    """After how many days a mailbox's mail is removed; None where it is kept."""
    return session.scalar(select(RetentionRow.days).where(RetentionRow.mailbox_id == mailbox_id))


def set_retention(
    session: Session, organisation_id: str, mailbox_id: str, days: int | None, now: datetime, user_id: str | None
) -> None:
    """Say after how many days a mailbox's mail is removed, or that it is kept.

    Raises: errors.NotFound where the organisation has no such mailbox.
    """
    if get_mailbox(session, mailbox_id).organisation_id != organisation_id:
        raise errors.NotFound("There is no such mailbox.")
    session.execute(delete(RetentionRow).where(RetentionRow.mailbox_id == mailbox_id))
    if days is not None:
        insert_new(session, RetentionRow, {"mailbox_id": mailbox_id, "days": days})
    record_action(session, organisation_id, user_id, "mailbox.retention", mailbox_id, now, {"days": days})


def apply_retention(session: Session, organisation_id: str, now: datetime) -> int:
    """Remove copies that are older than their mailbox keeps them, some at a time; tell how many were removed."""
    rules = (
        select(RetentionRow)
        .join(MailboxRow, MailboxRow.id == RetentionRow.mailbox_id)
        .where(MailboxRow.organisation_id == organisation_id)
        .order_by(RetentionRow.mailbox_id)
    )
    removed = 0
    for rule in session.scalars(rules).all():
        old = (CopyRow.mailbox_id == rule.mailbox_id) & (CopyRow.sorted_at < now - timedelta(days=rule.days))
        query = select(CopyRow.mail_id).where(old).order_by(CopyRow.sorted_at, CopyRow.mail_id).limit(MAX_REMOVED)
        gone = remove_copies(session, organisation_id, rule.mailbox_id, session.scalars(query).all(), now)
        if gone:
            record_action(session, organisation_id, None, "mailbox.expire", rule.mailbox_id, now, {"mails": gone})
        removed += gone
    return removed


def _forget(session: Session, organisation_id: str, held: Held) -> None:
    """What else holds the person's addresses or values."""
    outgoing.forget_people(session, organisation_id, held.addresses)
    muted = (MutedPersonRow.organisation_id == organisation_id) & MutedPersonRow.address.in_(held.addresses)
    session.execute(delete(MutedPersonRow).where(muted))
    known = (PersonMailRow.organisation_id == organisation_id) & PersonMailRow.address.in_(held.addresses)
    session.execute(delete(PersonMailRow).where(known))
    subjects = [f"person:{address}" for address in held.addresses] + [f"record:{one}" for one in held.record_ids]
    rejected = (RejectionRow.organisation_id == organisation_id) & RejectionRow.subject.in_(subjects)
    session.execute(delete(RejectionRow).where(rejected))
    users = select(UserRow.id).where(UserRow.organisation_id == organisation_id)
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.user_id.in_(users)))


def _hash(organisation_id: str, address: str) -> str:
    return digest("erased", organisation_id, address.lower())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | Sequence) and not isinstance(value, str):
        return sorted(value) if isinstance(value, frozenset) else [_plain(item) for item in value]
    return value
