"""How a webhook's receiver knows that a call is ours and fresh: HMAC-SHA256 over time and body.

``Mail-Insight-Signature: t=1773133200,v1=HEX`` where HEX signs ``1773133200.BODY`` with the webhook's secret.
A secret is derived from the house's key and the webhook's id, so that none is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

HEADER = "Mail-Insight-Signature"
TOLERANCE_S = 300


def house_key(home: Path) -> bytes:
    """The key of this installation, made at the first use in a file that only its owner may read."""
    path = home / "signing.key"
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    fresh = home / f"signing.key.{secrets.token_hex(4)}"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(fresh, path)  # whoever is first wins, and everybody reads the same key
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii"))


def secret_of(key: bytes, webhook_id: str) -> str:
    """The secret that a webhook's receiver is given."""
    return "mih_" + hmac.new(key, f"webhook {webhook_id}".encode(), hashlib.sha256).hexdigest()


def signature(secret: str, body: bytes, timestamp_s: int) -> str:
    """The value of the header for a body that is sent at that time (seconds since 1970)."""
    signed = hmac.new(secret.encode(), b"%d." % timestamp_s + body, hashlib.sha256).hexdigest()
    return f"t={timestamp_s},v1={signed}"


def is_genuine(secret: str, body: bytes, header: str, now_s: int) -> bool:
    """What a receiver checks: the signature is right and not older than five minutes."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdecimal() or abs(now_s - int(parts["t"])) > TOLERANCE_S:
        return False
    return hmac.compare_digest(signature(secret, body, int(parts["t"])), header)
