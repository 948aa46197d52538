"""Roles of an organisation: a tree in which whoever has a role stands above those of the roles under it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.roles import would_loop
from pipeline.store.rows import lock
from pipeline.store.tables import RoleRow, UserRow
from pipeline.store.tables.base import new_id


@dataclass(frozen=True, slots=True)
class Role:
    """A role; ``parent_id`` is the one above it, None at the top."""

    id: str
    name: str
    parent_id: str | None


def create_role(session: Session, organisation_id: str, name: str, parent_id: str | None = None) -> Role:
    """Create a role under another one.

    Raises: errors.UsageError where the organisation has no such parent.
    """
    _require_parent(session, organisation_id, parent_id)
    role = Role(new_id(), name, parent_id)
    session.execute(insert(RoleRow).values(id=role.id, organisation_id=organisation_id, name=name, parent_id=parent_id))
    return role


def get_role(session: Session, organisation_id: str, role_id: str) -> Role:
    """A role of this organisation.

    Raises: errors.NotFound.
    """
    row = session.get(RoleRow, role_id, populate_existing=True)
    if row is None or row.organisation_id != organisation_id:
        raise errors.NotFound("There is no such role.")
    return Role(row.id, row.name, row.parent_id)


def list_roles(session: Session, organisation_id: str) -> tuple[Role, ...]:
    """All roles of an organisation by name."""
    rows = session.scalars(
        select(RoleRow).where(RoleRow.organisation_id == organisation_id).order_by(RoleRow.name, RoleRow.id)
    )
    return tuple(Role(row.id, row.name, row.parent_id) for row in rows)


def change_role(session: Session, organisation_id: str, role_id: str, name: str, parent_id: str | None) -> Role:
    """Rename a role and set the one above it.

    Raises: errors.NotFound; errors.UsageError where the organisation has no such parent; errors.Conflict where the
    role would stand above itself.
    """
    lock(session, organisation_id)  # two moves at once could close a circle that neither of them sees
    get_role(session, organisation_id, role_id)
    _require_parent(session, organisation_id, parent_id)
    parents = {role.id: role.parent_id for role in list_roles(session, organisation_id)}
    if would_loop(parents, role_id, parent_id):
        raise errors.Conflict("This role would stand above itself; choose a role that is not under it.")
    session.execute(update(RoleRow).where(RoleRow.id == role_id).values(name=name, parent_id=parent_id))
    return Role(role_id, name, parent_id)


def delete_role(session: Session, organisation_id: str, role_id: str) -> None:
    """Delete a role that nobody has and nothing stands under.

    Raises: errors.NotFound; errors.Conflict where it is in use.
    """
    lock(session, organisation_id)
    get_role(session, organisation_id, role_id)
    users = session.scalar(select(UserRow.id).where(UserRow.role_id == role_id).limit(1))
    under = session.scalar(select(RoleRow.id).where(RoleRow.parent_id == role_id).limit(1))
    if users is not None or under is not None:
        raise errors.Conflict("This role is in use; give its users and the roles under it another one first.")
    session.execute(delete(RoleRow).where(RoleRow.id == role_id))


def roles_below(role_id: str) -> Select[str]:
    """The ids of all roles under this one, at any depth, as a query for conditions."""
    tree = select(RoleRow.id).where(RoleRow.parent_id == role_id).cte("roles_below", recursive=True)
    tree = tree.union(select(RoleRow.id).where(RoleRow.parent_id == tree.c.id))
    return select(tree.c.id)


def _require_parent(session: Session, organisation_id: str, parent_id: str | None) -> None:
    if parent_id is None:
        return
    try:
        get_role(session, organisation_id, parent_id)
    except errors.NotFound:
        raise errors.UsageError("There is no such role to stand above.") from None
