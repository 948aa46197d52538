"""Fixtures that several rooms share: every test that asks for a database runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, delete, select, text

from pipeline.store.engine import migrate, open_engine
from pipeline.store.tables import Base

START_TIMEOUT_S = 60
_END_TRANSACTIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
_DURABILITY_OFF = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of this test session."""

    process: subprocess.Popen[bytes]
    port: int

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server on loopback, started at the first test that needs it and stopped after the last."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    owner = server_owner()
    if owner is not None:
        shutil.chown(folder, owner)
    try:
        server = start_server(folder, owner)
        try:
            yield server
        finally:
            server.process.terminate()
            server.process.wait(START_TIMEOUT_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_engine(postgres: Server) -> Iterator[Engine]:
    """A migrated database that is emptied after each test: a new one, with new connections, takes much longer."""
    postgres.run("CREATE DATABASE migrated")
    opened = open_engine(postgres.url("migrated"))
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    opened = open_engine(f"sqlite:///{path}")
    migrate(opened)
    opened.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on each kind of database in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server, name = request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}"
    server.run(f"CREATE DATABASE {name}")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without rows, on each kind of database in turn."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    shared: Engine = request.getfixturevalue("postgres_engine")
    yield shared.url.set(drivername="postgresql").render_as_string(hide_password=False)
    _empty(shared)


@pytest.fixture
def engine(database_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The migrated database, opened."""
    if database_url.startswith("postgresql"):
        yield request.getfixturevalue("postgres_engine")
        return
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


def _empty(shared: Engine) -> None:
    """Delete all rows, after ending transactions that a test left open: they may hold locks."""
    tables = list(reversed(Base.metadata.sorted_tables))
    with shared.connect() as connection:
        ended = connection.execute(text(_END_TRANSACTIONS)).all()
    if ended:
        shared.dispose()
    with shared.begin() as connection:
        filled = connection.execute(select(*(select(table).exists().label(table.name) for table in tables))).one()
        for table in tables:
            if filled._mapping[table.name]:
                connection.execute(delete(table))


def start_server(folder: Path, owner: str | None, settings: Sequence[str] = _DURABILITY_OFF) -> Server:
    """Start a PostgreSQL server whose data lies in the folder, and is made where there is none yet."""
    data, port = folder / "data", _free_port()
    if not data.exists():
        _make_cluster(folder, data, owner)
    options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *settings]
    command = [_program("postgres"), "-D", str(data), *(part for option in options for part in ("-c", option))]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, user=owner, cwd=folder, stdout=log, stderr=log)
    server = Server(process, port)
    _wait_until_up(server, folder / "log")
    return server


def _make_cluster(folder: Path, data: Path, owner: str | None) -> None:
    initdb = [_program("initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    made = subprocess.run(initdb, user=owner, cwd=folder, capture_output=True, check=False)
    if made.returncode:
        pytest.fail(f"initdb failed:\n{made.stderr.decode(errors='replace')}")


def _wait_until_up(server: Server, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            server.run("SELECT 1")
            return
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > deadline:
                server.process.kill()
                pytest.fail(f"PostgreSQL did not start ({error}):\n{log.read_text(errors='replace')}")
            time.sleep(0.05)


def _program(name: str) -> str:
    """The server's program: on the path, or where Debian and others keep it."""
    places = sorted(glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin"), key=_version)
    found = next((f"{place}/{name}" for place in reversed(places) if os.access(f"{place}/{name}", os.X_OK)), None)
    found = found or shutil.which(name)
    if found is None:
        pytest.fail(f"PostgreSQL's {name} is not installed; `make test` installs it (Debian package postgresql).")
    return found


def _version(place: str) -> list[int]:
    return [int(part) for part in "".join(c if c.isdigit() else " " for c in place).split()]


def server_owner() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as its own user, made by its package, or as nobody."""
    if os.geteuid() != 0:
        return None
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
