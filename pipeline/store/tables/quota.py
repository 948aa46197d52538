"""Tables of storage use: what was bought, what is used by whom, how that grew, and what waits for room.

A ``scope`` is the id of an organisation or of a mailbox.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base


class QuotaTermsRow(Base):
    """What an organisation bought, and how strictly that is taken."""

    __tablename__ = "quota_terms"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    licences: Mapped[int]
    addon_gb: Mapped[int]
    mode: Mapped[str]


class QuotaEntryRow(Base):
    """A content that is kept in a scope, once, with its size."""

    __tablename__ = "quota_entries"
    scope: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str] = mapped_column(primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index(None, "content_hash"),)


class QuotaTotalRow(Base):
    """The sum of a scope's entries; whoever changes entries of an organisation holds this row of it."""

    __tablename__ = "quota_totals"
    scope: Mapped[str] = mapped_column(primary_key=True)
    used_bytes: Mapped[int] = mapped_column(BigInteger)


class QuotaDayRow(Base):
    """What a scope used at the end of a day (UTC, ``2026-03-10``)."""

    __tablename__ = "quota_days"
    scope: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    used_bytes: Mapped[int] = mapped_column(BigInteger)


class QuotaAttachmentRow(Base):
    """An attachment of at least 1 MB in a content that is kept, for asking what dropping large ones would free."""

    __tablename__ = "quota_attachments"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)


class QuotaWaitingRow(Base):
    """A mail of a mailbox whose body was not kept for lack of room, to be fetched again when there is some."""

    __tablename__ = "quota_waiting"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True, index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime]


class QuotaReachedRow(Base):
    """A threshold that is reached and was told; the row goes when use falls below it."""

    __tablename__ = "quota_reached"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    threshold: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class NoticeRow(Base):
    """Something that a user is told, until they have read it; ``detail`` holds no mail content."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    mail_id: Mapped[str | None] = mapped_column(ForeignKey("mails.id"), index=True)
    detail: Mapped[Any]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "user_id", "id"),)
