"""Tables of mail that goes out, filters of mailboxes with the marks they set, and backups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class OutgoingRow(Base):
    """A mail on its way out (``core.sending`` names the states).

    ``content`` is its bytes, compressed with zlib, until it is stored as a mail (``mail_id``). ``recipients`` is the
    envelope; ``refused`` are those of them that the server did not take. ``saved`` tells about the server's Sent
    folder: ``no`` (not ours to do), ``due``, ``done``, ``failed``. ``answers`` is the mail that it replies to,
    ``delivery_id`` the follow-up of a rule that it is.
    """

    __tablename__ = "outgoing_mails"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    message_id: Mapped[str] = mapped_column(KeyText(), unique=True)
    sender: Mapped[str]
    recipients: Mapped[Any]
    refused: Mapped[Any]
    subject: Mapped[str]
    content: Mapped[bytes | None]
    size_bytes: Mapped[int]
    state: Mapped[str]
    saved: Mapped[str]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    problem: Mapped[str | None]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    answers: Mapped[str | None] = mapped_column(ForeignKey("mails.id"), index=True)
    mail_id: Mapped[str | None] = mapped_column(ForeignKey("mails.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "state", "next_at"), Index(None, "user_id", "created_at", "id"))


class MailFilterRow(Base):
    """A filter of a mailbox (``core.filters``), in the order of ``position``.

    ``origin`` is where it came from; ``left_out`` lists in plain words what of it could not be translated.
    """

    __tablename__ = "mail_filters"
    id: Mapped[str] = mapped_column(primary_key=True)
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"))
    position: Mapped[int]
    name: Mapped[str]
    origin: Mapped[str]
    active: Mapped[bool]
    definition: Mapped[Any]
    left_out: Mapped[Any]
    created_at: Mapped[datetime]
    __table_args__ = (Index(None, "mailbox_id", "position"),)


class MailMarkRow(Base):
    """What a filter set on a mail in one mailbox: a label, a folder, that it is read, flagged, in the trash …"""

    __tablename__ = "mail_marks"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    at: Mapped[datetime]
    __table_args__ = (Index(None, "mailbox_id", "kind", "value"),)


class BackupRow(Base):
    """A backup of a user's mail: ``running``, ``done`` or ``failed``; ``sha256`` is that of its manifest."""

    __tablename__ = "backups"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    path: Mapped[str]
    state: Mapped[str]
    mails: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[str | None]
    problem: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
