"""Webhook calls and follow-ups on their way: taken, tried, tried again, and at last in the dead-letter list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.workflow import retry_after
from pipeline.store.mail.mails import get_mail
from pipeline.store.organisation.people import get_user
from pipeline.store.rules.workflow_rules import view_rule
from pipeline.store.tables import DeliveryRow, LinkRow, WebhookRow, WorkflowRuleRow

LEASE = timedelta(minutes=10)
"""Who took a delivery has so long; then another may take it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A call or mail on its way, without content; ``problem`` is why the last attempt failed."""

    id: int
    rule_id: str
    mail_id: str
    kind: str
    target: str
    state: str
    attempts: int
    next_at: datetime
    problem: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent: for a webhook its address and the event, for a follow-up the text and who signs it."""

    delivery: Delivery
    url: str | None
    content: dict[str, Any]


def take(session: Session, now: datetime, limit: int = 20) -> tuple[Parcel, ...]:
    """Take deliveries that are due, so that nobody else does; what cannot be sent any more goes to the dead letters.

    The content is read now, through the eyes of the rule's owner.
    """
    due = (DeliveryRow.state == "pending") & (DeliveryRow.next_at <= now)
    free = select(DeliveryRow.id).where(due).order_by(DeliveryRow.next_at, DeliveryRow.id).limit(limit)
    taken = update(DeliveryRow).where(DeliveryRow.id.in_(free.with_for_update(skip_locked=True)))
    mine = taken.values(next_at=now + LEASE, attempts=DeliveryRow.attempts + 1).returning(DeliveryRow.id)
    ids = session.scalars(mine.execution_options(synchronize_session=False)).all()
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.id.in_(ids))
        .order_by(DeliveryRow.id)
        .execution_options(populate_existing=True)
    ).all()
    parcels = []
    for row in rows:
        try:
            parcels.append(_parcel(session, row))
        except errors.Error as error:
            row.state, row.problem = "dead", str(error)
    session.flush()
    return tuple(parcels)


def claim(session: Session, delivery_id: int) -> bool:
    """Hold a delivery that waits until the transaction ends; False where another one has settled it."""
    here = (DeliveryRow.id == delivery_id) & (DeliveryRow.state == "pending")
    result: Any = session.execute(update(DeliveryRow).where(here).values(state="pending"))
    return bool(result.rowcount)


def settle(
    session: Session, delivery_id: int, problem: str | None, now: datetime, message_id: str | None = None
) -> None:
    """Note how an attempt went: delivered, to be tried again, or dead; ``message_id`` is that of a mail sent."""
    row = session.get(DeliveryRow, delivery_id, populate_existing=True)
    if row is None:
        return
    row.problem, row.message_id = problem, message_id
    wait = retry_after(row.attempts)
    if problem is None:
        row.state = "delivered"
    elif wait is None:
        row.state = "dead"
    else:
        row.next_at = now + wait
    session.flush()


def bury(session: Session, delivery_id: int, problem: str) -> None:
    """Put a delivery among the dead letters: trying again would not help."""
    here = DeliveryRow.id == delivery_id
    session.execute(update(DeliveryRow).where(here).values(state="dead", problem=problem))


def list_deliveries(
    session: Session, organisation_id: str, *, state: str | None = None, limit: int = 50, before: int | None = None
) -> tuple[Delivery, ...]:
    """Deliveries of an organisation, newest first, for its administrators; without any mail content."""
    query = select(DeliveryRow).where(DeliveryRow.organisation_id == organisation_id)
    if state is not None:
        query = query.where(DeliveryRow.state == state)
    if before is not None:
        query = query.where(DeliveryRow.id < before)
    rows = session.scalars(query.order_by(DeliveryRow.id.desc()).limit(limit).execution_options(populate_existing=True))
    return tuple(_view(row) for row in rows)


def retry(session: Session, organisation_id: str, delivery_id: int, now: datetime) -> Delivery:
    """Try a dead letter again from the start.

    Raises: errors.NotFound; errors.Conflict where it is not dead.
    """
    row = session.get(DeliveryRow, delivery_id, populate_existing=True)
    if row is None or row.organisation_id != organisation_id:
        raise errors.NotFound("There is no such delivery.")
    if row.state != "dead":
        raise errors.Conflict("Only a dead letter can be tried again.")
    row.state, row.attempts, row.next_at, row.problem = "pending", 0, now, None
    session.flush()
    return _view(row)


def _parcel(session: Session, row: DeliveryRow) -> Parcel:
    stored = session.get(WorkflowRuleRow, row.rule_id, populate_existing=True)
    assert stored is not None, "the rule of a delivery"
    rule = view_rule(stored)
    owner = get_user(session, rule.owner_id)
    mail = get_mail(session, owner, row.mail_id)
    if row.kind == "mail":
        texts = next((action.values for action in rule.definition.actions if action.kind == "follow_up"), None)
        if texts is None:
            raise errors.NotFound("The rule sends no follow-up any more.")
        content = {**texts, "from": owner.address, "in_reply_to": mail.document["message_id"]}
        return Parcel(_view(row), None, content)
    webhook = session.get(WebhookRow, row.target)
    if webhook is None:
        raise errors.NotFound("This webhook is not allowed any more.")
    linked = select(LinkRow.record_id).where(LinkRow.mail_id == row.mail_id, LinkRow.active).order_by(LinkRow.record_id)
    names = ("message_id", "date", "subject", "from", "to", "cc", "direction", "language", "machine")
    about = {name: mail.document[name] for name in names}
    labels = {
        "intents": list(mail.summary.intents), "sentiment": mail.summary.sentiment, "emotion": mail.summary.emotion,
        "gist": mail.summary.gist,
    }  # fmt: skip
    event = {
        "delivery": row.id, "rule": {"id": rule.id, "name": rule.name}, "trigger": rule.definition.trigger.kind,
        "mail": {"id": row.mail_id, **about, **labels}, "record_ids": list(session.scalars(linked)),
    }  # fmt: skip
    return Parcel(_view(row), webhook.url, event)


def _view(row: DeliveryRow) -> Delivery:
    return Delivery(
        row.id, row.rule_id, row.mail_id, row.kind, row.target, row.state, row.attempts, row.next_at, row.problem,
        row.created_at,
    )  # fmt: skip
