"""Rules on mail: those of the reader, and a form for a new one with a dry run over last month's mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Db, Now, SignedIn
from api.pages.frame import page, view_of
from api.routes import workflow as routes
from api.web.view import View
from pipeline.core.workflow import TIMED, Definition, Field, Operator, TriggerKind
from pipeline.store.mail.mails import MailSummary, get_mail
from pipeline.store.organisation.people import User
from pipeline.store.rules import workflow_rules
from pipeline.store.rules.workflow import try_rule

router = APIRouter(prefix="/settings/rules")
TRIGGERS: tuple[TriggerKind, ...] = get_args(TriggerKind)
OPERATORS: tuple[Operator, ...] = get_args(Operator)
FIELDS: tuple[Field, ...] = (
    "sender", "recipients", "cc", "subject", "attachment", "intent", "sentiment", "emotion", "language"
)  # fmt: skip
ACTIONS = ("notify", "task")
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as its form holds it: one condition and one action, which is what most rules are."""

    name: str = ""
    trigger: str = "received"
    hours: int = 24
    field: str = ""
    operator: str = "contains"
    value: str = ""
    action: str = "notify"
    text: str = ""

    def given(self) -> routes.DefinitionIn:
        """The definition it stands for."""
        timed = self.trigger in TIMED
        says = {"text": self.text} if self.action == "notify" else {"title": self.text}
        condition = {"field": self.field, "operator": self.operator, "value": self.value}
        return routes.DefinitionIn.model_validate(
            {
                "trigger": {"kind": self.trigger, "hours": self.hours if timed else None},
                "conditions": [condition] if self.field else [],
                "actions": [{"kind": self.action, "values": says}],
            }
        )


@router.get("")
def show(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """My rules in the order in which they run."""
    return _page(request, who, db, now, Draft(), saved=saved)


@router.post("")
def add(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    name: Annotated[str, Form(max_length=200)] = "",
    trigger: Annotated[TriggerKind, Form()] = "received",
    hours: Annotated[int, Form(ge=1, le=24 * 60)] = 24,
    field: Annotated[str, Form(max_length=20)] = "",
    operator: Annotated[Operator, Form()] = "contains",
    value: Annotated[str, Form(max_length=500)] = "",
    action: Annotated[str, Form(pattern="^(notify|task)$")] = "notify",
    text: Annotated[str, Form(max_length=1000)] = "",
    do: Annotated[str, Form(pattern="^(try|save)$")] = "try",
) -> Response:
    """Try the rule on the mail of the last month, or save it."""
    draft = Draft(name, trigger, hours, field if field in FIELDS else "", operator, value, action, text)
    if do == "try":
        return _page(request, who, db, now, draft, trying=True)
    given = routes.RuleIn(name=name or view_of(who, now).say(f"rule.on_{trigger}"), definition=draft.given())
    routes.create(who.user, db, now, given, Response())
    return RedirectResponse("/settings/rules?saved=true", 303)


@router.post("/{rule_id}")
def change(who: SignedIn, db: Db, now: Now, rule_id: str, do: Annotated[str, Form(max_length=10)]) -> Response:
    """Pause a rule, let it run again, or delete it."""
    if do == "delete":
        routes.delete(who.user, db, now, rule_id)
    else:
        found = routes.show(who.user, db, rule_id, Response())
        given = routes.RuleIn(name=found.name, active=do == "resume", definition=found.definition)
        routes.change(who.user, db, now, rule_id, given, Response())
    return RedirectResponse("/settings/rules?saved=true", 303)


def _page(
    request: Request, who: SignedIn, db: Db, now: Now, draft: Draft, *, trying: bool = False, saved: bool = False
) -> Response:
    view = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        rules = workflow_rules.list_rules(session, who.user)
        found: dict[str, Any] = {"rules": [(rule, _says(rule.definition, view)) for rule in rules], "trial": None}
        if trying:
            trial = try_rule(session, who.user, draft.given().definition(), now)
            found["trial"] = (trial.looked_at, len(trial.mail_ids), _mails(session, who.user, trial.mail_ids[:_SHOWN]))
        return found

    return page(
        request, "settings_rules.html", who, db, now, read, here="settings", tab="rules", saved=saved, draft=draft,
        triggers=TRIGGERS, fields=FIELDS, operators=OPERATORS, actions=ACTIONS,
    )  # fmt: skip


def _mails(session: Session, reader: User, mail_ids: Any) -> list[MailSummary]:
    return [get_mail(session, reader, mail_id).summary for mail_id in mail_ids]


def _says(rule: Definition, view: View) -> str:
    """A rule in one line: when, under which conditions, what it does."""
    when = view.say(f"rule.on_{rule.trigger.kind}")
    if rule.trigger.hours:
        when += view.say("rule.for_hours", hours=rule.trigger.hours)
    conditions = [
        f"{view.say(f'rule.field_{one.field}')} {view.say(f'rule.op_{one.operator}')} {one.value}".strip()
        for one in rule.conditions
        if one.field in FIELDS
    ]
    does = [view.say(f"rule.do_{one.kind}") + _quoted(cast(dict[str, str], one.values)) for one in rule.actions]
    return " → ".join([" · ".join([when, *conditions]), *does])


def _quoted(values: dict[str, str]) -> str:
    text = values.get("title") or values.get("text") or values.get("subject") or ""
    return f" “{text}”" if text else ""
