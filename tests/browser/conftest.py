"""A real server over a filled database, and a real Chromium that opens it and tells on every error and request."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from sqlalchemy import Engine, delete, insert, select

from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.organisation import tokens
from pipeline.store.tables import Base

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_TIMEOUT_S = 60


def _load_seed() -> ModuleType:
    path = Path(__file__).parents[1] / "api" / "seed.py"
    spec = importlib.util.spec_from_file_location("browser_seed", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


seed = _load_seed()


@dataclass
class Site:
    """A running server and what its database was filled with."""

    address: str
    made: Any
    engine: Engine
    rows: dict[str, list[dict[str, Any]]]

    def link(self, who: str) -> str:
        """A fresh one-time sign-in link of a user."""
        with sessions(self.engine).begin() as session:
            token = tokens.create_sign_in_link(session, self.made.users[who].id, datetime.now(UTC))
        return f"{self.address}/sign-in?token={token}"

    def restore(self) -> None:
        """Bring every row back."""
        with self.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(delete(table))
            for table in Base.metadata.sorted_tables:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])


@dataclass
class Watched:
    """What a page did that nobody sees: console messages, uncaught errors, requests to elsewhere."""

    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests, over a filled database."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'site.sqlite3'}"
    engine = open_engine(url)
    migrate(engine)
    with sessions(engine).begin() as session:
        made = seed.fill(session, datetime.now(UTC))
        seed.fill_history(session, made, datetime.now(UTC))
        seed.fill_settings(session, made, datetime.now(UTC))
        tables = Base.metadata.sorted_tables
        rows = {table.name: [dict(row._mapping) for row in session.execute(select(table))] for table in tables}
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port)]
    environment = {**os.environ, "MAIL_INSIGHT_DATABASE_URL": url, "MAIL_INSIGHT_HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--log-level", "warning"], env=environment, stdout=log, stderr=log)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/ready", process, folder / "log")
        yield Site(f"http://127.0.0.1:{port}", made, engine, rows)
    finally:
        process.terminate()
        process.wait(START_TIMEOUT_S)
        engine.dispose()


@pytest.fixture
def site(server: Site) -> Site:
    """The server, with every row as it was filled."""
    server.restore()
    return server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is not installed; `make test` installs it (Debian package chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watched() -> Watched:
    """What the test's pages did; nothing may be left in it at the end."""
    return Watched()


@pytest.fixture
def open_page(site: Site, chromium: Browser, watched: Watched) -> Iterator[Any]:
    """Opens a signed-in page: ``open_page("rep", width=390)``."""
    contexts = []

    def open_as(who: str | None, path: str = "/", **options: Any) -> Page:
        size = {"width": options.pop("width", 1440), "height": options.pop("height", 900)}
        context = chromium.new_context(viewport=size, locale="ja-JP", **options)
        contexts.append(context)
        context.route("**/*", lambda route: _watch(route, site.address, watched))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: watched.complaints.append(message.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        if who is not None:
            page.goto(site.link(who))
            page.wait_for_url(f"{site.address}/")
        if who is None or path != "/":
            page.goto(site.address + path)
        ready(page)
        return page

    yield open_as
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def seats(server: Site, chromium: Browser) -> Iterator[dict[str | None, Page]]:
    """A page for each of rep, admin and stranger, for tests that only look: they sign in once for all screens."""
    server.restore()
    contexts, pages = [], {}
    for who in ("rep", "admin", None):
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP", bypass_csp=True)
        contexts.append(context)
        pages[who] = context.new_page()
        pages[who].set_default_timeout(15_000)
        pages[who].goto(f"{server.address}/sign-in" if who is None else server.link(who))
        if who is not None:
            pages[who].wait_for_url(f"{server.address}/")
    yield pages
    for context in contexts:
        context.close()


def ready(page: Page) -> None:
    """Wait until the keys of the review page work; other pages are ready when they are loaded."""
    if page.locator("main.review").count():
        page.wait_for_selector("main[data-ready]")


def _watch(route: Route, address: str, watched: Watched) -> None:
    if route.request.url.startswith(address):
        route.continue_()
    else:
        watched.elsewhere.append(route.request.url)
        route.abort()


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The server did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
