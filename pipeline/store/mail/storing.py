"""Storing a mail once, whoever imports it and how often."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.classify.asks import brings_file, mail_asks
from pipeline.core.asks import Ask
from pipeline.document import dumps, moment
from pipeline.records import Address, Dossier, Message, RawMail
from pipeline.store.mail.keeping import (
    catch_up,
    content_hash,
    has_room,
    headers_only,
    waits_somewhere,
    without_text,
)
from pipeline.store.mail.search import index_mail
from pipeline.store.mail.threads import describe, join_thread
from pipeline.store.rows import digest, insert_new, upsert
from pipeline.store.tables import (
    AskRow,
    CopyRow,
    InsightRow,
    MailAddressRow,
    MailboxRow,
    MailIntentRow,
    MailRow,
    RawContentRow,
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing did: the mail's id, and whether mail and copy were new."""

    mail_id: str
    new_mail: bool
    new_copy: bool


def store_mail(
    session: Session,
    mailbox_id: str,
    raw: RawMail,
    dossier: Dossier,
    document: Mapping[str, Any],
    now: datetime,
    *,
    sent_by: str | None = None,
    anew: bool = False,
) -> Stored:
    """Store a mail, its copy in this mailbox and its insight document; a repeat changes nothing.

    The document is replaced where a mail comes again and other versions of pipeline or models read it, or ``anew``.
    A mail that could not be parsed is stored with its bytes and its failures. Where the organisation has no room left
    its body is not kept, and kept when it comes again and there is room. ``sent_by`` is the user who sent it from the
    CRM.

    Raises: errors.NotFound where there is no such mailbox.
    """
    organisation_id = session.scalar(select(MailboxRow.organisation_id).where(MailboxRow.id == mailbox_id))
    if organisation_id is None:
        raise errors.NotFound("There is no such mailbox; create it before importing into it.")
    mail = _mail_row(organisation_id, raw, dossier, now) | {"sent_by": sent_by}
    new_mail = insert_new(session, MailRow, mail) == 1
    if new_mail:
        insert_new(session, MailAddressRow, *_address_rows(mail["id"], dossier.message))
        join_thread(session, mail, dossier)
    elif sent_by is not None:
        session.execute(update(MailRow).where(MailRow.id == mail["id"]).values(sent_by=sent_by))
    kept = has_room(session, organisation_id, mailbox_id, mail["id"], raw.raw, dossier.message, now, new_mail=new_mail)
    caught_up = kept and not new_mail and waits_somewhere(session, mail["id"])
    found = document if kept else without_text(document)
    is_news = _store_insight(session, mail["id"], found, dossier.message, anew=caught_up or anew)
    if is_news and dossier.message is not None:
        index_mail(session, mail["id"], dossier.message, dossier.message.text if kept else "")
    sha256 = _store_content(session, raw.raw if kept else headers_only(raw.raw))
    if caught_up:
        catch_up(session, mailbox_id, mail["id"], sha256)
    copy = {
        "mailbox_id": mailbox_id, "mail_id": mail["id"], "raw_sha256": sha256, "source": raw.source,
        "direction": dossier.direction, "sorted_at": mail["sorted_at"], "imported_at": now,
    }  # fmt: skip
    return Stored(mail["id"], new_mail, insert_new(session, CopyRow, copy) == 1)


def store_contents(session: Session, contents: Mapping[str, bytes]) -> None:
    """Store the bytes of mails, each once, by their SHA-256 in hex."""
    known = set(session.scalars(select(RawContentRow.sha256).where(RawContentRow.sha256.in_(contents))))
    rows = [
        {"sha256": sha256, "size_bytes": len(raw), "compressed": zlib.compress(raw)}
        for sha256, raw in sorted(contents.items())
        if sha256 not in known
    ]
    insert_new(session, RawContentRow, *rows)


def _store_content(session: Session, raw: bytes) -> str:
    sha256 = hashlib.sha256(raw).hexdigest()
    known = session.scalar(select(RawContentRow.sha256).where(RawContentRow.sha256 == sha256))
    if known is None:
        row = {"sha256": sha256, "size_bytes": len(raw), "compressed": zlib.compress(raw)}
        insert_new(session, RawContentRow, row)
    return sha256


