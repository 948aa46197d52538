"""Signing in and out by page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import RedirectResponse

from api.deps import Db, Now, SignedIn, Stranger, Visitor
from api.pages.welcome import is_new
from api.security import VISITOR_COOKIE, local_path
from api.signing import client_of, sign_in, sign_in_by_link, sign_out
from api.web.catalogue import translate
from api.web.pages import language_of, render

router = APIRouter()


@router.get("/sign-in", name="sign_in_page")
def show(request: Request, stranger: Visitor, db: Db, now: Now, token: str = "", next: str = "/") -> Response:
    """The form; a one-time link arrives here too and is used up by its button, never by merely opening it."""
    if is_new(db):
        return RedirectResponse("/welcome", 303)
    return _form(request, stranger, now, token=token, target=next)


@router.post("/sign-in")
def enter(
    request: Request,
    stranger: Visitor,
    db: Db,
    now: Now,
    address: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    token: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Open a session and go on to where the visitor wanted to be."""
    try:
        opened = sign_in_by_link(db, token, now) if token else sign_in(db, address, password, now, client_of(request))
    except HTTPException as error:
        return _form(request, stranger, now, "sign_in.wait", address=address, target=next, status=error.status_code)
    if opened is None:
        failed = "sign_in.link_used" if token else "sign_in.wrong"
        return _form(request, stranger, now, failed, address=address, target=next, status=401)
    response = RedirectResponse(local_path(next), 303)
    opened.put_into(response, secure=request.url.scheme == "https")
    return response


@router.post("/sign-out")
def leave(who: SignedIn, db: Db) -> Response:
    """End the session."""
    response = RedirectResponse("/sign-in", 303)
    sign_out(db, who, response)
    return response


def _form(
    request: Request,
    stranger: Stranger,
    now: Now,
    message: str = "",
    *,
    token: str = "",
    address: str = "",
    target: str = "/",
    status: int = 200,
) -> Response:
    language = language_of(request, None)
    response = render(
        request,
        "sign_in.html",
        None,
        now,
        status,
        csrf=stranger.csrf,
        message=translate(language, message) if message else "",
        link=token[:200],
        address=address,
        next=local_path(target),
    )
    secure = request.url.scheme == "https"
    response.set_cookie(VISITOR_COOKIE, stranger.secret, path="/", secure=secure, httponly=True, samesite="lax")
    response.set_cookie("mi_lang", language, path="/", secure=secure, httponly=True, samesite="lax")
    return response
