"""``make bench-api``: how fast the served application answers 16 clients over 100,000 and 1,000,000 stored mails.

The mails are made once (``tests.bench.organisation``) and kept in ``build/bench-api``, a PostgreSQL cluster of the
project's own. Two measurements of each database:

* under load: uvicorn as ``mail-insight serve`` starts it, 16 clients, each a user of their own with a kept connection;
* one by one: the same requests in this process, to count the SQL statements and to find those whose time grows.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from sqlalchemy import event

from pipeline.settings import Settings
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.organisation import tokens
from pipeline.store.organisation.people import get_user
from pipeline.store.review.suggestions import list_queue
from pipeline.store.tables import ApiTokenRow
from tests.bench.organisation import USERS, key, load, words
from tests.conftest import Server, server_owner, start_server

FOLDER = Path("build/bench-api").absolute()
SIZES = (100_000, 1_000_000)
CLIENTS = 16
# As a small server of one's own would be set up; what is written is durable.
SERVER_SETTINGS = ("shared_buffers=2GB", "work_mem=16MB", "random_page_cost=1.1", "max_wal_size=4GB")
LOADING = ("shared_buffers=1GB", "max_wal_size=8GB", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
PORT = 8931
BAR_MS = 80


@dataclass(frozen=True, slots=True)
class Client:
    """A user with a token, and the ids of suggestions that wait for them."""

    user_id: str
    secret: str
    queue: tuple[str, ...]


@dataclass(slots=True)
class Asked:
    """The answers to one kind of request: how long each took, in ms."""

    times_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The time that this share of the answers did not exceed."""
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Request = tuple[str, str, str | None]
Kind = Callable[[Random, Client, int], Request]


def _get(path: str) -> Request:
    return ("GET", path, None)


