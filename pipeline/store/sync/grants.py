"""Permissions that are asked for and not yet taken by a mailbox; each answer is taken once, by whoever asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.organisation.people import User
from pipeline.store.rows import digest, insert_new
from pipeline.store.tables import GrantRow

LIFE = timedelta(minutes=10)
GRANTED_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """A question or its answer, encrypted."""

    id: str
    service: str
    secret: str = field(repr=False)


def ask(session: Session, user: User, state: str, service: str, secret: str, now: datetime) -> str:
    """Remember a question, and forget those that nobody answered; its id."""
    session.execute(delete(GrantRow).where(GrantRow.expires_at < now))
    row = {
        "id": digest("grant", state), "organisation_id": user.organisation_id, "user_id": user.id, "service": service,
        "secret": secret, "granted": False, "expires_at": now + LIFE,
    }  # fmt: skip
    insert_new(session, GrantRow, row)
    return str(row["id"])


def begin_answer(session: Session, user: User, state: str, now: datetime) -> StoredGrant:
    """The question of that state, which from now on nobody can answer again.

    Raises: errors.NotFound where this user did not ask it, or it was answered, or too long ago.
    """
    id_ = digest("grant", state)
    here = (GrantRow.id == id_) & (GrantRow.user_id == user.id) & ~GrantRow.granted & (GrantRow.expires_at > now)
    found = session.execute(select(GrantRow.service, GrantRow.secret).where(here)).one_or_none()
    taken: Any = session.execute(update(GrantRow).where(here).values(granted=True, secret="", expires_at=now + LIFE))
    if found is None or not taken.rowcount:
        raise errors.NotFound("This sign-in was not begun here, or too long ago; start again.")
    return StoredGrant(id_, *found)


def end_answer(session: Session, grant_id: str, secret: str, now: datetime) -> None:
    """Keep what came of it until a mailbox takes it."""
    here = update(GrantRow).where(GrantRow.id == grant_id)
    session.execute(here.values(secret=secret, expires_at=now + GRANTED_LIFE))


def get_grant(session: Session, user: User, grant_id: str, now: datetime) -> StoredGrant:
    """A permission that this user was given.

    Raises: errors.NotFound.
    """
    here = (GrantRow.id == grant_id) & (GrantRow.user_id == user.id) & GrantRow.granted & (GrantRow.secret != "")
    found = session.execute(select(GrantRow.service, GrantRow.secret).where(here, GrantRow.expires_at > now))
    row = found.one_or_none()
    if row is None:
        raise errors.NotFound("There is no such permission, or it was used already; sign in with the service again.")
    return StoredGrant(grant_id, *row)


def keep_grant(session: Session, grant_id: str, secret: str) -> None:
    """Replace its tokens by renewed ones."""
    session.execute(update(GrantRow).where(GrantRow.id == grant_id).values(secret=secret))


def take_grant(session: Session, user: User, grant_id: str, now: datetime) -> StoredGrant:
    """A permission, which is gone from here once it is taken.

    Raises: errors.NotFound.
    """
    found = get_grant(session, user, grant_id, now)
    session.execute(delete(GrantRow).where(GrantRow.id == grant_id))
    return found
