"""Who may send as whom, drafts of replies, and mail put into the queue: by a person, or as a rule's follow-up."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts.account import Account, from_settings
from pipeline.core.sending import MAX_RECIPIENTS
from pipeline.deliver import composing
from pipeline.deliver.composing import Enclosed, Letter
from pipeline.parse.message import parse
from pipeline.records import Address, Message
from pipeline.store.mail import outgoing
from pipeline.store.mail.mails import get_mail
from pipeline.store.mail.outgoing import Fresh, Outgoing
from pipeline.store.organisation.people import User, find_user
from pipeline.store.rules.deliveries import Parcel
from pipeline.store.sync import accounts, mailboxes
from pipeline.store.sync.mailboxes import Mailbox

MAX_FILES_BYTES = 15_000_000
NOBODY_SENDS = "None of your mailboxes sends mail; set up sending for one first."
NOT_YOURS = "This is none of your From addresses."


@dataclass(frozen=True, slots=True)
class Sender:
    """An address that a user may send from; one of each mailbox is the default."""

    mailbox_id: str
    mailbox: str
    address: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reply begins with; ``quote`` is the text that it answers, to be put below one's own."""

    sender: Sender
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    quote: str


@dataclass(frozen=True, slots=True)
class Order:
    """A mail that a user wants sent. Without ``sender`` the fitting one; ``answers`` is the mail that it replies to."""

    to: Sequence[Address]
    subject: str
    text: str
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    sender: str | None = None
    mailbox_id: str | None = None
    answers: str | None = None
    quote: bool = False
    not_before: datetime | None = None
    files: Sequence[Enclosed] = ()


def senders(session: Session, user: User) -> tuple[Sender, ...]:
    """All From addresses of a user, by mailbox, the default of each first."""
    return tuple(
        Sender(mailbox.id, mailbox.name, address, n == 0)
        for mailbox, account in _sending(session, user)
        for n, address in enumerate(account.addresses or mailbox.addresses)
    )


def draft_reply(session: Session, user: User, mail_id: str, everybody: bool) -> Draft:
    """A reply to a mail that the user may see, from the address that it was sent to.

    Raises: errors.NotFound; errors.Conflict where the user cannot send.
    """
    mail = get_mail(session, user, mail_id)
    message = parse(mail.raw)
    known = senders(session, user)
    sender = _fitting(known, message, mail.mailboxes)
    to, cc = composing.reply_people(message, [each.address for each in known], everybody)
    quote = composing.quoted(message, ZoneInfo(user.timezone), user.language)
    return Draft(sender, to, cc, composing.reply_subject(message.subject), quote)


def send(session: Session, user: User, order: Order, now: datetime) -> Outgoing:
    """Put a mail into the queue.

    Raises: errors.UsageError where it cannot be written; errors.NotFound where what it answers is not to be seen;
    errors.NotAllowed where the From address is not the user's; errors.Conflict where the user cannot send.
    """
    known = senders(session, user)
    mail = get_mail(session, user, order.answers) if order.answers else None
    message = parse(mail.raw) if mail else None
    if order.sender is None:
        wanted = [each for each in known if order.mailbox_id in (None, each.mailbox_id)]
        sender = _fitting(wanted, message, mail.mailboxes if mail else ())
    else:
        sender = _named(known, order)
    text = order.text
    if order.quote and message is not None:
        text = text.rstrip() + "\n\n" + composing.quoted(message, ZoneInfo(user.timezone), user.language)
    letter = Letter(
        Address(user.name if "@" not in user.name else None, sender.address), _checked(order.to), order.subject, text,
        _checked(order.cc), _checked(order.bcc), files=tuple(order.files),
    )  # fmt: skip
    if message is not None:
        letter = composing.answering(letter, message)
    return queue(session, user, sender, letter, now, answers=order.answers, not_before=order.not_before)


