"""Sharing: what organisation, roles and users set, and records shared one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api import etags
from api.deps import Admin, Db, Now, Reader
from api.etags import IfMatch
from api.problems import answers
from pipeline.core.share import CrmMail, Mode, Setting
from pipeline.core.share_bulk import MAX_ITEMS, Code, Wanted
from pipeline.store.access import shares, sharing
from pipeline.store.access.shares import Share
from pipeline.store.access.sharing import UserSharing
from pipeline.store.access.standing import Settings, excluded_domains, settings_of
from pipeline.store.rows import lock

router = APIRouter(tags=["sharing"])


def _domain(value: str) -> str:
    name = value.strip().lower().removeprefix("@")
    if not name or "@" in name or any(character.isspace() for character in name) or name.startswith("."):
        raise ValueError("not a domain, such as kita-seiki.example")
    return name


Domains = Annotated[
    list[Annotated[str, Field(max_length=253), AfterValidator(_domain)]],
    Field(max_length=500, examples=[["personal.example"]]),
]
Id = Annotated[str, Field(max_length=64)]


class SharingIn(BaseModel):
    """How the organisation shares mail.

    ``mode`` is for users who chose none. ``crm_mail``: ``private`` opens mail sent from the CRM to its sender and their
    superiors, the others to everybody, to read, to change its links, or to delete. ``superior_role_sees`` opens
    private mail to the owner's superiors. ``records_by_owner`` closes a record to all but its owner, their superiors
    and administrators. Mail with an outside participant of ``excluded_domains`` or below is never shared.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "mode": "user_choice", "crm_mail": "read", "superior_role_sees": False, "records_by_owner": False,
                "excluded_domains": ["personal.example"],
            }
        },
    )  # fmt: skip
    mode: Setting = "private"
    crm_mail: CrmMail = "private"
    superior_role_sees: bool = False
    records_by_owner: bool = False
    excluded_domains: Domains = []


class MyChoice(BaseModel):
    """A user's own mode, null for none, and domains whose mail they never share."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"mode": "custom", "excluded_domains": ["personal.example"]}}
    )
    mode: Setting | None = None
    excluded_domains: Domains = []


class UserSharingOut(BaseModel):
    """What a user chose, whether an administrator locked it, and what is in force."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "user_id": "5f1c", "mode": "custom", "locked": False, "effective": "custom",
                "excluded_domains": ["personal.example"], "backed_up_at": None,
            }
        },
    )  # fmt: skip
    user_id: str
    mode: Setting | None
    locked: bool
    effective: Mode
    excluded_domains: list[str]
    backed_up_at: datetime | None

    @classmethod
    def of(cls, found: UserSharing) -> UserSharingOut:
        """The view of a user's settings."""
        return cls.model_validate(found)


class RoleMode(BaseModel):
    """The mode of a role; null leaves it to its users."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"mode": "public"}})
    mode: Setting | None


class LockIn(BaseModel):
    """The mode to hold a user to; null is the one in force."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"mode": "public"}})
    mode: Mode | None = None


class ShareItem(BaseModel):
    """A record to share, with everybody unless users or roles are named."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"record_id": "5f1c", "users": ["77aa"]}})
    record_id: Id | None = None
    users: list[Id] = Field([], max_length=200)
    roles: list[Id] = Field([], max_length=200)

    def wanted(self) -> Wanted:
        """The item as the rules read it."""
        named = (*(f"user:{one}" for one in self.users), *(f"role:{one}" for one in self.roles))
        return Wanted(self.record_id, named or ("all",))


class Sharing(BaseModel):
    """Records to share."""

    model_config = ConfigDict(extra="forbid")
    items: list[ShareItem] = Field(min_length=1, max_length=MAX_ITEMS)


class Unsharing(BaseModel):
    """Records to stop sharing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"record_ids": ["5f1c"]}})
    record_ids: list[Id | None] = Field(min_length=1, max_length=MAX_ITEMS)


class Outcome(BaseModel):
    """What became of one item; ``code`` is stable."""

    model_config = ConfigDict(json_schema_extra={"example": {"record_id": "5f1c", "code": "SUCCESS"}})
    record_id: str | None
    code: Code


class Outcomes(BaseModel):
    """One outcome for each item, in order."""

    results: list[Outcome]


