"""A rule as its form holds it, between what was typed and what the rules' own functions take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pydantic import ValidationError
from starlette.datastructures import FormData

from api.routes import workflow as routes
from api.web.view import View
from pipeline import errors
from pipeline.core.workflow import (
    MAX_ACTIONS,
    MAX_CONDITIONS,
    NEEDED,
    OPTIONAL,
    TIMED,
    ActionKind,
    Definition,
    Field,
    Operator,
    TriggerKind,
)
from pipeline.records import EmotionLabel, IntentLabel, MachineKind, SentimentLabel

TRIGGERS: tuple[TriggerKind, ...] = get_args(TriggerKind)
OPERATORS: tuple[Operator, ...] = get_args(Operator)
FIELDS: tuple[Field, ...] = get_args(Field)
ACTIONS: tuple[ActionKind, ...] = get_args(ActionKind)
RECORD_FIELDS = (
    "full_name", "company", "department", "job_title", "email", "phone", "website", "country", "industry", "stage",
    "amount",
)  # fmt: skip
CODES: Mapping[str, Mapping[str, str]] = {
    "intent": {one: f"intent.{one}" for one in get_args(IntentLabel)},
    "sentiment": {one: f"label.{one}" for one in get_args(SentimentLabel)},
    "emotion": {one: f"label.{one}" for one in get_args(EmotionLabel)},
    "language": {"ja": "language.ja", "en": "language.en"},
    "machine": {one: f"machine.{one}" for one in get_args(MachineKind)},
}
"""The values of fields that have fixed ones, each with the key of its word: people type the word."""


@dataclass
class Row:
    """A condition as it is typed; ``name`` is the field of a record."""

    field: str = "sender"
    operator: str = "contains"
    value: str = ""
    name: str = ""


@dataclass
class Deed:
    """An action as it is typed; ``values`` holds all that its kind takes."""

    kind: ActionKind = "notify"
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Leave nothing out."""
        self.values = {key: self.values.get(key, "") for key in (*NEEDED[self.kind], *OPTIONAL[self.kind])}


@dataclass
class Draft:
    """A rule as its form holds it. ``narrowed`` is what only a program sets: a trigger's intent and sentiment."""

    name: str = ""
    trigger: TriggerKind = "received"
    hours: int = 24
    match: Literal["all", "any"] = "all"
    conditions: list[Row] = field(default_factory=list)
    actions: list[Deed] = field(default_factory=lambda: [Deed()])
    narrowed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, rule: Definition, view: View) -> Draft:
        """The form of a stored rule."""
        narrowed = {"intent": rule.trigger.intent, "sentiment": rule.trigger.sentiment}
        return cls(
            name,
            rule.trigger.kind,
            rule.trigger.hours or 24,
            rule.match,
            [Row(one.field, one.operator, said(one.field, one.value, view), one.name or "") for one in rule.conditions],
            [Deed(one.kind, dict(one.values)) for one in rule.actions],
            {key: value for key, value in narrowed.items() if value},
        )

    @classmethod
    def typed(cls, form: FormData) -> Draft:
        """What a form holds; unknown choices are as if nothing were chosen."""
        draft = cls(name=_text(form, "name", 200), actions=[])
        draft.trigger = next((one for one in TRIGGERS if one == form.get("trigger")), "received")
        hours = _text(form, "hours", 6)
        draft.hours = int(hours) if hours.isascii() and hours.isdigit() else 24
        draft.match = "any" if form.get("match") == "any" else "all"
        columns = [[str(value) for value in form.getlist(name)] for name in ("field", "operator", "value", "record")]
        draft.conditions = [Row(*cells) for cells in zip(*columns, strict=False)][:MAX_CONDITIONS]
        for place, kind in enumerate(form.getlist("kind")[:MAX_ACTIONS]):
            known = next((one for one in ACTIONS if one == kind), None)
            if known:
                given = {key: _text(form, f"{key}-{place}", 4000) for key in (*NEEDED[known], *OPTIONAL[known])}
                draft.actions.append(Deed(known, given))
        narrowed = {key: _text(form, f"narrowed_{key}", 40) for key in ("intent", "sentiment")}
        draft.narrowed = {key: value for key, value in narrowed.items() if value}
        return draft

    def change(self, do: str) -> bool:
        """Add or drop a line of the form, as a button says; whether it was such a button."""
        verb, _, what = do.partition("-")
        if verb == "condition" and len(self.conditions) < MAX_CONDITIONS:
            self.conditions.append(Row("record", name=RECORD_FIELDS[0]) if what == "record" else Row())
        elif verb == "action" and len(self.actions) < MAX_ACTIONS:
            kind: ActionKind = next((one for one in ACTIONS if one == what), "notify")
            self.actions.append(Deed(kind))
        elif verb == "uncondition" and what.isdecimal() and int(what) < len(self.conditions):
            del self.conditions[int(what)]
        elif verb == "unaction" and what.isdecimal() and int(what) < len(self.actions):
            del self.actions[int(what)]
        return verb in ("condition", "action", "uncondition", "unaction")

    def given(self, view: View) -> routes.DefinitionIn:
        """The definition it stands for.

        Raises: errors.UsageError where something is missing or cannot be.
        """
        trigger = {"kind": self.trigger, "hours": self.hours if self.trigger in TIMED else None, **self.narrowed}
        conditions = [_condition(row, view) for row in self.conditions]
        actions = [{"kind": one.kind, "values": {k: v for k, v in one.values.items() if v}} for one in self.actions]
        try:
            given = routes.DefinitionIn.model_validate(
                {"trigger": trigger, "match": self.match, "conditions": conditions, "actions": actions}
            )
        except ValidationError:
            raise errors.UsageError("Some values of this rule cannot be used.") from None
        return given


def _condition(row: Row, view: View) -> dict[str, Any]:
    value = "" if row.operator in ("is_empty", "is_not_empty") else coded(row.field, row.value, view)
    name = {"name": row.name} if row.field == "record" else {}
    return {"field": row.field, "operator": row.operator, "value": value, **name}


def coded(name: str, text: str, view: View) -> str:
    """What was typed as the rules know it: the word of a fixed value as that value.

    Raises: errors.UsageError where there is no such value.
    """
    known, typed = CODES.get(name), text.strip()
    if known is None:
        return typed
    for code, key in known.items():
        if typed.casefold() in (code, view.say(key).casefold()):
            return code
    raise errors.UsageError("There is no such value.")


def said(name: str, value: str, view: View) -> str:
    """A value as people say it."""
    key = CODES.get(name, {}).get(value)
    return view.say(key) if key else value


def choices(view: View) -> dict[str, list[str]]:
    """The words to choose from, by field."""
    return {name: [view.say(key) for key in known.values()] for name, known in CODES.items()}


def _text(form: FormData, name: str, most: int) -> str:
    value = form.get(name)
    return value.strip()[:most] if isinstance(value, str) else ""
