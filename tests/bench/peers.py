"""What a user would pick to read mail: the standard library for headers and bodies, talon for quotes and signatures."""

from __future__ import annotations

import contextlib
import email
import email.policy
from email.message import EmailMessage

# What the standard library raises on real mail: unknown charsets, broken headers, dates that are none.
ERRORS = (LookupError, ValueError, TypeError, AttributeError, IndexError)

ADDRESSES = ("from", "to", "cc", "reply-to")
NEEDED = (*ADDRESSES, "subject", "date", "message-id", "in-reply-to", "references")


def read_with_email(raw: bytes) -> list[str]:
    """What a reader of mail needs, decoded: the policy is lazy, so each thing is asked for, and nothing else."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for name in NEEDED:
        with contextlib.suppress(*ERRORS):
            values = mail.get_all(name) or ()
            if name in ADDRESSES:
                [(a.display_name, a.addr_spec) for value in values for a in value.addresses]
            elif name == "date":
                [value.datetime for value in values]
    texts = []
    with contextlib.suppress(*ERRORS):
        body = mail.get_body(("plain", "html"))
        for part in mail.walk():
            if (text := _content(part)) is not None:
                texts.append(_text(text) if part is body and part.get_content_subtype() == "html" else text)
    return texts


def _content(part: EmailMessage) -> str | None:
    """The text of a text part; of an attachment its name only."""
    with contextlib.suppress(*ERRORS):
        if part.get_content_disposition() == "attachment":
            part.get_filename()
        elif part.get_content_maintype() == "text":
            return str(part.get_content())
    return None


def _text(html: str) -> str:
    """The text of an HTML body by one call of a fast parser."""
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(html).body
    return root.text(separator="\n") if root is not None else ""


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
