"""One adapter per peer suite: what the suite's scorer asks, answered by the product. Imports are lazy.

Contracts stand at the head of each scorer; ``make suites`` prints the tables.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


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


def replies(text: str, fmt: str, lang: str | None, sender: str | None) -> dict[str, Any]:
    """Contract of score_replies.py: the newest text with and without signature, and the signature.

    Where the peers draw their lines elsewhere than docs/labels.md, this translates: they count a closing phrase right
    above the name, and boilerplate, as signature; quoted lines answered below are visible text to them; and a mail
    that is nothing but a forwarded one is that mail.
    """
    from pipeline.parse import html, plain, zones
    from pipeline.parse.closings import closes
    from pipeline.parse.lines import split

    canonical = plain.canonical(html.to_text(text) if fmt == "html" else text)
    lines = split(canonical)
    judged = zones.judge(lines, sender)
    written = [i for i, line in enumerate(lines) if line.bare]
    if not any(judged[i] in ("body", "signature") for i in written):
        start = next((i for i in written if not lines[i - 1].bare and i), 0)
        judged = ["body" if fmt == "html" else "quote"] * start + list(zones.judge(lines[start:], sender))
    last_body = max((i for i in written if judged[i] == "body"), default=-1)
    first = next((n for n, i in enumerate(written) if judged[i] == "signature"), 0)
    closing = {written[first - 1]} if first and closes(lines[written[first - 1]].text) else set()

    def only(*kinds: str) -> str:
        return "".join(line.text + "\n" for line, zone in zip(lines, judged, strict=True) if zone in kinds)

    visible = [i for i in range(last_body + 1) if judged[i] in ("body", "quote") or fmt == "html"]
    return {
        "reply": "\n".join(lines[i].text for i in visible),
        "reply_full": only("body", "signature", "footer"),
        "html_reply": only("body", "signature", "footer") or canonical,
        "signature": "".join(
            line.text + "\n" for i, line in enumerate(lines) if judged[i] in ("signature", "footer") or i in closing
        ),
    }


def times(text: str, ref: datetime | None, lang: str) -> list[dict[str, Any]]:
    """Contract of score_datetime.py: spans with ISO values; the suites speak of New York's date order."""
    from pipeline.extract.times import find
    from tests.suites import edges, timex, timex_ja

    zone = ZoneInfo("Asia/Tokyo" if lang == "ja" else "America/New_York")
    reference = ref.replace(tzinfo=zone) if ref else datetime(2016, 1, 1, tzinfo=zone)
    found = find(text, reference, lang, loose=True)
    if lang == "ja":
        return [timex_ja.answer(text, s, reference) for s in found]
    return edges.joined(text, [timex.answer(text, s, reference, lang) for s in found])
