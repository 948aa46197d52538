"""Tables of organisations, people, how they sign in, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class OrganisationRow(Base):
    """A company that uses the product; everything else belongs to one."""

    __tablename__ = "organisations"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class RoleRow(Base):
    """A place in the organisation's tree of roles; one without a parent stands at the top."""

    __tablename__ = "roles"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("roles.id"), index=True)


class UserRow(Base):
    """A person who signs in; without a password hash only by a sign-in link.

    ``daily_cap`` is how many suggestions a day their queue holds at most; None or 0: any number.
    """

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    address: Mapped[str] = mapped_column(KeyText(), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    profile: Mapped[str]
    language: Mapped[str]
    timezone: Mapped[str]
    theme: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    role_id: Mapped[str | None] = mapped_column(ForeignKey("roles.id"), index=True)
    daily_cap: Mapped[int | None]


class WebSessionRow(Base):
    """A browser that is signed in; only the hash of its token is stored."""

    __tablename__ = "web_sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf_token: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInLinkRow(Base):
    """A link that signs one user in, once."""

    __tablename__ = "sign_in_links"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailureRow(Base):
    """A failed sign-in, by the hash of the address or the machine that tried; old ones are deleted."""

    __tablename__ = "sign_in_failures"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (Index(None, "key", "at"),)


class ApiTokenRow(Base):
    """A token for programs; only its hash is stored. ``scope`` is the most it may do: read, write or admin."""

    __tablename__ = "api_tokens"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    scope: Mapped[str] = mapped_column(server_default="admin")
    expires_at: Mapped[datetime | None]


class IdempotencyRow(Base):
    """A write that its caller named, so that it is not done twice; ``status`` is empty while it is worked on."""

    __tablename__ = "idempotency_keys"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    fingerprint: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[Any | None]
    body: Mapped[bytes | None]


class AuditRow(Base):
    """Who changed what: settings, shares, backups, decisions. Only ever appended to."""

    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[Any]
    at: Mapped[datetime]
