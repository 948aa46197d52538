"""Organisations and users: creating them, their preferences and their passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, cast

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.rows import digest, insert_new
from pipeline.store.tables import OrganisationRow, SignInFailureRow, UserRow
from pipeline.store.tables.base import new_id

Profile = Literal["admin", "standard"]
Language = Literal["en", "ja"]
Theme = Literal["auto", "light", "dark"]

MAX_FAILURES = 10
FAILURE_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in; as ``reader`` of a function, the one for whom something is read or decided."""

    id: str
    organisation_id: str
    address: str
    name: str
    profile: Profile
    language: Language
    timezone: str
    theme: Theme
    active: bool

    @property
    def is_admin(self) -> bool:
        """Whether this user manages settings; it opens nobody else's mail."""
        return self.profile == "admin"


def create_organisation(session: Session, name: str, now: datetime) -> str:
    """Create an organisation and return its id."""
    organisation_id = new_id()
    session.execute(insert(OrganisationRow).values(id=organisation_id, name=name, created_at=now))
    return organisation_id


def find_organisation(session: Session, name: str) -> str | None:
    """The id of the organisation of that name, or None."""
    return session.scalar(select(OrganisationRow.id).where(OrganisationRow.name == name).order_by(OrganisationRow.id))


def create_user(
    session: Session,
    organisation_id: str,
    address: str,
    name: str,
    now: datetime,
    *,
    password: str | None = None,
    profile: Profile = "standard",
    language: Language = "en",
    timezone: str = "Asia/Tokyo",
    theme: Theme = "auto",
) -> User:
    """Create a user; without a password they sign in by link only.

    Raises: errors.Conflict where the address is taken.
    """
    user = User(new_id(), organisation_id, address.lower(), name, profile, language, timezone, theme, active=True)
    values = {
        "id": user.id, "organisation_id": organisation_id, "address": user.address, "name": name, "profile": profile,
        "language": language, "timezone": timezone, "theme": theme, "active": True, "created_at": now,
        "password_hash": None if password is None else _hasher().hash(password),
    }  # fmt: skip
    if not insert_new(session, UserRow, values):
        raise errors.Conflict("A user with this address exists already; choose another address.")
    return user


def get_user(session: Session, user_id: str) -> User:
    """The user of that id.

    Raises: errors.NotFound.
    """
    row = session.get(UserRow, user_id, populate_existing=True)
    if row is None:
        raise errors.NotFound("There is no such user.")
    return user_view(row)


def find_user(session: Session, address: str) -> User | None:
    """The user with that address, or None."""
    row = session.scalar(select(UserRow).where(UserRow.address == address.lower()))
    return None if row is None else user_view(row)


def list_users(session: Session, organisation_id: str) -> tuple[User, ...]:
    """All users of an organisation by name."""
    rows = session.scalars(
        select(UserRow).where(UserRow.organisation_id == organisation_id).order_by(UserRow.name, UserRow.id)
    )
    return tuple(user_view(row) for row in rows)


def set_preferences(
    session: Session,
    user_id: str,
    *,
    language: Language | None = None,
    timezone: str | None = None,
    theme: Theme | None = None,
) -> User:
    """Change what is given and return the user as they are then."""
    chosen = {"language": language, "timezone": timezone, "theme": theme}
    changes = {name: value for name, value in chosen.items() if value is not None}
    if changes:
        session.execute(update(UserRow).where(UserRow.id == user_id).values(**changes))
    return get_user(session, user_id)


def set_password(session: Session, user_id: str, password: str) -> None:
    """Store a new password, hashed with argon2id."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=_hasher().hash(password)))


def set_active(session: Session, user_id: str, active: bool) -> User:
    """Activate or deactivate a user; a deactivated one cannot sign in and sees nothing."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(active=active))
    return get_user(session, user_id)


def authenticate(session: Session, address: str, password: str, now: datetime) -> User | None:
    """The active user with that address and password, or None; unknown addresses take just as long.

    A failure is remembered, so commit also where None comes back.

    Raises: errors.NotAllowed after ten failures for one address within 15 minutes.
    """
    key = digest("sign-in", address.lower())
    _refuse_if_throttled(session, key, now)
    row = session.scalar(select(UserRow).where(UserRow.address == address.lower()))
    stored = row.password_hash if row is not None and row.active else None
    if _verify(stored or _decoy(), password) and row is not None and stored is not None:
        session.execute(delete(SignInFailureRow).where(SignInFailureRow.key == key))
        return user_view(row)
    session.execute(delete(SignInFailureRow).where(SignInFailureRow.at < now - FAILURE_WINDOW))
    session.execute(insert(SignInFailureRow).values(key=key, at=now))
    return None


def _refuse_if_throttled(session: Session, key: str, now: datetime) -> None:
    recent = (SignInFailureRow.key == key) & (SignInFailureRow.at > now - FAILURE_WINDOW)
    count = session.scalar(select(func.count()).select_from(SignInFailureRow).where(recent)) or 0
    if count >= MAX_FAILURES:
        raise errors.NotAllowed("Too many failed sign-ins for this address; wait 15 minutes and try again.")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _decoy() -> str:
    """A hash to check against where there is none, so that the time taken tells nothing."""
    return _hasher().hash(new_id())


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher().verify(password_hash, password)
    except VerificationError:
        return False


def user_view(row: UserRow) -> User:
    """The view of a stored user."""
    return User(
        row.id,
        row.organisation_id,
        row.address,
        row.name,
        cast(Profile, row.profile),
        cast(Language, row.language),
        row.timezone,
        cast(Theme, row.theme),
        row.active,
    )
