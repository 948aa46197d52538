"""Ways to be somebody without a password at hand: browser sessions, one-time sign-in links, API tokens.

Tokens are random and shown once; only their SHA-256 is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ColumnElement, CursorResult, delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.access.standing import VERSION, note_version
from pipeline.store.organisation.people import User, user_view
from pipeline.store.tables import ApiTokenRow, SignInLinkRow, UserRow, WebSessionRow
from pipeline.store.tables.base import new_id

Scope = Literal["read", "write", "admin"]
"""``read`` changes nothing; ``write`` does what a rep does; ``admin`` also what its user may as an administrator."""

SESSION_LIFETIME = timedelta(days=14)
LINK_LIFETIME = timedelta(hours=24)
# A token's last use is written at most this often, so that reading costs no write.
_LAST_USED_STEP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WebSession:
    """A signed-in browser: who it is, and the token that its forms must send back."""

    user: User
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's token as it is listed; the token itself is shown only when it is made."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenUse:
    """A program that calls with a token: whose it is, and the most it may do."""

    user: User
    scope: Scope


def start_session(session: Session, user_id: str, now: datetime, lifetime: timedelta = SESSION_LIFETIME) -> str:
    """Sign a browser in and return its secret token, for the cookie."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(WebSessionRow).where(WebSessionRow.expires_at <= now))
    session.execute(
        insert(WebSessionRow).values(
            token_hash=_hash(token),
            user_id=user_id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def find_session(session: Session, token: str, now: datetime) -> WebSession | None:
    """The signed-in browser with that token; None where it is unknown or expired, or its user is deactivated."""
    found = session.execute(
        select(WebSessionRow, UserRow, VERSION)
        .join(UserRow, UserRow.id == WebSessionRow.user_id)
        .where(WebSessionRow.token_hash == _hash(token), WebSessionRow.expires_at > now, UserRow.active)
    ).one_or_none()
    if found is None:
        return None
    row, user, version = found
    note_version(session, version)
    return WebSession(user_view(user), row.csrf_token, row.expires_at)


def end_session(session: Session, token: str) -> None:
    """Sign a browser out."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == _hash(token)))


def create_sign_in_link(session: Session, user_id: str, now: datetime, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Make a secret token that signs this user in once."""
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(SignInLinkRow).values(token_hash=_hash(token), user_id=user_id, expires_at=now + lifetime, used_at=None)
    )
    return token


def redeem_sign_in_link(session: Session, token: str, now: datetime) -> User | None:
    """Use a sign-in link up and return its user; None where it was used, is expired or unknown."""
    link = SignInLinkRow.token_hash == _hash(token)
    fresh = (SignInLinkRow.used_at.is_(None)) & (SignInLinkRow.expires_at > now)
    result = session.execute(update(SignInLinkRow).where(link, fresh).values(used_at=now))
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        return None
    row = session.scalar(select(UserRow).join(SignInLinkRow, SignInLinkRow.user_id == UserRow.id).where(link))
    return user_view(row) if row is not None and row.active else None


def create_api_token(
    session: Session,
    user_id: str,
    name: str,
    now: datetime,
    *,
    scope: Scope = "write",
    expires_at: datetime | None = None,
) -> tuple[str, ApiToken]:
    """Make a token for programs: the secret, shown this once, and how it is listed.

    Raises: errors.UsageError where it would be expired already.
    """
    if expires_at is not None and expires_at <= now:
        raise errors.UsageError("A token can only expire at a time to come.")
    token = "mi_" + secrets.token_urlsafe(32)
    view = ApiToken(new_id(), name, scope, now, expires_at, None)
    session.execute(
        insert(ApiTokenRow).values(
            id=view.id, user_id=user_id, name=name, token_hash=_hash(token), created_at=now, scope=scope,
            expires_at=expires_at,
        )
    )  # fmt: skip
    return token, view


def list_api_tokens(session: Session, user_id: str, now: datetime) -> tuple[ApiToken, ...]:
    """A user's tokens that are in force, oldest first."""
    rows = session.scalars(
        select(ApiTokenRow).where(ApiTokenRow.user_id == user_id, _in_force(now))
        .order_by(ApiTokenRow.created_at, ApiTokenRow.id)
    )  # fmt: skip
    return tuple(
        ApiToken(row.id, row.name, cast(Scope, row.scope), row.created_at, row.expires_at, row.last_used_at)
        for row in rows
    )


def revoke_api_token(session: Session, user_id: str, token_id: str, now: datetime) -> None:
    """End a token of this user.

    Raises: errors.NotFound where the user has no such token.
    """
    own = (ApiTokenRow.id == token_id) & (ApiTokenRow.user_id == user_id) & ApiTokenRow.revoked_at.is_(None)
    result = session.execute(update(ApiTokenRow).where(own).values(revoked_at=now))
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise errors.NotFound("There is no such token; it may have been revoked already.")


def find_api_token(session: Session, token: str, now: datetime) -> TokenUse | None:
    """Whose token this is and what it may do; None where it is unknown, revoked, expired, or its user deactivated."""
    found = session.execute(
        select(ApiTokenRow, UserRow, VERSION)
        .join(UserRow, UserRow.id == ApiTokenRow.user_id)
        .where(ApiTokenRow.token_hash == _hash(token), _in_force(now), UserRow.active)
    ).one_or_none()
    if found is None:
        return None
    row, user, version = found
    note_version(session, version)
    if row.last_used_at is None or now - row.last_used_at > _LAST_USED_STEP:
        session.execute(update(ApiTokenRow).where(ApiTokenRow.id == row.id).values(last_used_at=now))
    return TokenUse(user_view(user), cast(Scope, row.scope))


def _in_force(now: datetime) -> ColumnElement[bool]:
    return ApiTokenRow.revoked_at.is_(None) & (ApiTokenRow.expires_at.is_(None) | (ApiTokenRow.expires_at > now))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
