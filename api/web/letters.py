"""A mail as the reading pane shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.nothing import Reason
from api.web.highlight import Block, Mark, blocks
from api.web.view import View, flow, initial
from pipeline.records import Segment
from pipeline.store.mail.mails import Mail
from pipeline.store.tables.base import clean_json


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the reading pane shows it."""

    id: str
    subject: str
    from_name: str | None
    from_address: str | None
    initial: str
    to: str
    date: datetime | None
    language: str
    intents: tuple[str, ...]
    sentiment: str | None
    machine: str | None
    gist: str
    attachment_count: int
    blocks: tuple[Block, ...]


def letter(mail: Mail, evidence: Iterable[Mark] = ()) -> Letter:
    """A mail with its text zone by zone and the evidence marked."""
    document, summary = clean_json(mail.document), mail.summary
    segments = [Segment(s["zone"], s["start"], s["end"], s["language"]) for s in document["segments"]]
    return Letter(
        summary.id,
        summary.subject,
        summary.from_name,
        summary.from_address,
        initial(summary.from_name or summary.from_address),
        addressees(document),
        _own_date(document) or summary.date,
        summary.language,
        summary.intents,
        summary.sentiment,
        summary.machine,
        flow(summary.gist),
        summary.attachment_count,
        blocks(document["text"] or "", segments, evidence),
    )


def addressees(document: Mapping[str, Any], most: int = 4) -> str:
    """To and Cc in one line, by name where there is one."""
    everybody = [one["name"] or one["address"] for one in (*document["to"], *document["cc"])]
    rest = f" +{len(everybody) - most}" if len(everybody) > most else ""
    return ", ".join(everybody[:most]) + rest


def _own_date(document: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(document["date"]) if document["date"] else None


def intent_marks(mail: Mail) -> list[Mark]:
    """Where the sentences stand that show what the sender wants."""
    return [
        Mark(piece["start"], piece["end"], "intent", f"i{place}")
        for place, intent in enumerate(mail.document["intents"])
        if intent["label"] in mail.summary.intents  # a custom one may be gone since
        for piece in intent["evidence"]
    ]


def nothing(reason: Reason, mail: Mail, view: View) -> str:
    """Why nothing was suggested, in a sentence."""
    if reason != "machine":
        return view.say(f"nothing.{reason}")
    return view.say("nothing.machine", kind=view.say(f"machine.{mail.summary.machine}"))
