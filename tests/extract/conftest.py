"""Mails in a few lines, read by the real parser and contact finder."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from pipeline.extract import contacts
from pipeline.parse import message, noise, sentences, zones
from pipeline.records import Contact

ContactsOf = Callable[..., tuple[Contact, ...]]


@pytest.fixture
def contacts_of() -> ContactsOf:
    """The contacts of a plain text mail: its body, its From, further headers by keyword."""
    return _contacts_of


def _contacts_of(
    body: str,
    sender: str = "Jane Archer <jane.archer@brightwell.example>",
    to: str = "Ken Sato <sato@kazemachi.example>",
    date: str = "Tue, 10 Jun 2025 09:30:00 +0100",
    **headers: str,
) -> tuple[Contact, ...]:
    built = EmailMessage()
    built["From"], built["To"], built["Date"] = sender, to, date
    built["Subject"] = headers.pop("subject", "Delivery")
    built["Message-ID"] = "<1@brightwell.example>"
    for name, value in headers.items():
        built[name.replace("_", "-")] = value
    built.set_content(body)
    parsed = message.parse(built.as_bytes())
    author = parsed.from_
    segments = zones.split(parsed.text, (author.name or author.address.partition("@")[0]) if author else None)
    newest = "".join(parsed.text[s.start : s.end] for s in segments if s.zone == "body")
    judged = noise.judge(parsed, newest)
    found = contacts.find(parsed, segments, sentences.split(parsed.text, segments), judged)
    for field in (f for c in found for f in c.fields):
        assert (field.start is None) == (field.end is None)
        assert field.start is None or 0 <= field.start < (field.end or 0) <= len(parsed.text)
        assert 0.5 <= field.score <= 1.0
        assert field.rule
    return found