def _contact(random: Random, mails: int) -> str:
    """Mostly one of the few who write most."""
    contacts = max(50, mails // 25)
    return key("contact", int(contacts * random.random() ** 3))


def _word(random: Random) -> str:
    """One or two words, from the most frequent to rare ones."""
    known = words()[:: 2 if random.random() < 0.5 else 1]
    return quote(
        " ".join(random.choice(known[: random.choice((20, 300, 4000))]) for _ in range(random.choice((1, 1, 2))))
    )


def _decide(random: Random, client: Client, _: int) -> Request:
    return ("POST", f"/api/v1/suggestions/{random.choice(client.queue)}/accept", "{}")


# How often each is asked, as people use the pages; an accepted suggestion is taken back at once.
KINDS: dict[str, tuple[int, Kind]] = {
    "list: inbox": (6, lambda r, c, n: _get("/api/v1/mails?limit=50")),
    "list: inbox of a language and intent": (2, lambda r, c, n: _get("/api/v1/mails?language=ja&intent=complaint")),
    "list: view of the inbox": (1, lambda r, c, n: _get("/api/v1/mails?view=open_deals")),
    "list: mail of a contact": (4, lambda r, c, n: _get(f"/api/v1/records/{_contact(r, n)}/mails")),
    "list: mail of an account": (
        2, lambda r, c, n: _get(f"/api/v1/records/{key('account', r.randrange(n // 250))}/mails"),
    ),
    "search": (6, lambda r, c, n: _get(f"/api/v1/search?q={_word(r)}")),
    "decide: accept": (4, _decide),
    "queue": (4, lambda r, c, n: _get("/api/v1/suggestions")),
    "page: review": (2, lambda r, c, n: _get("/")),
    "page: inbox": (2, lambda r, c, n: _get("/inbox")),
    "page: record": (2, lambda r, c, n: _get(f"/records/{_contact(r, n)}")),
    "record": (3, lambda r, c, n: _get(f"/api/v1/records/{_contact(r, n)}")),
    "records by last mood": (1, lambda r, c, n: _get("/api/v1/records?sentiment=negative")),
    "facets": (2, lambda r, c, n: _get("/api/v1/facets")),
    "facets of a search": (1, lambda r, c, n: _get(f"/api/v1/facets?q={_word(r)}")),
    "activities": (1, lambda r, c, n: _get("/api/v1/activities")),
    "notices": (1, lambda r, c, n: _get("/api/v1/notices")),
}  # fmt: skip


@contextmanager
def cluster(settings: Sequence[str]) -> Iterator[Server]:
    """The kept PostgreSQL cluster, running."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    owner = server_owner()
    if owner is not None:
        shutil.chown(FOLDER, owner)
    server = start_server(FOLDER, owner, settings)
    try:
        yield server
    finally:
        server.process.send_signal(signal.SIGINT)
        server.process.wait(120)


def prepare(size: int) -> None:
    """Make the database of this size where it is not there yet, and bring its tables up to date."""
    name, ready = f"mails_{size}", FOLDER / f"mails_{size}.ready"
    with cluster(LOADING) as server:
        if not ready.exists():
            started = time.monotonic()
            server.run(f"DROP DATABASE IF EXISTS {name}")
            server.run(f"CREATE DATABASE {name}")
            engine = open_engine(server.url(name))
            migrate(engine)
            load(engine, size)
            engine.dispose()
            ready.touch()
            print(f"{size:,} mails made in {time.monotonic() - started:.0f} s", file=sys.stderr)


def enrol(url: str, count: int) -> list[Client]:
    """Tokens for some users, with what waits for each."""
    engine, now, found = open_engine(url), datetime.now(UTC), []
    migrate(engine)
    with sessions(engine).begin() as session:
        session.query(ApiTokenRow).delete()
        for user_id in [key("user", n * (USERS // count) + 2) for n in range(count)]:
            user = get_user(session, user_id)
            secret, _ = tokens.create_api_token(session, user_id, "bench", now, scope="write")
            found.append(
                Client(user_id, secret, tuple(one.id for one in list_queue(session, user, now, limit=20).items))
            )
    engine.dispose()
    return found


def settings(url: str, processes: int = 1) -> Settings:
    """Those of the application that is measured."""
    home = FOLDER / "home"
    return Settings(home=home, database_url=url, port=PORT, requests_per_minute=0, server_processes=processes)


@contextmanager
def served(url: str, processes: int) -> Iterator[None]:
    """The application under uvicorn, as ``mail-insight serve`` starts it."""
    environment = {f"MAIL_INSIGHT_{n.upper()}": str(v) for n, v in settings(url, processes).model_dump().items()}
    process = subprocess.Popen([".venv/bin/mail-insight", "serve"], env=os.environ | environment)
    try:
        for _ in range(300):
            try:
                if ask(_connection(), ("GET", "/health", None), "")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _connection() -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)


def ask(connection: http.client.HTTPConnection, request: Request, secret: str) -> tuple[int, bytes]:
    """One request over a kept connection."""
    method, path, body = request
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def under_load(clients: Sequence[Client], size: int, seconds: float, pause_s: float) -> dict[str, Asked]:
    """What all clients measured together; each waits ``pause_s`` on average between an answer and its next request."""
    found: dict[str, Asked] = defaultdict(Asked)
    until = time.monotonic() + seconds
    failures: list[str] = []

    def one(client: Client, number: int) -> None:
        random, connection = Random(number), _connection()
        time.sleep(pause_s * random.random())
        while time.monotonic() < until:
            name, kind = choose(random)
            request = kind(random, client, size)
            started = time.perf_counter()
            status, _ = ask(connection, request, client.secret)
            found[name].times_ms.append((time.perf_counter() - started) * 1000)
            if status != 200:
                failures.append(f"{request[1]}: {status}")
            if name.startswith("decide"):
                started = time.perf_counter()
                ask(connection, ("POST", "/api/v1/undo", "{}"), client.secret)
                found["decide: undo"].times_ms.append((time.perf_counter() - started) * 1000)
            time.sleep(pause_s * 2 * random.random())

    threads = [threading.Thread(target=one, args=(client, number)) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"{len(failures)} requests failed: {failures[:3]}")
    return dict(sorted(found.items()))


def choose(random: Random) -> tuple[str, Kind]:
    """A kind of request, by how often it is asked."""
    (name,) = random.choices(list(KINDS), [weight for weight, _ in KINDS.values()])
    return name, KINDS[name][1]


@dataclass(slots=True)
class Statements:
    """One kind of request: the SQL statements each sent, the time of each text, and of this process's CPU, in ms."""

    requests: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    times_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def per_request(self) -> float:
        """How many a request sends."""
        return sum(map(len, self.times_ms.values())) / max(1, self.requests)

    def slowest(self) -> tuple[float, str]:
        """The median of the slowest statement, and its text."""
        return max((statistics.median(times), text) for text, times in self.times_ms.items())


def one_by_one(url: str, clients: Sequence[Client], size: int, rounds: int) -> dict[str, Statements]:
    """Every kind of request asked by each of these clients, with the time of each statement."""
    from fastapi.testclient import TestClient

    from api.app import create_app

    app, random = create_app(settings(url)), Random(1)
    found: dict[str, Statements] = defaultdict(Statements)
    engine = app.state.database.factory.kw["bind"]
    now: list[Statements] = [Statements()]
    event.listen(engine, "before_cursor_execute", lambda c, k, s, p, x, m: x.__setattr__("began", time.perf_counter()))

    def note(_c: Any, _k: Any, statement: str, _p: Any, context: Any, _m: Any) -> None:
        now[0].times_ms[statement].append((time.perf_counter() - context.began) * 1000)

    event.listen(engine, "after_cursor_execute", note)
    with TestClient(app) as http_client:
        for turn in range(rounds + 1):
            for client in clients:
                http_client.headers["authorization"] = f"Bearer {client.secret}"
                for name, (_, kind) in KINDS.items():
                    now[0] = found[name] if turn else Statements()
                    now[0].requests += 1
                    method, path, body = kind(random, client, size)
                    began = time.process_time()
                    answer = http_client.request(
                        method, path, content=body, headers={"content-type": "application/json"}
                    )
                    now[0].cpu_ms.append((time.process_time() - began) * 1000)
                    assert answer.status_code == 200, (path, answer.text)
                    now[0] = Statements()
                    if name.startswith("decide"):
                        http_client.post("/api/v1/undo", json={})
    return dict(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds a client waits on average; 0: none")
    parser.add_argument("--rounds", type=int, default=2, help="how often each client asks each kind one by one")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that answer")
    parser.add_argument("--sql", action="store_true", help="print the slowest statements in full")
    given = parser.parse_args()
    alone, loaded = {}, {}
    for size in given.sizes:
        prepare(size)
    with cluster(SERVER_SETTINGS) as server:
        for size in given.sizes:
            url = server.url(f"mails_{size}")
            clients = enrol(url, CLIENTS)
            alone[size] = one_by_one(url, clients[:3], size, given.rounds)
            with served(url, given.workers):
                under_load(clients, size, 5, 0.2)
                loaded[size] = under_load(clients, size, given.seconds, given.pause)
            report({size: alone[size]}, {size: loaded[size]}, given.sql)
    if len(given.sizes) > 1:
        report(alone, loaded, sql=False)


def report(alone: dict[int, dict[str, Statements]], loaded: dict[int, dict[str, Asked]], sql: bool) -> None:
    """The table, and the machine's load while it was made."""
    print(f"\nload average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {CLIENTS} clients")
    sizes = list(loaded)
    print("| request | statements | CPU ms | " + " | ".join(f"p50 / p95 ms, {s:,} mails" for s in sizes), end="")
    print(" | slowest statement, ms: " + " → ".join(f"{s:,}" for s in sizes) + " |")
    for name in loaded[sizes[-1]]:
        cells = [f"{loaded[s][name].percentile(0.5):.0f} / {loaded[s][name].percentile(0.95):.0f}" for s in sizes]
        known = [alone[s].get(name) for s in sizes]
        count = f"{known[-1].per_request:.0f} | {statistics.median(known[-1].cpu_ms):.0f}" if known[-1] else "– | –"
        slowest = " → ".join(f"{one.slowest()[0]:.1f}" for one in known if one)
        print(f"| {name} | {count} | {' | '.join(cells)} | {slowest} |")
    everything = [ms for asked in loaded[sizes[-1]].values() for ms in asked.times_ms]
    print(f"{len(everything)} requests at {sizes[-1]:,} mails")
    if sql:
        for name, one in alone[sizes[-1]].items():
            print(f"\n-- {name}: {one.slowest()[0]:.1f} ms\n{one.slowest()[1]}")


if __name__ == "__main__":
    main()
