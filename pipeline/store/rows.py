"""The few statements that must be written differently, or carefully, on two databases."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import JSON, Boolean, Dialect, SQLColumnExpression, Table, Text, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from pipeline.store.tables import Base, OrganisationRow
from pipeline.store.tables.base import clean


class _Strings(TypeDecorator[list[str]]):
    """Many strings as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """How the database takes it."""
        return dialect.type_descriptor(JSON() if dialect.name == "sqlite" else ARRAY(Text()))


class _OneOf(FunctionElement[bool]):
    """A column and the strings it may be one of."""

    name = "one_of"
    type = Boolean()
    inherit_cache = True


@compiles(_OneOf, "postgresql")
def _as_array(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} = ANY ({values}))"


@compiles(_OneOf, "sqlite")
def _as_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608


def one_of(column: SQLColumnExpression[str] | SQLColumnExpression[str | None], values: Collection[str]) -> _OneOf:
    """``column.in_(values)`` as one parameter: hundreds of them take longer to hand over than the query runs."""
    return _OneOf(column, literal(list(values), _Strings()))


def insert_new(session: Session, table: type[Base], *rows: Mapping[str, Any]) -> int:
    """Insert the rows that are not there yet, and tell how many these were; others' rows are waited for.

    The rows must have the same columns; they are parameters of one statement, which is compiled only once.
    """
    if not rows:
        return 0
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    statement = insert(cast(Table, table.__table__)).on_conflict_do_nothing()
    options = {"preserve_rowcount": True}
    result = session.connection().execute(statement, [dict(row) for row in rows], execution_options=options)
    return result.rowcount


def upsert(session: Session, table: type[Base], row: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Insert a row, or overwrite the one with the same keys."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    statement = insert(table).values(dict(row))
    rest = {name: statement.excluded[name] for name in row if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))


def lock(session: Session, organisation_id: str) -> None:
    """Make the decisions of one organisation happen one after the other, until the transaction ends.

    What was read before is to be read again. Readers and importers are not held up on PostgreSQL.
    """
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection().connection.dbapi_connection
        if not getattr(connection, "in_transaction", False):
            session.execute(text("BEGIN IMMEDIATE"))
        return
    session.execute(
        select(OrganisationRow.id).where(OrganisationRow.id == organisation_id).with_for_update(key_share=True)
    )


def digest(*parts: str) -> str:
    """A key of 32 hex digits for any strings; parts cannot run into each other."""
    text = "\0".join(clean(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