def send_follow_up(session: Session, parcel: Parcel, now: datetime) -> str:
    """Put a rule's follow-up into the queue, in the thread of the mail that it follows; its Message-ID.

    Raises: errors.Error where the rule's owner cannot send it.
    """
    content = parcel.content
    owner = find_user(session, content["from"])
    if owner is None or not owner.active:
        raise errors.NotFound("The owner of this rule is not active any more.")
    mail = get_mail(session, owner, parcel.delivery.mail_id)
    message = parse(mail.raw)
    sender = _fitting(senders(session, owner), message, mail.mailboxes)
    letter = Letter(
        Address(owner.name if "@" not in owner.name else None, sender.address),
        _checked([Address(None, parcel.delivery.target)]), content["subject"], content["text"], automatic=True,
    )  # fmt: skip
    made = queue(
        session, owner, sender, composing.answering(letter, message), now,
        answers=parcel.delivery.mail_id, delivery_id=parcel.delivery.id,
    )  # fmt: skip
    return made.message_id


def queue(
    session: Session,
    user: User,
    sender: Sender,
    letter: Letter,
    now: datetime,
    *,
    answers: str | None = None,
    delivery_id: int | None = None,
    not_before: datetime | None = None,
) -> Outgoing:
    """Put a letter into the queue of the sender's mailbox.

    Raises: errors.UsageError where it cannot be written.
    """
    if not letter.to or len(letter.recipients) > MAX_RECIPIENTS:
        raise errors.UsageError(f"A mail goes to at least one and at most {MAX_RECIPIENTS} addresses.")
    message_id = f"<{secrets.token_hex(16)}@{sender.address.rpartition('@')[2]}>"
    if sum(len(file.content) for file in letter.files) > MAX_FILES_BYTES:
        raise errors.UsageError(f"The files of a mail may have {MAX_FILES_BYTES:,} bytes together.")
    content = composing.compose(letter, message_id, now.astimezone(ZoneInfo(user.timezone)))
    account = from_settings(accounts.get_account(session, sender.mailbox_id).settings)
    fresh = Fresh(
        sender.mailbox_id, message_id, sender.address, letter.recipients, letter.subject, content,
        account.save_sent, answers, delivery_id, not_before,
    )  # fmt: skip
    return outgoing.queue(session, user, fresh, now)


def _sending(session: Session, user: User) -> list[tuple[Mailbox, Account]]:
    """The user's mailboxes that can send; a paused one can."""
    found = []
    for mailbox in mailboxes.mailboxes_of(session, user):
        try:
            stored = accounts.get_account(session, mailbox.id)
        except errors.NotFound:
            continue
        can_send = stored.settings.get("smtp") or stored.settings.get("protocol") == "graph"
        if can_send and stored.state != "disabled":
            found.append((mailbox, from_settings(stored.settings)))
    return found


def _fitting(known: Sequence[Sender], message: Message | None, names: Sequence[str]) -> Sender:
    """The address that a mail was sent to, or came from; else the default of a mailbox that holds it; else the first.

    Raises: errors.Conflict where there is none.
    """
    if not known:
        raise errors.Conflict(NOBODY_SENDS)
    if message is not None:
        own = message.from_.address if message.from_ else ""
        people = [own, *(person.address for person in (*message.to, *message.cc))]
        by_address = {each.address: each for each in reversed(known)}
        if found := next((by_address[address] for address in people if address in by_address), None):
            return found
    return next((each for each in known if each.mailbox in names), known[0])


def _named(known: Sequence[Sender], order: Order) -> Sender:
    assert order.sender is not None
    address = order.sender.strip().lower()
    for each in known:
        if each.address == address and order.mailbox_id in (None, each.mailbox_id):
            return each
    raise errors.NotAllowed(NOT_YOURS) if known else errors.Conflict(NOBODY_SENDS)


def _checked(people: Sequence[Address]) -> tuple[Address, ...]:
    return tuple(composing.checked_address(person.address, person.name) for person in people)
