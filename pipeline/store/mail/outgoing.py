"""The queue of mail that goes out. It survives restarts, and nothing in it is sent twice (``core.sending``)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core import sending
from pipeline.core.sending import State
from pipeline.records import Message
from pipeline.store.organisation.notices import notify
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page, decode_cursor, encode_cursor
from pipeline.store.rules import deliveries
from pipeline.store.tables import MailRow, OutgoingRow
from pipeline.store.tables.base import new_id

LEASE = timedelta(minutes=20)
"""Longer than any server may take for its last answer."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail that goes out, without its content; ``refused`` are recipients that the server did not take."""

    id: str
    organisation_id: str
    mailbox_id: str
    user_id: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    refused: tuple[str, ...]
    subject: str
    size_bytes: int
    state: State
    saved: str
    attempts: int
    next_at: datetime
    problem: str | None
    answers: str | None
    mail_id: str | None
    delivery_id: int | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """A mail to be queued; ``save_sent`` asks for a copy in the server's Sent folder."""

    mailbox_id: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    content: bytes
    save_sent: bool = False
    answers: str | None = None
    delivery_id: int | None = None
    not_before: datetime | None = None


def queue(session: Session, user: User, fresh: Fresh, now: datetime) -> Outgoing:
    """Put a mail into the queue; once this is committed it will be sent, whatever happens to this process."""
    row = OutgoingRow(
        id=new_id(), organisation_id=user.organisation_id, mailbox_id=fresh.mailbox_id, user_id=user.id,
        message_id=fresh.message_id, sender=fresh.sender, recipients=list(fresh.recipients), refused=[],
        subject=fresh.subject, content=zlib.compress(fresh.content), size_bytes=len(fresh.content), state="queued",
        saved="due" if fresh.save_sent else "no", attempts=0, next_at=max(now, fresh.not_before or now), problem=None,
        lease_owner=None, lease_until=None, answers=fresh.answers, mail_id=None, delivery_id=fresh.delivery_id,
        created_at=now, sent_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _view(row)


def take(session: Session, owner: str, now: datetime, limit: int = 20) -> tuple[Outgoing, ...]:
    """Take mails that are due, so that nobody else sends them; what a vanished sender left is judged first."""
    _judge_left(session, now)
    due = (OutgoingRow.state == "queued") & (OutgoingRow.next_at <= now)
    free = select(OutgoingRow.id).where(due).order_by(OutgoingRow.next_at, OutgoingRow.id).limit(limit)
    mine = update(OutgoingRow).where(OutgoingRow.id.in_(free.with_for_update(skip_locked=True)), due)
    values = {
        "state": "sending", "attempts": OutgoingRow.attempts + 1, "lease_owner": owner, "lease_until": now + LEASE,
    }  # fmt: skip
    return _changed(session, mine.values(**values))


def hand_over(session: Session, outgoing_id: str, owner: str, now: datetime) -> None:
    """Note that the mail's last line is sent next: from here on nobody sends it again by itself.

    Raises: errors.Conflict where it was taken away meanwhile; then the last line must not be sent.
    """
    here = (OutgoingRow.id == outgoing_id) & (OutgoingRow.lease_owner == owner) & (OutgoingRow.state == "sending")
    result: Any = session.execute(
        update(OutgoingRow).where(here, OutgoingRow.lease_until > now).values(state="handed", lease_until=now + LEASE)
    )
    if not result.rowcount:
        raise errors.Conflict("Somebody else sends this mail now, or it was called back.")


def settle_sent(session: Session, outgoing_id: str, refused: Sequence[str], now: datetime) -> None:
    """Note that the server took the mail; who was refused is kept."""
    values = {
        "state": "sent", "problem": "recipients_refused" if refused else None, "refused": list(refused),
        "sent_at": now, "attempts": 0, "next_at": now, "lease_owner": None, "lease_until": None,
    }  # fmt: skip
    session.execute(update(OutgoingRow).where(OutgoingRow.id == outgoing_id).values(**values))


def settle_refused(session: Session, outgoing_id: str, owner: str, problem: str, is_final: bool, now: datetime) -> None:
    """Note that the server did not take the mail: it waits, or has failed for good; a rule's follow-up is dead then."""
    row = session.get(OutgoingRow, outgoing_id, populate_existing=True)
    if row is None or row.lease_owner != owner or row.state not in ("sending", "handed"):
        return
    row.state = sending.after_refusal(row.attempts, is_final)
    row.next_at = now + (sending.retry_after(row.attempts) or timedelta(0))
    row.problem, row.lease_owner, row.lease_until = problem, None, None
    session.flush()
    if row.state == "failed":
        _tell(session, row, "failed", now)
        if row.delivery_id is not None:
            deliveries.bury(session, row.delivery_id, problem)


def settle_unknown(session: Session, outgoing_id: str, now: datetime) -> None:
    """Note that nobody heard the server's last answer, and tell who sent it."""
    row = session.get(OutgoingRow, outgoing_id, populate_existing=True)
    if row is None or row.state != "handed":
        return
    row.state, row.problem, row.lease_owner, row.lease_until = "unknown", "outcome_unknown", None, None
    session.flush()
    _tell(session, row, "unknown", now)


def note_bounce(session: Session, mailbox_id: str, message_id: str, refused: Sequence[str], now: datetime) -> None:
    """Note that a mail sent from a mailbox came back, and tell who sent it; a repeat changes nothing."""
    known = f"<{message_id.strip('<> ')}>"
    here = (OutgoingRow.message_id == known) & (OutgoingRow.mailbox_id == mailbox_id)
    row = session.scalar(select(OutgoingRow).where(here).execution_options(populate_existing=True))
    if row is None or row.state not in ("sent", "unknown", "handed") or row.problem == "bounced":
        return
    if row.state != "sent":
        settle_sent(session, row.id, (), now)
        session.refresh(row)
    row.problem, row.refused = "bounced", list(dict.fromkeys([*row.refused, *refused]))
    session.flush()
    _tell(session, row, "bounced", now)


def take_sent(session: Session, owner: str, now: datetime, limit: int = 20) -> tuple[Outgoing, ...]:
    """Take mails that were sent and are not stored or saved yet."""
    free = or_(OutgoingRow.lease_until.is_(None), OutgoingRow.lease_until < now)
    due = (OutgoingRow.state == "sent") & OutgoingRow.content.is_not(None) & (OutgoingRow.next_at <= now) & free
    ids = select(OutgoingRow.id).where(due).order_by(OutgoingRow.next_at, OutgoingRow.id).limit(limit)
    mine = update(OutgoingRow).where(OutgoingRow.id.in_(ids.with_for_update(skip_locked=True)), due)
    values = {"attempts": OutgoingRow.attempts + 1, "lease_owner": owner, "lease_until": now + LEASE}
    return _changed(session, mine.values(**values))


def settle_stored(session: Session, mail: Outgoing) -> None:
    """Note as which mail it is stored now; none where its mailbox is not to keep it."""
    here = (MailRow.organisation_id == mail.organisation_id) & (MailRow.message_id == mail.message_id)
    mail_id = session.scalar(select(MailRow.id).where(here).order_by(MailRow.created_at, MailRow.id).limit(1))
    session.execute(update(OutgoingRow).where(OutgoingRow.id == mail.id).values(mail_id=mail_id))


def is_stored(session: Session, mailbox_id: str, message: Message | None) -> bool:
    """Whether a mail is the server's own copy of one that was sent from here and is stored already.

    Servers that file sent mail themselves may write it anew, so that its content tells nothing.
    """
    if message is None or message.from_ is None:
        return False
    ours = (OutgoingRow.message_id == message.message_id) & (OutgoingRow.mailbox_id == mailbox_id)
    found = select(OutgoingRow.id).where(ours, OutgoingRow.mail_id.is_not(None))
    return session.scalar(found.where(OutgoingRow.sender == message.from_.address)) is not None


def settle_saved(session: Session, outgoing_id: str, problem: str | None, now: datetime) -> None:
    """Note how saving went; once nothing is left to do, the content is not kept here any more."""
    row = session.get(OutgoingRow, outgoing_id, populate_existing=True)
    if row is None:
        return
    wait = sending.retry_after(row.attempts) if problem else None
    row.lease_owner, row.lease_until = None, None
    if wait is not None:
        row.next_at = now + wait
    else:
        row.saved = "failed" if problem else "done" if row.saved == "due" else row.saved
        row.content = None
    session.flush()


def postpone(session: Session, outgoing_id: str, now: datetime) -> None:
    """Let a mail that was sent, and could not be stored for a reason of our own, wait; its content is kept."""
    row = session.get(OutgoingRow, outgoing_id, populate_existing=True)
    if row is not None:
        row.next_at = now + (sending.retry_after(row.attempts) or timedelta(days=1))
        row.lease_owner, row.lease_until = None, None
        session.flush()


def call_all_back(session: Session, user_id: str) -> None:
    """Take everything out of the queue that a user who is deactivated would still send."""
    here = (OutgoingRow.user_id == user_id) & (OutgoingRow.state == "queued")
    session.execute(update(OutgoingRow).where(here).values(state="cancelled"))


def content_of(session: Session, outgoing_id: str) -> bytes:
    """The bytes of a mail that is still in the queue.

    Raises: errors.NotFound where they are not kept any more.
    """
    stored = session.scalar(select(OutgoingRow.content).where(OutgoingRow.id == outgoing_id))
    if stored is None:
        raise errors.NotFound("This mail is not in the queue any more.")
    return zlib.decompress(stored)


def get_outgoing(session: Session, user: User, outgoing_id: str) -> Outgoing:
    """A mail that the user sent.

    Raises: errors.NotFound.
    """
    return _view(_row(session, user, outgoing_id))


def list_outgoing(
    session: Session, user: User, *, state: State | None = None, limit: int = 50, cursor: str | None = None
) -> Page[Outgoing]:
    """What the user sent or is about to send, newest first.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = select(OutgoingRow).where(OutgoingRow.user_id == user.id)
    if state is not None:
        query = query.where(OutgoingRow.state == state)
    if cursor is not None:
        at, outgoing_id = decode_cursor(cursor, (str, str))
        query = query.where(tuple_(OutgoingRow.created_at, OutgoingRow.id) < tuple_(_moment(at), outgoing_id))
    query = query.order_by(OutgoingRow.created_at.desc(), OutgoingRow.id.desc()).limit(limit + 1)
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    more = encode_cursor(rows[limit - 1].created_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Page(tuple(_view(row) for row in rows[:limit]), more)


def retry(session: Session, user: User, outgoing_id: str, now: datetime) -> Outgoing:
    """Send a mail again that failed, was called back, or of which nobody knows: the person says so, nobody else.

    Raises: errors.NotFound; errors.Conflict where it is on its way or sent.
    """
    row = _row(session, user, outgoing_id)
    if not sending.may_retry(cast(State, row.state)) or row.content is None:
        raise errors.Conflict("This mail is on its way or sent already.")
    row.state, row.attempts, row.next_at, row.problem = "queued", 0, now, None
    session.flush()
    return _view(row)


def call_back(session: Session, user: User, outgoing_id: str) -> Outgoing:
    """Take a mail out of the queue before it is sent.

    Raises: errors.NotFound; errors.Conflict where it is on its way or sent.
    """
    row = _row(session, user, outgoing_id)
    if not sending.may_cancel(cast(State, row.state)):
        raise errors.Conflict("This mail is on its way or sent already.")
    row.state = "cancelled"
    session.flush()
    return _view(row)


def call_sent(session: Session, user: User, outgoing_id: str, now: datetime) -> Outgoing:
    """Say that a mail of which nobody knew was sent.

    Raises: errors.NotFound; errors.Conflict where that is known.
    """
    row = _row(session, user, outgoing_id)
    if row.state != "unknown":
        raise errors.Conflict("It is known what became of this mail.")
    settle_sent(session, outgoing_id, row.refused, now)
    return _view(_row(session, user, outgoing_id))


def forget_people(session: Session, organisation_id: str, addresses: Sequence[str]) -> None:
    """Remove queue entries that name one of these recipients, for the erasure of a person."""
    wanted = set(addresses)
    query = select(OutgoingRow.id, OutgoingRow.recipients).where(OutgoingRow.organisation_id == organisation_id)
    gone = [outgoing_id for outgoing_id, recipients in session.execute(query) if wanted & set(recipients)]
    session.execute(delete(OutgoingRow).where(OutgoingRow.id.in_(gone)))


def _judge_left(session: Session, now: datetime) -> None:
    """What a vanished sender left: not sent before the last line, unknown after it; and what turned up since."""
    expired = OutgoingRow.lease_until < now
    lost: tuple[State, ...] = ("sending", "handed")
    for left in lost:
        rows = session.scalars(
            select(OutgoingRow)
            .where(OutgoingRow.state == left, expired)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()
        for row in rows:
            row.state, row.lease_owner, row.lease_until = sending.after_lease(left), None, None
            if row.state == "unknown":
                row.problem = "outcome_unknown"
                _tell(session, row, "unknown", now)
    session.flush()
    arrived = select(MailRow.id).where(
        MailRow.organisation_id == OutgoingRow.organisation_id, MailRow.message_id == OutgoingRow.message_id
    )
    unknown = (OutgoingRow.state == "unknown") & arrived.exists()
    for outgoing_id in session.scalars(select(OutgoingRow.id).where(unknown)).all():
        settle_sent(session, outgoing_id, (), now)


def _tell(session: Session, row: OutgoingRow, what: str, now: datetime) -> None:
    detail = {"outgoing_id": row.id, "problem": row.problem}
    notify(session, row.organisation_id, [row.user_id], f"outgoing.{what}", detail, now)


def _changed(session: Session, statement: Any) -> tuple[Outgoing, ...]:
    options = {"synchronize_session": False}
    ids = session.scalars(statement.returning(OutgoingRow.id).execution_options(**options)).all()
    query = select(OutgoingRow).where(OutgoingRow.id.in_(ids)).order_by(OutgoingRow.next_at, OutgoingRow.id)
    return tuple(_view(row) for row in session.scalars(query.execution_options(populate_existing=True)))


def _row(session: Session, user: User, outgoing_id: str) -> OutgoingRow:
    row = session.get(OutgoingRow, outgoing_id, populate_existing=True, with_for_update=True)
    if row is None or row.user_id != user.id:
        raise errors.NotFound("There is no such mail.")
    return row


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise errors.UsageError("This cursor is not one of this list; start again without a cursor.") from None


def _view(row: OutgoingRow) -> Outgoing:
    return Outgoing(
        row.id, row.organisation_id, row.mailbox_id, row.user_id, row.message_id, row.sender, tuple(row.recipients),
        tuple(row.refused), row.subject, row.size_bytes, cast(State, row.state), row.saved, row.attempts, row.next_at,
        row.problem, row.answers, row.mail_id, row.delivery_id, row.created_at, row.sent_at,
    )  # fmt: skip
