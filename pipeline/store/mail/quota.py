"""Counting what mail takes, exact to the byte whoever stores at the same time.

Each content that is kept is an entry of its organisation and of each mailbox that holds it. Whoever changes entries
first locks the organisation's total, so that sums, limit and notices are decided one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.core import quota
from pipeline.core.quota import Mode, Outlook, Terms
from pipeline.store.organisation.notices import notify_admins
from pipeline.store.rows import insert_new, upsert
from pipeline.store.tables import (
    MailboxAssignmentRow,
    MailboxRow,
    MailRow,
    QuotaAttachmentRow,
    QuotaDayRow,
    QuotaEntryRow,
    QuotaReachedRow,
    QuotaTermsRow,
    QuotaTotalRow,
    QuotaWaitingRow,
    UserRow,
)

MAX_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail brings: the hash and size of its body, and the sizes of its attachments."""

    hash: str
    size_bytes: int
    attachments_bytes: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many mails wait for room, and how much they would take."""

    mails: int
    size_bytes: int


def get_terms(session: Session, organisation_id: str) -> Terms:
    """What an organisation bought; one that never said so is only observed."""
    row = session.get(QuotaTermsRow, organisation_id, populate_existing=True)
    return Terms(row.licences, row.addon_gb, cast(Mode, row.mode)) if row else Terms()


def set_terms(session: Session, organisation_id: str, terms: Terms, now: datetime) -> None:
    """Change what an organisation bought; thresholds that this reaches are told at once."""
    used, _ = _lock(session, organisation_id)
    row = {
        "organisation_id": organisation_id, "licences": terms.licences, "addon_gb": terms.addon_gb, "mode": terms.mode,
    }  # fmt: skip
    upsert(session, QuotaTermsRow, row, ("organisation_id",))
    _tell(session, organisation_id, terms, used, now)


def charge(session: Session, organisation_id: str, mailbox_id: str, content: Content, now: datetime) -> bool:
    """Count a content that a mailbox is about to keep, and tell whether there is room for it; if not, do not keep it.

    A content that the organisation has already takes no more room; a repeat changes nothing.
    """
    used, terms = _lock(session, organisation_id)
    fits = quota.keeps(terms, used, content.size_bytes)
    if not fits and session.get(QuotaEntryRow, (organisation_id, content.hash)) is None:
        return False
    added = {scope: _add_entry(session, scope, content, now) for scope in (organisation_id, mailbox_id)}
    if added[organisation_id]:
        _note_attachments(session, organisation_id, content)
        if quota.reached(used, terms.limit_bytes) != quota.reached(used + content.size_bytes, terms.limit_bytes):
            _tell(session, organisation_id, terms, used + content.size_bytes, now)
    return True


def release(session: Session, organisation_id: str, mailbox_id: str, content_hash: str, now: datetime) -> None:
    """Stop counting a content that a mailbox does not hold any more, and for the organisation when none does."""
    used, terms = _lock(session, organisation_id)
    _drop_entry(session, mailbox_id, content_hash, now)
    mailboxes = select(MailboxRow.id).where(MailboxRow.organisation_id == organisation_id)
    held = select(QuotaEntryRow.scope).where(
        QuotaEntryRow.content_hash == content_hash, QuotaEntryRow.scope.in_(mailboxes)
    )
    if session.scalar(held.limit(1)) is not None:
        return
    freed = _drop_entry(session, organisation_id, content_hash, now)
    mine = (QuotaAttachmentRow.organisation_id == organisation_id) & (QuotaAttachmentRow.content_hash == content_hash)
    session.execute(delete(QuotaAttachmentRow).where(mine))
    _tell(session, organisation_id, terms, used - freed, now)


def wait(session: Session, mailbox_id: str, mail_id: str, size_bytes: int, now: datetime) -> None:
    """Note that the body of a mail was not kept for lack of room."""
    row = {"mailbox_id": mailbox_id, "mail_id": mail_id, "size_bytes": size_bytes, "since": now}
    insert_new(session, QuotaWaitingRow, row)


def is_waiting(session: Session, mailbox_id: str, mail_id: str) -> bool:
    """Whether the body of a mail of this mailbox waits for room."""
    return session.get(QuotaWaitingRow, (mailbox_id, mail_id), populate_existing=True) is not None


def end_wait(session: Session, mailbox_id: str, mail_id: str) -> None:
    """Note that the body is kept now."""
    here = (QuotaWaitingRow.mailbox_id == mailbox_id) & (QuotaWaitingRow.mail_id == mail_id)
    session.execute(delete(QuotaWaitingRow).where(here))


def due_for_catch_up(session: Session, mailbox_id: str) -> tuple[str, ...]:
    """The mails of a mailbox that are worth fetching again because there is room for them, longest waiting first."""
    organisation_id = session.scalar(select(MailboxRow.organisation_id).where(MailboxRow.id == mailbox_id))
    if organisation_id is None:
        return ()
    query = (
        select(QuotaWaitingRow.mail_id, QuotaWaitingRow.size_bytes)
        .where(QuotaWaitingRow.mailbox_id == mailbox_id)
        .order_by(QuotaWaitingRow.since, QuotaWaitingRow.mail_id)
        .limit(MAX_WAITING)
    )
    rows = session.execute(query).all()
    terms = get_terms(session, organisation_id)
    if terms.mode != "enforce":
        return tuple(row.mail_id for row in rows)
    room = terms.limit_bytes - used_bytes(session, organisation_id)
    return tuple(row.mail_id for row in rows[: quota.fitting(room, [row.size_bytes for row in rows])])


def used_bytes(session: Session, scope: str) -> int:
    """What an organisation or a mailbox uses."""
    return session.scalar(select(QuotaTotalRow.used_bytes).where(QuotaTotalRow.scope == scope)) or 0


def used_by_mailbox(session: Session, organisation_id: str) -> dict[str, int]:
    """What each mailbox of an organisation uses, by id."""
    query = (
        select(MailboxRow.id, func.coalesce(QuotaTotalRow.used_bytes, 0))
        .join(QuotaTotalRow, QuotaTotalRow.scope == MailboxRow.id, isouter=True)
        .where(MailboxRow.organisation_id == organisation_id)
        .order_by(MailboxRow.name, MailboxRow.id)
    )
    return {mailbox_id: int(used) for mailbox_id, used in session.execute(query)}


def used_by_user(session: Session, organisation_id: str) -> dict[str, int]:
    """What the mailboxes of each user hold, each content once, by the user's id."""
    held = (
        select(MailboxAssignmentRow.user_id, QuotaEntryRow.content_hash, QuotaEntryRow.size_bytes)
        .join(MailboxRow, MailboxRow.id == MailboxAssignmentRow.mailbox_id)
        .join(QuotaEntryRow, QuotaEntryRow.scope == MailboxAssignmentRow.mailbox_id)
        .where(MailboxRow.organisation_id == organisation_id)
        .distinct()
        .subquery()
    )
    query = select(held.c.user_id, func.sum(held.c.size_bytes)).group_by(held.c.user_id).order_by(held.c.user_id)
    return {user_id: int(used) for user_id, used in session.execute(query)}


