"""A small OAuth 2.0 provider on loopback: authorization codes with PKCE, tokens that run out, refresh, revocation.

Dovecot asks it whose a token is. ``approve`` stands for the user's browser.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

CLIENT_ID = "house-client"
CLIENT_SECRET = "house-client-secret-5512"


@dataclass
class TokenServer:
    """``user`` is signed in at the provider; access tokens hold for ``life_s``; it ``rotates`` refresh tokens."""

    user: str = "ada@south.example"
    life_s: int = 3600
    rotates: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: dict[str, tuple[str, float]] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fails: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._information(self)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = dict(parse_qsl(self.rfile.read(length).decode()))
                provider._answer(self, *provider._token(form))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()

    def services(self, **service: Any) -> str:
        """A file of services with this provider and one service at it."""
        lines = ["[oauth.house]", f'authorize_url = "{self.url}/authorize"', f'token_url = "{self.url}/token"']
        lines += [f'client_id = "{CLIENT_ID}"', f'client_secret = "{CLIENT_SECRET}"', "[oauth.house.scopes]"]
        lines += [f'{protocol} = ["openid", "email", "mail"]' for protocol in ("imap", "pop3", "gmail", "graph")]
        lines += ["[house]", 'name = "House mail"', 'domains = ["south.example"]', 'oauth = "house"']
        lines += [f"{name} = {_toml(value)}" for name, value in service.items()]
        return "\n".join(lines) + "\n"

    def approve(self, url: str) -> str:
        """What the browser is sent to once the user agrees."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == (
            "code", "S256", CLIENT_ID
        )  # fmt: skip
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def revoke(self) -> None:
        """The user takes all permissions back."""
        self.access.clear()
        self.refresh.clear()

    def expire(self) -> None:
        """All access tokens run out at once, before their time."""
        self.access.clear()

    def give(self) -> dict[str, Any]:
        """Tokens for the user."""
        access, refresh = f"at-{secrets.token_urlsafe(16)}", f"rt-{secrets.token_urlsafe(16)}"
        self.access[access] = (self.user, time.time() + self.life_s)
        self.refresh[refresh] = self.user
        return {"access_token": access, "refresh_token": refresh, "expires_in": self.life_s, "token_type": "Bearer"}

    def user_of(self, token: str) -> str | None:
        """Whose access token this is, while it holds."""
        user, ends = self.access.get(token, (None, 0.0))
        return user if time.time() < ends else None

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(form.get("grant_type", ""))
        if self.fails:
            return self.fails.pop(0), {"error": "temporarily_unavailable"}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "refresh_token":
            return self._refreshed(form["refresh_token"])
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if asked is None or asked["code_challenge"] != challenge.rstrip("=") or (
            asked["redirect_uri"] != form["redirect_uri"]
        ):  # fmt: skip
            return 400, {"error": "invalid_grant"}
        claims = {"iss": self.url, "aud": CLIENT_ID, "nonce": asked["nonce"], "email": self.user}
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return 200, self.give() | {"id_token": f"e30.{body}.c2ln"}

    def _refreshed(self, token: str) -> tuple[int, Any]:
        if token not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": f"Token {token} was revoked."}
        given = self.give()
        if self.rotates:
            del self.refresh[token]
        else:
            del self.refresh[given.pop("refresh_token")]
        return 200, given

    def _information(self, handler: BaseHTTPRequestHandler) -> None:
        user = self.user_of(handler.headers.get("Authorization", "").removeprefix("Bearer "))
        self._answer(handler, *((200, {"email": user, "active": "true"}) if user else (200, {"active": "false"})))

    @staticmethod
    def _answer(handler: BaseHTTPRequestHandler, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    return json.dumps(value)


@contextlib.contextmanager
def running_provider(**choices: Any) -> Iterator[TokenServer]:
    """A provider for as long as the block runs."""
    server = TokenServer(**choices)
    try:
        yield server
    finally:
        server.close()
