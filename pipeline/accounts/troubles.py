"""What can go wrong with a mail server: one stable code each, in plain words in both languages (``troubles_*.json``).

The words never hold an address or what a server said: that may repeat a password or a mail.
"""

from __future__ import annotations

import imaplib
import json
import poplib
import re
import socket
import ssl
from functools import cache
from importlib import resources
from typing import Literal

from pipeline.errors import RemoteError

Code = Literal[
    "dns", "refused", "unreachable", "timeout", "tls_certificate", "tls", "no_starttls", "wrong_password",
    "app_password", "too_many_connections", "protocol_off", "no_such_folder", "no_uidl", "cut", "not_understood",
    "uidvalidity_changes", "secret_unreadable", "no_smtp", "sender_refused", "recipients_refused", "content_refused",
    "too_large", "try_later", "no_auth", "outcome_unknown", "bounced", "private_host", "oauth_client", "not_permitted",
    "grant_refused", "grant_ended", "token_refused", "rate_limited", "unavailable",
]  # fmt: skip
FINAL: frozenset[str] = frozenset({
    "wrong_password", "app_password", "protocol_off", "no_uidl", "secret_unreadable", "no_smtp", "sender_refused",
    "recipients_refused", "content_refused", "too_large", "no_auth", "private_host", "oauth_client", "not_permitted",
    "grant_refused", "grant_ended", "token_refused",
})  # fmt: skip
_APP_PASSWORD = re.compile(
    r"app(?:lication)?[- ]specific|app password|アプリ.{0,4}パスワード|InvalidSecondFactor|authorization code", re.I
)
_LIMIT = re.compile(
    r"too many|connection limit|\[LIMIT\]|\[INUSE\]|\[IN-USE\]|temporar|\[UNAVAILABLE\]|\[SYS/TEMP\]", re.I
)
_OFF = re.compile(r"(?:imap|pop3?)\b.{0,30}(?:disabled|not enabled)|not enabled for (?:imap|pop)|basic ?auth", re.I)
_TLS_ONLY = re.compile(r"PRIVACYREQUIRED|plaintext.{0,40}(?:disallowed|disabled)", re.I)


class Trouble(RemoteError):
    """A mail server did not do what was asked; ``code`` says which of the known troubles it is.

    ``wait_s`` is how long the server wants to be left alone, where it says so.
    """

    def __init__(self, code: Code, wait_s: float = 0.0) -> None:
        super().__init__(words(code, "en"))
        self.code: Code = code
        self.wait_s = wait_s

    @property
    def is_final(self) -> bool:
        """Whether trying again does not help before somebody changes something."""
        return self.code in FINAL


def words(code: str, language: str) -> str:
    """What happened and what to do, in ``en`` or ``ja``."""
    return _catalogue(language)[code]


@cache
def _catalogue(language: str) -> dict[str, str]:
    name = f"troubles_{'ja' if language == 'ja' else 'en'}.json"
    found: dict[str, str] = json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return found


def connecting(error: Exception) -> Trouble:
    """The trouble behind an error while connecting or talking."""
    if isinstance(error, Trouble):
        return error
    return Trouble(_code(error))


def _code(error: Exception) -> Code:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "tls_certificate"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "dns"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ssl.SSLEOFError | ConnectionError | EOFError | imaplib.IMAP4.abort):
        return "cut"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, OSError):
        return "unreachable"
    if isinstance(error, poplib.error_proto) and "-ERR EOF" in str(error):
        return "cut"
    return "not_understood"


def signing_in(error: Exception, app_passwords: bool) -> Trouble:
    """The trouble behind a refused sign-in; ``app_passwords``: the service takes no other ones."""
    if isinstance(error, OSError | imaplib.IMAP4.abort | EOFError):
        return connecting(error)
    said = str(error)
    if _LIMIT.search(said):
        return Trouble("too_many_connections")
    if _APP_PASSWORD.search(said):
        return Trouble("app_password")
    if _TLS_ONLY.search(said):
        return Trouble("no_starttls")
    if _OFF.search(said):
        return Trouble("protocol_off")
    return Trouble("app_password" if app_passwords else "wrong_password")


def refused_token(error: Exception) -> Trouble:
    """The trouble behind a refused access token."""
    found = signing_in(error, False)
    return Trouble("token_refused") if found.code == "wrong_password" else found
