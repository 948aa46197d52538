"""What a user would pick to read mail: the standard library for headers and bodies, talon for quotes and signatures."""

from __future__ import annotations

import contextlib
import email
import email.policy
from email.message import EmailMessage

# What the standard library raises on real mail: unknown charsets, broken headers, dates that are none.
ERRORS = (LookupError, ValueError, TypeError, AttributeError, IndexError)


def read_with_email(raw: bytes) -> list[str]:
    """All header fields, addresses, the date and every part, decoded: the policy is lazy, so each is asked for."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for name in set(mail.keys()):
        with contextlib.suppress(*ERRORS):
            values = mail.get_all(name)
            if name.lower() in ("from", "to", "cc", "reply-to"):
                [(a.display_name, a.addr_spec) for value in values for a in value.addresses]
            elif name.lower() == "date":
                [value.datetime for value in values]
    return [text for part in mail.walk() if (text := _content(part)) is not None]


def _content(part: EmailMessage) -> str | None:
    with contextlib.suppress(*ERRORS):
        if part.get_content_maintype() == "text":
            return str(part.get_content())
        if not part.is_multipart():
            part.get_filename()
            part.get_payload(decode=True)
    return None


def read_with_talon(raw: bytes) -> object:
    """talon's reply and signature of the body; its trained signature model needs a scikit-learn of 2018."""
    from talon import quotations
    from talon.signature.bruteforce import extract_signature

    text, kind = body(raw)
    reply = quotations.extract_from(text, kind)
    return extract_signature(reply) if kind == "text/plain" else reply


def body(raw: bytes) -> tuple[str, str]:
    """The body that a mail client would show, and its media type."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    with contextlib.suppress(*ERRORS):
        if (part := mail.get_body(("plain", "html"))) is not None:
            return part.get_content(), part.get_content_type()
    return raw.decode("latin-1"), "text/plain"
