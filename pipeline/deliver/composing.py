"""A mail as bytes: a new one, or a reply that stands in the thread of what it answers.

Source: RFC 5322 section 3.6.4 (In-Reply-To, References), RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime

from pipeline import errors
from pipeline.records import Address, Message

FORWARDED = "x-mail-insight-forwarded"
"""The header by which a mail that comes round again is known."""
_POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=78)
_MAX_REFERENCES = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>,;:()\[\]\"\\]{1,255}")
_TYPE = re.compile(r"([a-z0-9.+-]{1,60})/([a-z0-9.+-]{1,100})")
_IS_REPLY = re.compile(r"\s*(?:re|返信)\s?[:：]", re.I)
_WEEKDAYS_JA = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that a mail carries."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be written; ``bcc`` is in the envelope only. ``automatic`` mail says that no person wrote it.

    ``forwarded`` is a mail that it carries beside its files.
    """

    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: bool = False
    forwarded: bytes | None = None
    files: tuple[Enclosed, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope: every address once."""
        return tuple(dict.fromkeys(each.address for each in (*self.to, *self.cc, *self.bcc)))


def compose(letter: Letter, message_id: str, at: datetime) -> bytes:
    """The mail, 7-bit clean and with CRLF line ends.

    Raises: errors.UsageError where an address cannot be written to.
    """
    mail = EmailMessage(_POLICY)
    mail["From"] = _written(letter.sender)
    for name, people in (("To", letter.to), ("Cc", letter.cc)):
        if people:
            mail[name] = [_written(person) for person in people]
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    if letter.in_reply_to:
        mail["In-Reply-To"] = letter.in_reply_to
    if letter.references:
        mail["References"] = " ".join(letter.references)
    if letter.automatic:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_CONTROL.sub("", letter.text.replace("\r\n", "\n").replace("\r", "\n")))
    if letter.forwarded is not None:
        mail[FORWARDED] = "yes"
        mail.add_attachment(letter.forwarded, "application", "octet-stream", filename="mail.eml")
    for file in letter.files:
        kind = _TYPE.fullmatch(file.content_type.strip().lower())
        main, sub = (
            kind.groups() if kind and kind[1] not in ("message", "multipart") else ("application", "octet-stream")
        )
        mail.add_attachment(file.content, main, sub, filename=_one_line(file.name).replace("/", "_") or "file")
    return mail.as_bytes()


def checked_address(text: str, name: str | None = None) -> Address:
    """An address that can be written to, its domain in the form that the DNS knows.

    Raises: errors.UsageError.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}".lower()
    except UnicodeError:
        address = ""
    if not _ADDRESS.fullmatch(address):
        raise errors.UsageError("One of the addresses cannot be written to; write it as name@example.com.")
    return Address(name, address)


def answering(letter: Letter, message: Message) -> Letter:
    """The letter as a reply in the thread of a mail."""
    known = [*message.references, *(() if message.references else message.in_reply_to), message.message_id]
    chain = tuple(dict.fromkeys(known))
    if len(chain) > _MAX_REFERENCES:  # the first one names the thread, the last ones the way here
        chain = (chain[0], *chain[1 - _MAX_REFERENCES :])
    return replace(letter, in_reply_to=message.message_id, references=chain)


def reply_subject(subject: str) -> str:
    """The subject with ``Re:`` before it, once."""
    return subject if _IS_REPLY.match(subject) else f"Re: {subject}".strip()


def reply_people(message: Message, own: Sequence[str], everybody: bool) -> tuple[tuple[Address, ...], ...]:
    """To and Cc of a reply: the Reply-To or sender; with ``everybody`` all but oneself. To one's own mail: its To."""
    sent_by_me = message.from_ is not None and message.from_.address in own
    senders = message.reply_to or ((message.from_,) if message.from_ else ())
    to = message.to if sent_by_me else senders
    cc = (*(() if sent_by_me else message.to), *message.cc) if everybody else ()
    return _others(to, own, ()), _others(cc, own, to)


def quoted(message: Message, zone: tzinfo, language: str) -> str:
    """The mail's text with ``>`` before each line, under a line that says who wrote it and when."""
    sender = message.from_.name or message.from_.address if message.from_ else ""
    when = _when(message.date.astimezone(zone), language) if message.date and message.date.tzinfo else ""
    address = f" <{message.from_.address}>" if message.from_ and message.from_.name else ""
    head = f"{when} {sender}{address}:".lstrip() if language == "ja" else f"On {when}, {sender}{address} wrote:"
    lines = (f"> {line}".rstrip() if not line.startswith(">") else f">{line}" for line in message.text.split("\n"))
    return "\n".join([head, *lines]).rstrip("> \n") + "\n"


def _when(at: datetime, language: str) -> str:
    if language == "ja":
        return f"{at.year}年{at.month}月{at.day}日({_WEEKDAYS_JA[at.weekday()]}) {at:%H:%M}"
    return f"{at:%a, %d %b %Y at %H:%M}"


def _others(people: Sequence[Address], own: Sequence[str], besides: Sequence[Address]) -> tuple[Address, ...]:
    left_out = {*own, *(person.address for person in besides)}
    return tuple({person.address: person for person in people if person.address not in left_out}.values())


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _written(person: Address) -> HeaderAddress:
    try:
        return HeaderAddress(_one_line(person.name or ""), addr_spec=person.address)
    except ValueError:
        raise errors.UsageError("One of the addresses cannot be written to; write it as name@example.com.") from None
