"""Rules on mail, their trial runs and history."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api import etags
from api.deps import Db, Now, Reader
from api.etags import IfMatch
from api.problems import answers
from api.routes.pages import Limit
from pipeline.core import workflow as rules
from pipeline.core.workflow import ActionKind, Definition, Operator, TriggerKind
from pipeline.records import IntentLabel, SentimentLabel
from pipeline.store.organisation.audit import record_action
from pipeline.store.rows import lock
from pipeline.store.rules import workflow, workflow_rules
from pipeline.store.rules.workflow_rules import Rule

router = APIRouter(prefix="/workflow", tags=["workflow"])


class TriggerIn(BaseModel):
    """What a rule waits for; ``hours`` only for unreplied and sent_unreplied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"kind": "unreplied", "hours": 24}})
    kind: TriggerKind
    hours: int | None = Field(None, ge=1, le=rules.MAX_HOURS)
    intent: IntentLabel | None = None
    sentiment: SentimentLabel | None = None


class ConditionIn(BaseModel):
    """A comparison; ``name`` is the field's name where ``field`` is ``record``. Width and case do not count."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"field": "subject", "operator": "contains", "value": "見積"}}
    )
    field: rules.Field
    operator: Operator
    value: str = Field("", max_length=500)
    name: str | None = Field(None, max_length=40)


class ActionIn(BaseModel):
    """Something to do; what ``values`` needs depends on the kind.

    notify: user_id?, text?; task: title, due_days?; update_field: record_kind, name, value; webhook: webhook_id;
    follow_up: subject, text.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"kind": "task", "values": {"title": "Answer", "due_days": "1"}}}
    )
    kind: ActionKind
    values: dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=4000)]] = {}


class DefinitionIn(BaseModel):
    """What a rule waits for, which conditions must hold (all or any), and what it does."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "trigger": {"kind": "unreplied", "hours": 24}, "match": "all",
                "conditions": [{"field": "intent", "operator": "is", "value": "complaint"}],
                "actions": [{"kind": "notify", "values": {"text": "A complaint waits"}}],
            }
        },
    )  # fmt: skip
    trigger: TriggerIn
    match: Literal["all", "any"] = "all"
    conditions: list[ConditionIn] = Field([], max_length=rules.MAX_CONDITIONS)
    actions: list[ActionIn] = Field(min_length=1, max_length=rules.MAX_ACTIONS)

    def definition(self) -> Definition:
        """The rule that this describes."""
        return workflow_rules.from_json(self.model_dump())


class RuleIn(BaseModel):
    """A rule as it shall be."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200, examples=["Complaints"])
    active: bool = True
    definition: DefinitionIn


class RuleOut(BaseModel):
    """A rule of the caller."""

    id: str
    name: str
    active: bool
    definition: DefinitionIn
    created_at: datetime

    @classmethod
    def of(cls, rule: Rule) -> RuleOut:
        """The view of a rule."""
        definition = DefinitionIn.model_validate(workflow_rules.to_json(rule.definition))
        return cls(id=rule.id, name=rule.name, active=rule.active, definition=definition, created_at=rule.created_at)


class TrialOut(BaseModel):
    """On which mail of the last month a rule would have run; at most the newest 5000 are looked at."""

    model_config = ConfigDict(json_schema_extra={"example": {"looked_at": 412, "would_run": 1, "mail_ids": ["9b1f6c"]}})
    looked_at: int
    would_run: int
    mail_ids: list[str] = Field(description="the newest 50 of them")


class RunOut(BaseModel):
    """A run of a rule, and what each action did."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "mail_id": "9b1f6c", "at": "2026-03-10T00:12:05Z",
                "outcome": [{"action": "notify", "result": "notified"}],
            }
        },
    )  # fmt: skip
    mail_id: str
    at: datetime
    outcome: list[dict[str, str]]


@router.get("/rules", summary="List my rules", responses=answers(401))
def index(user: Reader, db: Db) -> list[RuleOut]:
    """In the order in which they run. For any signed-in user, their own."""
    return [RuleOut.of(rule) for rule in db.run(lambda session: workflow_rules.list_rules(session, user))]


@router.post("/rules", status_code=201, summary="Create a rule", responses=answers(401, 403, 422))
def create(user: Reader, db: Db, now: Now, given: RuleIn, response: Response) -> RuleOut:
    """It runs on mail that its owner may see, from now on. For any signed-in user."""

    def work(session: Session) -> Rule:
        definition = given.definition.definition()
        made = workflow_rules.save_rule(session, user, given.name, definition, given.active, now)
        record_action(session, user.organisation_id, user.id, "rule.create", made.id, now)
        return made

    view = RuleOut.of(db.run(work))
    etags.put(response, view)
    return view


@router.post("/try", summary="Try a rule", responses=answers(401, 403, 422))
def attempt(user: Reader, db: Db, now: Now, given: DefinitionIn) -> TrialOut:
    """On the caller's mail of the last month, without doing anything. For any signed-in user."""
    found = db.run(lambda session: workflow.try_rule(session, user, given.definition(), now))
    return TrialOut(looked_at=found.looked_at, would_run=len(found.mail_ids), mail_ids=list(found.mail_ids[:50]))


@router.get("/rules/{rule_id}", summary="Show a rule", responses=answers(401, 404))
def show(user: Reader, db: Db, rule_id: str, response: Response) -> RuleOut:
    """With the ETag that a change may send back. For any signed-in user, their own."""
    view = RuleOut.of(db.run(lambda session: workflow_rules.get_rule(session, user, rule_id)))
    etags.put(response, view)
    return view


@router.put("/rules/{rule_id}", summary="Change a rule", responses=answers(401, 403, 404, 412, 422))
def change(
    user: Reader, db: Db, now: Now, rule_id: str, given: RuleIn, response: Response, if_match: IfMatch = None
) -> RuleOut:
    """Mail on which it ran is not run on again. For any signed-in user, their own."""

    def work(session: Session) -> Rule:
        lock(session, user.organisation_id)
        etags.require(if_match, RuleOut.of(workflow_rules.get_rule(session, user, rule_id)))
        definition = given.definition.definition()
        changed = workflow_rules.save_rule(session, user, given.name, definition, given.active, now, rule_id)
        record_action(session, user.organisation_id, user.id, "rule.change", rule_id, now)
        return changed

    view = RuleOut.of(db.run(work))
    etags.put(response, view)
    return view


@router.delete("/rules/{rule_id}", status_code=204, summary="Delete a rule", responses=answers(401, 403, 404))
def delete(user: Reader, db: Db, now: Now, rule_id: str) -> None:
    """With its history and what it still had to send. For any signed-in user, their own."""

    def work(session: Session) -> None:
        workflow_rules.delete_rule(session, user, rule_id)
        record_action(session, user.organisation_id, user.id, "rule.delete", rule_id, now)

    db.run(work)


@router.get("/rules/{rule_id}/runs", summary="What a rule did", responses=answers(401, 404, 422))
def runs(user: Reader, db: Db, rule_id: str, limit: Limit = 50) -> list[RunOut]:
    """Newest first. For any signed-in user, their own rules."""
    found = db.run(lambda session: workflow_rules.list_runs(session, user, rule_id, limit))
    return [RunOut.model_validate(run, from_attributes=True) for run in found]
