"""The tree of roles."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api import etags
from api.deps import Admin, Db, Now, Reader
from api.etags import IfMatch
from api.problems import answers
from pipeline.store.organisation import roles
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.roles import Role
from pipeline.store.rows import lock

router = APIRouter(prefix="/roles", tags=["users"])


class RoleOut(BaseModel):
    """A role; ``parent_id`` is the one above it, null at the top."""

    model_config = ConfigDict(json_schema_extra={"example": {"id": "77aa", "name": "営業", "parent_id": "31bb"}})
    id: str
    name: str
    parent_id: str | None

    @classmethod
    def of(cls, role: Role) -> RoleOut:
        """The view of a role."""
        return cls.model_validate(role, from_attributes=True)


class RoleIn(BaseModel):
    """A role as it shall be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "営業", "parent_id": "31bb"}})
    name: str = Field(min_length=1, max_length=200)
    parent_id: str | None = Field(None, max_length=64)


@router.get("", summary="List roles", responses=answers(401))
def index(user: Reader, db: Db) -> list[RoleOut]:
    """The whole tree by name. For any signed-in user, of their organisation."""
    return [RoleOut.of(role) for role in db.run(lambda session: roles.list_roles(session, user.organisation_id))]


@router.post("", status_code=201, summary="Create a role", responses=answers(401, 403, 422))
def create(admin: Admin, db: Db, now: Now, given: RoleIn, response: Response) -> RoleOut:
    """Under another one or at the top. For any signed-in administrator."""

    def work(session: Session) -> Role:
        made = roles.create_role(session, admin.organisation_id, given.name, given.parent_id)
        record_action(session, admin.organisation_id, admin.id, "role.create", made.id, now)
        return made

    view = RoleOut.of(db.run(work))
    etags.put(response, view)
    return view


@router.put("/{role_id}", summary="Change a role", responses=answers(401, 403, 404, 409, 412, 422))
def change(
    admin: Admin, db: Db, now: Now, role_id: str, given: RoleIn, response: Response, if_match: IfMatch = None
) -> RoleOut:
    """409 where it would stand above itself. For any signed-in administrator."""

    def work(session: Session) -> Role:
        lock(session, admin.organisation_id)
        etags.require(if_match, RoleOut.of(roles.get_role(session, admin.organisation_id, role_id)))
        changed = roles.change_role(session, admin.organisation_id, role_id, given.name, given.parent_id)
        record_action(session, admin.organisation_id, admin.id, "role.change", role_id, now)
        return changed

    view = RoleOut.of(db.run(work))
    etags.put(response, view)
    return view


@router.delete("/{role_id}", status_code=204, summary="Delete a role", responses=answers(401, 403, 404, 409))
def delete(admin: Admin, db: Db, now: Now, role_id: str) -> None:
    """409 where users or other roles depend on it. For any signed-in administrator."""

    def work(session: Session) -> None:
        roles.delete_role(session, admin.organisation_id, role_id)
        record_action(session, admin.organisation_id, admin.id, "role.delete", role_id, now)

    db.run(work)
