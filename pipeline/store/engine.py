"""Opens a database, brings its tables up to date and runs transactions: SQLite or PostgreSQL by URL.

Functions of ``pipeline.store`` take a ``Session``, flush, and never commit: the caller holds the transaction,
best with ``transact``, which runs it again where two writers got into each other's way.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors

Result = TypeVar("Result")
SQLITE_WAIT_S = 30.0
POOL_SIZE = 32
MAX_IDLE_S = 10.0
# Any number, the same in every process: whoever migrates PostgreSQL holds this lock.
_MIGRATION_LOCK = 4_917_283


def open_engine(url: str) -> Engine:
    """Open the database at a SQLAlchemy URL; a SQLite file's folder is made where it is missing.

    Raises: errors.SettingsError where the URL names no database that the product can use.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    # The queries are short and have many conditions: compiling one takes longer than running it.
    # A plan made for any list of owners or mails would suit none.
    options = {"options": "-c jit=off -c plan_cache_mode=force_custom_plan"}
    address = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(address, pool_size=POOL_SIZE, connect_args=options)
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", _ask_after_idling)
    return engine


def _note_return(_connection: Any, record: Any) -> None:
    record.info["returned_at"] = time.monotonic()


def _ask_after_idling(connection: Any, record: Any, _proxy: Any) -> None:
    """Replace a connection that lay idle and was lost; to ask of each would cost short work a way there and back."""
    if time.monotonic() - record.info.get("returned_at", math.inf) < MAX_IDLE_S:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except connection.Error:
        raise DisconnectionError from None


def autocommit(session: Session) -> None:
    """Let each statement of a session that has not begun be by itself on PostgreSQL, without a transaction around them.

    Reading sees the same there, with two ways there and back less. SQLite keeps its transaction, one picture of all.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise errors.SettingsError("The database URL cannot be read; write sqlite:///PATH or postgresql://…") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise errors.SettingsError("The database must be SQLite or PostgreSQL: sqlite:///PATH or postgresql://…")
    return parsed


def _open_sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # With IMMEDIATE the driver takes the write lock before the first write, and waits for it. A transaction that
    # began by reading would fail at its first write instead, without waiting, if another had written meanwhile.
    options = {"isolation_level": "IMMEDIATE", "timeout": SQLITE_WAIT_S}
    engine = create_engine(url, connect_args=options, pool_size=POOL_SIZE)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Use SQLite's write-ahead log; the first change to it in a new file does not wait for others by itself."""
    give_up_at = time.monotonic() + SQLITE_WAIT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Create or update all tables; safe to call at every start and from several processes at once."""
    if revision == "head" and _is_newest(engine):
        return
    # Late, as nearly every start ends above.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "pipeline.store:migrations")
    with engine.connect() as connection:
        _lock_for_migration(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def _is_newest(engine: Engine) -> bool:
    """Whether the last step is done already; steps are files in the order of their names, each named as its file."""
    steps = files("pipeline.store") / "migrations" / "versions"
    newest = max(each.name.removesuffix(".py") for each in steps.iterdir() if each.name[0].isdigit())
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]


def _lock_for_migration(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def sessions(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions: ``with sessions(engine).begin() as session`` is one transaction."""
    return sessionmaker(engine, expire_on_commit=False)


def transact(factory: sessionmaker[Session], work: Callable[[Session], Result], attempts: int = 5) -> Result:
    """Run ``work`` in one transaction, again from the start where it lost against another writer.

    ``work`` must have no effect outside the session. What it raises otherwise rolls back and is raised.
    """
    for attempt in range(1, attempts + 1):
        try:
            with factory.begin() as session:
                return work(session)
        except DBAPIError as error:
            if attempt == attempts or not _is_race(error):
                raise
            time.sleep(0.02 * 2**attempt)
    raise AssertionError("unreachable")


def _is_race(error: DBAPIError) -> bool:
    """Whether the transaction fell to another one: deadlock, serialisation failure, a row that the other one had
    inserted meanwhile, or a busy SQLite file.
    """
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in ("40001", "40P01", "23505")
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
