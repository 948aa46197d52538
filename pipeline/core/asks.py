"""Open asks: who owes whom what by when, over the threads of a record; closed by the mail that answers.

A question or request waits for the other side's next mail in its thread. A promise waits for a mail of who made it that
brings something: a file, or words such as "as promised" or 「添付いたしました」.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from pipeline.core.next_actions import MailFact, is_past

AskKind = Literal["question", "request", "promise", "delivery"]
Owing = Literal["us", "them"]
FORGOTTEN = timedelta(days=60)
"""So long after its mail, and after its day, nobody waits any more."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one sentence of a mail asks, promises or delivers, with the day or moment by which, if it names one."""

    kind: AskKind
    text: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class OpenAsk:
    """Something that somebody waits for. ``owing`` is the side that has to act, ours or theirs.

    ``id`` is the same however often the mail is read, so that what was dismissed stays away.
    """

    id: str
    mail_id: str
    kind: AskKind
    text: str
    owing: Owing
    since: datetime
    due: date | None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its day has passed; a plain day is over where ``now`` is."""
        return self.due is not None and is_past(self.due, now)


def open_asks(mails: Iterable[MailFact], asks: Mapping[str, Sequence[Ask]], now: datetime) -> tuple[OpenAsk, ...]:
    """What waits in these mails, in any order: what is due first, then the oldest; each text of a thread once."""
    threads: dict[str, list[MailFact]] = {}
    for mail in mails:
        if not mail.machine:
            threads.setdefault(mail.thread, []).append(mail)
    found = [ask for thread in threads.values() for ask in _open_in(thread, asks) if not _is_forgotten(ask, now)]
    return tuple(sorted(found, key=lambda ask: (ask.due is None, str(ask.due), ask.since, ask.id)))


def _open_in(thread: list[MailFact], asks: Mapping[str, Sequence[Ask]]) -> Iterable[OpenAsk]:
    """From the newest mail back: what a later mail closed is not open."""
    open_: dict[tuple[AskKind, str], OpenAsk] = {}
    wrote: set[bool] = set()
    delivered: set[bool] = set()
    for mail in sorted(thread, key=lambda mail: (mail.at, mail.mail_id), reverse=True):
        said = asks.get(mail.mail_id, ())
        for ask in said:
            is_closed = mail.ours in delivered if ask.kind == "promise" else (not mail.ours) in wrote
            if ask.kind != "delivery" and not is_closed:
                open_.setdefault((ask.kind, ask.text), _open(ask, mail))
        wrote.add(mail.ours)
        if any(ask.kind == "delivery" for ask in said):
            delivered.add(mail.ours)
    return open_.values()


def _open(ask: Ask, mail: MailFact) -> OpenAsk:
    owing: Owing = "us" if (ask.kind == "promise") == mail.ours else "them"
    number = hashlib.sha256("\0".join((mail.mail_id, ask.kind, ask.text)).encode("utf-8", "replace")).hexdigest()[:32]
    return OpenAsk(f"ask:{number}", mail.mail_id, ask.kind, ask.text, owing, mail.at, ask.due)


def _is_forgotten(ask: OpenAsk, now: datetime) -> bool:
    last = ask.due.date() if isinstance(ask.due, datetime) else ask.due
    return max(last or ask.since.date(), ask.since.date()) < (now - FORGOTTEN).date()
