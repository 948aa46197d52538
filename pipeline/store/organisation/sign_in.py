"""Signing in with a password: throttled for each address that is tried and for each machine that tries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.organisation.passwords import hash_password, verify
from pipeline.store.organisation.people import User, user_view
from pipeline.store.rows import digest
from pipeline.store.tables import SignInFailureRow, UserRow, WebSessionRow

MAX_FAILURES = 10
MAX_CLIENT_FAILURES = 50
"""More than for one address: a whole office may come from one machine."""
FAILURE_WINDOW = timedelta(minutes=15)


def authenticate(
    session: Session, address: str, password: str, now: datetime, client: str | None = None
) -> User | None:
    """The active user with that address and password, or None; unknown addresses take just as long.

    ``client`` is the network address that asks. A failure is remembered, so commit also where None comes back.

    Raises: errors.NotAllowed after ten failures for one address, or fifty from one client, within 15 minutes.
    """
    keys = {digest("sign-in", address.lower()): MAX_FAILURES}
    if client is not None:
        keys[digest("client", client)] = MAX_CLIENT_FAILURES
    _refuse_if_throttled(session, keys, now)
    row = session.scalar(select(UserRow).where(UserRow.address == address.lower()))
    stored = row.password_hash if row is not None and row.active else None
    if verify(stored, password) and row is not None:
        session.execute(delete(SignInFailureRow).where(SignInFailureRow.key == next(iter(keys))))
        return user_view(row)
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.at < now - FAILURE_WINDOW))
    session.execute(insert(SignInFailureRow), [{"key": key, "at": now} for key in keys])
    return None


def set_password(session: Session, user_id: str, password: str) -> None:
    """Store a new password and end all browser sessions of this user.

    Raises: errors.UsageError where it is too short or too long.
    """
    session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=hash_password(password)))
    session.execute(delete(WebSessionRow).where(WebSessionRow.user_id == user_id))


def has_password(session: Session, user_id: str) -> bool:
    """Whether a user has set a password; who has none signs in by a link."""
    return session.scalar(select(UserRow.password_hash).where(UserRow.id == user_id)) is not None


def change_password(session: Session, user: User, current: str, new: str, now: datetime) -> bool:
    """Set the user's own password where the current one is right, and tell whether it was.

    Wrong ones count as failed sign-ins. Who has none yet, and signed in by a link, may set the first one.

    Raises: errors.NotAllowed and errors.UsageError as ``authenticate`` and ``set_password``.
    """
    stored = session.scalar(select(UserRow.password_hash).where(UserRow.id == user.id))
    if stored is not None and authenticate(session, user.address, current, now) is None:
        return False
    set_password(session, user.id, new)
    return True


def _refuse_if_throttled(session: Session, keys: Mapping[str, int], now: datetime) -> None:
    query = (
        select(SignInFailureRow.key, func.count())
        .where(SignInFailureRow.key.in_(keys), SignInFailureRow.at > now - FAILURE_WINDOW)
        .group_by(SignInFailureRow.key)
    )
    if any(count >= keys[key] for key, count in session.execute(query)):
        raise errors.NotAllowed("Too many failed sign-ins for this address or from this machine; wait 15 minutes.")
