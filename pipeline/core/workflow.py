"""Rules on mail: what triggers one, which conditions must hold, what it does. Decisions over plain facts of one mail.

Loops are cut here and in the store: a rule runs once for a mail, mail that a rule sent triggers none, and no machine
is ever written to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from pipeline import errors
from pipeline.records import IntentLabel, MachineKind, SentimentLabel

TriggerKind = Literal["received", "unreplied", "sent", "bounced", "sent_unreplied"]
Field = Literal[
    "sender",
    "recipients",
    "cc",
    "subject",
    "attachment",
    "intent",
    "sentiment",
    "emotion",
    "language",
    "machine",
    "record",
]
Operator = Literal["is", "is_not", "contains", "contains_not", "starts_with", "ends_with", "is_empty", "is_not_empty"]
ActionKind = Literal["notify", "task", "update_field", "webhook", "follow_up"]
TIMED: frozenset[TriggerKind] = frozenset({"unreplied", "sent_unreplied"})
MAX_HOURS = 24 * 60
MAX_CONDITIONS = 20
MAX_ACTIONS = 10
FOLLOW_UP_PAUSE = timedelta(hours=24)
"""A rule writes to one address at most this often."""

_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a rule waits for; ``hours`` for the two that wait for an answer. Intent and sentiment narrow it."""

    kind: TriggerKind
    hours: int | None = None
    intent: IntentLabel | None = None
    sentiment: SentimentLabel | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison; ``name`` is the field's name where ``field`` is a record's."""

    field: Field
    operator: Operator
    value: str = ""
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do. What ``values`` holds depends on the kind; ``NEEDED`` lists it."""

    kind: ActionKind
    values: Mapping[str, str]


NEEDED: Mapping[ActionKind, tuple[str, ...]] = {
    "notify": (), "task": ("title",), "update_field": ("record_kind", "name", "value"), "webhook": ("webhook_id",),
    "follow_up": ("subject", "text"),
}  # fmt: skip
OPTIONAL: Mapping[ActionKind, tuple[str, ...]] = {
    "notify": ("user_id", "text"), "task": ("due_days",), "update_field": (), "webhook": (), "follow_up": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole rule: ``match`` says whether all conditions must hold or any; without conditions it always fits."""

    trigger: Trigger
    actions: Sequence[Action]
    conditions: Sequence[Condition] = ()
    match: Literal["all", "any"] = "all"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may ask about a mail. ``records`` are the fields of those it belongs to.

    ``outgoing`` mail left a mailbox of ours; ``by_rule`` mail was sent by a rule.
    """

    outgoing: bool
    machine: MachineKind | None
    by_rule: bool
    sender: str
    recipients: Sequence[str] = ()
    cc: Sequence[str] = ()
    subject: str = ""
    attachments: int = 0
    intents: Sequence[str] = ()
    sentiment: str | None = None
    emotion: str | None = None
    language: str = "und"
    records: Sequence[Mapping[str, str]] = ()


def check(rule: Definition) -> None:
    """Make sure that a rule makes sense.

    Raises: errors.UsageError.
    """
    timed = rule.trigger.kind in TIMED
    if timed != (rule.trigger.hours is not None) or (timed and not 1 <= (rule.trigger.hours or 0) <= MAX_HOURS):
        raise errors.UsageError(f"Only rules that wait for an answer name hours, from 1 to {MAX_HOURS}.")
    if not rule.actions or len(rule.actions) > MAX_ACTIONS or len(rule.conditions) > MAX_CONDITIONS:
        raise errors.UsageError(f"A rule has 1 to {MAX_ACTIONS} actions and at most {MAX_CONDITIONS} conditions.")
    for condition in rule.conditions:
        if (condition.field == "record") != (condition.name is not None):
            raise errors.UsageError("A condition on a record, and only that, names the record's field.")
        if condition.operator not in ("is_empty", "is_not_empty") and not condition.value:
            raise errors.UsageError("A comparison needs a value.")
    for action in rule.actions:
        _check_action(action)


def fires(rule: Definition, facts: Facts) -> bool:
    """Whether a rule's trigger and conditions hold for a mail; whether it stayed unanswered is asked elsewhere."""
    if facts.by_rule or not _triggers(rule.trigger, facts):
        return False
    holding = (_holds(condition, facts) for condition in rule.conditions)
    return not rule.conditions or (all(holding) if rule.match == "all" else any(holding))


def may_write_to(facts: Facts) -> bool:
    """Whether a follow-up may be sent about this mail: never to a machine, nor to one that a rule sent."""
    return facts.machine is None and not facts.by_rule


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is enough."""
    return _RETRIES[attempts - 1] if attempts <= len(_RETRIES) else None


def _check_action(action: Action) -> None:
    needed, optional = NEEDED[action.kind], OPTIONAL[action.kind]
    missing = [name for name in needed if not action.values.get(name)]
    unknown = sorted(set(action.values) - {*needed, *optional})
    if missing or unknown:
        raise errors.UsageError(f"The action {action.kind} takes {', '.join([*needed, *optional]) or 'nothing'}.")
    due = action.values.get("due_days", "0")
    if not due.isdecimal() or int(due[:6]) > 3650:
        raise errors.UsageError("due_days is a number of days up to 3650.")
    if action.values.get("record_kind", "contact") not in ("contact", "lead", "account", "deal"):
        raise errors.UsageError("record_kind is contact, lead, account or deal.")


def _triggers(trigger: Trigger, facts: Facts) -> bool:
    if trigger.kind == "bounced":
        return facts.machine == "bounce" and not facts.outgoing
    if facts.outgoing != trigger.kind.startswith("sent") or facts.machine == "bounce":
        return False
    if trigger.kind in TIMED and facts.machine is not None:
        return False
    fits = trigger.intent is None or trigger.intent in facts.intents
    return fits and trigger.sentiment in (None, facts.sentiment)


def _holds(condition: Condition, facts: Facts) -> bool:
    values = [_folded(value) for value in _values(condition, facts) if value]
    wanted = _folded(condition.value)
    match condition.operator:
        case "is_empty":
            return not values
        case "is_not_empty":
            return bool(values)
        case "is":
            return wanted in values
        case "is_not":
            return wanted not in values
        case "contains":
            return any(wanted in value for value in values)
        case "contains_not":
            return not any(wanted in value for value in values)
        case "starts_with":
            return any(value.startswith(wanted) for value in values)
        case "ends_with":
            return any(value.endswith(wanted) for value in values)


def _values(condition: Condition, facts: Facts) -> Sequence[str]:
    if condition.field == "record":
        return [fields.get(condition.name or "", "") for fields in facts.records]
    single = {
        "sender": facts.sender, "subject": facts.subject, "sentiment": facts.sentiment, "emotion": facts.emotion,
        "language": facts.language, "machine": facts.machine,
        "attachment": str(facts.attachments) if facts.attachments else "",
    }  # fmt: skip
    if condition.field in single:
        return [single[condition.field] or ""]
    return {"recipients": facts.recipients, "cc": facts.cc, "intent": facts.intents}[condition.field]


def _folded(value: str) -> str:
    """Width and case do not count."""
    return unicodedata.normalize("NFKC", value).casefold().strip()


assert set(NEEDED) == set(OPTIONAL) == set(get_args(ActionKind))
