"""Tables of the CRM: leads, contacts, accounts and deals, their links to mail, and activities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class RecordRow(Base):
    """A lead, contact, account or deal. ``name_key`` is its normalised name, for finding duplicates.

    ``opened_at``, ``modified_at``, ``closed_at`` and ``won`` tell a deal's history; a record of another kind was
    opened when it was created. ``owner_id`` is the user it belongs to, where it belongs to one.
    """

    __tablename__ = "records"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(KeyText())
    account_id: Mapped[str | None] = mapped_column(ForeignKey("records.id"), index=True)
    open: Mapped[bool]
    opened_at: Mapped[datetime]
    modified_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    won: Mapped[bool | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    __table_args__ = (
        Index(None, "organisation_id", "kind", "name_key", "id"),
        Index(None, "organisation_id", "name_key"),
    )


class RecordFieldRow(Base):
    """A value of a record. Several values of one field differ in ``position``.

    ``origin`` says who set it last: ``person`` typed it, ``suggestion`` was accepted as proposed, ``import``
    brought it in. ``mail_id`` is the mail it was read from.
    """

    __tablename__ = "record_fields"
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str]
    type: Mapped[str | None]
    extension: Mapped[str | None]
    origin: Mapped[str]
    edited_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    edited_at: Mapped[datetime]
    mail_id: Mapped[str | None] = mapped_column(ForeignKey("mails.id"), index=True)


class RecordAddressRow(Base):
    """An e-mail address of a record; position 0 is the primary one."""

    __tablename__ = "record_addresses"
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    address: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    position: Mapped[int]
    __table_args__ = (Index(None, "organisation_id", "address"),)


class DealContactRow(Base):
    """A contact who has a part in a deal."""

    __tablename__ = "deal_contacts"
    deal_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True, index=True)
    role: Mapped[str | None]


class DealContactPeriodRow(Base):
    """A time in which a contact had a part in a deal, and which; ``until`` is empty while it lasts."""

    __tablename__ = "deal_contact_periods"
    deal_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    role: Mapped[str | None]


class DealStageRow(Base):
    """What a deal was from a time on: its stage, whether it was open, and its outcome where it was not."""

    __tablename__ = "deal_stages"
    deal_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    stage: Mapped[str | None]
    open: Mapped[bool]
    won: Mapped[bool | None]


class RecordRedirectRow(Base):
    """The id of a record that was merged into another one, so that old references still lead somewhere."""

    __tablename__ = "record_redirects"
    old_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class RecordSourceRow(Base):
    """What a record is called where it comes from: the id that a file or an outside CRM gives it."""

    __tablename__ = "record_sources"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    source: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    external_id: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), index=True)
    seen_at: Mapped[datetime]


class RecordSyncRow(Base):
    """Until when the changes of an outside CRM are known."""

    __tablename__ = "record_syncs"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    source: Mapped[str] = mapped_column(KeyText(), primary_key=True)
    synced_at: Mapped[datetime]


class LinkRow(Base):
    """A mail that belongs to a record. ``origin`` is the reason that found it, or ``manual`` or ``decision``.

    A link that a person took away stays with ``active`` false, so that nothing links it again by itself.
    ``sorted_at`` is that of the mail.
    """

    __tablename__ = "links"
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    origin: Mapped[str]
    active: Mapped[bool]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    sorted_at: Mapped[datetime]
    __table_args__ = (Index(None, "record_id", "active", "sorted_at", "mail_id"),)


class ActivityRow(Base):
    """An accepted meeting, call or task; ``slots``, ``old_start``, ``due`` hold ISO 8601 as in the document.

    ``starts_at`` orders them: the first slot or the due date, in UTC. It inherits the audience of the suggestion that
    created it or changed it last.
    """

    __tablename__ = "activities"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[str]
    status: Mapped[str]
    title: Mapped[str]
    slots: Mapped[Any]
    old_start: Mapped[str | None]
    due: Mapped[str | None]
    owner: Mapped[str | None]
    location: Mapped[str | None]
    online_url: Mapped[str | None]
    participants: Mapped[Any]
    meeting_id: Mapped[str | None]
    passcode: Mapped[str | None]
    uid: Mapped[str | None]
    sequence: Mapped[int | None]
    starts_at: Mapped[datetime | None]
    person: Mapped[str | None] = mapped_column(KeyText())
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), index=True)
    suggestion_id: Mapped[str]
    thread_key: Mapped[str]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "suggestion_id"], ["suggestions.organisation_id", "suggestions.id"]),
        Index(None, "organisation_id", "starts_at", "id"),
        Index(None, "organisation_id", "thread_key", "kind"),
        Index(None, "organisation_id", "person"),
    )
