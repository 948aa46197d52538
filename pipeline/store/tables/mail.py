"""Tables of mailboxes and mail: content once, a mail once, a copy per mailbox, and what was found in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, CleanJson, KeyText


class MailboxRow(Base):
    """A mailbox; ``addresses`` are its owner's own addresses, which tell the direction of a mail.

    ``protocol`` is how its mail comes in: ``imap``, ``pop3``, ``gmail``, ``graph``; None where it came from files.
    """

    __tablename__ = "mailboxes"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    addresses: Mapped[Any]
    active: Mapped[bool]
    created_at: Mapped[datetime]
    protocol: Mapped[str | None]


class MailboxAssignmentRow(Base):
    """A user who reads a mailbox as their own."""

    __tablename__ = "mailbox_assignments"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class RawContentRow(Base):
    """The bytes of a mail, compressed with zlib, once per SHA-256."""

    __tablename__ = "raw_contents"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size_bytes: Mapped[int]
    compressed: Mapped[bytes]


class MailRow(Base):
    """One mail of an organisation; ``id`` hashes organisation, Message-ID and content, so it exists once.

    ``sorted_at`` orders lists: the mail's date, or when it was stored where it has none or lies in the future.
    ``thread_key`` is the thread that it stands in now, ``thread_by`` how that is known (``records.ThreadKey``).
    ``subject_key`` hashes the bare subject. ``answer`` is only for mail written as an answer whose headers name no
    thread: what it repeats of earlier mails, by which it may be joined to one of them. ``sent_by`` is the user who sent
    it from the CRM, None for all other mail.
    """

    __tablename__ = "mails"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    message_id: Mapped[str | None]
    content_hash: Mapped[str]
    thread_key: Mapped[str]
    thread_by: Mapped[str] = mapped_column(server_default="references")
    subject_key: Mapped[str | None]
    answer: Mapped[Any | None] = mapped_column(CleanJson(none_as_null=True))
    date: Mapped[datetime | None]
    sorted_at: Mapped[datetime]
    subject: Mapped[str]
    from_name: Mapped[str | None]
    from_address: Mapped[str | None]
    attachment_count: Mapped[int]
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]
    sent_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    __table_args__ = (
        Index(None, "organisation_id", "sorted_at", "id"),
        Index(None, "organisation_id", "thread_key"),
        Index(None, "organisation_id", "subject_key", "sorted_at"),
    )


class ThreadNameRow(Base):
    """The thread of everything that ties mails to each other: Message-IDs, seen or only referred to, and the like."""

    __tablename__ = "thread_names"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    name_hash: Mapped[str] = mapped_column(primary_key=True)
    thread_key: Mapped[str]
    __table_args__ = (Index(None, "organisation_id", "thread_key"),)


class MailAddressRow(Base):
    """An address of a mail's headers: ``role`` is from, to, cc or reply_to."""

    __tablename__ = "mail_addresses"
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    address: Mapped[str] = mapped_column(KeyText())
    __table_args__ = (Index(None, "address", "mail_id"),)


class CopyRow(Base):
    """A mail's copy in one mailbox: where it stood, and the exact bytes that this mailbox received."""

    __tablename__ = "copies"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True, index=True)
    raw_sha256: Mapped[str] = mapped_column(ForeignKey("raw_contents.sha256"), index=True)
    source: Mapped[str]
    direction: Mapped[str]
    sorted_at: Mapped[datetime]
    imported_at: Mapped[datetime]
    __table_args__ = (Index(None, "mailbox_id", "sorted_at", "mail_id"), Index(None, "mailbox_id", "imported_at"))


class InsightRow(Base):
    """What was found in a mail: the insight document (JSON, compressed with zlib) and what lists filter by."""

    __tablename__ = "insights"
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    language: Mapped[str] = mapped_column(index=True)
    machine: Mapped[str | None]
    sentiment: Mapped[str | None]
    emotion: Mapped[str | None]
    gist: Mapped[str]
    failure_count: Mapped[int]
    versions: Mapped[Any]
    document: Mapped[bytes]


class MailIntentRow(Base):
    """An intent that a mail has."""

    __tablename__ = "mail_intents"
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[float]


class AskRow(Base):
    """A sentence of a mail that asks, promises or delivers something (``core.asks.Ask``); ``due`` is in ISO 8601."""

    __tablename__ = "asks"
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    text: Mapped[str]
    due: Mapped[str | None]


class CheckpointRow(Base):
    """How far an import of one source into one mailbox has come; ``source_key`` hashes ``source``."""

    __tablename__ = "import_checkpoints"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    source_key: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    position: Mapped[str]
    counts: Mapped[Any]
    updated_at: Mapped[datetime]
