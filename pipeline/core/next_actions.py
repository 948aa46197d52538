"""What to do next about somebody: rules over their mail and what was agreed, each with the mail that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from pipeline.records import ActivityKind, ActivityStatus

ActionKind = Literal["answer_complaint", "promise_overdue", "answer_question", "confirm_meeting", "remind_promise"]
ORDER: tuple[ActionKind, ...] = (
    "answer_complaint", "promise_overdue", "answer_question", "confirm_meeting", "remind_promise"
)  # fmt: skip
"""The gravest first."""

COMPLAINT_HOURS, QUESTION_HOURS = 4, 24
_FORGOTTEN = timedelta(days=60)  # older than this nobody waits any more


@dataclass(frozen=True, slots=True)
class MailFact:
    """A mail of a record: when it came, in which thread, whether we sent it, and what its sender wants."""

    mail_id: str
    at: datetime
    thread: str
    ours: bool
    machine: bool
    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """An accepted meeting, call or task: ``when`` it starts or is due; ``owner`` of a task is as in the document."""

    id: str
    mail_id: str
    kind: ActivityKind
    status: ActivityStatus
    when: date | None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """Something to do, since when it waits or by when it was due, and the mail that shows it.

    ``id`` is the same as long as the reason is, so that what was dismissed stays away.
    """

    id: str
    kind: ActionKind
    mail_id: str
    since: date


def next_actions(mails: Sequence[MailFact], agreed: Iterable[Agreed], now: datetime) -> tuple[NextAction, ...]:
    """What waits, the gravest and then the oldest first; at most one action a thread and kind."""
    found = {(one.kind, one.id): one for one in [*_unanswered(mails, now), *_agreed(agreed, now)]}
    return tuple(sorted(found.values(), key=lambda one: (ORDER.index(one.kind), one.since.isoformat(), one.id)))


def _unanswered(mails: Sequence[MailFact], now: datetime) -> Iterable[NextAction]:
    last_of_ours: dict[str, datetime] = {}
    for mail in mails:
        if mail.ours:
            last_of_ours[mail.thread] = max(mail.at, last_of_ours.get(mail.thread, mail.at))
    seen: set[tuple[ActionKind, str]] = set()
    for mail in sorted(mails, key=lambda mail: mail.at, reverse=True):
        kind = _waits_for(mail, now)
        answered = mail.thread in last_of_ours and last_of_ours[mail.thread] >= mail.at
        if kind and not answered and (kind, mail.thread) not in seen:
            seen.add((kind, mail.thread))
            yield NextAction(f"{kind}:{mail.mail_id}", kind, mail.mail_id, mail.at)


def _waits_for(mail: MailFact, now: datetime) -> ActionKind | None:
    age = now - mail.at
    if mail.ours or mail.machine or age > _FORGOTTEN:
        return None
    if "complaint" in mail.intents and age >= timedelta(hours=COMPLAINT_HOURS):
        return "answer_complaint"
    if {"question", "request", "purchase"} & set(mail.intents) and age >= timedelta(hours=QUESTION_HOURS):
        return "answer_question"
    return None


def _agreed(agreed: Iterable[Agreed], now: datetime) -> Iterable[NextAction]:
    for one in agreed:
        if one.when is None:
            continue
        if one.kind == "task":
            if one.status == "open" and is_past(one.when, now):
                kind: ActionKind = "remind_promise" if one.owner == "sender" else "promise_overdue"
                yield NextAction(f"{kind}:{one.id}", kind, one.mail_id, one.when)
        elif one.status in ("proposed", "moved") and not is_past(one.when, now):
            yield NextAction(f"confirm_meeting:{one.id}", "confirm_meeting", one.mail_id, one.when)


def is_past(when: date, now: datetime) -> bool:
    """Whether a moment, or a whole day, is over."""
    return when < now if isinstance(when, datetime) else when < now.date()
