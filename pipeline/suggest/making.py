"""What all kinds of suggestions share: ids, evidence, urgency, and who a mail is about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date

from pipeline.records import Dossier, Evidence, Message, ProposedField
from pipeline.suggest.values import domain, is_free_mail

NEAR_DAYS = 7
MONTH_DAYS = 30


def suggestion_id(message: Message, kind: str, about: Iterable[str | None]) -> str:
    """The id of a suggestion: a hash of the mail's content, the kind, and what it is about.

    Headers that differ between two copies of one mail do not count, nor does anything a model's version decides.
    """
    sender = message.from_.address if message.from_ else ""
    content = [message.message_id, sender, message.date.isoformat() if message.date else "", message.text]
    data = json.dumps([content, kind, list(about)], ensure_ascii=True).encode()
    return hashlib.sha256(data).hexdigest()[:32]


def evidence(message: Message, fields: Iterable[ProposedField]) -> tuple[Evidence, ...]:
    """The places in the text that the values were read from, in order, each once."""
    spans = sorted({(f.start, f.end) for f in fields if f.start is not None and f.end is not None})
    return tuple(Evidence(start, end, message.text[start:end]) for start, end in spans)


def urgency(message: Message, day: date | None) -> float:
    """How soon something is due, seen from the mail's date: 1 within a week, less for later, undated and past."""
    if day is None or message.date is None:
        return 0.85
    days = (date(day.year, day.month, day.day) - message.date.date()).days
    if days < 0:
        return 0.6
    return 1.0 if days <= NEAR_DAYS else 0.9 if days <= MONTH_DAYS else 0.8


def is_ours(address: str, own: Iterable[str]) -> bool:
    """Whether an address is ours or a colleague's: one of ours, or at a domain of ours that is no free mail."""
    mine = {each.lower() for each in own}
    firms = {domain(each) for each in mine if not is_free_mail(domain(each))}
    return address.lower() in mine or domain(address) in firms


def counterpart(dossier: Dossier, own: Iterable[str]) -> str | None:
    """The address a mail is about: the sender, or in mail of ours the first recipient from outside."""
    message, mine = dossier.message, frozenset(own)
    if message is None:
        return None
    sender = message.from_.address if message.from_ else None
    if sender and dossier.direction != "out" and not is_ours(sender, mine):
        return sender
    outside = (each.address for each in (*message.to, *message.cc) if not is_ours(each.address, mine))
    return next(outside, sender)