def note_users(session: Session, organisation_id: str, now: datetime) -> None:
    """Note once a day what each user's mailboxes held as the day before ended (UTC): ``history`` of the users' ids."""
    day = (now.astimezone(UTC).date() - timedelta(days=1)).isoformat()
    users = select(UserRow.id).where(UserRow.organisation_id == organisation_id)
    noted = select(QuotaDayRow.day).where(QuotaDayRow.scope.in_(users), QuotaDayRow.day == day).limit(1)
    if session.scalar(noted) is None:
        used = used_by_user(session, organisation_id).items()
        insert_new(session, QuotaDayRow, *({"scope": user, "day": day, "used_bytes": size} for user, size in used))


def history(session: Session, scopes: Sequence[str], since: date) -> dict[str, tuple[tuple[date, int], ...]]:
    """What each scope used at the end of the days on which that changed, oldest first."""
    found: dict[str, list[tuple[date, int]]] = {scope: [] for scope in scopes}
    query = select(QuotaDayRow).where(QuotaDayRow.scope.in_(scopes), QuotaDayRow.day >= since.isoformat())
    for row in session.scalars(query.order_by(QuotaDayRow.day).execution_options(populate_existing=True)):
        found[row.scope].append((date.fromisoformat(row.day), row.used_bytes))
    return {scope: tuple(days) for scope, days in found.items()}


def waiting(session: Session, organisation_id: str) -> Waiting:
    """How much mail of an organisation waits for room."""
    query = (
        select(func.count(), func.coalesce(func.sum(QuotaWaitingRow.size_bytes), 0))
        .select_from(QuotaWaitingRow)
        .join(MailRow, MailRow.id == QuotaWaitingRow.mail_id)
        .where(MailRow.organisation_id == organisation_id)
    )
    mails, size_bytes = session.execute(query).one()
    return Waiting(mails, int(size_bytes))


