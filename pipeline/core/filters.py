"""Filters of a mailbox: conditions as a tree, what they do, and whether a mail fits. Where they come from is elsewhere.

A filter of which a condition could not be translated would catch more than it should, so it is never switched on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

from pipeline import errors
from pipeline.records import Address, Message

Field = Literal[
    "subject", "sender", "to", "cc", "recipients", "priority", "words", "list", "filename", "attachment", "size"
]
Operator = Literal[
    "is", "is_not", "contains", "contains_not", "begins_with", "ends_with", "has_words", "present", "larger", "smaller"
]
ActionKind = Literal[
    "label", "move", "flag", "read", "archive", "trash", "important", "not_important", "never_spam", "forward", "task"
]
ACTIONS: tuple[ActionKind, ...] = get_args(ActionKind)
WITH_VALUE: frozenset[ActionKind] = frozenset({"label", "move", "forward", "task"})
MAX_NODES = 2000
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison; ``value`` of ``size`` is a number of bytes."""

    __test__ = False  # pytest would take it for a case of its own
    field: Field
    operator: Operator
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which ``all`` must hold, or ``any``, or ``none``."""

    match: Literal["all", "any", "none"]
    parts: tuple[Test | Group, ...]


Condition: TypeAlias = Test | Group


@dataclass(frozen=True, slots=True)
class Action:
    """What is done with a mail; ``value`` is a label, folder, address or title."""

    kind: ActionKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that could not be translated: a stable code, and the words of the filter that it is about."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter, and what of it was left out; ``active`` only where all conditions are there and something is done."""

    name: str
    condition: Condition
    actions: tuple[Action, ...]
    left_out: tuple[Left, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What a filter may ask about a mail, folded; people are written ``name address``."""

    sender: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    list_id: str
    filenames: str
    priority: str
    attachments: int
    size_bytes: int


def facts_of(message: Message, size_bytes: int) -> Facts:
    """The facts of a mail."""

    def header(name: str) -> str:
        return " ".join(message.headers.get(name, ()))

    def people(some: Sequence[Address]) -> tuple[str, ...]:
        return tuple(_fold(f"{each.name or ''} {each.address}") for each in some)

    names = " ".join(each.name or "" for each in message.attachments)
    return Facts(
        sender=people((message.from_,) if message.from_ else ()), to=people(message.to), cc=people(message.cc),
        subject=_fold(message.subject), text=_fold(message.text), list_id=_fold(header("list-id")),
        filenames=_fold(names), priority=_priority(header("x-priority"), header("importance"), header("priority")),
        attachments=len(message.attachments), size_bytes=size_bytes,
    )  # fmt: skip


def fits(condition: Condition, facts: Facts) -> bool:
    """Whether a mail fits; an empty group fits nothing, so that a filter without conditions catches no mail."""
    if isinstance(condition, Group):
        found = (fits(part, facts) for part in condition.parts)
        if not condition.parts:
            return False
        return all(found) if condition.match == "all" else any(found) == (condition.match == "any")
    if condition.field == "attachment":
        return facts.attachments > 0
    if condition.field == "size":
        limit = int(condition.value)
        return facts.size_bytes > limit if condition.operator == "larger" else facts.size_bytes < limit
    value = _fold(condition.value)
    if condition.field in ("sender", "to", "cc", "recipients") and condition.operator in (
        "is", "is_not", "begins_with", "ends_with",
    ):  # fmt: skip
        return _fits_address(condition.operator, _people(condition.field, facts), value)
    return _compare(condition.operator, _text(condition.field, facts), value)


def to_json(filter_: Filter) -> dict[str, Any]:
    """A filter's condition and actions as JSON values."""
    actions = [{"kind": action.kind, "value": action.value} for action in filter_.actions]
    return {"condition": _condition_json(filter_.condition), "actions": actions}


def from_json(name: str, values: Mapping[str, Any], left_out: Sequence[Mapping[str, str]], active: bool) -> Filter:
    """The filter that ``to_json`` wrote."""
    actions = tuple(Action(each["kind"], each["value"]) for each in values["actions"])
    left = tuple(Left(each["code"], each["detail"]) for each in left_out)
    return Filter(name, _condition(values["condition"]), actions, left, active)


def check(filter_: Filter) -> None:
    """Make sure that a filter can be run.

    Raises: errors.UsageError.
    """
    if _count(filter_.condition, 0) > MAX_NODES:
        raise errors.UsageError("This filter is too large.")


def _count(condition: Condition, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise errors.UsageError("This filter is nested too deeply.")
    if isinstance(condition, Test):
        return 1
    return 1 + sum(_count(part, depth + 1) for part in condition.parts)


def _condition_json(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Group):
        return {"match": condition.match, "parts": [_condition_json(part) for part in condition.parts]}
    return {"field": condition.field, "operator": condition.operator, "value": condition.value}


def _condition(values: Mapping[str, Any]) -> Condition:
    if "match" in values:
        return Group(values["match"], tuple(_condition(part) for part in values["parts"]))
    return Test(values["field"], values["operator"], values["value"])


def _text(field: Field, facts: Facts) -> str:
    if field == "words":
        people = (*facts.sender, *facts.to, *facts.cc)
        return "\n".join((facts.subject, *people, facts.text, facts.filenames))
    if field in ("to", "cc", "recipients", "sender"):
        return ", ".join(_people(field, facts))
    return cast(str, getattr(facts, {"list": "list_id", "filename": "filenames"}.get(field, field)))


def _people(field: Field, facts: Facts) -> tuple[str, ...]:
    return (*facts.to, *facts.cc) if field == "recipients" else cast(tuple[str, ...], getattr(facts, field))


def _fits_address(operator: Operator, people: Sequence[str], value: str) -> bool:
    """A person is an address, or a name and an address; a comparison holds if it does for one of both."""
    positive: Operator = "is" if operator == "is_not" else operator
    found = any(_compare(positive, form, value) for person in people for form in (person.rpartition(" ")[2], person))
    return found != (operator == "is_not")


def _compare(operator: Operator, text: str, value: str) -> bool:
    match operator:
        case "is":
            return text == value
        case "is_not":
            return text != value
        case "contains":
            return value in text
        case "contains_not":
            return value not in text
        case "begins_with":
            return text.startswith(value)
        case "ends_with":
            return text.endswith(value)
        case _:
            return _has_words(text, value)


def _has_words(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text as whole words; in writing without spaces anywhere."""
    at = text.find(phrase) if phrase else -1
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(phrase) : at + len(phrase) + 1]
        if not (_joins(before, phrase[0]) or _joins(phrase[-1], after)):
            return True
        at = text.find(phrase, at + 1)
    return False


def _joins(left: str, right: str) -> bool:
    return bool(left and right) and all(each.isascii() and each.isalnum() for each in (left, right))


def _priority(x_priority: str, importance: str, priority: str) -> str:
    first = x_priority.strip()[:1]
    if first in ("1", "2") or importance.strip().lower() == "high" or priority.strip().lower() == "urgent":
        return "high"
    if first in ("4", "5") or importance.strip().lower() == "low" or priority.strip().lower() == "non-urgent":
        return "low"
    return "normal"


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
