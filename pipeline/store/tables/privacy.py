"""Tables of what is not to be kept: people who were erased, and how long a mailbox keeps its mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base


class ErasedPersonRow(Base):
    """Somebody whose mail was removed on request, known only by a hash: older mail of theirs does not come back."""

    __tablename__ = "erased_people"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    address_hash: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class TrainingConsentRow(Base):
    """A mailbox whose reader lets decisions on its mail become training rows; one without a row does not."""

    __tablename__ = "training_consents"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    at: Mapped[datetime]


class RetentionRow(Base):
    """After how many days a mailbox's mail is removed; a mailbox without a row keeps it."""

    __tablename__ = "mailbox_retention"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("mailboxes.id"), primary_key=True)
    days: Mapped[int]
