"""The signed-in user and their preferences."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict

from api.deps import Db, Reader
from api.problems import answers
from pipeline.store import people
from pipeline.store.people import User

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

    @classmethod
    def of(cls, user: User) -> Me:
        """The view of a user."""
        return cls(
            id=user.id, address=user.address, name=user.name, admin=user.is_admin, language=user.language,
            timezone=user.timezone, theme=user.theme,
        )  # fmt: skip


class Preferences(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"language": "ja", "theme": "dark"}})
    language: Literal["en", "ja"] | None = None
    timezone: ZoneName | None = None
    theme: Literal["auto", "light", "dark"] | None = None


@router.get("", summary="Who am I", responses=answers(401))
def show(user: Reader) -> Me:
    """The user of this token or cookie. For any signed-in user."""
    return Me.of(user)


@router.patch("", summary="Change my preferences", responses=answers(401, 403, 422))
def change(user: Reader, given: Preferences, db: Db) -> Me:
    """Language, time zone and theme of the pages. For any signed-in user."""
    return Me.of(db.run(lambda session: people.set_preferences(session, user.id, **given.model_dump())))
