"""Signing in with an access token, as IMAP, POP3 and SMTP send it: OAUTHBEARER (RFC 7628) and XOAUTH2.

Nothing here is encoded in base64 yet: each protocol does that in its own way.
"""

from __future__ import annotations

from collections.abc import Collection

OAUTHBEARER = "OAUTHBEARER"
XOAUTH2 = "XOAUTH2"


def mechanism(offered: Collection[str]) -> str:
    """The mechanism to use of those that a server offers (``AUTH=`` cut off): the standard one where it is there."""
    return OAUTHBEARER if OAUTHBEARER in {each.upper() for each in offered} else XOAUTH2


def response(name: str, username: str, token: str, host: str, port: int) -> bytes:
    """The first and only thing that the client says."""
    if name == OAUTHBEARER:
        user = username.replace("=", "=3D").replace(",", "=2C")
        return f"n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()
    return f"user={username}\x01auth=Bearer {token}\x01\x01".encode()


def acknowledgement(name: str) -> bytes:
    """What is said to the details of a refusal, before the server says no."""
    return b"\x01" if name == OAUTHBEARER else b""
