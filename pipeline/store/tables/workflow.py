"""Tables of rules on mail: the rules, what they did, where webhooks go, and what is on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class WorkflowRuleRow(Base):
    """A rule of one user, who sees every mail that it runs on; ``definition`` is a ``core.workflow.Definition``."""

    __tablename__ = "workflow_rules"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    active: Mapped[bool]
    definition: Mapped[Any]
    created_at: Mapped[datetime]
    checked_until: Mapped[datetime | None]


class WorkflowRunRow(Base):
    """A rule ran on a mail, once; ``outcome`` says what each action did, without mail content."""

    __tablename__ = "workflow_runs"
    rule_id: Mapped[str] = mapped_column(ForeignKey("workflow_rules.id"), primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True, index=True)
    at: Mapped[datetime]
    outcome: Mapped[Any]
    __table_args__ = (Index(None, "rule_id", "at"),)


class WebhookRow(Base):
    """An address that an administrator allows rules to call; its secret is derived, never stored."""

    __tablename__ = "webhooks"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    url: Mapped[str]
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """A webhook call or follow-up mail on its way: ``pending``, ``delivered`` or ``dead``.

    It holds no content: that is read through the eyes of the rule's owner when it is sent. ``target`` is the id of the
    webhook or the address written to.
    """

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    rule_id: Mapped[str] = mapped_column(ForeignKey("workflow_rules.id"), index=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), index=True)
    kind: Mapped[str]
    target: Mapped[str] = mapped_column(KeyText())
    state: Mapped[str]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    problem: Mapped[str | None]
    message_id: Mapped[str | None] = mapped_column(KeyText(), index=True)
    created_at: Mapped[datetime]
    __table_args__ = (Index(None, "state", "next_at"), Index(None, "organisation_id", "state", "id"))
