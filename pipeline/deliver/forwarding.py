"""Forwarding a mail as a filter asks for it: its words below a few headers, the mail itself as an attachment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.deliver import writing
from pipeline.deliver.composing import FORWARDED, Letter, checked_address
from pipeline.records import Address, Message
from pipeline.store.organisation.people import User
from pipeline.store.sync.mailboxes import Mailbox

__all__ = ["FORWARDED", "forward"]


def forward(
    session: Session,
    user: User,
    mailbox: Mailbox,
    mail_id: str,
    raw: bytes,
    message: Message,
    to: str,
    now: datetime,
) -> None:
    """Put the forwarded mail into the queue of its own mailbox.

    Raises: errors.Error where that mailbox cannot send, or the address is none.
    """
    sender = next((each for each in writing.senders(session, user) if each.mailbox_id == mailbox.id), None)
    if sender is None:
        raise errors.Conflict(writing.NOBODY_SENDS)
    letter = Letter(
        Address(None, sender.address), (checked_address(to),), f"Fwd: {message.subject}",
        _text(message, user), forwarded=raw, automatic=True,
    )  # fmt: skip
    writing.queue(session, user, sender, letter, now, answers=mail_id)


def _text(message: Message, user: User) -> str:
    sender = f"{message.from_.name or ''} <{message.from_.address}>".strip() if message.from_ else ""
    date = message.date.astimezone(ZoneInfo(user.timezone)).isoformat(" ", "minutes") if message.date else ""
    to = ", ".join(person.address for person in message.to)
    head = f"---------- Forwarded message ---------\nFrom: {sender}\nDate: {date}\nSubject: {message.subject}\nTo: {to}"
    return f"{head}\n\n{message.text}"
