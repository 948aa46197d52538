"""What a route may ask for: the database, the time, and who is calling with which right.

Every route asks for exactly one of ``Anyone``, ``Visitor``, ``Reader`` and ``Admin``; a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Security
from fastapi.exceptions import HTTPException
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session, sessionmaker

from api.security import CSRF_FIELD, CSRF_HEADER, SESSION_COOKIE, VISITOR_COOKIE, same, visitor_csrf, visitor_secret
from pipeline.store.access.standing import read_once
from pipeline.store.engine import autocommit, transact
from pipeline.store.organisation import tokens
from pipeline.store.organisation.people import User
from pipeline.store.organisation.tokens import Scope, TokenUse

Result = TypeVar("Result")
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_MAX_FILE_FORM_BYTES = 6_000_000
_CSRF_MISSING = "The form is out of date or came from another site; load the page again."

_cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="A signed-in browser.")
_bearer = HTTPBearer(auto_error=False, description="An API token, made under Settings.")


@dataclass(frozen=True, slots=True)
class Database:
    """Runs work in a transaction of its own, again where it lost against another writer.

    ``known`` is what the reading of one request shares (``pipeline.store.access.standing.read_once``).
    """

    factory: sessionmaker[Session]
    known: dict[Hashable, Any] | None = None

    def run(self, work: Callable[[Session], Result]) -> Result:
        """The result of ``work(session)``, committed."""
        if self.known is not None:
            self.known.clear()
        return transact(self.factory, work)

    def read(self, work: Callable[[Session], Result]) -> Result:
        """The result of ``work(session)``, which changes nothing: who may see what is looked up once."""

        def looking(session: Session) -> Result:
            autocommit(session)
            read_once(session, self.known)
            return work(session)

        return transact(self.factory, looking)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in; ``csrf`` is None for a program with a token, which no other site can misuse.

    ``scope`` is the most that the token may do, None for a browser, which may all that its user may.
    """

    user: User
    csrf: str | None
    session_token: str | None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not signed in, with the secret their cookie holds and the token their forms carry."""

    secret: str
    csrf: str


def _database(request: Request) -> Database:
    return Database(request.app.state.database.factory, {})


def _now() -> datetime:
    return datetime.now(UTC)


Db = Annotated[Database, Depends(_database)]
Now = Annotated[datetime, Depends(_now)]


async def _given_csrf(request: Request) -> str | None:
    """The token that a state-changing request brings, in a header or a form field."""
    if request.method in _SAFE_METHODS:
        return None
    header = request.headers.get(CSRF_HEADER)
    if header is None and request.headers.get("content-type", "").startswith(_FORMS):
        if not _is_small(request):
            raise HTTPException(413, "The file is too large.")
        field = (await request.form()).get(CSRF_FIELD)
        return field if isinstance(field, str) else None
    return header


def _is_small(request: Request) -> bool:
    """Whether a form tells its size, and that is one to read: forms with files are read before anybody is known."""
    told = request.headers.get("content-length", "")
    return told.isascii() and told.isdigit() and int(told) <= _MAX_FILE_FORM_BYTES


def anyone() -> None:
    """Open to all, signed in or not."""


def visitor(request: Request, given: Annotated[str | None, Depends(_given_csrf)]) -> Stranger:
    """Somebody at the door; a form they send must carry the token of their cookie."""
    secret = request.cookies.get(VISITOR_COOKIE) or visitor_secret()
    expected = visitor_csrf(secret)
    if request.method not in _SAFE_METHODS and not same(expected, given):
        raise HTTPException(403, _CSRF_MISSING)
    return Stranger(secret, expected)


def caller(
    request: Request,
    db: Db,
    now: Now,
    cookie: Annotated[str | None, Security(_cookie)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    given: Annotated[str | None, Depends(_given_csrf)],
) -> Caller:
    """Who is signed in, by token or by cookie; a cookie alone changes nothing without the token of its forms."""
    if bearer is not None:
        return _program(db.read(lambda s: tokens.find_api_token(s, bearer.credentials, now)), request.method)
    found = db.read(lambda session: tokens.find_session(session, cookie, now)) if cookie else None
    if found is None or cookie is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    if request.method not in _SAFE_METHODS and not same(found.csrf_token, given):
        raise HTTPException(403, _CSRF_MISSING)
    request.state.caller = Caller(found.user, found.csrf_token, cookie)
    return Caller(found.user, found.csrf_token, cookie)


def _program(found: TokenUse | None, method: str) -> Caller:
    if found is None:
        raise HTTPException(401, "This token is not valid.", {"WWW-Authenticate": "Bearer"})
    if found.scope == "read" and method not in _SAFE_METHODS:
        raise HTTPException(403, "This token may only read; make one with the scope write.")
    return Caller(found.user, None, None, found.scope)


Anyone = Annotated[None, Depends(anyone)]
Visitor = Annotated[Stranger, Depends(visitor)]
SignedIn = Annotated[Caller, Depends(caller)]


def reader(who: SignedIn) -> User:
    """Any signed-in user."""
    return who.user


def admin(who: SignedIn) -> User:
    """A signed-in administrator."""
    if not who.user.is_admin:
        raise HTTPException(403, "Only an administrator may do this.")
    if who.scope not in (None, "admin"):
        raise HTTPException(403, "This token may not manage settings; make one with the scope admin.")
    return who.user


Reader = Annotated[User, Depends(reader)]
Admin = Annotated[User, Depends(admin)]
