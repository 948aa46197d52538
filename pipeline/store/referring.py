"""Rows that refer to another row, found by the foreign keys of all tables: to lead them elsewhere, or remove them.

Working from the keys themselves, nothing is forgotten when a table is added.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, ForeignKeyConstraint, Table, and_, delete, select, tuple_, update
from sqlalchemy.orm import Session

from pipeline.store.tables import Base

MAX_DEPTH = 8


def lead_elsewhere(session: Session, table: Table, old_id: str, new_id: str) -> None:
    """Make everything that refers to one row refer to another; where that says the same twice, one is dropped."""
    for column in _columns_referring_to(table):
        other = column.table
        assert isinstance(other, Table)
        here, there = column == old_id, {column.name: new_id}
        if not column.primary_key:
            session.execute(update(other).where(here).values(there))
            continue
        twin = other.alias()
        rest = [key for key in other.primary_key.columns if key is not column]
        same = and_(twin.c[column.name] == new_id, *(twin.c[key.name] == key for key in rest))
        session.execute(update(other).where(here, ~select(twin).where(same).exists()).values(there))
        session.execute(delete(other).where(here))


def remove_rows(session: Session, table: Table, keys: list[tuple[object, ...]], depth: int = MAX_DEPTH) -> None:
    """Delete rows by their primary keys, and before them all rows that cannot be without them.

    References that may be empty are emptied.
    """
    if not keys or depth == 0:
        return
    for constraint in _constraints_referring_to(table):
        _detach(session, constraint, table, keys, depth)
    session.execute(delete(table).where(_is_one_of(list(table.primary_key.columns), keys)))


def _detach(
    session: Session, constraint: ForeignKeyConstraint, table: Table, keys: list[tuple[object, ...]], depth: int
) -> None:
    other = constraint.table
    pairs = {element.column.name: element.parent for element in constraint.elements}
    primary = [column.name for column in table.primary_key.columns]
    assert list(pairs) == primary, "foreign keys name whole primary keys"
    here = _is_one_of([pairs[name] for name in primary], keys)
    optional = [column for column in pairs.values() if column.nullable]
    if optional:
        session.execute(update(other).where(here).values({column.name: None for column in optional}))
        return
    found = session.execute(select(*other.primary_key.columns).where(here)).all()
    remove_rows(session, other, [tuple(row) for row in found], depth - 1)


def _is_one_of(columns: list[Column[object]], keys: list[tuple[object, ...]]):  # type: ignore[no-untyped-def]
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)


def _columns_referring_to(table: Table) -> Iterator[Column[object]]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table and len(key.constraint.elements if key.constraint else ()) == 1:
                yield key.parent


def _constraints_referring_to(table: Table) -> Iterator[ForeignKeyConstraint]:
    for other in reversed(Base.metadata.sorted_tables):
        for constraint in sorted(other.foreign_key_constraints, key=lambda one: str(one.name)):
            if constraint.referred_table is table:
                yield constraint
