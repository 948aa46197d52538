"""Column types that mean the same on SQLite and PostgreSQL, and the base of all tables."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# PostgreSQL stores neither NUL nor lone surrogates in text; hostile mail holds both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# Longer than any real value, and short enough for PostgreSQL's index rows (2704 bytes at 4 bytes a character).
KEY_LENGTH = 320


def clean(text: str) -> str:
    """The text with characters that a database cannot store replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def clean_json(value: Any) -> Any:
    """A JSON value with every string in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return value


def new_id() -> str:
    """A fresh random identifier of 32 hex digits."""
    return uuid.uuid4().hex


class CleanText(TypeDecorator[str]):
    """Text of any length; what cannot be stored is replaced, never refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean on the way in, also in conditions."""
        return None if value is None else clean(value)


class KeyText(CleanText):
    """Text that is indexed: cut to a length that every index can hold."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean and cut on the way in, also in conditions."""
        return None if value is None else clean(value[:KEY_LENGTH])


class CleanJson(TypeDecorator[Any]):
    """A JSON value; what cannot be stored in its strings is replaced."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Clean on the way in."""
        return clean_json(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, stored in UTC and returned with its zone; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite keeps it without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: CleanText(), datetime: UtcDateTime(), Any: CleanJson()}  # noqa: RUF012