def _mail_row(organisation_id: str, raw: RawMail, dossier: Dossier, now: datetime) -> dict[str, Any]:
    message = dossier.message
    hashed = content_hash(raw.raw)
    mail_id = digest("mail", organisation_id, *_identity(raw, message), hashed)
    sender = message.from_ if message else None
    date = _as_utc(message.date) if message else None
    return {
        "id": mail_id,
        "organisation_id": organisation_id,
        "message_id": message.message_id if message else None,
        "content_hash": hashed,
        **describe(dossier, mail_id),
        "date": date,
        "sorted_at": min(date or now, now),
        "subject": message.subject if message else "",
        "from_name": sender.name if sender else None,
        "from_address": sender.address if sender else None,
        "attachment_count": len(message.attachments) if message else 0,
        "size_bytes": len(raw.raw),
        "created_at": now,
    }


def _identity(raw: RawMail, message: Message | None) -> tuple[str, ...]:
    """What, with the body, makes a mail itself: its Message-ID, or else the headers that say who, when and what."""
    if not raw.raw:
        return ("source", raw.source)
    if message is None:
        return ("unparsed",)
    if message.message_id:
        return ("message-id", message.message_id)
    sender = message.from_.address if message.from_ else ""
    return ("headers", sender, message.date.isoformat() if message.date else "", message.subject)


def _as_utc(moment: datetime | None) -> datetime | None:
    """In UTC; None where there is no date, or one at the very edge of the calendar."""
    if moment is None:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _address_rows(mail_id: str, message: Message | None) -> list[dict[str, Any]]:
    if message is None:
        return []
    roles: dict[str, tuple[Address, ...]] = {
        "from": (message.from_,) if message.from_ else (),
        "to": message.to,
        "cc": message.cc,
        "reply_to": message.reply_to,
    }
    return [
        {"mail_id": mail_id, "role": role, "position": position, "name": address.name, "address": address.address}
        for role, addresses in roles.items()
        for position, address in enumerate(addresses)
    ]


def _store_insight(
    session: Session, mail_id: str, document: Mapping[str, Any], message: Message | None, *, anew: bool
) -> bool:
    """Store what was found, and tell whether it was not known yet."""
    versions = document.get("versions") or {}
    known = session.execute(select(InsightRow.versions).where(InsightRow.mail_id == mail_id)).one_or_none()
    if known is not None and known[0] == versions and not anew:
        return False
    upsert(session, InsightRow, _insight_row(mail_id, document), ("mail_id",))
    if known is not None:
        session.execute(delete(MailIntentRow).where(MailIntentRow.mail_id == mail_id))
        session.execute(delete(AskRow).where(AskRow.mail_id == mail_id))
    intents = document.get("intents") or ()
    insert_new(
        session,
        MailIntentRow,
        *({"mail_id": mail_id, "label": intent["label"], "score": intent["score"]} for intent in intents),
    )
    asks = mail_asks(document, brings_file=brings_file(message.attachments if message else ()))
    insert_new(session, AskRow, *ask_rows(mail_id, asks))
    return True


def ask_rows(mail_id: str, asks: Iterable[Ask]) -> list[dict[str, Any]]:
    """The rows of what a mail asks, promises and delivers."""
    return [
        {"mail_id": mail_id, "position": n, "kind": ask.kind, "text": ask.text, "due": moment(ask.due)}
        for n, ask in enumerate(asks)
    ]


def _insight_row(mail_id: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "mail_id": mail_id,
        "language": document.get("language") or "und",
        "machine": document.get("machine"),
        "sentiment": (document.get("sentiment") or {}).get("label"),
        "emotion": (document.get("emotion") or {}).get("label"),
        "gist": " ".join(part["text"] for part in document.get("gist") or ()),
        "failure_count": len(document.get("failures") or ()),
        "versions": document.get("versions") or {},
        "document": zlib.compress(dumps(document).encode()),
    }
