"""The settings of one user: language, time zone, theme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Caller, Database, Db, Now, SignedIn
from api.pages.frame import page
from api.routes import me as me_routes
from api.routes.me import ZoneName
from pipeline.store.organisation.passwords import MAX_LENGTH, MIN_LENGTH
from pipeline.store.organisation.sign_in import has_password
from pipeline.store.review.decisions import list_muted, unmute_person

router = APIRouter()


@router.get("/settings")
def show(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """The forms as they stand."""
    return _page(request, who, db, now, saved=saved)


@router.post("/settings")
def save(
    who: SignedIn,
    db: Db,
    language: Annotated[Literal["en", "ja"], Form()],
    timezone: Annotated[ZoneName, Form()],
    theme: Annotated[Literal["auto", "light", "dark"], Form()],
    daily_cap: Annotated[str, Form(pattern="^[0-9]{0,4}$")] = "",
) -> Response:
    """Keep what was chosen; without a number of suggestions a day there is no cap."""
    cap = int(daily_cap or 0)
    given = me_routes.Preferences(language=language, timezone=timezone, theme=theme, daily_cap=cap)
    me_routes.change(who.user, given, db)
    return RedirectResponse("/settings?saved=true", 303)


@router.post("/settings/password")
def change_password(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    new: Annotated[str, Form(max_length=MAX_LENGTH)],
    current: Annotated[str, Form(max_length=MAX_LENGTH)] = "",
) -> Response:
    """Set another password, which leads to the door; or say why not."""
    if len(new) < MIN_LENGTH:
        return _page(request, who, db, now, problem="password.short", status=422)
    try:
        me_routes.password(who, me_routes.PasswordChange(current=current, new=new), db, now)
    except HTTPException as error:
        problem = "sign_in.wait" if error.status_code == 429 else "password.wrong"
        return _page(request, who, db, now, problem=problem, status=error.status_code)
    return RedirectResponse("/sign-in", 303)


@router.post("/settings/unmute")
def unmute(who: SignedIn, db: Db, address: Annotated[str, Form(max_length=320)]) -> Response:
    """Let suggestions about somebody appear again."""
    db.run(lambda session: unmute_person(session, who.user, address))
    return RedirectResponse("/settings?saved=true", 303)


def _page(
    request: Request, who: Caller, db: Database, now: datetime, *, saved: bool = False, problem: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    def read(session: Session) -> dict[str, Any]:
        return {"muted": list_muted(session, who.user), "has_password": has_password(session, who.user.id)}

    zones = sorted({*_zones(), who.user.timezone})
    return page(
        request, "settings.html", who, db, now, read, here="settings", user=who.user, zones=zones, saved=saved,
        problem=problem, least=MIN_LENGTH, most=MAX_LENGTH, status=status,
    )  # fmt: skip


def _zones() -> Iterable[str]:
    """Zones with a place in their name; the rest are old aliases."""
    return (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
