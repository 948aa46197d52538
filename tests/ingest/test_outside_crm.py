"""An outside CRM as the source of records: a real HTTP server with pages, errors that pass, and some that do not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine

from pipeline.errors import RemoteError
from pipeline.ingest.records import outside
from pipeline.ingest.records.outside import RestSource, draft
from pipeline.ingest.records.syncing import follow, synced_until
from pipeline.store.crm.records import list_records
from pipeline.store.engine import sessions
from pipeline.store.organisation import people

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
AS_OF = "2026-03-10T08:59:00+00:00"
PAGES = {
    "": {"items": [{"id": "A-1", "kind": "account", "name": "北野製作所"}], "next": "p2"},
    "p2": {
        "items": [
            {"id": "C-1", "kind": "contact", "name": "佐伯 彩", "addresses": ["Saeki@kitano.example"], "account": "A-1",
             "fields": {"job_title": "主任", "phone": [{"value": "03-5550-0101", "type": "work"}]}},
            {"id": "C-2", "kind": "person"},
            {"id": "D-1", "kind": "deal", "name": "検査ソフト", "contacts": [{"id": "C-1", "role": "buyer"}]},
        ],
        "next": None, "as_of": AS_OF,
    },
}  # fmt: skip


class Crm:
    """A CRM on loopback. ``failures`` are answered first, each once; ``asked`` is what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.failures: list[tuple[int, dict[str, str]]] = []
        self.pages = dict(PAGES)
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                crm.asked.append(query)
                if self.headers["Authorization"] != "Bearer right":
                    self.send_response(401)
                    self.end_headers()
                    return
                if crm.failures:
                    status, headers = crm.failures.pop(0)
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    return
                body = json.dumps(crm.pages[query.get("cursor", [""])[0]]).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/export"


@pytest.fixture
def crm() -> Iterator[Crm]:
    running = Crm()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def factory(engine: Engine):
    return sessions(engine)


@pytest.fixture
def organisation(factory):
    with factory.begin() as session:
        made = people.create_organisation(session, "Kita", NOW)
        people.create_user(session, made, "aya@kita.example", "Aya", NOW)
    return made


def names(factory):
    with factory() as session:
        reader = people.find_user(session, "aya@kita.example")
        return {record.kind: record.name for record in list_records(session, reader).items}


def test_all_pages_are_taken_in_and_the_next_run_asks_only_for_changes(crm, factory, organisation):
    source = RestSource("crm", crm.url, "right")
    report = follow(factory, organisation, source, NOW)
    assert report.counts == {"created": 3, "invalid": 1}
    assert [(row.place, row.outcome) for row in report.listed] == [("id C-2", "invalid")]
    assert names(factory) == {"account": "北野製作所", "contact": "佐伯 彩", "deal": "検査ソフト"}
    assert synced_until(factory, organisation, "crm") == datetime.fromisoformat(AS_OF)
    again = follow(factory, organisation, source, NOW)
    assert again.counts == {"unchanged": 3, "invalid": 1}
    assert [query.get("updated_since") for query in crm.asked] == [None, None, [AS_OF], [AS_OF]]


def test_a_dry_run_tells_and_takes_nothing(crm, factory, organisation):
    report = follow(factory, organisation, RestSource("crm", crm.url, "right"), NOW, dry=True)
    assert report.counts["created"] == 3
    assert names(factory) == {}
    assert synced_until(factory, organisation, "crm") is None


def test_errors_that_pass_are_waited_out(crm, factory, organisation, monkeypatch):
    waits = []
    monkeypatch.setattr(outside.time, "sleep", waits.append)
    crm.failures = [(503, {}), (429, {"Retry-After": "7"})]
    assert follow(factory, organisation, RestSource("crm", crm.url, "right"), NOW).counts["created"] == 3
    assert waits == [0.8, 7.0]


def test_errors_that_stay_are_told_and_what_came_before_is_kept(crm, factory, organisation, monkeypatch):
    monkeypatch.setattr(outside.time, "sleep", lambda _: None)
    crm.pages["p2"] = {"items": "none"}
    with pytest.raises(RemoteError, match="protocol"):
        follow(factory, organisation, RestSource("crm", crm.url, "right"), NOW)
    assert names(factory) == {"account": "北野製作所"}
    assert synced_until(factory, organisation, "crm") is None
    with pytest.raises(RemoteError, match="token"):
        follow(factory, organisation, RestSource("crm", crm.url, "wrong"), NOW)
    crm.failures = [(500, {})] * outside.MAX_TRIES
    with pytest.raises(RemoteError, match="500"):
        follow(factory, organisation, RestSource("crm", crm.url, "right"), NOW)
    with pytest.raises(RemoteError, match="does not answer"):
        follow(factory, organisation, RestSource("crm", "http://127.0.0.1:9/none", "right"), NOW)


def test_a_list_without_end_is_left(crm, factory, organisation):
    crm.pages["p2"] = {"items": [], "next": "p2"}
    with pytest.raises(RemoteError, match="does not end"):
        follow(factory, organisation, RestSource("crm", crm.url, "right"), NOW)


@pytest.mark.parametrize(
    "item",
    [
        None, [], {}, {"id": 7}, {"id": ""}, {"id": "x"}, {"id": "x", "kind": "contact", "fields": [1]},
        {"id": "x", "kind": "contact", "fields": {"Bad Name": "y"}}, {"id": "x", "kind": "deal", "contacts": ["C-1"]},
        {"id": "x", "kind": "deal", "opened_at": "2026-03-10"}, {"id": "x", "kind": "deal", "won": "yes"},
        {"id": "x", "kind": "contact", "fields": {"phone": [{"value": "1", "type": "pigeon"}]}},
        {"id": "x", "kind": "contact", "addresses": 5},
    ],
)  # fmt: skip
def test_items_of_another_form_become_problems(item):
    assert draft(item).problem
