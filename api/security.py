"""What keeps a session safe: response headers, the CSRF token of visitors, redirects that stay here."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION_COOKIE = "mi_session"
VISITOR_COOKIE = "mi_visitor"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""For the sanitised HTML of a mail: nothing loads but our stylesheet, nothing runs, only our pages may frame it."""

HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class SafeHeaders:
    """Puts the safe headers on every answer; a route may set its own and keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


def visitor_csrf(secret: str) -> str:
    """The token for the forms of somebody who has not signed in: made from a secret that only their cookie holds."""
    return hmac.new(secret.encode(), b"mail-insight csrf", hashlib.sha256).hexdigest()


def same(expected: str, given: str | None) -> bool:
    """Whether a secret was given rightly, compared in constant time."""
    return given is not None and hmac.compare_digest(expected.encode(), given.encode())


def visitor_secret() -> str:
    """A fresh secret for somebody who has not signed in yet."""
    return secrets.token_urlsafe(24)


def local_path(target: str | None, default: str = "/") -> str:
    """``target`` where it is a path of this site, else ``default``: no redirect leads elsewhere."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\") or any(ord(c) < 33 for c in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
