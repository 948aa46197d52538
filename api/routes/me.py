"""The signed-in user and their preferences."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter
from fastapi.exceptions import HTTPException
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader, SignedIn
from api.problems import answers
from api.signing import too_many
from pipeline import errors
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.passwords import MAX_LENGTH, MIN_LENGTH
from pipeline.store.organisation.people import User
from pipeline.store.organisation.sign_in import change_password

router = APIRouter(prefix="/me", tags=["me"])


def known_zone(name: str) -> str:
    """The name, where it is one of the IANA time zone database.

    Raises:
        ValueError: it is none.
    """
    if name not in available_timezones():
        raise ValueError("not a time zone of the IANA database, such as Asia/Tokyo")
    return name


ZoneName = Annotated[str, AfterValidator(known_zone)]


class Me(BaseModel):
    """A user as they see themselves."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "5f1c2d9a8b7e4f60a1b2c3d4e5f60718", "name": "佐々木 亮", "address": "sasaki@aoi-trading.example",
                "admin": False, "language": "ja", "timezone": "Asia/Tokyo", "theme": "auto",
                "daily_cap": 40,
            }
        }
    )  # fmt: skip
    id: str
    address: str
    name: str
    admin: bool
    language: Literal["en", "ja"]
    timezone: str
    theme: Literal["auto", "light", "dark"]
    daily_cap: int | None = Field(description="Most suggestions a day in the queue; null or 0: any number.")

    @classmethod
    def of(cls, user: User) -> Me:
        """The view of a user."""
        return cls(
            id=user.id, address=user.address, name=user.name, admin=user.is_admin, language=user.language,
            timezone=user.timezone, theme=user.theme, daily_cap=user.daily_cap,
        )  # fmt: skip


class Preferences(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"language": "ja", "theme": "dark"}})
    language: Literal["en", "ja"] | None = None
    timezone: ZoneName | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    daily_cap: int | None = Field(None, ge=0, le=10_000, description="0 takes it away.")


@router.get("", summary="Who am I", responses=answers(401))
def show(user: Reader) -> Me:
    """The user of this token or cookie. For any signed-in user."""
    return Me.of(user)


@router.patch("", summary="Change my preferences", responses=answers(401, 403, 422))
def change(user: Reader, given: Preferences, db: Db) -> Me:
    """Language, time zone and theme of the pages, and the daily cap. For any signed-in user."""
    return Me.of(db.run(lambda session: people.set_preferences(session, user.id, **given.model_dump())))


class PasswordChange(BaseModel):
    """The password in force, and the new one; who has none yet leaves ``current`` empty."""

    model_config = ConfigDict(extra="forbid")
    current: str = Field("", max_length=MAX_LENGTH, examples=["the old one, long enough"])
    new: str = Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH, examples=["correct horse battery staple"])


@router.put("/password", status_code=204, summary="Change my password", responses=answers(401, 403, 422, 429))
def password(who: SignedIn, given: PasswordChange, db: Db, now: Now) -> None:
    """Ends all browser sessions, this one too; 403 where the current one is wrong. For any signed-in user.

    Not for tokens of a lesser scope than admin: a first password needs no current one.
    """
    if who.scope not in (None, "admin"):
        raise HTTPException(403, "This token may not set a password; sign in, or make one with the scope admin.")
    user = who.user

    def work(session: Session) -> bool:
        right = change_password(session, user, given.current, given.new, now)
        record_action(session, user.organisation_id, user.id, "user.password", user.id, now, {"right": right})
        return right

    try:
        if not db.run(work):
            raise HTTPException(403, "The current password is wrong.")
    except errors.NotAllowed as error:
        raise too_many(error) from None
