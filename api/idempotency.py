"""Idempotency keys: a write that is sent again, because its answer got lost, is answered again and not done again.

``Idempotency-Key`` on a changing request names it among those of its caller for a day.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import Database
from api.problems import problem
from api.security import SESSION_COOKIE
from pipeline.store import idempotency
from pipeline.store.idempotency import Answer, Known
from pipeline.store.organisation import tokens

HEADER = "idempotency-key"
_KEY = re.compile(r"[!-~]{1,200}")
_BAD_KEY = "An idempotency key has 1 to 200 printable ASCII characters."
MAX_BODY_BYTES = 25_000_000
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS = ("content-type", "etag")


class Idempotency:
    """Remembers the answers to requests that carry a key."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app, self.database = app, database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        key = _key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        if not _KEY.fullmatch(key) or body is None:
            detail = "The body is too large." if body is None else _BAD_KEY
            await problem(422, detail)(scope, receive, send)
            return
        user_id = await run_in_threadpool(self._caller, Headers(scope=scope))
        if user_id is None:
            await self.app(scope, _again(body), send)
            return
        fingerprint = _fingerprint(scope, body)
        known = await run_in_threadpool(self._reserve, user_id, key, fingerprint)
        if known is not None:
            await _repeat(known, fingerprint)(scope, receive, send)
            return
        await self._do(scope, body, send, user_id, key)

    async def _do(self, scope: Scope, body: bytes, send: Send, user_id: str, key: str) -> None:
        """Let the application answer, and keep that unless trying again may help."""
        started: Message = {}
        chunks: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))
            await send(message)

        answer: Answer | None = None
        try:
            await self.app(scope, _again(body), keep)
            answer = _answer(started, b"".join(chunks))
        finally:
            await run_in_threadpool(self._settle, user_id, key, answer)

    def _caller(self, headers: Headers) -> str | None:
        now = datetime.now(UTC)
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            used = self.database.run(lambda session: tokens.find_api_token(session, secret.strip(), now))
            return used.user.id if used else None
        cookie = _cookie(headers)
        found = self.database.run(lambda session: tokens.find_session(session, cookie, now)) if cookie else None
        return found.user.id if found else None

    def _reserve(self, user_id: str, key: str, fingerprint: str) -> Known | None:
        now = datetime.now(UTC)
        return self.database.run(lambda session: idempotency.reserve(session, user_id, key, fingerprint, now))

    def _settle(self, user_id: str, key: str, answer: Answer | None) -> None:
        self.database.run(lambda session: idempotency.settle(session, user_id, key, answer))


def _key(scope: Scope) -> str | None:
    """The key of a changing request to the interface; signing in is never repeated."""
    if scope["type"] != "http" or scope["method"] not in _WRITES or not scope["path"].startswith("/api/v1/"):
        return None
    return None if scope["path"] == "/api/v1/session" else Headers(scope=scope).get(HEADER)


async def _read(receive: Receive) -> bytes | None:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return body


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _fingerprint(scope: Scope, body: bytes) -> str:
    what = f"{scope['method']} {scope['path']}?".encode() + scope.get("query_string", b"") + b"\n" + body
    return hashlib.sha256(what).hexdigest()


def _answer(started: Message, body: bytes) -> Answer | None:
    status = started.get("status", 500)
    if status >= 500 or status in (401, 403, 429):
        return None
    headers = Headers(raw=started["headers"])
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return Answer(status, kept, None if _holds_secret(body) else body)


def _holds_secret(body: bytes) -> bool:
    try:
        answer: Any = json.loads(body) if body else None
    except ValueError:
        return False
    return isinstance(answer, dict) and "secret" in answer


def _repeat(known: Known, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        return problem(422, "This idempotency key was used for another request; use a fresh one.")
    if known.answer is None:
        return problem(409, "The same request is being worked on; ask again in a moment.")
    if known.answer.body is None:
        return problem(409, "This was done already; its answer held a secret, which is shown only once.")
    headers = {**known.answer.headers, "idempotency-replayed": "true"}
    return Response(known.answer.body, known.answer.status, headers)


def _cookie(headers: Headers) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None
