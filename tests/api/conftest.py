"""One application and one filled database for each kind of server; every test finds its rows as they were filled."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.security import CSRF_HEADER, SESSION_COOKIE
from pipeline.settings import Settings
from pipeline.store.organisation import tokens
from pipeline.store.tables import Base
from tests.mail_server import Dovecot, running_dovecot
from tests.oauth_server import TokenServer, running_provider


def _load_seed() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_seed", Path(__file__).with_name("seed.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


seed = _load_seed()


@pytest.fixture(scope="session", name="seed")
def seed_module() -> ModuleType:
    """The module that fills a database."""
    return seed


@dataclass
class Office:
    """An application over a filled database, and a copy of all its rows."""

    app: FastAPI
    made: Any
    rows: dict[str, list[dict[str, Any]]]

    @property
    def engine(self) -> Engine:
        factory: sessionmaker[Session] = self.app.state.database.factory
        return factory.kw["bind"]  # type: ignore[no-any-return]

    def restore(self) -> None:
        """Bring every row back."""
        with self.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(delete(table))
            for table in Base.metadata.sorted_tables:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The application over SQLite and over PostgreSQL in turn."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'office.sqlite3'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        server.run("DROP DATABASE IF EXISTS office WITH (FORCE)")  # of this fixture, when the databases took turns
        server.run("CREATE DATABASE office")
        url = server.url("office")
    app = create_app(Settings(home=folder, database_url=url))
    with app.state.database.factory.begin() as session:
        made = seed.fill(session, datetime.now(UTC))
        rows = {
            table.name: [dict(row._mapping) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
        }
    with TestClient(app):
        yield Office(app, made, rows)


@pytest.fixture
def app(office: Office) -> FastAPI:
    """The application, its database as it was filled."""
    office.restore()
    return office.app


@pytest.fixture
def filled(app: FastAPI, office: Office) -> Any:
    """What the database was filled with."""
    return office.made


@pytest.fixture
def store(app: FastAPI) -> sessionmaker[Session]:
    """The database behind the app, for looking."""
    factory: sessionmaker[Session] = app.state.database.factory
    return factory


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """A browser that is not signed in; it shows server errors as answers and follows no redirect."""
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def sign_in(app: FastAPI, filled: Any, store: sessionmaker[Session]) -> Callable[[str], TestClient]:
    """Signs a user in and returns their browser, which sends the form token by header."""

    def as_user(who: str) -> TestClient:
        now = datetime.now(UTC)
        with store.begin() as session:
            token = tokens.start_session(session, filled.users[who].id, now)
            opened = tokens.find_session(session, token, now)
        assert opened is not None
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
        client.cookies.set(SESSION_COOKIE, token)
        client.headers[CSRF_HEADER] = opened.csrf_token
        return client

    return as_user


@pytest.fixture
def rep(sign_in: Callable[[str], TestClient]) -> TestClient:
    """The first rep's browser."""
    return sign_in("rep")


@pytest.fixture(scope="session")
def house() -> Iterator[tuple[TokenServer, Dovecot]]:
    """A provider of permissions, and a mail server that asks it."""
    with running_provider() as tokens, running_dovecot(tokens.url) as server:
        yield tokens, server


@pytest.fixture
def open_house(
    app: FastAPI, house: tuple[TokenServer, Dovecot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The application allows the house's own servers, and knows its service."""
    tokens, server = house
    path = tmp_path / "services.toml"
    ca_file = str(server.folder / "cert.pem")
    host = {"host": "127.0.0.1", "port": server.ports["IMAPS"], "ca_file": ca_file}
    path.write_text(tokens.services(imap=host))
    changed = {"private_mail_hosts": True, "mail_ca_file": ca_file, "services_file": str(path), "home": tmp_path}
    settings: Settings = app.state.settings.model_copy(update=changed)
    monkeypatch.setitem(app.state._state, "settings", settings)
    return settings
