"""Table of the intents that people make from examples."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables.base import Base, KeyText


class CustomIntentRow(Base):
    """An intent of an organisation: its example sentences, and per language what was fitted to them.

    In ``mail_intents`` and documents its label is ``custom:`` and its name.
    """

    __tablename__ = "custom_intents"
    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(KeyText())
    examples: Mapped[Any]
    counter_examples: Mapped[Any]
    fitted: Mapped[Any]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
