"""How many requests a caller may make a minute: told in advance, refused with 429 and when to come again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from api.security import SESSION_COOKIE

WINDOW_S = 60
MACHINE_FACTOR = 5
"""Several people and programs may come from one machine; guessed tokens do, too, and count together there."""
MAX_KEPT = 50_000


@dataclass
class Windows:
    """Requests by caller in the running minute; memory of this process only."""

    clock: Callable[[], float] = time.monotonic
    counts: dict[str, tuple[float, int]] = field(default_factory=dict)

    def take(self, key: str, most: int) -> tuple[int, int]:
        """Count a request: how many are left (negative: one too many), and the seconds until the minute ends."""
        now = self.clock()
        began, count = self.counts.get(key, (now, 0))
        if now - began >= WINDOW_S:
            began, count = now, 0
        if len(self.counts) >= MAX_KEPT:
            self.counts = {k: v for k, v in self.counts.items() if now - v[0] < WINDOW_S}
        self.counts[key] = (began, count + 1)
        return most - count - 1, max(1, round(began + WINDOW_S - now))


class RateLimit:
    """Refuses what is too much, and tells every caller of the interface what is left."""

    def __init__(self, app: ASGIApp, per_minute: int, windows: Windows | None = None) -> None:
        self.app, self.per_minute, self.windows = app, per_minute, windows or Windows()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not self.per_minute or scope["path"].startswith(("/static", "/health", "/ready")):
            await self.app(scope, receive, send)
            return
        machine = f"machine {scope['client'][0] if scope['client'] else ''}"
        overall, wait_s = self.windows.take(machine, self.per_minute * MACHINE_FACTOR)
        left = overall
        if (credential := _credential(Headers(scope=scope))) is not None and overall >= 0:
            left, wait_s = self.windows.take(credential, self.per_minute)
        if min(left, overall) < 0:
            answer = problem(429, "Too many requests; wait as long as Retry-After says.", headers=_told(0, wait_s))
            answer.headers["retry-after"] = str(wait_s)
            await answer(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"].startswith("/api/"):
                MutableHeaders(scope=message).update(_told(max(0, left), wait_s))
            await send(message)

        await self.app(scope, receive, tell)


def _told(left: int, wait_s: int) -> dict[str, str]:
    return {"ratelimit-remaining": str(left), "ratelimit-reset": str(wait_s)}


def _credential(headers: Headers) -> str | None:
    """Who calls, as a hash: the token, or the session's cookie."""
    secret = headers.get("authorization")
    if secret is None and "cookie" in headers:
        try:
            morsel = SimpleCookie(headers["cookie"]).get(SESSION_COOKIE)
        except CookieError:
            morsel = None
        secret = morsel.value if morsel else None
    return hashlib.sha256(secret.encode()).hexdigest() if secret else None
