"""Tables of suggestions and what people decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class SuggestionRow(Base):
    """A suggestion; it inherits the audience of its sources. ``version`` grows with every change.

    ``topic`` names what it is about (``create_contact`` of one person, one field of one record), so that a newer
    mail's suggestion takes the older one's place. ``uid`` is that of a meeting's calendar part.
    ``payload`` is the whole ``pipeline.records.Suggestion``.
    """

    __tablename__ = "suggestions"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    worth: Mapped[float]
    person: Mapped[str | None] = mapped_column(KeyText())
    record_id: Mapped[str | None] = mapped_column(index=True)
    topic: Mapped[str] = mapped_column(KeyText())
    uid: Mapped[str | None] = mapped_column(KeyText())
    payload: Mapped[Any]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        Index(None, "organisation_id", "state", "worth", "id"),
        Index(None, "organisation_id", "topic"),
        Index(None, "organisation_id", "uid"),
        Index(None, "organisation_id", "person"),
    )


class SuggestionSourceRow(Base):
    """A mail that a suggestion tells something of: its own, and those of the suggestions it continues.

    Who may not see all of them does not see the suggestion.
    """

    __tablename__ = "suggestion_sources"
    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    suggestion_id: Mapped[str] = mapped_column(primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True, index=True)
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "suggestion_id"], ["suggestions.organisation_id", "suggestions.id"]),
    )


class SnoozeRow(Base):
    """A suggestion that one user does not want to see before ``until``."""

    __tablename__ = "snoozes"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(primary_key=True)
    suggestion_id: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "suggestion_id"], ["suggestions.organisation_id", "suggestions.id"]),
    )


class DismissedActionRow(Base):
    """Something to do next that one user does not want to be offered; ``action_id`` as in ``core.next_actions``."""

    __tablename__ = "dismissed_actions"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    action_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class RejectionRow(Base):
    """A value that people rejected for a record or a person; ``value_hash`` hashes the normalised value."""

    __tablename__ = "rejections"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class MutedPersonRow(Base):
    """An address about which nothing is suggested any more, for everybody."""

    __tablename__ = "muted_people"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    address: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class PersonMailRow(Base):
    """A mail that a person wrote though it was taken for a machine's, as somebody said; ``address`` sent it.

    It outlives the mail: the sender is remembered.
    """

    __tablename__ = "person_mails"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    mail_id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str | None] = mapped_column(KeyText())
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    __table_args__ = (Index(None, "organisation_id", "address"),)


class DecisionRow(Base):
    """What a person decided, and every row it changed, before and after. Only ever appended to.

    An undo is a decision of its own that names in ``undoes`` the one it takes back; each can be taken back once.
    """

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    suggestion_id: Mapped[str]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    version_shown: Mapped[int]
    values: Mapped[Any]
    changes: Mapped[Any]
    target_id: Mapped[str | None]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), unique=True)
    at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "suggestion_id"], ["suggestions.organisation_id", "suggestions.id"]),
        Index(None, "user_id", "id"),
        Index(None, "organisation_id", "suggestion_id", "id"),
    )
