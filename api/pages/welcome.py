"""The first run: an installation without any user leads its first visitor to an administrator's account."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Database, Db, Now, Stranger, Visitor
from api.security import VISITOR_COOKIE
from api.signing import Opened, client_of, sign_in
from api.web.catalogue import translate
from api.web.pages import language_of, render
from pipeline import errors
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.passwords import MAX_LENGTH, MIN_LENGTH
from pipeline.store.rows import lock

router = APIRouter()
Text = Annotated[str, Form(min_length=1, max_length=200)]


def is_new(db: Database) -> bool:
    """Whether nobody has been here yet."""
    return not db.run(people.list_organisations)


@router.get("/welcome")
def show(request: Request, stranger: Visitor, db: Db, now: Now) -> Response:
    """The form for the first account; once there is one, the door."""
    return _form(request, stranger, now) if is_new(db) else RedirectResponse("/sign-in", 303)


@router.post("/welcome")
def begin(
    request: Request,
    stranger: Visitor,
    db: Db,
    now: Now,
    organisation: Text,
    name: Text,
    address: Annotated[str, Form(min_length=3, max_length=320)],
    password: Annotated[str, Form(max_length=MAX_LENGTH)],
) -> Response:
    """Make organisation and administrator, and sign the administrator in."""
    if not is_near(client_of(request)):
        return _form(request, stranger, now, status=403)
    if len(password) < MIN_LENGTH or "@" not in address:
        return _form(request, stranger, now, "welcome.short", status=422)

    def work(session: Session) -> None:
        lock(session, "first run")
        if people.list_organisations(session):
            raise errors.Conflict("Somebody set this installation up already; sign in.")
        made = people.create_organisation(session, organisation.strip(), now)
        language = language_of(request, None)
        admin = people.create_user(
            session, made, address.strip(), name.strip(), now, password=password, profile="admin", language=language
        )
        record_action(session, made, admin.id, "user.create", admin.id, now)

    db.run(work)
    opened = sign_in(db, address.strip(), password, now, client_of(request))
    return _enter(request, opened)


def is_near(client: str | None) -> bool:
    """Whether a visitor sits at the machine itself: nobody else may claim an installation that is not set up."""
    try:
        return client is not None and ip_address(client).is_loopback
    except ValueError:
        return False


def _enter(request: Request, opened: Opened | None) -> Response:
    response = RedirectResponse("/", 303)
    if opened is not None:
        opened.put_into(response, secure=request.url.scheme == "https")
    return response


def _form(request: Request, stranger: Stranger, now: Now, message: str = "", status: int = 200) -> Response:
    language = language_of(request, None)
    near = is_near(client_of(request))
    response = render(
        request, "welcome.html", None, now, status, csrf=stranger.csrf, near=near, least=MIN_LENGTH,
        message=translate(language, message, count=MIN_LENGTH) if message else "",
    )  # fmt: skip
    secure = request.url.scheme == "https"
    response.set_cookie(VISITOR_COOKIE, stranger.secret, path="/", secure=secure, httponly=True, samesite="lax")
    response.set_cookie("mi_lang", language, path="/", secure=secure, httponly=True, samesite="lax")
    return response
