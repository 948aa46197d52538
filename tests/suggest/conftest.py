"""Hand-built dossiers and records of invented people."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pipeline.records import (
    Activity,
    Address,
    Contact,
    ContactField,
    Dossier,
    Evidence,
    Message,
    Noise,
    RawMail,
    Record,
    Sentence,
    Slot,
)

JST = timezone(timedelta(hours=9))
OWN = "sato@ours.example"


class Make:
    """Makes the records that the rules read, with only what a test says."""

    own = OWN

    @staticmethod
    def time(day: int, hour: int = 15, month: int = 3) -> datetime:
        return datetime(2026, month, day, hour, tzinfo=JST)

    @classmethod
    def message(cls, text: str = "", sender: str | None = "mori@kita.example", **more: Any) -> Message:
        values: dict[str, Any] = {
            "message_id": "<1@kita.example>", "date": cls.time(10, 9), "subject": "", "to": (Address(None, OWN),),
            "cc": (), "reply_to": (), "in_reply_to": (), "references": (), "headers": {}, "html": None,
            "attachments": (), "calendars": (), "charset_steps": (), "defects": (),
        }  # fmt: skip
        return Message(text=text, from_=Address(None, sender) if sender else None, **(values | more))

    @classmethod
    def dossier(
        cls,
        *contacts: Contact,
        activities: tuple[Activity, ...] = (),
        message: Message | None = None,
        noise: Noise | None = None,
        **more: Any,
    ) -> Dossier:
        message = message or cls.message()
        sentences = tuple(
            Sentence(at, at + len(line), line, "und")
            for line in message.text.split("\n")
            if line and (at := message.text.index(line)) >= 0
        )
        return Dossier(
            RawMail("mail.eml", b"x"), message=message, direction=more.pop("direction", "in"), sentences=sentences,
            contacts=contacts, activities=activities, noise=noise, **more,
        )  # fmt: skip

    @staticmethod
    def contact(role: str = "sender", text: str = "", **values: Any) -> Contact:
        """A contact with these values; ``phone`` may be (value, type). Places are looked up in ``text``."""
        fields = []
        for name, given in values.items():
            for value in given if isinstance(given, list) else [given]:
                start = text.find(value) if value in text else None
                end = None if start is None else start + len(value)
                kind: Any = "work" if name == "phone" else None
                fields.append(ContactField(name, value, 0.95, start, end, "signature.test", kind))  # type: ignore[arg-type]
        return Contact(role, tuple(fields))  # type: ignore[arg-type]

    @staticmethod
    def record(number: str, name: str, *addresses: str, kind: Any = "contact", **fields: str) -> Record:
        edited = frozenset(filter(None, fields.pop("edited", "").split()))
        account = fields.pop("account", None)
        return Record(kind, number, name, fields, addresses, edited, account)

    @classmethod
    def activity(cls, status: str = "proposed", *slots: datetime, kind: str = "meeting", **more: Any) -> Activity:
        values: dict[str, Any] = {"title": "Plant tour", "score": 0.9, "evidence": (Evidence(0, 4, "Plant"),)}
        found = tuple(Slot(slot, None, False, False) for slot in slots)
        return Activity(kind=kind, status=status, **(values | {"slots": found} | more))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def make() -> type[Make]:
    """Makes the records that the rules read."""
    return Make
