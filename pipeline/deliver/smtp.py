"""Handing one mail to a server for outgoing mail, so that it is always known what the server can have taken.

``offer`` transmits everything but the last line, without which a server delivers nothing; ``finish`` sends that line
and reads the answer. Between the two the caller writes down that the mail is handed over.
Source: RFC 5321 (SMTP), RFC 6409 (submission), RFC 4954 (AUTH).
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence

from pipeline.accounts import sasl
from pipeline.accounts.account import Server
from pipeline.accounts.sign_in import Password, SignIn
from pipeline.accounts.troubles import Code, Trouble, connecting, signing_in
from pipeline.ingest import sockets

TIMEOUT_S = 60.0
LAST_ANSWER_S = 600.0  # RFC 5321 section 4.5.3.2.6
_GOODBYE_S = 5.0
_PIECE_BYTES = 1 << 16
_OURSELVES = "[127.0.0.1]"  # the name of this machine is nobody's business
_LINE_START = re.compile(rb"^\.", re.M)
_TOO_LARGE = 552


class Unknown(Exception):
    """The last line was sent, and the connection broke off before an answer came."""


class SmtpConnection:
    """A signed-in connection to a server for outgoing mail.

    Raises: Trouble, in all its functions, where the server certainly took nothing.
    """

    def __init__(self, server: Server, username: str, sign_in: SignIn, app_passwords: bool = False) -> None:
        self._server = server
        self._client = _connect(server)
        try:
            self._greet()
            self._sign_in(username, sign_in, app_passwords)
        except Exception as error:
            self.abandon()
            raise _told(error) from None

    def offer(self, sender: str, recipients: Sequence[str], content: bytes) -> tuple[str, ...]:
        """Transmit a mail up to its last line; the recipients that the server refused for good.

        A recipient that is refused only for now makes the whole mail wait, so that none gets it twice.
        """
        try:
            return self._offer(sender, recipients, content)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _told(error) from None

    def finish(self) -> None:
        """Send the last line and read what the server says.

        Raises: Trouble where it said no; Unknown where it said nothing.
        """
        try:
            self._socket().settimeout(LAST_ANSWER_S)
            self._client.send(b".\r\n")
            status, _ = self._client.getreply()
        except (smtplib.SMTPException, OSError):
            raise Unknown from None
        if status in (-1, 421):  # 421 may come instead of the answer, and says only that the server goes away
            raise Unknown
        if status >= 300:
            raise _refused(status, "content_refused")

    def close(self) -> None:
        """End the connection in order."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._socket().settimeout(_GOODBYE_S)
            self._client.quit()
        self.abandon()

    def abandon(self) -> None:
        """Drop the connection; a mail without its last line is gone."""
        with contextlib.suppress(OSError):
            self._client.close()

    def _offer(self, sender: str, recipients: Sequence[str], content: bytes) -> tuple[str, ...]:
        client, options = self._client, []
        if client.has_extn("size"):
            limit = client.esmtp_features["size"]
            if limit.isdigit() and 0 < int(limit) < len(content):
                raise Trouble("too_large")
            options.append(f"SIZE={len(content)}")
        status, _ = client.mail(sender, options)
        if status >= 300:
            raise _refused(status, "sender_refused")
        refused = []
        for recipient in recipients:
            status, _ = client.rcpt(recipient)
            if status == 421 or status < 0 or 400 <= status < 500:
                raise Trouble("try_later")
            if status >= 300:
                refused.append(recipient)
        if len(refused) == len(recipients):
            raise Trouble("recipients_refused")
        status, _ = client.docmd("DATA")
        if status != 354:
            raise _refused(status, "content_refused")
        text = content if content.endswith(b"\r\n") else content + b"\r\n"
        data = _LINE_START.sub(b"..", text)
        for start in range(0, len(data), _PIECE_BYTES):  # each with a time limit of its own
            client.send(data[start : start + _PIECE_BYTES])
        return tuple(refused)

    def _greet(self) -> None:
        status, _ = self._client.ehlo()
        if self._server.security == "starttls":
            if not self._client.has_extn("starttls"):
                raise Trouble("no_starttls")
            self._client.starttls(context=ssl.create_default_context(cafile=self._server.ca_file))
            status, _ = self._client.ehlo()
        if status >= 300 or status < 0:
            status, _ = self._client.helo()
        if status >= 300 or status < 0:
            raise Trouble("not_understood")

    def _sign_in(self, username: str, sign_in: SignIn, app_passwords: bool) -> None:
        if not username:
            return
        offered = self._client.esmtp_features.get("auth", "").upper().split()
        status, said = self._authenticate(offered, username, sign_in, sign_in.secret())
        if status == 535 and not isinstance(sign_in, Password):
            status, said = self._authenticate(offered, username, sign_in, sign_in.renewed())
        if status in (421, 454) or status < 0:
            raise Trouble("try_later")
        if status != 235:
            raise signing_in(ValueError(said.decode("utf-8", "replace")), app_passwords)

    def _authenticate(self, offered: Sequence[str], username: str, sign_in: SignIn, secret: str) -> tuple[int, bytes]:
        client, server = self._client, self._server
        if not isinstance(sign_in, Password):
            name = sasl.mechanism(offered)
            status, said = _auth(client, name, sasl.response(name, username, secret, server.host, server.port))
            return client.docmd(_base64(sasl.acknowledgement(name))) if status == 334 else (status, said)
        if "PLAIN" in offered:
            return _auth(client, "PLAIN", b"\0" + username.encode() + b"\0" + secret.encode())
        if "LOGIN" in offered:
            status, said = _auth(client, "LOGIN", username.encode())
            return client.docmd(_base64(secret.encode())) if status == 334 else (status, said)
        raise Trouble("no_auth")

    def _socket(self) -> socket.socket:
        connected: socket.socket | None = self._client.sock
        if connected is None:
            raise smtplib.SMTPServerDisconnected("closed")
        return connected


def try_out(server: Server, username: str, sign_in: SignIn, app_passwords: bool = False) -> None:
    """Connect and sign in; nothing is sent.

    Raises: Trouble.
    """
    SmtpConnection(server, username, sign_in, app_passwords).close()


class _Client(smtplib.SMTP):
    """The standard client over a connection of ours."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(server.host, server.port, _OURSELVES, TIMEOUT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = sockets.connect(self._server, timeout)
        if self._server.security != "tls":
            return connection
        context = ssl.create_default_context(cafile=self._server.ca_file)
        return context.wrap_socket(connection, server_hostname=host)


def _connect(server: Server) -> smtplib.SMTP:
    try:
        return _Client(server)
    except (smtplib.SMTPException, OSError) as error:
        raise _told(error) from None


def _auth(client: smtplib.SMTP, mechanism: str, first: bytes) -> tuple[int, bytes]:
    return client.docmd("AUTH", f"{mechanism} {_base64(first)}")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _refused(status: int, code: Code) -> Trouble:
    if status < 0 or 400 <= status < 500:
        return Trouble("try_later")
    return Trouble("too_large" if status == _TOO_LARGE else code)


def _told(error: Exception) -> Trouble:
    """The trouble behind an error before the last line; what the server said is not repeated."""
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Trouble("cut")
    if isinstance(error, smtplib.SMTPConnectError):
        return Trouble("try_later")
    if isinstance(error, smtplib.SMTPException):  # which the standard library counts among errors of the network
        return Trouble("not_understood")
    return connecting(error)
