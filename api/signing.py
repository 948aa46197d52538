"""Signing in and out, as the pages and the interface share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response
from fastapi.exceptions import HTTPException
from sqlalchemy.orm import Session

from api.deps import Caller, Database
from api.security import SESSION_COOKIE, VISITOR_COOKIE
from pipeline import errors
from pipeline.store.organisation import sign_in as passwords
from pipeline.store.organisation import tokens
from pipeline.store.organisation.people import User


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened."""

    user: User
    token: str
    csrf: str

    def put_into(self, response: Response, *, secure: bool) -> None:
        """Set the cookie: not readable by scripts, not sent by forms of other sites."""
        max_age_s = int(tokens.SESSION_LIFETIME.total_seconds())
        response.set_cookie(
            SESSION_COOKIE, self.token, max_age=max_age_s, path="/", secure=secure, httponly=True, samesite="lax"
        )
        response.delete_cookie(VISITOR_COOKIE, path="/")


def sign_in(db: Database, address: str, password: str, now: datetime, client: str | None) -> Opened | None:
    """Open a session where the password is right; a failure is remembered. ``client`` is the caller's machine.

    Raises:
        HTTPException: 429 after too many failures for one address or from one machine.
    """
    try:
        return db.run(lambda s: _open(s, passwords.authenticate(s, address, password, now, client), now))
    except errors.NotAllowed as error:
        raise too_many(error) from None


def too_many(error: errors.NotAllowed) -> HTTPException:
    """The answer to somebody who guesses too often."""
    wait_s = int(passwords.FAILURE_WINDOW.total_seconds())
    return HTTPException(429, str(error), {"Retry-After": str(wait_s)})


def client_of(request: Request) -> str | None:
    """The network address that asks; behind a proxy the one that uvicorn was told to trust."""
    return request.client.host if request.client else None


def sign_in_by_link(db: Database, token: str, now: datetime) -> Opened | None:
    """Open a session with a one-time link; None where it is used up, expired or unknown."""
    return db.run(lambda session: _open(session, tokens.redeem_sign_in_link(session, token, now), now))


def sign_out(db: Database, who: Caller, response: Response) -> None:
    """End the session of the caller's cookie."""
    if (token := who.session_token) is not None:
        db.run(lambda session: tokens.end_session(session, token))
    response.delete_cookie(SESSION_COOKIE, path="/")


def _open(session: Session, user: User | None, now: datetime) -> Opened | None:
    if user is None:
        return None
    token = tokens.start_session(session, user.id, now)
    found = tokens.find_session(session, token, now)
    assert found is not None
    return Opened(user, token, found.csrf_token)
