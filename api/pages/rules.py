"""Rules on mail: the reader's own, a form with any number of conditions and actions, a dry run, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from api.deps import Caller, Database, Db, Now, SignedIn
from api.pages.frame import page, view_of
from api.pages.rule_draft import ACTIONS, FIELDS, OPERATORS, RECORD_FIELDS, TRIGGERS, Draft, choices, said
from api.routes import workflow as routes
from api.web.view import View
from pipeline import errors
from pipeline.core.workflow import TIMED, Action, Definition
from pipeline.records import RecordKind
from pipeline.store.mail.headings import Heading, headings
from pipeline.store.organisation.people import list_users
from pipeline.store.rules import workflow_rules
from pipeline.store.rules.workflow import Trial, try_rule

router = APIRouter(prefix="/settings/rules")
RECORD_KINDS: tuple[RecordKind, ...] = ("contact", "lead", "account", "deal")
RESULTS = ("notified", "created", "rejected_before", "set_on", "on_its_way", "not_sent", "failed")
"""What an action says of itself begins with one of these; the rest of it is a detail."""
_SHOWN = 10


@router.get("")
def index(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """My rules in the order in which they run."""
    view = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        rules = workflow_rules.list_rules(session, who.user)
        return {"rules": [(rule, says(rule.definition, view)) for rule in rules]}

    return page(request, "settings_rules.html", who, db, now, read, here="settings", tab="rules", saved=saved)


@router.get("/new")
def begin(request: Request, who: SignedIn, db: Db, now: Now) -> Response:
    """An empty form."""
    return _form(request, who, db, now, Draft())


@router.get("/{rule_id}")
def show(request: Request, who: SignedIn, db: Db, now: Now, rule_id: str) -> Response:
    """A rule, to change it, and what it did."""
    found = db.read(lambda session: workflow_rules.get_rule(session, who.user, rule_id))
    return _form(request, who, db, now, Draft.of(found.name, found.definition, view_of(who, now)), rule_id)


@router.post("/new")
async def create(request: Request, who: SignedIn, db: Db, now: Now) -> Response:
    """Add a line, drop one, try the rule on the mail of the last month, or save it."""
    return await run_in_threadpool(_take, request, who, db, now, await request.form(), None)


@router.post("/{rule_id}/form")
async def change(request: Request, who: SignedIn, db: Db, now: Now, rule_id: str) -> Response:
    """The same for a rule that there is."""
    return await run_in_threadpool(_take, request, who, db, now, await request.form(), rule_id)


@router.post("/{rule_id}")
def switch(who: SignedIn, db: Db, now: Now, rule_id: str, do: Annotated[str, Form(max_length=10)]) -> Response:
    """Pause a rule, let it run again, or delete it."""
    if do == "delete":
        routes.delete(who.user, db, now, rule_id)
    else:
        found = routes.show(who.user, db, rule_id, Response())
        given = routes.RuleIn(name=found.name, active=do == "resume", definition=found.definition)
        routes.change(who.user, db, now, rule_id, given, Response())
    return RedirectResponse("/settings/rules?saved=true", 303)


def _take(request: Request, who: Caller, db: Database, now: datetime, form: FormData, rule_id: str | None) -> Response:
    draft, view, do = Draft.typed(form), view_of(who, now), str(form.get("do", "try"))
    if draft.change(do):
        return _form(request, who, db, now, draft, rule_id)
    try:
        definition = draft.given(view).definition()
        if do == "save":
            _save(who, db, now, draft, view, rule_id)
            return RedirectResponse("/settings/rules?saved=true", 303)
        trial = db.read(lambda session: _try(session, who, definition, now))
    except errors.UsageError:
        return _form(request, who, db, now, draft, rule_id, problem="rule.incomplete")
    return _form(request, who, db, now, draft, rule_id, trial=trial)


def _save(who: Caller, db: Database, now: datetime, draft: Draft, view: View, rule_id: str | None) -> None:
    given = routes.RuleIn(name=draft.name or view.say(f"rule.on_{draft.trigger}"), definition=draft.given(view))
    if rule_id is None:
        routes.create(who.user, db, now, given, Response())
        return
    given.active = routes.show(who.user, db, rule_id, Response()).active
    routes.change(who.user, db, now, rule_id, given, Response())


def _try(session: Session, who: Caller, rule: Definition, now: datetime) -> tuple[Trial, list[Heading]]:
    trial = try_rule(session, who.user, rule, now)
    found = headings(session, who.user, trial.mail_ids[:_SHOWN])
    return trial, [found[one] for one in trial.mail_ids[:_SHOWN] if one in found]


def _form(
    request: Request, who: Caller, db: Database, now: datetime, draft: Draft, rule_id: str | None = None, *,
    trial: tuple[Trial, list[Heading]] | None = None, problem: str = "",
) -> Response:  # fmt: skip
    view = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        runs = workflow_rules.list_runs(session, who.user, rule_id, 20) if rule_id else ()
        mails = headings(session, who.user, [run.mail_id for run in runs])
        return {
            "runs": [(run, mails[run.mail_id], _results(run.outcome)) for run in runs if run.mail_id in mails],
            "webhooks": workflow_rules.list_webhooks(session, who.user.organisation_id),
            "people": [one for one in list_users(session, who.user.organisation_id) if one.active],
        }

    return page(
        request, "settings_rule.html", who, db, now, read, here="settings", tab="rules", draft=draft, rule_id=rule_id,
        trial=trial, problem=problem, triggers=TRIGGERS, timed=TIMED, fields=[one for one in FIELDS if one != "record"],
        operators=OPERATORS, kinds=ACTIONS, record_fields=RECORD_FIELDS, record_kinds=RECORD_KINDS,
        choices=choices(view),
    )  # fmt: skip


def _results(outcome: Sequence[Any]) -> list[tuple[str, str]]:
    """What each action did: its kind, and which of ``RESULTS`` came of it, empty where it is none of them."""
    told = [(one["action"], one["result"].replace(" ", "_")) for one in outcome]
    return [(kind, next((one for one in RESULTS if result.startswith(one)), "")) for kind, result in told]


def says(rule: Definition, view: View) -> str:
    """A rule in one line: when, under which conditions, what it does."""
    when = view.say(f"rule.on_{rule.trigger.kind}")
    if rule.trigger.hours:
        when += view.say("rule.for_hours", hours=rule.trigger.hours)
    conditions = [
        view.say(
            f"rule.says_{one.operator}", field=_field(one.field, one.name, view), value=said(one.field, one.value, view)
        )
        for one in rule.conditions
    ]
    joined = view.say(f"rule.join_{rule.match}").join(conditions)
    does = [view.say(f"rule.do_{one.kind}") + _quoted(one, view) for one in rule.actions]
    return " → ".join([" · ".join(part for part in (when, joined) if part), *does])


def _field(name: str, of_record: str | None, view: View) -> str:
    if name == "record":
        return view.say("rule.record", field=view.field(of_record or ""))
    return view.say(f"rule.field_{name}")


def _quoted(action: Action, view: View) -> str:
    text = action.values.get("title") or action.values.get("text") or action.values.get("subject") or ""
    return view.say("rule.says", text=text) if text else ""
