"""The people of the organisation, as an administrator manages them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api import etags
from api.deps import Admin, Db, Now
from api.etags import IfMatch
from api.problems import answers
from api.routes.me import ZoneName
from api.routes.pages import Cursor, Limit, PageOf
from pipeline import errors
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.passwords import MAX_LENGTH, MIN_LENGTH
from pipeline.store.organisation.people import User
from pipeline.store.organisation.sign_in import set_password
from pipeline.store.rows import lock
from pipeline.store.sync import lifecycle

router = APIRouter(prefix="/users", tags=["users"])
_CHANGING = answers(401, 403, 404, 409, 412, 422)


def _address(value: str) -> str:
    local, _, domain = value.strip().rpartition("@")
    if not local or not domain or any(character.isspace() for character in value.strip()):
        raise ValueError("not an e-mail address")
    return value.strip()


MailAddress = Annotated[str, Field(max_length=320, examples=["rep@aoi-trading.example"]), AfterValidator(_address)]
Name = Annotated[str, Field(min_length=1, max_length=200, examples=["佐々木 亮"])]
Password = Annotated[
    str, Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH, examples=["correct horse battery staple"])
]


class UserOut(BaseModel):
    """A user as an administrator sees them."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "id": "5f1c2d9a8b7e4f60a1b2c3d4e5f60718", "name": "佐々木 亮", "address": "sasaki@aoi-trading.example",
                "profile": "standard", "role_id": "77aa", "language": "ja", "timezone": "Asia/Tokyo", "active": True,
            }
        },
    )  # fmt: skip
    id: str
    address: str
    name: str
    profile: Literal["admin", "standard"]
    role_id: str | None
    language: Literal["en", "ja"]
    timezone: str
    active: bool

    @classmethod
    def of(cls, user: User) -> UserOut:
        """The view of a user."""
        return cls.model_validate(user, from_attributes=True)


class NewUser(BaseModel):
    """A user to create; without a password they sign in by a link."""

    model_config = ConfigDict(extra="forbid")
    address: MailAddress
    name: Name
    profile: Literal["admin", "standard"] = "standard"
    role_id: str | None = Field(None, max_length=64)
    language: Literal["en", "ja"] = "en"
    timezone: ZoneName = "Asia/Tokyo"
    password: Password | None = None


class UserChanges(BaseModel):
    """What to change; what is left out stays. ``role_id`` null takes the role away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"profile": "admin"}})
    address: MailAddress = ""
    name: Name = ""
    profile: Literal["admin", "standard"] = "standard"
    role_id: str | None = Field(None, max_length=64)


class NewPassword(BaseModel):
    """A password to set."""

    model_config = ConfigDict(extra="forbid")
    password: Password


@router.get("", summary="List users", responses=answers(401, 403, 422))
def index(admin: Admin, db: Db, limit: Limit = 50, cursor: Cursor = None) -> PageOf[UserOut]:
    """By name, deactivated ones too. For any signed-in administrator."""
    found = db.run(lambda session: people.list_users_page(session, admin.organisation_id, limit=limit, cursor=cursor))
    return PageOf(items=[UserOut.of(user) for user in found.items], next_cursor=found.next_cursor)


@router.post("", status_code=201, summary="Create a user", responses=answers(401, 403, 409, 422))
def create(admin: Admin, db: Db, now: Now, given: NewUser, response: Response) -> UserOut:
    """409 where the address is taken. For any signed-in administrator."""

    def work(session: Session) -> User:
        made = people.create_user(session, admin.organisation_id, now=now, **given.model_dump())
        record_action(session, admin.organisation_id, admin.id, "user.create", made.id, now)
        return made

    view = UserOut.of(db.run(work))
    etags.put(response, view)
    return view


@router.get("/{user_id}", summary="Show a user", responses=answers(401, 403, 404))
def show(admin: Admin, db: Db, user_id: str, response: Response) -> UserOut:
    """With the ETag that a change may send back. For any signed-in administrator."""
    view = UserOut.of(db.run(lambda session: find(session, admin, user_id)))
    etags.put(response, view)
    return view


@router.patch("/{user_id}", summary="Change a user", responses=_CHANGING)
def change(
    admin: Admin, db: Db, now: Now, user_id: str, given: UserChanges, response: Response, if_match: IfMatch = None
) -> UserOut:
    """Name, address, profile, role; 409 for the last administrator. For any signed-in administrator."""
    changes: dict[people.Changeable, str | None] = given.model_dump(exclude_unset=True)  # type: ignore[assignment]

    def work(session: Session) -> User:
        lock(session, admin.organisation_id)
        etags.require(if_match, UserOut.of(find(session, admin, user_id)))
        changed = people.change_user(session, user_id, changes)
        record_action(session, admin.organisation_id, admin.id, "user.change", user_id, now, {"fields": [*changes]})
        return changed

    view = UserOut.of(db.run(work))
    etags.put(response, view)
    return view


@router.post("/{user_id}/activate", summary="Activate a user", responses=answers(401, 403, 404))
def activate(admin: Admin, db: Db, now: Now, user_id: str) -> UserOut:
    """They may sign in again; a repeat changes nothing. For any signed-in administrator."""
    return _set_active(db, admin, user_id, True, now)


@router.post("/{user_id}/deactivate", summary="Deactivate a user", responses=answers(401, 403, 404, 409))
def deactivate(admin: Admin, db: Db, now: Now, user_id: str) -> UserOut:
    """Sessions and tokens end at once, and so does the sync of mailboxes that nobody else reads.

    Without a backup the user's mail leaves every list. 409 for the last administrator. For any signed-in administrator.
    """
    return _set_active(db, admin, user_id, False, now)


@router.put("/{user_id}/password", status_code=204, summary="Set a password", responses=answers(401, 403, 404, 422))
def password(admin: Admin, db: Db, now: Now, user_id: str, given: NewPassword) -> None:
    """Ends the user's browser sessions. For any signed-in administrator."""

    def work(session: Session) -> None:
        find(session, admin, user_id)
        set_password(session, user_id, given.password)
        record_action(session, admin.organisation_id, admin.id, "user.password", user_id, now)

    db.run(work)


def find(session: Session, admin: User, user_id: str) -> User:
    """A user of the administrator's organisation.

    Raises:
        errors.NotFound: there is none.
    """
    user = people.get_user(session, user_id)
    if user.organisation_id != admin.organisation_id:
        raise errors.NotFound("There is no such user.")
    return user


def _set_active(db: Db, admin: User, user_id: str, active: bool, now: Now) -> UserOut:
    def work(session: Session) -> User:
        user = find(session, admin, user_id)
        if user.active == active:
            return user
        if not active:
            people.require_another_admin(session, user)
        changed = people.set_active(session, user_id, active)
        if not active:
            lifecycle.pause_unread(session, changed, now)
        action = "user.activate" if active else "user.deactivate"
        record_action(session, admin.organisation_id, admin.id, action, user_id, now)
        return changed

    return UserOut.of(db.run(work))
