"""A real SMTP server on loopback (aiosmtpd) with sign-in and TLS, that misbehaves where a test asks it to."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.accounts.account import Server
from tests.mail_server import PASSWORD

TOKEN = "token-5512-abc"


@dataclass
class Post:
    """What the server took, and how it is to behave.

    ``answers`` maps an SMTP step (``MAIL``, ``RCPT``, ``DATA``) to replies, used up one by one; ``refuse`` maps a
    recipient to a reply. ``cut`` drops the connection after the mail was taken, before the answer. ``hold`` stops at
    a step until the server ends, and sets ``held``.
    """

    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hold: str | None = None
    held: threading.Event = field(default_factory=threading.Event)
    sign_ins: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        if reply := await self._step("MAIL"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO."""
        if reply := self.refuse.get(address) or await self._step("RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The end of the mail."""
        if reply := await self._step("DATA"):
            return reply
        assert isinstance(envelope.original_content, bytes)
        self.taken.append((envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content))
        if self.hold == "ANSWER":
            self.held.set()
            await asyncio.sleep(3600)
        if self.cut:
            server.transport.abort()  # type: ignore[union-attr]
        return "250 OK"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """An access token instead of a password."""
        self.sign_ins.append("XOAUTH2")
        token = base64.b64decode(args[1]).split(b"auth=Bearer ")[1].rstrip(b"\x01").decode()
        if token in self.tokens:
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    def signs_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Name and password."""
        self.sign_ins.append(mechanism)
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    async def _step(self, name: str) -> str | None:
        if self.hold == name:
            self.held.set()
            await asyncio.sleep(3600)
        waiting = self.answers.get(name)
        return waiting.pop(0) if waiting else None


@contextlib.contextmanager
def running_smtp(
    certificate: Path | None = None, security: str = "none", mechanisms_off: tuple[str, ...] = (), size: int = 33554432
) -> Iterator[tuple[Post, Server]]:
    """A server for as long as the block runs, and how to reach it."""
    post = Post()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    options: dict[str, Any] = {
        "authenticator": post.signs_in, "auth_require_tls": False, "auth_required": True,
        "auth_exclude_mechanism": mechanisms_off, "data_size_limit": size,
    }  # fmt: skip
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    kind = Controller(
        post, "127.0.0.1", _free_port(), ssl_context=context if security == "tls" else None, ready_timeout=10, **options
    )
    kind.start()
    try:
        host = "localhost" if certificate is not None else "127.0.0.1"
        yield post, Server(host, kind.port, security, str(certificate) if certificate else None, inside=True)  # type: ignore[arg-type]
    finally:
        kind.stop(no_assert=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
