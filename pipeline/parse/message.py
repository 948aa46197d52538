"""Bytes to a Message. Total: any bytes give a Message, and what was broken is in its defects."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from pipeline.parse import addresses, armour, body, charset, dates, html, plain, stubs, tnef, transfer, words
from pipeline.parse.mime import Part, Reader
from pipeline.records import Address, Attachment, Message

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ENCRYPTED = {
    "multipart/encrypted": "encrypted_pgp",
    "application/pgp-encrypted": "encrypted_pgp",
    "application/pgp-signature": "signed_pgp",
    "application/pkcs7-signature": "signed_smime",
    "application/x-pkcs7-signature": "signed_smime",
}
_REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
)
_RETURNED = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/rfc822")
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")


def parse(raw: bytes) -> Message:
    """Read one mail.

    ``text`` is the canonical text that all offsets count in: the plain body, or the HTML body made readable.
    ``message_id`` is the mail's own, else one made from the hash of its bytes.
    """
    with charset.one_mail():
        return _read(raw)


def _read(raw: bytes) -> Message:
    reader = Reader()
    root = reader.read(raw)
    if not root.fields:
        reader.defect("no_headers")
    headers = _headers(root)
    reading = _Reading(reader, root)
    message_id = next(iter(_ids(headers, "message-id")), "")
    if not message_id:
        reader.defect("message_id_missing")
        message_id = f"<{hashlib.sha256(raw).hexdigest()[:40]}@no-message-id.invalid>"
    senders = _addresses(root, "from") or _addresses(root, "sender")
    return Message(
        message_id=message_id,
        date=_date(headers, reader),
        subject=" ".join(next(iter(headers.get("subject", ())), "").split()),
        from_=next(iter(senders), None),
        to=_addresses(root, "to"),
        cc=_addresses(root, "cc"),
        reply_to=_addresses(root, "reply-to"),
        in_reply_to=_ids(headers, "in-reply-to"),
        references=_ids(headers, "references"),
        headers=headers,
        text=reading.text,
        html=reading.html,
        attachments=tuple(reading.attachments),
        calendars=tuple(reading.calendars),
        charset_steps=tuple(reading.steps),
        defects=tuple(reader.defects),
        reports=tuple(reading.reports),
    )


def _headers(root: Part) -> dict[str, tuple[str, ...]]:
    headers: dict[str, list[str]] = {}
    for name, value in root.fields:
        text = words.decode_words(words.decode_raw(value))
        headers.setdefault(name, []).append((text if text.isprintable() else _CONTROLS.sub(" ", text)).strip())
    return {name: tuple(values) for name, values in headers.items()}


def _addresses(root: Part, name: str) -> tuple[Address, ...]:
    values = [words.decode_raw(value) for key, value in root.fields if key == name]
    return tuple(a for value in values for a in addresses.parse(value) if a.address or a.name)


def _ids(headers: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Message ids of a header; a value without angle brackets counts as one id."""
    values = headers.get(name, ())
    found = [i for value in values for i in _MESSAGE_ID.findall(value)]
    if not found and name == "message-id" and values and len(values[0].split()) == 1:
        found = [f"<{values[0].strip('<>')}>"]
    return tuple(dict.fromkeys(found))


def _date(headers: dict[str, tuple[str, ...]], reader: Reader) -> datetime | None:
    stated = headers.get("date", ())
    for value in stated:
        if (moment := dates.parse(value)) is not None:
            return moment
    reader.defect("date_broken" if stated else "date_missing")
    for received in headers.get("received", ()):
        if (moment := dates.parse(received.rpartition(";")[2])) is not None:
            return moment
    return None


