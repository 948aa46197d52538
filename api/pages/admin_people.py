"""Users and roles, for administrators: who there is, what they may, where they stand in the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Admin, Db, Now, SignedIn
from api.pages.frame import page
from api.routes import roles as role_routes
from api.routes import sharing as sharing_routes
from api.routes import users as user_routes
from pipeline.core.share import Mode
from pipeline.store.access import sharing
from pipeline.store.organisation import people, roles, tokens
from pipeline.store.organisation.roles import Role

router = APIRouter(prefix="/admin")
MODES: tuple[Mode, ...] = get_args(Mode)
_DO = {"deactivate": user_routes.deactivate, "activate": user_routes.activate, "unlock": sharing_routes.unlock_user}
Text = Annotated[str, Form(max_length=320)]


@router.get("/users")
def users(
    request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, cursor: str | None = None, saved: bool = False
) -> Response:
    """All users by name, and a form for a new one."""

    def read(session: Session) -> dict[str, Any]:
        found = people.list_users_page(session, admin.organisation_id, limit=50, cursor=cursor)
        names = {role.id: role.name for role in roles.list_roles(session, admin.organisation_id)}
        more = f"/admin/users?cursor={found.next_cursor}" if found.next_cursor else ""
        return {"users": found.items, "roles": names, "more": more}

    return page(request, "admin_users.html", who, db, now, read, here="settings", tab="users", saved=saved)


@router.post("/users")
def create(
    admin: Admin,
    db: Db,
    now: Now,
    name: Text,
    address: Text,
    profile: Annotated[Literal["admin", "standard"], Form()] = "standard",
    language: Annotated[Literal["en", "ja"], Form()] = "ja",
    role_id: Text = "",
) -> Response:
    """Make a user; they sign in by the link that their page gives."""
    given = user_routes.NewUser(
        address=address, name=name, profile=profile, language=language, timezone=admin.timezone, role_id=role_id or None
    )
    made = user_routes.create(admin, db, now, given, Response())
    return RedirectResponse(f"/admin/users/{made.id}?saved=true", 303)


@router.get("/users/{user_id}")
def user(
    request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, user_id: str, saved: bool = False
) -> Response:
    """One user: name, rights, role, sharing lock, deactivation."""
    return _user(request, who, admin, db, now, user_id, saved=saved)


@router.post("/users/{user_id}")
def change(
    admin: Admin,
    db: Db,
    now: Now,
    user_id: str,
    name: Text,
    address: Text,
    profile: Annotated[Literal["admin", "standard"], Form()] = "standard",
    role_id: Text = "",
) -> Response:
    """Keep what was changed."""
    given = user_routes.UserChanges(address=address, name=name, profile=profile, role_id=role_id or None)
    user_routes.change(admin, db, now, user_id, given, Response())
    return RedirectResponse(f"/admin/users/{user_id}?saved=true", 303)


@router.post("/users/{user_id}/lock")
def lock(admin: Admin, db: Db, now: Now, user_id: str, mode: Annotated[Mode, Form()]) -> Response:
    """Hold a user to a way of sharing."""
    sharing_routes.lock_user(admin, db, now, user_id, sharing_routes.LockIn(mode=mode))
    return RedirectResponse(f"/admin/users/{user_id}?saved=true", 303)


@router.post("/users/{user_id}/link")
def sign_in_link(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, user_id: str) -> Response:
    """Show a one-time link by which the user signs in."""

    def work(session: Session) -> str:
        user_routes.find(session, admin, user_id)
        return tokens.create_sign_in_link(session, user_id, now)

    address = f"{str(request.base_url).rstrip('/')}/sign-in?token={db.run(work)}"
    return _user(request, who, admin, db, now, user_id, sign_in=address)


@router.post("/users/{user_id}/{do}")
def act(admin: Admin, db: Db, now: Now, user_id: str, do: Literal["activate", "deactivate", "unlock"]) -> Response:
    """Activate, deactivate, or unlock the sharing of a user."""
    _DO[do](admin, db, now, user_id)
    return RedirectResponse(f"/admin/users/{user_id}?saved=true", 303)


def _user(
    request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, user_id: str, *, saved: bool = False,
    sign_in: str = "",
) -> Response:  # fmt: skip
    def read(session: Session) -> dict[str, Any]:
        return {
            "user": user_routes.find(session, admin, user_id),
            "choice": sharing.sharing_of_colleague(session, admin, user_id),
            "roles": roles.list_roles(session, admin.organisation_id),
        }

    return page(
        request, "admin_user.html", who, db, now, read, here="settings", tab="users", saved=saved, modes=MODES,
        sign_in=sign_in,
    )  # fmt: skip


@router.get("/roles")
def tree(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, saved: bool = False) -> Response:
    """The tree of roles with how their mail is shared."""

    def read(session: Session) -> dict[str, Any]:
        found = roles.list_roles(session, admin.organisation_id)
        members: dict[str, list[str]] = {}
        for one in people.list_users(session, admin.organisation_id):
            members.setdefault(one.role_id or "", []).append(one.name)
        modes = sharing.role_modes(session, admin.organisation_id)
        return {"roles": list(_in_order(found, None, 0)), "members": members, "role_modes": modes}

    return page(request, "admin_roles.html", who, db, now, read, here="settings", tab="roles", saved=saved, modes=MODES)


@router.post("/roles")
def create_role(
    admin: Admin, db: Db, now: Now, name: Annotated[str, Form(min_length=1, max_length=200)], parent_id: Text = ""
) -> Response:
    """Make a role, under another one or at the top."""
    role_routes.create(admin, db, now, role_routes.RoleIn(name=name, parent_id=parent_id or None), Response())
    return RedirectResponse("/admin/roles?saved=true", 303)


@router.post("/roles/{role_id}")
def change_role(
    admin: Admin,
    db: Db,
    now: Now,
    role_id: str,
    name: Annotated[str, Form(min_length=1, max_length=200)],
    parent_id: Text = "",
    mode: Annotated[Literal["", "private", "public", "custom"], Form()] = "",
    do: Annotated[Literal["save", "delete"], Form()] = "save",
) -> Response:
    """Change a role with its way of sharing, or delete it."""
    if do == "delete":
        role_routes.delete(admin, db, now, role_id)
    else:
        given = role_routes.RoleIn(name=name, parent_id=parent_id or None)
        role_routes.change(admin, db, now, role_id, given, Response())
        sharing_routes.put_role(admin, db, now, role_id, sharing_routes.RoleMode(mode=mode or None))
    return RedirectResponse("/admin/roles?saved=true", 303)


def _in_order(all_of: Sequence[Role], parent: str | None, depth: int) -> Iterable[tuple[Role, int]]:
    for role in all_of:
        if role.parent_id == parent:
            yield role, depth
            yield from _in_order(all_of, role.id, depth + 1)
