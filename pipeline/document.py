"""The insight document of one mail: version 1 of docs/output.md.

Every field is always present. The same dossier gives the same document, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.records import Activity, Address, Contact, ContactField, Dossier, Evidence, Message, Noise, Slot

SCHEMA = 1


def document(dossier: Dossier, versions: Mapping[str, str]) -> dict[str, Any]:
    """The insight document of a dossier. ``versions`` names the pipeline and the models that made it."""
    return {
        "schema": SCHEMA,
        "source": dossier.mail.source,
        **_head(dossier.message, dossier.thread_id),
        "direction": dossier.direction,
        "language": dossier.language,
        "machine": dossier.noise.kind if dossier.noise else None,
        "machine_reason": dossier.noise.reason if dossier.noise else None,
        "text": dossier.message.text if dossier.message else None,
        "segments": [
            {"zone": s.zone, "start": s.start, "end": s.end, "language": s.language} for s in dossier.segments
        ],
        "intents": [
            {"label": i.label, "score": _score(i.score), "evidence": _evidence(i.evidence)} for i in dossier.intents
        ],
        "sentiment": _sentiment(dossier),
        "emotion": {"label": dossier.emotion.label, "score": _score(dossier.emotion.score)}
        if dossier.emotion
        else None,
        "gist": _evidence(dossier.gist),
        "contacts": [_contact(c) for c in dossier.contacts],
        "activities": [activity(a) for a in dossier.activities],
        "out_of_office": {
            "until": moment(dossier.out_of_office.until),
            "stand_in": dossier.out_of_office.stand_in,
        }
        if dossier.out_of_office
        else None,
        "bounce": _bounce(dossier.noise),
        "failures": [{"stage": f.stage, "code": f.code, "detail": f.detail} for f in dossier.failures],
        "versions": dict(versions),
    }


def dumps(doc: Mapping[str, Any]) -> str:
    """The document as one line of JSON without the line end; lone surrogates are escaped."""
    line = json.dumps(doc, ensure_ascii=False, separators=(",", ":"))
    return line if line.isascii() or _encodable(line) else json.dumps(doc, separators=(",", ":"))


def moment(value: date | None) -> str | None:
    """A date or zoned date-time in ISO 8601, or None."""
    return value.isoformat() if value is not None else None


def activity(a: Activity) -> dict[str, Any]:
    """An activity as the document holds it."""
    return {
        "kind": a.kind,
        "status": a.status,
        "title": a.title,
        "slots": [_slot(s) for s in a.slots],
        "old_start": moment(a.old_start),
        "due": moment(a.due),
        "owner": a.owner,
        "location": a.location,
        "online_url": a.online_url,
        "meeting_id": a.meeting_id,
        "passcode": a.passcode,
        "participants": list(a.participants),
        "uid": a.uid,
        "sequence": a.sequence,
        "score": _score(a.score),
        "evidence": _evidence(a.evidence),
    }


def _head(message: Message | None, thread_id: str | None) -> dict[str, Any]:
    if message is None:
        return dict.fromkeys(("message_id", "thread_id", "date", "subject", "from")) | {"to": [], "cc": []}
    return {
        "message_id": message.message_id,
        "thread_id": thread_id,
        "date": moment(message.date),
        "subject": message.subject,
        "from": _address(message.from_) if message.from_ else None,
        "to": [_address(a) for a in message.to],
        "cc": [_address(a) for a in message.cc],
    }


def _bounce(noise: Noise | None) -> dict[str, Any] | None:
    if noise is None or noise.kind != "bounce":
        return None
    return {
        "failed": [{"address": f.address, "status": f.status} for f in noise.failed],
        "original_id": noise.original_id,
    }


def _sentiment(dossier: Dossier) -> dict[str, Any] | None:
    s = dossier.sentiment
    if s is None:
        return None
    return {
        "label": s.label,
        "score": _score(s.score),
        "positive": _score(s.positive),
        "negative": _score(s.negative),
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {"role": contact.role, "fields": [_field(f) for f in contact.fields]}


def _field(f: ContactField) -> dict[str, Any]:
    phone = {"type": f.type, "extension": f.extension} if f.name == "phone" else {}
    place = {"score": _score(f.score), "start": f.start, "end": f.end, "rule": f.rule}
    return {"name": f.name, "value": f.value} | phone | place


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "start": moment(slot.start),
        "end": moment(slot.end),
        "all_day": slot.all_day,
        "approx": slot.approx,
    }


def _address(address: Address) -> dict[str, Any]:
    return {"name": address.name, "address": address.address}


def _evidence(evidence: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [{"start": e.start, "end": e.end, "text": e.text} for e in evidence]


def _score(value: float) -> float:
    """Four decimals: the last bits of a float may differ between machines, a probability's fourth digit does not."""
    return round(float(value), 4)


def _encodable(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
