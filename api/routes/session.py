"""Signing a browser in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import HTTPException
from pydantic import BaseModel, Field

from api.deps import Anyone, Db, Now, SignedIn
from api.problems import answers
from api.routes.me import Me
from api.signing import client_of, sign_in, sign_out

router = APIRouter(prefix="/session", tags=["session"])


class Credentials(BaseModel):
    """Who signs in."""

    address: str = Field(max_length=320, examples=["sales.rep@aoi-trading.example"])
    password: str = Field(max_length=1000, examples=["correct horse battery staple"])


class SignedInAs(BaseModel):
    """The user, and the token that changing requests carry in ``X-CSRF-Token``."""

    user: Me
    csrf_token: str


@router.post("", status_code=201, summary="Sign in with a password", responses=answers(401, 422, 429))
def create(_: Anyone, request: Request, response: Response, given: Credentials, db: Db, now: Now) -> SignedInAs:
    """Sets the session cookie. Open to all; ten failures for one address, or fifty from one machine, make it wait."""
    opened = sign_in(db, given.address, given.password, now, client_of(request))
    if opened is None:
        raise HTTPException(401, "Address or password is wrong.")
    opened.put_into(response, secure=request.url.scheme == "https")
    return SignedInAs(user=Me.of(opened.user), csrf_token=opened.csrf)


@router.delete("", status_code=204, summary="Sign out", responses=answers(401, 403))
def delete(who: SignedIn, response: Response, db: Db) -> None:
    """Ends the session of this cookie. For any signed-in user."""
    sign_out(db, who, response)
