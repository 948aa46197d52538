"""The life of a suggestion, and what a rejection remembers: pure decisions over plain values.

``TRANSITIONS`` is the whole state machine. ``snoozed`` is a state for one reader only: the suggestion itself stays
pending, and others see it. ``undo`` is no transition: it restores what was before, whatever that was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from pipeline import errors
from pipeline.records import Activity, ProposedField, Suggestion, SuggestionKind
from pipeline.suggest.values import normalise

State = Literal["pending", "accepted", "edited", "rejected", "snoozed", "superseded", "expired"]
Action = Literal["accept", "edit", "reject", "snooze", "mute", "wake", "supersede", "expire", "undo"]

LIFETIME = timedelta(days=30)

_DECISIONS: Mapping[Action, State] = {
    "accept": "accepted",
    "edit": "edited",
    "reject": "rejected",
    "snooze": "snoozed",
    "mute": "pending",
    "supersede": "superseded",
    "expire": "expired",
}
TRANSITIONS: Mapping[tuple[State, Action], State] = {
    **{("pending", action): state for action, state in _DECISIONS.items()},
    **{("snoozed", action): state for action, state in _DECISIONS.items()},
    ("snoozed", "wake"): "pending",
}
FINAL: frozenset[State] = frozenset({"accepted", "edited", "rejected", "superseded", "expired"})

_REASONS: Mapping[State, str] = {
    "pending": "The suggestion is not snoozed.",
    "snoozed": "The suggestion is snoozed.",
    "accepted": "The suggestion was accepted already; undo that first.",
    "edited": "The suggestion was accepted with changes already; undo that first.",
    "rejected": "The suggestion was rejected already; undo that first.",
    "superseded": "A newer suggestion took this one's place; look at the newer one.",
    "expired": "The suggestion has expired.",
}

_OVER = 0.1

# How much a rep gains from one decision: what is bound to a day comes before what only completes a record.
_WEIGHTS: Mapping[SuggestionKind, float] = {
    "change_meeting": 1.0,
    "change_call": 1.0,
    "create_meeting": 0.95,
    "create_call": 0.9,
    "create_task": 0.8,
    "successor": 0.75,
    "changed_job": 0.7,
    "create_contact": 0.65,
    "update_contact": 0.5,
    "link_deal": 0.4,
}
_NAME_FIELDS = frozenset({"full_name", "family_name", "given_name", "name_kana", "name_latin"})


@dataclass(frozen=True, slots=True)
class Memory:
    """One thing that a rejection remembers: about whom or what, which field, and the normalised value."""

    subject: str
    field: str
    value: str


def next_state(state: State, action: Action) -> State:
    """Where an action leads.

    Raises: errors.Conflict where the state does not allow it.
    """
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise errors.Conflict(_REASONS[state]) from None


def worth(kind: SuggestionKind, score: float, *, over: bool = False) -> float:
    """What the queue is ordered by, 0 to 1: the kind's weight times the probability that it is right.

    What is ``over`` already comes last: a mailbox's first import brings years of past meetings.
    """
    return round(_WEIGHTS[kind] * score * (_OVER if over else 1.0), 6)


def is_over(activity: Activity | None, now: datetime) -> bool:
    """Whether every time of a meeting, call or task has passed; one that names no time is never over."""
    if activity is None:
        return False
    moments = [slot.end or slot.start for slot in activity.slots] + ([activity.due] if activity.due else [])
    return bool(moments) and all(_has_passed(moment, now) for moment in moments)


def _has_passed(moment: date, now: datetime) -> bool:
    return moment < now if isinstance(moment, datetime) else moment < now.date()


def topic(suggestion: Suggestion, thread_key: str) -> str:
    """What a suggestion is about; a newer mail's suggestion takes the place of an older one on the same topic."""
    if suggestion.activity is not None:
        return f"{suggestion.activity.kind}:{thread_key}:{_activity_value(suggestion.activity)}"
    if suggestion.kind == "link_deal":
        return f"link_deal:{suggestion.record_id}:{thread_key}"
    if suggestion.record_id is None:
        return f"create:{suggestion.person or suggestion.id}"
    names = ",".join(sorted({field.name for field in suggestion.fields}))
    return f"update:{suggestion.record_id}:{names}"


def memories(suggestion: Suggestion, thread_key: str) -> tuple[Memory, ...]:
    """What a rejection of the whole suggestion remembers."""
    if suggestion.activity is not None:
        value = _activity_value(suggestion.activity)
        return (Memory(f"thread:{thread_key}", suggestion.activity.kind, value),)
    if suggestion.kind == "link_deal":
        return (Memory(f"record:{suggestion.record_id}", "thread", thread_key),)
    return tuple(remember(suggestion, field) for field in suggestion.fields)


def remember(suggestion: Suggestion, field: ProposedField) -> Memory:
    """What a rejection of one value remembers."""
    return Memory(subjects(suggestion)[0], field.name, normalise(field.name, field.value))


def subjects(suggestion: Suggestion) -> tuple[str, ...]:
    """Under which names rejections about this suggestion's person or record may be kept, the one to write first."""
    record = (f"record:{suggestion.record_id}",) if suggestion.record_id else ()
    person = (f"person:{suggestion.person}",) if suggestion.person else ()
    return record + person or (f"suggestion:{suggestion.id}",)


def without_rejected(suggestion: Suggestion, thread_key: str, rejected: Collection[Memory]) -> Suggestion | None:
    """The suggestion without the values that were rejected before, or None where nothing is left to ask.

    A new person is not asked about again once their name was rejected.
    """
    if suggestion.activity is not None or suggestion.kind == "link_deal":
        return None if any(memory in rejected for memory in memories(suggestion, thread_key)) else suggestion
    dropped = [field for field in suggestion.fields if _was_rejected(suggestion, field, rejected)]
    if not dropped:
        return suggestion
    kept = tuple(field for field in suggestion.fields if field not in dropped)
    if not kept or (suggestion.record_id is None and any(field.name in _NAME_FIELDS for field in dropped)):
        return None
    return replace(suggestion, fields=kept)


def _was_rejected(suggestion: Suggestion, field: ProposedField, rejected: Collection[Memory]) -> bool:
    value = normalise(field.name, field.value)
    return any(Memory(subject, field.name, value) in rejected for subject in subjects(suggestion))


def _activity_value(activity: Activity) -> str:
    """What makes an activity itself within its thread: status, when, and for a task what is to be done."""
    when = activity.slots[0].start if activity.slots else activity.due
    what = normalise("title", activity.title) if activity.kind == "task" else ""
    return f"{activity.status}|{when.isoformat() if when else ''}|{what}"
