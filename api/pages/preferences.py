"""The settings of one user: language, time zone, theme."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import Db, Now, SignedIn
from api.pages.frame import page
from api.routes.me import ZoneName
from pipeline.store import people

router = APIRouter()


@router.get("/settings")
def show(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """The form as it stands."""
    return page(request, "settings.html", who, db, now, here="settings", user=who.user, zones=_zones(), saved=saved)


@router.post("/settings")
def save(
    who: SignedIn,
    db: Db,
    language: Annotated[Literal["en", "ja"], Form()],
    timezone: Annotated[ZoneName, Form()],
    theme: Annotated[Literal["auto", "light", "dark"], Form()],
) -> Response:
    """Keep what was chosen."""
    db.run(
        lambda session: people.set_preferences(session, who.user.id, language=language, timezone=timezone, theme=theme)
    )
    return RedirectResponse("/settings?saved=true", 303)


def _zones() -> list[str]:
    """Zones with a place in their name; the rest are old aliases."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
