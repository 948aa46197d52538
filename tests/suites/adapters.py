"""One adapter per peer suite: what the suite's scorer asks, answered by the product. Imports are lazy.

Contracts stand at the head of each scorer; ``make suites`` prints the tables.
"""

from __future__ import annotations

from typing import Any


def mime(raw: bytes) -> dict[str, Any]:
    """Contract of score_mime.py: subject, addresses, date, bodies and attachments of a mail."""
    from pipeline.parse import message

    parsed = message.parse(raw)
    return {
        "subject": parsed.subject,
        "from": [[a.name, a.address] for a in ([parsed.from_] if parsed.from_ else [])],
        "to": [[a.name, a.address] for a in parsed.to],
        "cc": [[a.name, a.address] for a in parsed.cc],
        "date": parsed.date.isoformat() if parsed.date else None,
        "text": parsed.text,
        "html": parsed.html or "",
        "attachments": [{"name": a.name, "ctype": a.content_type} for a in parsed.attachments],
    }


def spans(text: str, kind: str, region: str, language: str) -> list[dict[str, int]]:
    """Contract of score_contacts.py --task spans: where telephone numbers, e-mail addresses or URLs stand."""
    from pipeline.extract import links, phones

    found = {"phone": phones.spans, "email": links.emails, "url": links.urls}[kind](text)
    return [{"start": p.start, "end": p.end} for p in found]


def name(text: str) -> dict[str, str]:
    """Contract of score_contacts.py --task name: the parts of a Western full name."""
    from pipeline.extract import names

    parts = names.parts(text)
    return {key: parts.get(key, "") for key in ("title", "first", "middle", "last", "suffix", "nickname")}


def jp_address(text: str) -> dict[str, str]:
    """Contract of score_contacts.py --task jp-address: prefecture, municipality and town."""
    from pipeline.extract import addresses_ja

    return addresses_ja.parts(text)
