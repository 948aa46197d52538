"""Every row that a decision changed, before and after, so that taking it back restores each of them exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.tables import Base
from pipeline.store.tables.base import UtcDateTime

Row = Mapping[str, Any]


class Journal:
    """Writes rows and keeps what they were: use it for every write of a decision."""

    def __init__(self, session: Session) -> None:
        """An empty journal of this session's transaction."""
        self.session = session
        self.changes: list[dict[str, Any]] = []

    def holds(self, table: type[Base], keys: Row) -> bool:
        """Whether there is a row with these keys."""
        return _read(self.session, _table(table), keys) is not None

    def put(self, table: type[Base], row: Row) -> bool:
        """Make the row with these keys be exactly this; tell whether that changed anything."""
        here = _table(table)
        before = _read(self.session, here, row)
        after = {column.name: row.get(column.name) for column in here.columns}
        if before == after:
            return False
        _write(self.session, here, before, after)
        self._note(here, before, after)
        return True

    def change(self, table: type[Base], keys: Row, **values: Any) -> None:
        """Set some columns of a row that exists."""
        before = _read(self.session, _table(table), keys)
        assert before is not None, "a row to change"
        self.put(table, {**before, **values})

    def _note(self, table: Table, before: Row | None, after: Row | None) -> None:
        self.changes.append({"table": table.name, "before": _encode(before), "after": _encode(after)})


def restore(journal: Journal, changes: list[dict[str, Any]]) -> None:
    """Bring every row of these changes back to what it was, last change first; ``journal`` notes that in its turn.

    A suggestion's version goes on growing, so that a page which still shows the old state is found out.

    Raises: errors.Conflict where somebody changed or built upon one of the rows since; roll back then.
    """
    for change in reversed(changes):
        table = Base.metadata.tables[change["table"]]
        before, after = _decode(table, change["before"]), _decode(table, change["after"])
        current = _read(journal.session, table, after or before or {})
        if _compared(current, after) != _compared(after, after):
            raise errors.Conflict("This cannot be undone: it was changed again since.")
        if before is None and after is not None and _is_referred_to(journal.session, table, after):
            raise errors.Conflict("This cannot be undone: something else was built upon it since.")
        if before is not None and current is not None and "version" in before:
            before = {**before, "version": current["version"] + 1}
        _write(journal.session, table, current, before)
        journal._note(table, current, before)


def _compared(row: Row | None, noted: Row | None) -> Row | None:
    """What was noted, but the version; a column that was added since is not there."""
    return None if row is None else {name: row[name] for name in noted or row if name != "version"}


def _table(table: type[Base]) -> Table:
    here = table.__table__
    assert isinstance(here, Table)
    return here


def _keys(table: Table, row: Row) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def _read(session: Session, table: Table, row: Row) -> dict[str, Any] | None:
    found = session.execute(select(table).where(_keys(table, row))).one_or_none()
    return None if found is None else dict(found._mapping)


def _write(session: Session, table: Table, before: Row | None, after: Row | None) -> None:
    if after is None:
        assert before is not None
        session.execute(delete(table).where(_keys(table, before)))
    elif before is None:
        session.execute(insert(table).values(dict(after)))
    else:
        session.execute(update(table).where(_keys(table, after)).values(dict(after)))


def _is_referred_to(session: Session, table: Table, row: Row) -> bool:
    return any(
        session.execute(select(other).where(key.parent == row[key.column.name]).limit(1)).first() is not None
        for other in table.metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table and len(key.constraint.elements if key.constraint else ()) == 1
    )


def _encode(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _decode(table: Table, row: Row | None) -> dict[str, Any] | None:
    return None if row is None else {name: _value(table.columns[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(column.type, UtcDateTime) and value is not None else value
