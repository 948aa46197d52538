"""The table of full-text search: the tokens of every mail."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Dialect, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from pipeline.store.tables.base import Base

# PostgreSQL keeps no more positions of one lexeme.
_MAX_POSITIONS = 255


class Tokens(TypeDecorator[Sequence[str]]):
    """Tokens in order: a ``tsvector`` on PostgreSQL, on SQLite a text with spaces that an FTS5 table indexes."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """The column's type on each database."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | str | None, dialect: Dialect) -> str | None:
        """Tokens as the database takes them; a string is what the database gave out."""
        if value is None or isinstance(value, str):
            return value
        return _tsvector(value) if dialect.name == "postgresql" else " ".join(value)


class MailSearchRow(Base):
    """What a mail is found by: subject, people, attachments and text. ``id`` is the row of the FTS5 table on SQLite."""

    __tablename__ = "mail_search"
    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[str] = mapped_column(ForeignKey("mails.id"), unique=True)
    tokens: Mapped[Sequence[str]] = mapped_column(Tokens())
    __table_args__ = (Index(None, "tokens", postgresql_using="gin").ddl_if(dialect="postgresql"),)


def _tsvector(tokens: Sequence[str]) -> str:
    positions: dict[str, list[str]] = {}
    for place, token in enumerate(tokens, 1):
        known = positions.setdefault(token, [])
        if len(known) < _MAX_POSITIONS:
            known.append(str(place))
    return " ".join(f"'{token}':{','.join(places)}" for token, places in positions.items())
