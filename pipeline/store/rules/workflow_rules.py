"""Rules and webhooks as their owners and administrators manage them, and the history of each rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.workflow import Action, Condition, Definition, Trigger, check
from pipeline.store.access.visibility import visible
from pipeline.store.organisation.people import User
from pipeline.store.referring import remove_rows
from pipeline.store.tables import MailRow, WebhookRow, WorkflowRuleRow, WorkflowRunRow
from pipeline.store.tables.base import clean_json, new_id


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of one user; ``checked_until`` is when it last looked for unanswered mail."""

    id: str
    organisation_id: str
    owner_id: str
    name: str
    active: bool
    definition: Definition
    created_at: datetime
    checked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a rule on a mail, and what each of its actions did."""

    mail_id: str
    at: datetime
    outcome: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that rules may call."""

    id: str
    name: str
    url: str
    created_at: datetime


def save_rule(
    session: Session,
    owner: User,
    name: str,
    definition: Definition,
    active: bool,
    now: datetime,
    rule_id: str | None = None,
) -> Rule:
    """Create a rule, or change one of this owner's.

    Raises: errors.UsageError where it makes no sense or calls an unknown webhook, errors.NotFound.
    """
    check(definition)
    for action in definition.actions:
        if action.kind == "webhook":
            _require_webhook(session, owner, action.values["webhook_id"])
    values = {"name": name, "active": active, "definition": to_json(definition)}
    if rule_id is None:
        rule_id = new_id()
        own = {"id": rule_id, "organisation_id": owner.organisation_id, "owner_id": owner.id, "created_at": now}
        session.execute(insert(WorkflowRuleRow).values(own | values))
    else:
        get_rule(session, owner, rule_id)
        session.execute(update(WorkflowRuleRow).where(WorkflowRuleRow.id == rule_id).values(values))
    return get_rule(session, owner, rule_id)


def get_rule(session: Session, owner: User, rule_id: str) -> Rule:
    """A rule of this owner.

    Raises: errors.NotFound.
    """
    row = session.get(WorkflowRuleRow, rule_id, populate_existing=True)
    if row is None or row.owner_id != owner.id:
        raise errors.NotFound("There is no such rule of yours.")
    return view_rule(row)


def list_rules(session: Session, owner: User) -> tuple[Rule, ...]:
    """The owner's rules in the order in which they run."""
    query = select(WorkflowRuleRow).where(WorkflowRuleRow.owner_id == owner.id)
    rows = session.scalars(query.order_by(WorkflowRuleRow.created_at, WorkflowRuleRow.id))
    return tuple(view_rule(row) for row in rows)


def delete_rule(session: Session, owner: User, rule_id: str) -> None:
    """Delete a rule with its history and what it still had to send.

    Raises: errors.NotFound.
    """
    get_rule(session, owner, rule_id)
    remove_rows(session, WorkflowRuleRow.__table__, [(rule_id,)])  # type: ignore[arg-type]


def list_runs(session: Session, owner: User, rule_id: str, limit: int = 50) -> tuple[Run, ...]:
    """The newest runs of a rule on mail that its owner still sees.

    Raises: errors.NotFound.
    """
    get_rule(session, owner, rule_id)
    query = (
        select(WorkflowRunRow)
        .join(MailRow, MailRow.id == WorkflowRunRow.mail_id)
        .where(WorkflowRunRow.rule_id == rule_id, visible(session, owner))
        .order_by(WorkflowRunRow.at.desc(), WorkflowRunRow.mail_id)
        .limit(limit)
    )
    return tuple(Run(row.mail_id, row.at, row.outcome) for row in session.scalars(query))


def create_webhook(session: Session, organisation_id: str, name: str, url: str, now: datetime) -> Webhook:
    """Allow rules to call an address."""
    webhook = Webhook(new_id(), name, url, now)
    session.execute(insert(WebhookRow).values(asdict(webhook) | {"organisation_id": organisation_id}))
    return webhook


def list_webhooks(session: Session, organisation_id: str) -> tuple[Webhook, ...]:
    """The addresses that rules may call, by name."""
    query = select(WebhookRow).where(WebhookRow.organisation_id == organisation_id)
    rows = session.scalars(query.order_by(WebhookRow.name, WebhookRow.id))
    return tuple(Webhook(row.id, row.name, row.url, row.created_at) for row in rows)


def delete_webhook(session: Session, organisation_id: str, webhook_id: str) -> None:
    """Forbid an address; calls on their way to it end in the dead-letter list.

    Raises: errors.NotFound.
    """
    row = session.get(WebhookRow, webhook_id)
    if row is None or row.organisation_id != organisation_id:
        raise errors.NotFound("There is no such webhook.")
    session.delete(row)
    session.flush()


def view_rule(row: WorkflowRuleRow) -> Rule:
    """The view of a stored rule."""
    definition = from_json(row.definition)
    return Rule(
        row.id, row.organisation_id, row.owner_id, row.name, row.active, definition, row.created_at, row.checked_until
    )  # fmt: skip


def to_json(definition: Definition) -> dict[str, Any]:
    """A rule as it is stored."""
    stored: dict[str, Any] = clean_json(asdict(definition))
    return stored


def from_json(stored: Mapping[str, Any]) -> Definition:
    """A stored rule."""
    return Definition(
        Trigger(**stored["trigger"]),
        tuple(Action(**action) for action in stored["actions"]),
        tuple(Condition(**condition) for condition in stored["conditions"]),
        stored["match"],
    )


def _require_webhook(session: Session, owner: User, webhook_id: str) -> None:
    row = session.get(WebhookRow, webhook_id)
    if row is None or row.organisation_id != owner.organisation_id:
        raise errors.UsageError("There is no such webhook; an administrator allows addresses to be called.")