def outlook(
    session: Session, organisation_id: str, now: datetime, terms: Terms | None = None, freed_bytes: int = 0
) -> Outlook:
    """Where an organisation stands and when its limit is met; with other ``terms`` or less in use, where it would."""
    today = now.astimezone(UTC).date()
    days = history(session, [organisation_id], today - timedelta(days=90))[organisation_id]
    used = used_bytes(session, organisation_id) - freed_bytes
    return quota.outlook(terms or get_terms(session, organisation_id), used, days, today)


def large_attachments_bytes(session: Session, organisation_id: str, over_mb: int) -> int:
    """About how much the attachments over so many MB take."""
    large = (QuotaAttachmentRow.organisation_id == organisation_id) & (
        QuotaAttachmentRow.size_bytes > over_mb * quota.MB
    )
    sizes = session.scalars(select(QuotaAttachmentRow.size_bytes).where(large))
    return sum(quota.encoded_bytes(size_bytes) for size_bytes in sizes)


def _lock(session: Session, organisation_id: str) -> tuple[int, Terms]:
    """What the organisation uses and bought; its total is held until the transaction ends.

    On SQLite one writes at a time anyway.
    """
    query = (
        select(QuotaTotalRow.used_bytes, QuotaTermsRow.licences, QuotaTermsRow.addon_gb, QuotaTermsRow.mode)
        .join(QuotaTermsRow, QuotaTermsRow.organisation_id == QuotaTotalRow.scope, isouter=True)
        .where(QuotaTotalRow.scope == organisation_id)
        .with_for_update(of=QuotaTotalRow)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        insert_new(session, QuotaTotalRow, {"scope": organisation_id, "used_bytes": 0})
        row = session.execute(query).one()
    used, licences, addon_gb, mode = row
    return used, Terms() if mode is None else Terms(licences, addon_gb, cast(Mode, mode))


def _add_entry(session: Session, scope: str, content: Content, now: datetime) -> bool:
    entry = {"scope": scope, "content_hash": content.hash, "size_bytes": content.size_bytes}
    if not insert_new(session, QuotaEntryRow, entry):
        return False
    _add_to_total(session, scope, content.size_bytes, now)
    return True


def _drop_entry(session: Session, scope: str, content_hash: str, now: datetime) -> int:
    here = (QuotaEntryRow.scope == scope) & (QuotaEntryRow.content_hash == content_hash)
    size_bytes = session.scalar(select(QuotaEntryRow.size_bytes).where(here))
    if size_bytes is None:
        return 0
    session.execute(delete(QuotaEntryRow).where(here))
    _add_to_total(session, scope, -size_bytes, now)
    return size_bytes


def _add_to_total(session: Session, scope: str, size_bytes: int, now: datetime) -> None:
    more = update(QuotaTotalRow).where(QuotaTotalRow.scope == scope)
    more = more.values(used_bytes=QuotaTotalRow.used_bytes + size_bytes)
    options = {"synchronize_session": False}
    used = session.scalars(more.returning(QuotaTotalRow.used_bytes), execution_options=options).one_or_none()
    if used is None:
        # The organisation's lock is held, so nobody else begins this total at the same time.
        used = size_bytes
        session.execute(insert(QuotaTotalRow).values(scope=scope, used_bytes=used))
    day = {"scope": scope, "day": now.astimezone(UTC).date().isoformat(), "used_bytes": used}
    upsert(session, QuotaDayRow, day, ("scope", "day"))


def _note_attachments(session: Session, organisation_id: str, content: Content) -> None:
    rows: list[Mapping[str, object]] = [
        {"organisation_id": organisation_id, "content_hash": content.hash, "position": n, "size_bytes": size_bytes}
        for n, size_bytes in enumerate(content.attachments_bytes)
        if size_bytes >= quota.MB
    ]
    if rows:
        session.execute(insert(QuotaAttachmentRow), rows)


def _tell(session: Session, organisation_id: str, terms: Terms, used: int, now: datetime) -> None:
    """Tell administrators each threshold once when it is reached, and again after use had fallen below it."""
    reached = quota.reached(used, terms.limit_bytes) if terms.mode != "observe" else ()
    mine = QuotaReachedRow.organisation_id == organisation_id
    session.execute(delete(QuotaReachedRow).where(mine, QuotaReachedRow.threshold.not_in(reached)))
    for threshold in reached:
        row = {"organisation_id": organisation_id, "threshold": threshold, "at": now}
        if insert_new(session, QuotaReachedRow, row):
            detail = {"threshold": threshold, "used_bytes": used, "limit_bytes": terms.limit_bytes}
            notify_admins(session, organisation_id, "quota.threshold", detail, now)
