"""Organisations and users: creating and changing them, and their preferences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.organisation.passwords import hash_password
from pipeline.store.paging import Page, decode_cursor, encode_cursor
from pipeline.store.rows import insert_new, lock
from pipeline.store.tables import OrganisationRow, RoleRow, UserRow
from pipeline.store.tables.base import new_id

Profile = Literal["admin", "standard"]
Language = Literal["en", "ja"]
Theme = Literal["auto", "light", "dark"]
Changeable = Literal["name", "address", "profile", "role_id"]


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in; as ``reader`` of a function, the one for whom something is read or decided.

    ``daily_cap`` is how many suggestions a day their queue holds at most; None or 0: any number.
    """

    id: str
    organisation_id: str
    address: str
    name: str
    profile: Profile
    language: Language
    timezone: str
    theme: Theme
    active: bool
    role_id: str | None = None
    daily_cap: int | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this user manages settings; it opens nobody else's mail."""
        return self.profile == "admin"


@dataclass(frozen=True, slots=True)
class Named:
    """A user as they stand in a list to choose from."""

    id: str
    name: str


def create_organisation(session: Session, name: str, now: datetime) -> str:
    """Create an organisation and return its id."""
    organisation_id = new_id()
    session.execute(insert(OrganisationRow).values(id=organisation_id, name=name, created_at=now))
    return organisation_id


def find_organisation(session: Session, name: str) -> str | None:
    """The id of the organisation of that name, or None."""
    return session.scalar(select(OrganisationRow.id).where(OrganisationRow.name == name).order_by(OrganisationRow.id))


def get_organisation_name(session: Session, organisation_id: str) -> str:
    """The name of an organisation that is there."""
    return session.scalars(select(OrganisationRow.name).where(OrganisationRow.id == organisation_id)).one()


def list_organisations(session: Session) -> tuple[str, ...]:
    """The ids of all organisations."""
    return tuple(session.scalars(select(OrganisationRow.id).order_by(OrganisationRow.created_at, OrganisationRow.id)))


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
    role_id: str | None = None,
) -> User:
    """Create a user; without a password they sign in by link only.

    Raises: errors.Conflict where the address is taken; errors.UsageError where the organisation has no such role.
    """
    _require_role(session, organisation_id, role_id)
    known = {"profile": profile, "language": language, "timezone": timezone, "theme": theme, "role_id": role_id}
    user = User(new_id(), organisation_id, address.lower(), name, active=True, **known)  # type: ignore[arg-type]
    values = {
        "id": user.id, "organisation_id": organisation_id, "address": user.address, "name": name, "profile": profile,
        "language": language, "timezone": timezone, "theme": theme, "active": True, "created_at": now,
        "password_hash": None if password is None else hash_password(password), "role_id": role_id,
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


def list_names(session: Session, organisation_id: str) -> tuple[Named, ...]:
    """All users of an organisation by name, for choosing one."""
    order = (UserRow.name, UserRow.id)
    query = select(UserRow.id, UserRow.name).where(UserRow.organisation_id == organisation_id).order_by(*order)
    return tuple(Named(user_id, name) for user_id, name in session.execute(query))


def list_users_page(session: Session, organisation_id: str, *, limit: int, cursor: str | None = None) -> Page[User]:
    """Users of an organisation by name, ``limit`` at a time.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = select(UserRow).where(UserRow.organisation_id == organisation_id)
    if cursor is not None:
        query = query.where(tuple_(UserRow.name, UserRow.id) > tuple_(*decode_cursor(cursor, (str, str))))
    rows = session.scalars(query.order_by(UserRow.name, UserRow.id).limit(limit + 1)).all()
    more = encode_cursor(rows[limit - 1].name, rows[limit - 1].id) if len(rows) > limit else None
    return Page(tuple(user_view(row) for row in rows[:limit]), more)


def set_preferences(
    session: Session,
    user_id: str,
    *,
    language: Language | None = None,
    timezone: str | None = None,
    theme: Theme | None = None,
    daily_cap: int | None = None,
) -> User:
    """Change what is given and return the user as they are then."""
    chosen = {"language": language, "timezone": timezone, "theme": theme, "daily_cap": daily_cap}
    changes = {name: value for name, value in chosen.items() if value is not None}
    if changes:
        session.execute(update(UserRow).where(UserRow.id == user_id).values(**changes))
    return get_user(session, user_id)


def set_active(session: Session, user_id: str, active: bool) -> User:
    """Activate or deactivate a user; a deactivated one cannot sign in and sees nothing."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(active=active))
    return get_user(session, user_id)


def change_user(session: Session, user_id: str, changes: Mapping[Changeable, str | None]) -> User:
    """Change name, address, profile or role, and return the user as they are then.

    Raises: errors.NotFound; errors.Conflict where the address is taken, or the last active admin would be none any
    more; errors.UsageError where the organisation has no such role.
    """
    user = get_user(session, user_id)
    values = dict(changes)
    if values.get("profile") == "standard":
        require_another_admin(session, user)
    if "role_id" in values:
        _require_role(session, user.organisation_id, values["role_id"])
    if (address := values.get("address")) is not None:
        values["address"] = address.lower()
        known = find_user(session, address)
        if known is not None and known.id != user_id:
            raise errors.Conflict("A user with this address exists already; choose another address.")
    if values:
        session.execute(update(UserRow).where(UserRow.id == user_id).values(values))
    return get_user(session, user_id)


def require_another_admin(session: Session, user: User) -> None:
    """Make sure that somebody manages the organisation also without this user.

    Raises: errors.Conflict.
    """
    lock(session, user.organisation_id)
    admin = (UserRow.organisation_id == user.organisation_id) & (UserRow.profile == "admin") & UserRow.active
    others = session.scalar(select(func.count()).select_from(UserRow).where(admin, UserRow.id != user.id))
    if user.is_admin and user.active and not others:
        raise errors.Conflict("This is the last active administrator; make somebody else one first.")


def _require_role(session: Session, organisation_id: str, role_id: str | None) -> None:
    here = (RoleRow.id == role_id) & (RoleRow.organisation_id == organisation_id)
    if role_id is not None and session.scalar(select(RoleRow.id).where(here)) is None:
        raise errors.UsageError("There is no such role.")


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
        row.role_id,
        row.daily_cap,
    )
