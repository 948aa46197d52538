"""How many requests a caller may make a minute: told in advance, refused with 429 and when to come again."""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from threading import Lock

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from api.security import SESSION_COOKIE

WINDOW_S = 60
MACHINE_FACTOR = 5
"""Several people and programs may come from one machine; guessed tokens do, too, and count together there."""
MAX_KEPT = 50_000
_SLOT = struct.Struct("=8sdI")  # a caller's hash, when their minute began, their requests in it
_NEAR = 8


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


class SharedWindows:
    """The same for all processes of one machine: a file in their memory, a table of callers' hashes."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic, slots: int = MAX_KEPT) -> None:
        self.clock, self.slots = clock, slots
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("a+b")
        if os.fstat(self.file.fileno()).st_size != slots * _SLOT.size:
            self.file.truncate(slots * _SLOT.size)
        self.table = mmap.mmap(self.file.fileno(), slots * _SLOT.size)
        self.lock = Lock()  # that of the file holds between processes only

    def take(self, key: str, most: int) -> tuple[int, int]:
        """As ``Windows.take``."""
        name = hashlib.sha256(key.encode()).digest()[:8]
        with self.lock:
            fcntl.lockf(self.file, fcntl.LOCK_EX)
            try:
                began, count = self._count(name, self.clock())
            finally:
                fcntl.lockf(self.file, fcntl.LOCK_UN)
        return most - count, max(1, round(began + WINDOW_S - self.clock()))

    def _count(self, name: bytes, now: float) -> tuple[float, int]:
        """Count in the caller's slot, else in a free one near it, else in that of whose minute ends first."""
        first = int.from_bytes(name, "big") % self.slots
        near = [(first + step) % self.slots * _SLOT.size for step in range(_NEAR)]
        known = [(place, *_SLOT.unpack_from(self.table, place)) for place in near]
        # A minute that begins later is of before the machine started anew.
        running = [one for one in known if 0 <= now - one[2] < WINDOW_S]
        place, began, count = next(((one[0], one[2], one[3]) for one in running if one[1] == name), (-1, now, 0))
        if place < 0:
            taken = {one[0] for one in running}
            free = [one for one in near if one not in taken]
            place = free[0] if free else min(running, key=lambda one: one[2])[0]
        _SLOT.pack_into(self.table, place, name, began, count + 1)
        return began, count + 1


class RateLimit:
    """Refuses what is too much, and tells every caller of the interface what is left."""

    def __init__(self, app: ASGIApp, per_minute: int, windows: Windows | SharedWindows | None = None) -> None:
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
