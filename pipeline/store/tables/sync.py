"""Tables of mail servers: how a mailbox is reached, its folders, and what became of each mail that they list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class AccountRow(Base):
    """How a mailbox is reached, and whose turn it is to sync it.

    ``settings`` holds server, user name and choices (``accounts.account.Account``), ``secret`` the encrypted password.
    ``state`` is ``active``, ``paused`` or ``failed``, with the code of the last ``problem``. Who holds the lease
    (``lease_owner`` until ``lease_until``) is the only one to sync; nobody tries before ``next_at``.
    """

    __tablename__ = "mail_accounts"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    settings: Mapped[Any]
    secret: Mapped[str]
    state: Mapped[str]
    problem: Mapped[str | None]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    synced_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class GrantRow(Base):
    """A question to a user whether their mail may be read (OAuth), and the answer until a mailbox takes it.

    ``id`` is the hash of the question's state. ``secret`` is encrypted: what the answer must fit, and once ``granted``
    the tokens.
    """

    __tablename__ = "mail_grants"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    service: Mapped[str]
    secret: Mapped[str]
    granted: Mapped[bool]
    expires_at: Mapped[datetime]


class FolderRow(Base):
    """A folder on the server, and how far its sync has come (``ingest.sync.Cursor``).

    ``role`` is its use (``accounts.folders.Role``); ``wanted`` False is not synced. ``exists`` is the server's count
    at the last sync, ``missing`` how many of these it did not deliver.
    """

    __tablename__ = "mail_folders"
    id: Mapped[str] = mapped_column(primary_key=True)
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), index=True)
    name: Mapped[str]
    role: Mapped[str]
    wanted: Mapped[bool]
    since: Mapped[date | None] = mapped_column(Date())
    uidvalidity: Mapped[int] = mapped_column(BigInteger())
    modseq: Mapped[int] = mapped_column(BigInteger())
    last_uid: Mapped[int] = mapped_column(BigInteger())
    resets: Mapped[int]
    token: Mapped[str | None]
    exists: Mapped[int]
    missing: Mapped[int]
    problem: Mapped[str | None]
    synced_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]


class PlaceRow(Base):
    """A mail in a folder of the server, by its UID or UIDL, and what became of it.

    ``outcome`` is ``waiting`` (fetched, to be read), ``stored``, ``already_there``, ``skipped`` or ``failed``.
    ``raw_sha256`` names its bytes, which are kept even of mail that is not read (drafts, spam, trash). No foreign key:
    an erased mail stays known, and so away.
    """

    __tablename__ = "mail_places"
    folder_id: Mapped[str] = mapped_column(ForeignKey("mail_folders.id"), primary_key=True)
    server_id: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str | None]
    raw_sha256: Mapped[str | None] = mapped_column(index=True)
    flags: Mapped[str]
    __table_args__ = (Index(None, "folder_id", "outcome", "reason"),)
