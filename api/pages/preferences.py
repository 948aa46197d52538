"""The settings of one user: language, time zone, theme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Db, Now, SignedIn
from api.pages.frame import page
from api.routes.me import ZoneName
from pipeline.store.organisation import people
from pipeline.store.review.decisions import list_muted, unmute_person

router = APIRouter()


@router.get("/settings")
def show(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """The form as it stands."""

    def read(session: Session) -> dict[str, Any]:
        return {"muted": list_muted(session, who.user)}

    zones = sorted({*_zones(), who.user.timezone})
    return page(request, "settings.html", who, db, now, read, here="settings", user=who.user, zones=zones, saved=saved)


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


@router.post("/settings/unmute")
def unmute(who: SignedIn, db: Db, address: Annotated[str, Form(max_length=320)]) -> Response:
    """Let suggestions about somebody appear again."""
    db.run(lambda session: unmute_person(session, who.user, address))
    return RedirectResponse("/settings?saved=true", 303)


def _zones() -> Iterable[str]:
    """Zones with a place in their name; the rest are old aliases."""
    return (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
