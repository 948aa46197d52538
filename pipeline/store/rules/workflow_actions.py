"""What a rule does with a mail: notify, task, update of a field, webhook, follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.workflow import FOLLOW_UP_PAUSE, Action, Facts, may_write_to
from pipeline.records import Activity, Suggestion
from pipeline.store.crm.record_writing import FieldValue, Source, set_value
from pipeline.store.organisation.notices import notify
from pipeline.store.organisation.people import User, get_user
from pipeline.store.review.decisions import accept
from pipeline.store.review.journal import Journal
from pipeline.store.review.proposals import save_suggestions
from pipeline.store.rows import digest
from pipeline.store.rules.workflow_rules import Rule
from pipeline.store.tables import DeliveryRow, LinkRow, RecordRow


@dataclass(frozen=True, slots=True)
class Acting:
    """A rule that runs on a mail, as its owner."""

    session: Session
    rule: Rule
    owner: User
    mail_id: str
    facts: Facts
    now: datetime


def act(acting: Acting, action: Action, n: int) -> str:
    """Do one action and say in a word what came of it; ``n`` is its place in the rule.

    Raises: errors.Error where it cannot be done.
    """
    match action.kind:
        case "notify":
            return _notify(acting, action)
        case "task":
            return _task(acting, action, n)
        case "update_field":
            return _update_field(acting, action)
        case "webhook":
            return _deliver(acting, "webhook", action.values["webhook_id"])
        case "follow_up":
            return _follow_up(acting)


def _notify(acting: Acting, action: Action) -> str:
    user = get_user(acting.session, action.values.get("user_id") or acting.owner.id)
    if user.organisation_id != acting.owner.organisation_id:
        raise errors.NotFound("There is no such user.")
    detail = {"rule_id": acting.rule.id, "rule": acting.rule.name, "text": action.values.get("text", "")}
    notify(acting.session, user.organisation_id, [user.id], "workflow.notify", detail, acting.now, acting.mail_id)
    return "notified"


def _task(acting: Acting, action: Action, n: int) -> str:
    """A task is an accepted suggestion like any other: seen by those who may see the mail, and it can be undone."""
    days = action.values.get("due_days")
    due = (acting.now + timedelta(days=int(days))).date() if days else None
    activity = Activity("task", "open", action.values["title"], 1.0, (), due=due, owner="recipient")
    suggestion_id = digest("workflow", acting.rule.id, acting.mail_id, str(n))
    made = Suggestion(suggestion_id, "create_task", activity.title, 1.0, (), (), acting.facts.sender, activity=activity)
    organisation_id = acting.owner.organisation_id
    if not save_suggestions(acting.session, organisation_id, acting.mail_id, [made], acting.now):
        return "rejected before"
    accept(acting.session, acting.owner, suggestion_id, acting.now)
    return "created"


def _update_field(acting: Acting, action: Action) -> str:
    """Set a value on the records of that kind that the mail belongs to; it does not count as typed by a person."""
    session = acting.session
    query = (
        select(RecordRow.id)
        .join(LinkRow, LinkRow.record_id == RecordRow.id)
        .where(LinkRow.mail_id == acting.mail_id, LinkRow.active, RecordRow.kind == action.values["record_kind"])
        .order_by(RecordRow.id)
    )
    source = Source(acting.owner.organisation_id, acting.now, "import", acting.owner.id, acting.mail_id)
    records = session.scalars(query).all()
    for record_id in records:
        set_value(Journal(session), source, record_id, FieldValue(action.values["name"], action.values["value"]))
    return f"set on {len(records)}"


def _follow_up(acting: Acting) -> str:
    facts = acting.facts
    target = facts.recipients[0] if facts.outgoing and facts.recipients else facts.sender
    if not may_write_to(facts) or not target:
        return "not sent: nobody to write to"
    recent = (
        (DeliveryRow.rule_id == acting.rule.id)
        & (DeliveryRow.kind == "mail")
        & (DeliveryRow.target == target)
        & (DeliveryRow.created_at > acting.now - FOLLOW_UP_PAUSE)
    )
    if acting.session.scalar(select(DeliveryRow.id).where(recent).limit(1)) is not None:
        return "not sent: written to within a day"
    return _deliver(acting, "mail", target)


def _deliver(acting: Acting, kind: str, target: str) -> str:
    acting.session.execute(
        insert(DeliveryRow).values(
            organisation_id=acting.owner.organisation_id, rule_id=acting.rule.id, mail_id=acting.mail_id, kind=kind,
            target=target, state="pending", attempts=0, next_at=acting.now, problem=None, message_id=None,
            created_at=acting.now,
        )
    )  # fmt: skip
    return "on its way"
