"""Which conversation a mail belongs to: by its headers, or weaker by what two mails have in common.

Headers that name other mails decide. Where a mail has none, Exchange's Thread-Index does. Where that is missing too,
a reply may belong to an earlier mail of the same subject between the same people. That relation is judged of two
mails alone (``answers``), so the threads that it makes do not depend on the order in which mails arrive.

Source: RFC 5322 section 3.6.4; [MS-OXOMSG] section 2.2.1.3 for Thread-Index.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline.parse.lines import pattern
from pipeline.records import Address, Message, QuotedMessage, ThreadKey

WINDOW = timedelta(days=90)
WINDOW_WITHOUT_QUOTE = timedelta(days=7)
MAX_REFERENCES = 60
MAX_QUOTES = 10
_MAX_SUBJECT = 1_000
_INDEX_HEADER_BYTES = 22
_GUID_BYTES = slice(6, 22)
_LIST_TAG = re.compile(r"\[[^\[\]\d]{1,40}(?:[:, ]\d{1,9})?\]\s*(?=\S)")
_ZONES_APART = timedelta(hours=14)
_QUARTER_S = 15 * 60
_MINUTES = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What one mail shows of the conversation it is part of, for a judgement of two mails.

    ``people`` are the addresses of sender and recipients. ``open`` says that no header of its own names a thread and
    that it is written as an answer: only such a mail may be joined to an earlier one by ``answers``.
    ``quotes`` are the senders and dates of the mails it repeats.
    """

    date: datetime
    sender: Address
    people: frozenset[str]
    open: bool
    quotes: tuple[QuotedMessage, ...]


def thread_id(message: Message) -> str:
    """The id of the conversation as one mail alone tells it."""
    return key(message).id


def key(message: Message, quoted: Iterable[QuotedMessage] = ()) -> ThreadKey:
    """The oldest mail that the headers name, else Exchange's conversation, else the mail itself.

    The first mail of an Exchange conversation is named by itself, as the references of its answers name it.
    """
    named = next(iter(message.references or message.in_reply_to), None)
    if named is not None:
        return ThreadKey(named, "references")
    index = _index(message)
    if index is not None and len(index) > _INDEX_HEADER_BYTES:
        return ThreadKey(_index_name(index), "thread_index")
    is_answer = _stripped(_subject(message))[1] or any(q.date is not None for q in quoted)
    return ThreadKey(message.message_id, "subject" if is_answer else "references")


def names(message: Message) -> tuple[str, ...]:
    """All that ties a mail to others for certain: itself, the mails its headers name, Exchange's conversation.

    Of very many references the first and the last count.
    """
    half = MAX_REFERENCES // 2
    index = _index(message)
    found = [message.message_id, *message.references[:half], *message.references[half:][-half:]]
    found += [*message.in_reply_to[:half], *([_index_name(index)] if index else [])]
    return tuple(dict.fromkeys(name for name in found if name))


def subject_key(message: Message) -> str | None:
    """The subject without prefixes of replies, forwards and lists, folded; None where nothing is left."""
    return _stripped(_subject(message))[0] or None


def sketch(message: Message, quoted: Iterable[QuotedMessage] = ()) -> Sketch | None:
    """What a mail shows for ``answers``; None where it has no date or sender."""
    if message.date is None or message.from_ is None or not message.from_.address:
        return None
    dated = tuple(q for q in quoted if q.date is not None)[:MAX_QUOTES]
    people = frozenset(a.address for a in (message.from_, *message.to, *message.cc) if a.address)
    return Sketch(message.date, message.from_, people, key(message, dated).by == "subject", dated)


def answers(later: Sketch, earlier: Sketch) -> bool:
    """Whether a mail belongs to the conversation of an earlier one of the same subject key.

    A mail that repeats others with their dates belongs to those; one that repeats none, to what the same people wrote
    within a week.
    """
    apart = _utc(later.date) - _utc(earlier.date)
    if not later.open or not timedelta(0) < apart <= WINDOW:
        return False
    if later.quotes:
        return bool(later.people & earlier.people) and any(_repeats(quote, earlier) for quote in later.quotes)
    if apart > WINDOW_WITHOUT_QUOTE:
        return False
    if later.sender.address == earlier.sender.address:
        return len(later.people & earlier.people) > 1
    return later.sender.address in earlier.people and earlier.sender.address in later.people


def _repeats(quote: QuotedMessage, mail: Sketch) -> bool:
    """Whether a quoted mail is this one, by sender and date; of names alone, two scripts may write the same one."""
    near = _nearness(quote, mail.date)
    if near is None:
        return False
    sender = quote.sender or Address(None, "")
    if sender.address:
        return sender.address == mail.sender.address
    names_agree = not (sender.name and mail.sender.name) or _folded(sender.name) == _folded(mail.sender.name)
    return names_agree or near == "same"


def _nearness(quote: QuotedMessage, sent: datetime) -> Literal["same", "possible"] | None:
    """Whether the date of a quote is that of a mail, to the minute, or may be, where the quote tells less.

    A time without a zone may be whole quarters of an hour away, a date without a time a day.
    """
    if not isinstance(quote.date, datetime):
        return "possible" if quote.date and abs((quote.date - _utc(sent).date()).days) <= 1 else None
    apart = abs(_utc(quote.date) - _utc(sent))
    if apart <= _MINUTES:
        return "same"
    beyond = apart.total_seconds() % _QUARTER_S
    whole = min(beyond, _QUARTER_S - beyond) <= _MINUTES.total_seconds()
    return "possible" if whole and not quote.zone_told and apart <= _ZONES_APART else None


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def _subject(message: Message) -> str:
    return message.subject or next(iter(message.headers.get("thread-topic", ())), "")


def _stripped(subject: str) -> tuple[str, bool]:
    """The folded subject without its prefixes, and whether one of them said that it is an answer or forwarded."""
    text = " ".join(unicodedata.normalize("NFKC", subject[:_MAX_SUBJECT]).casefold().split())
    prefix = pattern("subject_prefixes.txt", "", r"\s?(?:[\[(^]?\d{1,3}[\])]?)?\s?[:>]\s?")
    is_reply, at = False, 0
    while match := prefix.match(text, at) or _LIST_TAG.match(text, at):
        is_reply = is_reply or match.re is prefix
        at = match.end()
    return text[at:].removesuffix("(fwd)").strip(), is_reply


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _index(message: Message) -> bytes | None:
    """The bytes of Exchange's Thread-Index: 22 that all mails of a conversation share, 5 more for each answer."""
    value = next(iter(message.headers.get("thread-index", ())), "")
    try:
        index = base64.b64decode("".join(value[: _MAX_SUBJECT * 4].split()))
    except (binascii.Error, ValueError):
        return None
    return index if len(index) >= _INDEX_HEADER_BYTES and any(index[_GUID_BYTES]) else None


def _index_name(index: bytes) -> str:
    return f"thread-index:{index[_GUID_BYTES].hex()}"