class ShareOut(BaseModel):
    """A record whose mail the caller shares, and with whom."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"record_id": "5f1c", "everybody": False, "users": ["77aa"], "roles": []}}
    )
    record_id: str
    everybody: bool
    users: list[str]
    roles: list[str]

    @classmethod
    def of(cls, found: Share) -> ShareOut:
        """The view of a share."""
        named = [one.partition(":") for one in found.grantees]
        return cls(
            record_id=found.record_id,
            everybody="all" in found.grantees,
            users=[name for kind, _, name in named if kind == "user"],
            roles=[name for kind, _, name in named if kind == "role"],
        )


_MIXED: dict[int | str, dict[str, Any]] = {
    207: {"description": "Not all items succeeded; each has its code.", "model": Outcomes}
}


@router.get("/sharing", summary="How the organisation shares mail", responses=answers(401))
def show(user: Reader, db: Db, response: Response) -> SharingIn:
    """For any signed-in user, of their organisation."""
    view = db.run(lambda session: _organisation(session, user.organisation_id))
    etags.put(response, view)
    return view


@router.put("/sharing", summary="Set how the organisation shares mail", responses=answers(401, 403, 412, 422))
def put(admin: Admin, db: Db, now: Now, given: SharingIn, response: Response, if_match: IfMatch = None) -> SharingIn:
    """Counts at once, also for mail that is there. For any signed-in administrator."""

    def work(session: Session) -> SharingIn:
        lock(session, admin.organisation_id)
        etags.require(if_match, _organisation(session, admin.organisation_id))
        values = given.model_dump(exclude={"excluded_domains"})
        sharing.set_organisation(session, admin, Settings(**values), now)
        sharing.exclude_domains(session, admin, given.excluded_domains, now, for_all=True)
        return _organisation(session, admin.organisation_id)

    view = db.run(work)
    etags.put(response, view)
    return view


@router.get("/sharing/me", summary="My sharing", responses=answers(401))
def mine(user: Reader, db: Db) -> UserSharingOut:
    """For any signed-in user, their own."""
    return UserSharingOut.of(db.run(lambda session: sharing.sharing_of(session, user.id)))


@router.put("/sharing/me", summary="Choose my sharing", responses=answers(401, 403, 422))
def choose(user: Reader, db: Db, now: Now, given: MyChoice) -> UserSharingOut:
    """403 where an administrator locked it; a role's mode counts before it. For any signed-in user, their own."""

    def work(session: Session) -> UserSharing:
        sharing.exclude_domains(session, user, given.excluded_domains, now)
        return sharing.choose_mode(session, user, given.mode, now)

    return UserSharingOut.of(db.run(work))


@router.get("/sharing/roles", summary="Modes of roles", responses=answers(401, 403))
def roles(admin: Admin, db: Db) -> dict[str, Setting]:
    """By the role's id, of those that have one. For any signed-in administrator."""
    return db.run(lambda session: sharing.role_modes(session, admin.organisation_id))


@router.put("/sharing/roles/{role_id}", summary="Set a role's mode", responses=answers(401, 403, 404, 422))
def put_role(admin: Admin, db: Db, now: Now, role_id: str, given: RoleMode) -> RoleMode:
    """It beats what the role's users chose. For any signed-in administrator."""
    db.run(lambda session: sharing.set_role(session, admin, role_id, given.mode, now))
    return given


@router.get("/sharing/users/{user_id}", summary="A user's sharing", responses=answers(401, 403, 404))
def of_user(admin: Admin, db: Db, user_id: str) -> UserSharingOut:
    """For any signed-in administrator, of their organisation."""
    return UserSharingOut.of(db.run(lambda session: sharing.sharing_of_colleague(session, admin, user_id)))


@router.put("/sharing/users/{user_id}/lock", summary="Lock a user's sharing", responses=answers(401, 403, 404, 422))
def lock_user(admin: Admin, db: Db, now: Now, user_id: str, given: LockIn) -> UserSharingOut:
    """The user cannot change it, or turn private, until it is unlocked. For any signed-in administrator."""
    return UserSharingOut.of(db.run(lambda session: sharing.lock_user(session, admin, user_id, given.mode, now)))


@router.delete("/sharing/users/{user_id}/lock", summary="Unlock a user's sharing", responses=answers(401, 403, 404))
def unlock_user(admin: Admin, db: Db, now: Now, user_id: str) -> UserSharingOut:
    """What the user had chosen counts again. For any signed-in administrator."""
    return UserSharingOut.of(db.run(lambda session: sharing.unlock_user(session, admin, user_id, now)))


@router.get("/shares", summary="Records I share", responses=answers(401, 422))
def index(user: Reader, db: Db, record_id: Id | None = None) -> list[ShareOut]:
    """What counts while the caller's mode is ``custom``. For any signed-in user, their own."""
    return [ShareOut.of(one) for one in db.run(lambda session: shares.list_shares(session, user, record_id))]


@router.post("/shares", summary="Share records", responses={**answers(401, 403, 422), **_MIXED})
def share(user: Reader, db: Db, now: Now, given: Sharing, response: Response) -> Outcomes:
    """Up to 200, each with whom it names and nobody else; 207 where not all succeeded. For any signed-in user.

    NOT_ALLOWED: the caller's mode is not ``custom``, or they have no mailbox. NOT_SUPPORTED: mail and activities are
    not shared one by one. INVALID_DATA: no such record, user or role. NO_PERMISSION: the record is closed to them.
    """
    items = [item.wanted() for item in given.items]
    codes = db.run(lambda session: shares.share(session, user, items, now))
    return _outcomes(response, [item.record_id for item in items], codes)


@router.post("/shares/remove", summary="Stop sharing records", responses={**answers(401, 403, 422), **_MIXED})
def unshare(user: Reader, db: Db, now: Now, given: Unsharing, response: Response) -> Outcomes:
    """Up to 200; 207 where not all succeeded. For any signed-in user, their own."""
    codes = db.run(lambda session: shares.unshare(session, user, given.record_ids, now))
    return _outcomes(response, given.record_ids, codes)


def _organisation(session: Session, organisation_id: str) -> SharingIn:
    found: dict[str, Any] = {name: getattr(settings_of(session, organisation_id), name) for name in _SETTINGS}
    return SharingIn(**found, excluded_domains=list(excluded_domains(session, organisation_id).get("", ())))


_SETTINGS = ("mode", "crm_mail", "superior_role_sees", "records_by_owner")


def _outcomes(response: Response, record_ids: list[str | None], codes: list[Code]) -> Outcomes:
    if any(code != "SUCCESS" for code in codes):
        response.status_code = 207
    pairs = zip(record_ids, codes, strict=True)
    return Outcomes(results=[Outcome(record_id=record_id, code=code) for record_id, code in pairs])
