"""Sending through Microsoft Graph, whose permissions do not count for SMTP: one request in the same two steps as there.

Nothing is transmitted before ``finish``; where its request was sent and no answer came, the outcome is unknown.
Source: Microsoft Graph v1.0, user: sendMail, with the mail in MIME format.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from email.headerregistry import Address as HeaderAddress

import httpx

from pipeline.accounts.sign_in import SignIn
from pipeline.accounts.troubles import Code, Trouble
from pipeline.accounts.web_troubles import over_http
from pipeline.deliver.smtp import Unknown

TIMEOUT_S = 120.0
MAX_BYTES = 3_000_000
_CODES: dict[int, Code] = {
    400: "content_refused", 401: "token_refused", 403: "sender_refused", 404: "sender_refused", 413: "too_large",
    429: "try_later", 503: "try_later",
}  # fmt: skip
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class GraphMail:
    """A way to send one mail from a mailbox at Microsoft, with the same steps as an SMTP connection."""

    def __init__(self, api_url: str, sign_in: SignIn) -> None:
        self._url, self._sign_in = f"{api_url.rstrip('/')}/me/sendMail", sign_in
        self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)
        self._token, self._body = "", b""

    def offer(self, sender: str, recipients: Sequence[str], content: bytes) -> tuple[str, ...]:
        """Get everything ready; Graph takes the recipients from the mail's headers, so hidden ones get theirs.

        Raises: Trouble.
        """
        if len(content) > MAX_BYTES:
            raise Trouble("too_large")
        self._token = self._sign_in.secret()
        self._body = base64.b64encode(_with_hidden(content, recipients))
        return ()

    def finish(self) -> None:
        """Send it; a token that is refused is renewed once, for then nothing was taken.

        Raises: Trouble where Graph said no; smtp.Unknown where it said nothing.
        """
        status = self._post()
        if status == 401:
            self._token = self._sign_in.renewed()
            status = self._post()
        if status in (200, 202):
            return
        if status not in _CODES:
            raise Unknown
        raise Trouble(_CODES[status])

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(httpx.HTTPError):
            self._client.close()

    def abandon(self) -> None:
        """The same: nothing of a mail is there before ``finish``."""
        self.close()

    def _post(self) -> int:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "text/plain"}
        try:
            return self._client.post(self._url, content=self._body, headers=headers).status_code
        except _NEVER_SENT as error:
            raise over_http(error) from None
        except httpx.HTTPError:
            raise Unknown from None


def _with_hidden(content: bytes, recipients: Sequence[str]) -> bytes:
    """The mail with a Bcc header for those of the envelope whom no header names."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").lower()
    named = b"\n".join(line for line in head.split(b"\r\n") if line.startswith((b"to:", b"cc:")))
    hidden = [each for each in recipients if each.encode() not in named]
    if not hidden:
        return content
    written = ",\r\n ".join(str(HeaderAddress(addr_spec=each)) for each in hidden)
    return f"Bcc: {written}\r\n".encode() + content
