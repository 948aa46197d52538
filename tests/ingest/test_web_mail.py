"""Gmail API and Microsoft Graph: what a sync stores, follows and forgets, and what it does about refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text

from pipeline.accounts.account import Account, Server
from pipeline.accounts.troubles import Trouble
from pipeline.ingest import web
from pipeline.ingest.connecting import connect, look_at
from pipeline.ingest.reading import read_folder
from pipeline.ingest.syncing import sync_folder, update_folders
from tests.mail_sync import syncer
from tests.web_mail import Gmail, Graph, WebMail, cut, failing, running

USER = "ada@south.example"
RATE = {"error": {"code": 403, "errors": [{"domain": "usageLimits", "reason": "userRateLimitExceeded"}]}}
DENIED = {"error": {"code": "ErrorAccessDenied"}}


class Tokens:
    """A sign-in whose second token is good."""

    def __init__(self, *values: str) -> None:
        self.values = list(values)

    def secret(self) -> str:
        return self.values[0]

    def renewed(self) -> str:
        if len(self.values) > 1:
            self.values.pop(0)
        return self.values[0]


@pytest.fixture(params=[Gmail, Graph], ids=["gmail", "graph"])
def service(request, monkeypatch) -> Iterator[WebMail]:
    """Either service; nobody waits long."""
    monkeypatch.setattr(web.random, "uniform", lambda *_: 0.01)
    with running(request.param) as found:
        yield found


@pytest.fixture
def gmail() -> Iterator[Gmail]:
    with running(Gmail) as found:
        yield found


@pytest.fixture
def graph() -> Iterator[Graph]:
    with running(Graph) as found:
        yield found


@pytest.fixture
def syncing(engine):
    return syncer(engine, USER)


def account(service: WebMail, **choices) -> Account:
    protocol = "gmail" if isinstance(service, Gmail) else "graph"
    return Account("house", protocol, Server("127.0.0.1", 1), USER, sign_in="oauth", api_url=service.url, **choices)


def sync(syncing, service, tokens=None, look="usual", **choices):
    source = connect(account(service, **choices), tokens or Tokens("good"))
    try:
        for folder in update_folders(syncing, source.folders()):
            sync_folder(syncing, source, folder, look)
            read_folder(syncing, folder)
    finally:
        source.close()
    return source


def stored(engine) -> list[str]:
    with engine.connect() as connection:
        found = connection.scalars(text("SELECT m.message_id FROM mails m JOIN copies c ON c.mail_id = m.id"))
        return sorted(each.partition("@")[0].lstrip("<") for each in found)


def places(engine) -> dict[str, dict[str, tuple[str, str]]]:
    query = (
        "SELECT f.role, p.server_id, p.outcome, p.flags FROM mail_places p JOIN mail_folders f ON f.id = p.folder_id"
    )
    found: dict[str, dict[str, tuple[str, str]]] = {}
    with engine.connect() as connection:
        for role, id_, outcome, flags in connection.execute(text(query)):
            found.setdefault(role, {})[id_] = (outcome, flags)
    return found


def fetched(service: WebMail) -> int:
    return sum("format=raw" in path or path.endswith("/$value") for path in service.asked)


def test_first_sync_pages_then_only_what_is_new(service, syncing, engine, make):
    for n in range(8):
        service.deliver(make.mail(n))
    sync(syncing, service)
    assert stored(engine) == [f"m{n}" for n in range(8)]
    service.asked.clear()
    service.deliver(make.mail(8))
    sync(syncing, service)
    assert stored(engine) == [f"m{n}" for n in range(9)]
    assert fetched(service) == 1
    service.asked.clear()
    sync(syncing, service)
    assert fetched(service) == 0
    assert len(service.asked) <= (9 if isinstance(service, Gmail) else 11)


def test_deletions_are_followed_mail_stays_and_spam_is_not_read(service, syncing, engine, make):
    first = service.deliver(make.mail(1))
    junk = {"folder": "junkemail"} if isinstance(service, Graph) else {}
    service.deliver(make.mail(2), *(() if junk else ("SPAM",)), **junk)
    sync(syncing, service)
    assert stored(engine) == ["m1"]
    service.delete(first)
    sync(syncing, service)
    assert stored(engine) == ["m1"]
    assert set(places(engine)) == {"junk"}


def test_a_cursor_that_ran_out_means_a_comparison_and_nothing_is_fetched_twice(service, syncing, engine, make):
    ids = [service.deliver(make.mail(n)) for n in range(5)]
    sync(syncing, service)
    service.delete(ids[0])
    service.deliver(make.mail(9))
    if isinstance(service, Gmail):
        service.forget()
    else:
        service.links.clear()
    service.asked.clear()
    sync(syncing, service)
    assert stored(engine) == ["m0", "m1", "m2", "m3", "m4", "m9"]
    assert len(places(engine)["inbox"]) == 5
    assert fetched(service) == 1
    service.asked.clear()
    sync(syncing, service)
    assert fetched(service) == 0


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (failing(429, retry_after="0"), None), (failing(503), None), (failing(500), None), (cut, None),
        (failing(403, RATE), None), (failing(429, retry_after="3600"), "rate_limited"),
        (failing(403, DENIED), "not_permitted"), (failing(200, b"<html>"), "not_understood"),
        (failing(302, location="http://127.0.0.1:9/"), "not_understood"), (failing(200, []), "not_understood"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("at", [0, 5])
def test_every_refusal_is_waited_out_or_named_and_loses_nothing(service, syncing, engine, make, failure, outcome, at):
    for n in range(4):
        service.deliver(make.mail(n))
    asked = iter(range(100))
    service.before = lambda _: service.failures.append(failure) if next(asked) == at else None
    try:
        sync(syncing, service)
        found = None
    except Trouble as trouble:
        found, wait_s = trouble.code, trouble.wait_s
        if wait_s != (3600 if outcome == "rate_limited" else 0):
            raise
    is_list = outcome == "not_understood" and found is None  # the bytes of a mail may be anything
    assert found == outcome or is_list
    service.before = lambda _: None
    sync(syncing, service, look="thorough")
    assert {"m0", "m1", "m2", "m3"} <= {each for each in stored(engine) if each} or is_list


def test_a_refused_token_is_renewed_and_one_that_cannot_be_stops_the_mailbox(service, syncing, engine, make):
    service.deliver(make.mail(1))
    sync(syncing, service, Tokens("old", "good"))
    assert stored(engine) == ["m1"]
    with pytest.raises(Trouble) as ended:
        sync(syncing, service, Tokens("old", "older"))
    assert (ended.value.code, ended.value.is_final) == ("grant_ended", True)


def test_old_mail_is_skipped_without_a_fetch_and_a_preview_counts(service, engine, make):
    old = {"day": "2020-01-01"} if isinstance(service, Graph) else {"day_ms": 1_577_836_800_000}
    service.deliver(make.mail(1), **old)
    service.deliver(make.mail(2))
    since = date(2021, 1, 1)
    found = {each.role: each for each in look_at(account(service, since="2021-01-01"), Tokens("good"))}
    assert (found["inbox"].mails, found["inbox"].since) == (2, 1)
    sync(syncer(engine, USER, since=since), service, since="2021-01-01")
    assert stored(engine) == ["m2"]
    assert fetched(service) == 1
    assert sorted(each[0] for each in places(engine)["inbox"].values()) == ["skipped", "stored"]


def test_a_mail_that_goes_between_list_and_fetch_is_no_failure(service, syncing, engine, make):
    ids = [service.deliver(make.mail(n)) for n in range(2)]

    def before(path: str) -> None:
        if ("format=raw" in path or path.endswith("/$value")) and ids[0] in service.messages:
            service.delete(ids[0])

    service.before = before
    sync(syncing, service)
    assert "m1" in stored(engine)
    service.before = lambda _: None
    sync(syncing, service)
    assert list(places(engine)["inbox"]) == [ids[1]]


def test_a_token_is_sent_nowhere_else(graph, make, syncing):
    with running(Graph) as thief:
        graph.failures = [lambda handler: None] * 0
        elsewhere = failing(200, {"value": [], "@odata.nextLink": f"{thief.url}/me/mailFolders?$skip=1"})
        asked = iter(range(10))
        graph.before = lambda _: graph.failures.append(elsewhere) if next(asked) == 1 else None
        with pytest.raises(Trouble) as refused:
            sync(syncing, graph)
        assert refused.value.code == "not_understood"
        assert thief.asked == []


def test_labels_say_where_a_mail_is_and_what_is_said_of_it(gmail, syncing, engine, make):
    moved = gmail.deliver(make.mail(1), "INBOX", "UNREAD")
    both = gmail.deliver(make.mail(2), "INBOX", "SENT", "STARRED", "Label_7")
    gmail.deliver(make.mail(3), "Label_7")
    sync(syncing, gmail)
    found = places(engine)
    assert found["inbox"][both][1] == "Big_customers \\Flagged \\Seen"
    assert found["inbox"][moved][1] == ""
    assert sorted([found["inbox"][both][0], found["sent"][both][0]]) == ["already_there", "stored"]
    assert len(found["archive"]) == 1
    gmail.label(moved, remove=("INBOX", "UNREAD"))
    gmail.label(both, add=("UNREAD",))
    sync(syncing, gmail)
    found = places(engine)
    assert set(found["inbox"]) == {both}
    assert "\\Seen" not in found["inbox"][both][1]
    assert found["archive"][moved] == ("already_there", "\\Seen")
    assert stored(engine) == ["m1", "m2", "m3"]


def test_flags_and_moves_at_microsoft_even_where_updates_come_short(graph, syncing, engine, make):
    read, moved = graph.deliver(make.mail(1)), graph.deliver(make.mail(2))
    sync(syncing, graph)
    assert places(engine)["inbox"][read][1] == "Big_customers"
    graph.partial = True
    graph.read(read)
    graph.move(moved, "ID-sub")
    sync(syncing, graph)
    found = places(engine)
    assert found["inbox"] == {read: ("stored", "Big_customers \\Seen")}
    assert list(found["other"]) == [moved]
    assert stored(engine) == ["m1", "m2"]


def test_a_folder_that_goes_at_microsoft_is_forgotten(graph, syncing, engine, make):
    graph.deliver(make.mail(1), "ID-sub")
    sync(syncing, graph)
    assert set(places(engine)) == {"other"}
    graph.folders.pop("ID-sub")
    sync(syncing, graph)
    assert places(engine) == {}
    assert stored(engine) == ["m1"]