class _Reading:
    """The bodies of one mail: texts, attachments and calendars by their roles."""

    def __init__(self, reader: Reader, root: Part) -> None:
        self._reader = reader
        self._texts: dict[int, str] = {}
        self.steps: list[str] = []
        self.attachments: list[Attachment] = []
        self.calendars: list[tuple[str, str]] = []
        self.reports: list[tuple[str, str]] = []
        chosen = body.select(root)
        self.html = self._html(chosen.html)
        self.text = self._text(chosen)
        if len(self.text) >= plain.MAX_CHARS:
            reader.defect("text_too_long")
        for part in chosen.attachments:
            self._attach(part)
        self._note_security(root)

    def _html(self, parts: list[Part]) -> str | None:
        pages = [self._decode(part) for part in parts if part.content_type == "text/html"]
        return "\n".join(pages) if pages else None

    def _text(self, chosen: body.Body) -> str:
        text = plain.canonical("\n".join(self._readable(part) for part in chosen.text))
        if self.html is None or any(part.content_type == "text/html" for part in chosen.text):
            return text
        if stubs.may_be_stub(text):
            full = plain.canonical(html.to_text(self.html))
            if stubs.is_stub(text, full):
                return full
        return text

    def _readable(self, part: Part) -> str:
        text = self._decode(part)
        if part.content_type == "text/html":
            return html.to_text(text)
        if part.content_type != "text/plain":
            return ""
        text, told = armour.remove(text)
        for code in told:
            self._reader.defect(code)
        if part.parameters.get("format", "").lower() == "flowed":
            text = plain.unflow(text, part.parameters.get("delsp", "").lower() == "yes")
        return text

    def _decode(self, part: Part) -> str:
        """The decoded text of a text part; uuencoded files inside it become attachments."""
        known = self._texts.get(id(part))
        if known is not None:
            return known
        if not part.content_type.startswith("text/"):
            return ""
        data = self._content(part)
        if part.content_type == "text/plain":
            data, files = transfer.split_uuencoded(data)
            for name, content in files:
                self.attachments.append(Attachment(charset.decode(name)[0], "application/octet-stream", len(content)))
        declared = part.parameters.get("charset")
        if not declared and part.content_type == "text/html" and (meta := _META_CHARSET.search(data[:4096])):
            declared = meta[1].decode("ascii")
        if declared and charset.codec_of(declared) is None:
            self._reader.defect("charset_unknown")
        text, step = charset.decode(data, declared)
        if step.endswith(":replaced") or "\ufffd" in text:
            self._reader.defect("charset_broken")
        self.steps.append(step)
        self._texts[id(part)] = text
        return text

    def _content(self, part: Part) -> bytes:
        data, defect = part.content()
        if defect:
            self._reader.defect(defect)
        return data

    def _attach(self, part: Part) -> None:
        kind, name = part.content_type, part.file_name
        if kind == "text/calendar":
            self.calendars.append((part.parameters.get("method", "").upper(), self._decode(part)))
        if kind in _REPORTS or kind in _RETURNED:
            self.reports.append((kind, self._report(part)))
        if kind in ("message/rfc822", "message/global") and part.parts:
            name = name or _subject(part.parts[0])
        data = self._content(part)
        if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or (name or "").lower() == "winmail.dat":
            self._reader.defect("tnef")
            inside = tnef.file_names(data)
            self.attachments += [Attachment(n, "application/octet-stream", 0) for n in inside]
            name = name or "winmail.dat"
        self.attachments.append(Attachment(name, kind, len(data)))

    def _report(self, part: Part) -> str:
        """The fields of a machine-readable part; of a message that came back, its header only."""
        if part.parts:
            return "\n".join(f"{name}: {words.decode_raw(value)}" for name, value in part.parts[0].fields)
        return charset.decode(self._content(part), part.parameters.get("charset"))[0]

    def _note_security(self, root: Part) -> None:
        for part in root.walk():
            if part.content_type in _ENCRYPTED:
                self._reader.defect(_ENCRYPTED[part.content_type])
            elif part.content_type in _SMIME:
                signed = part.parameters.get("smime-type", "").lower() == "signed-data"
                self._reader.defect("signed_smime" if signed else "encrypted_smime")
            elif part.content_type == "application/octet-stream" and (part.file_name or "").lower().endswith(".p7m"):
                self._reader.defect("encrypted_smime")


def _subject(part: Part) -> str | None:
    subject = " ".join(words.decode_words(part.get("subject")).split())
    return f"{subject}.eml" if subject else None
