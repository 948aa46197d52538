"""Syncs with a real Dovecot: first, incremental, flags, deletions, folders, renumbering, cuts, kills; POP3; TLS."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from pipeline import errors
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.imap import ImapSource
from pipeline.ingest.protocol import Cursor
from pipeline.ingest.sources import RemoteFolder
from pipeline.ingest.syncing import sync_folder, update_folders
from pipeline.store.engine import open_engine
from pipeline.store.sync import accounts
from pipeline.store.sync.folders import folder_statuses
from tests.mail_server import PASSWORD, CuttingProxy
from tests.mail_sync import sync, syncer


@pytest.fixture
def user(dovecot):
    return dovecot.new_user()


@pytest.fixture
def syncing(engine, user):
    return syncer(engine, user)


def stored(engine, folder=None) -> list[str]:
    """Message-IDs of all stored mail."""
    with engine.connect() as connection:
        return sorted(connection.scalars(text("SELECT m.message_id FROM mails m JOIN copies c ON c.mail_id = m.id")))


def places(engine) -> dict[str, dict[str, tuple[str, str]]]:
    """By folder and UID: outcome and flags."""
    query = (
        "SELECT f.name, p.server_id, p.outcome, p.flags FROM mail_places p JOIN mail_folders f ON f.id = p.folder_id"
    )
    found: dict[str, dict[str, tuple[str, str]]] = {}
    with engine.connect() as connection:
        for name, uid, outcome, flags in connection.execute(text(query)):
            found.setdefault(name, {})[uid] = (outcome, flags)
    return found


def ids(*numbers: int) -> list[str]:
    return sorted(f"m{n}@north.example" for n in numbers)


def bare(found: list[str]) -> list[str]:
    return [each.strip("<>") for each in found]


def status(syncing, name="INBOX"):
    with syncing.factory() as session:
        return next(each for each in folder_statuses(session, syncing.filing.mailbox.id) if each.name == name)


def test_first_sync_then_only_what_is_new(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, *(make.mail(n) for n in range(3)))
    sync(syncing, dovecot.account(user))
    assert bare(stored(engine)) == ids(0, 1, 2)
    dovecot.deliver(user, make.mail(3), flags="\\Seen")
    source = sync(syncing, dovecot.account(user))
    assert bare(stored(engine)) == ids(0, 1, 2, 3)
    assert places(engine)["INBOX"]["4"] == ("stored", "\\Seen")
    assert source.round_trips < 14


def test_bytes_are_kept_exactly(dovecot, user, syncing, engine, make):
    odd = make.japanese(1).replace(b"\n", b"\r\n") + b"\xff\xfe) BODY[] {5}\r\nx\r\n* 3 FETCH (UID 9)\r\n"
    dovecot.fill(user, [odd])
    source = ImapSource(dovecot.account(user), PASSWORD)
    source.open("INBOX", Cursor())
    (arrived,) = source.fetch(["1"])
    source.close()
    assert arrived.raw == odd


def test_an_unchanged_mailbox_costs_three_round_trips_and_only_what_changed_is_opened(dovecot, user, syncing, make):
    with dovecot.client(user) as client:
        client.create('"Kunden \\"A\\" &- Co"')
    dovecot.deliver(user, *(make.mail(n) for n in range(5)))
    sync(syncing, dovecot.account(user))
    sync(syncing, dovecot.account(user))
    assert sync(syncing, dovecot.account(user)).round_trips == 3  # CAPABILITY, ENABLE, LIST with STATUS
    dovecot.deliver(user, make.mail(9), folder="Sent")
    with dovecot.client(user) as client:
        client.select("INBOX")
        client.uid("STORE", "2", "+FLAGS", "(\\Flagged)")
    assert (
        sync(syncing, dovecot.account(user)).round_trips == 3 + 1 + 1 + 2
    )  # both opened, the new mail sized and fetched
    assert sync(syncing, dovecot.account(user), look="thorough").round_trips > 3 + 5


def test_a_server_without_a_status_of_all_folders_costs_one_round_trip_a_folder(dovecot, user, syncing, make):
    dovecot.deliver(user, *(make.mail(n) for n in range(5)))
    sync(syncing, dovecot.account(user))
    source = ImapSource(dovecot.account(user), PASSWORD)
    source._capabilities -= {"LIST-STATUS"}
    before = source.round_trips
    for folder in update_folders(syncing, source.folders()):
        sync_folder(syncing, source, folder)
    assert source.statuses() == {}
    source.close()
    folders = 4
    assert source.round_trips - before == 1 + folders  # LIST, and one EXAMINE each


@pytest.mark.parametrize("change", ["expunge", "renumber", "remove"])
def test_mail_that_was_fetched_is_read_whatever_happens_on_the_server(dovecot, user, syncing, engine, make, change):
    with dovecot.client(user) as client:
        client.create("Old")
    dovecot.deliver(user, make.mail(1), make.mail(2), folder="Old")
    sync(syncing, dovecot.account(user), read=False)
    with dovecot.client(user) as client:
        if change == "remove":
            client.delete("Old")
    if change != "remove":
        dovecot.expunge(user, 1, folder="Old")
    if change == "renumber":
        dovecot.renumber(user, "Old", 1_999_999_999)
    sync(syncing, dovecot.account(user))
    assert bare(stored(engine)) == ids(1, 2)
    assert len(places(engine).get("Old", {})) == (0 if change == "remove" else 1)
    sync(syncing, dovecot.account(user))
    assert change != "remove" or all(each.name != "Old" for each in update_folders(syncing, [RemoteFolder("INBOX")]))


def test_mail_that_comes_again_is_not_read_again(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, make.mail(1), make.mail(2))
    sync(syncing, dovecot.account(user))
    dovecot.renumber(user, "INBOX", 1_999_999_999)
    dovecot.deliver(user, make.mail(3))
    read: list[str] = []

    def score(mails):
        read.extend(mail.source for mail in mails)
        return syncing.score(mails)

    sync(replace(syncing, score=score), dovecot.account(user))
    assert read == ["INBOX/3"]
    assert [each[0] for each in places(engine)["INBOX"].values()] == ["already_there"] * 2 + ["stored"]


def test_flags_and_deletions_are_followed_and_mail_stays(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, *(make.mail(n) for n in range(4)))
    sync(syncing, dovecot.account(user))
    with dovecot.client(user) as client:
        client.select("INBOX")
        client.uid("STORE", "2", "+FLAGS", "(\\Answered \\Flagged)")
    dovecot.expunge(user, 1, 3)
    sync(syncing, dovecot.account(user))
    assert places(engine)["INBOX"] == {"2": ("stored", "\\Answered \\Flagged"), "4": ("stored", "")}
    assert bare(stored(engine)) == ids(0, 1, 2, 3)


def test_folders_appear_are_renamed_and_vanish(dovecot, user, syncing, engine, make):
    with dovecot.client(user) as client:
        client.create('"Kunden &- Co"')
        client.create('"&U9ZfFVFI-"')  # 取引先
    dovecot.deliver(user, make.mail(1), folder="Kunden &- Co")
    dovecot.deliver(user, make.mail(2), folder="&U9ZfFVFI-")
    sync(syncing, dovecot.account(user))
    assert set(places(engine)) == {"Kunden & Co", "取引先"}
    with dovecot.client(user) as client:
        client.rename('"Kunden &- Co"', '"Customers"')
        client.delete('"&U9ZfFVFI-"')
    sync(syncing, dovecot.account(user))
    assert {name: [each[0] for each in found.values()] for name, found in places(engine).items()} == {
        "Customers": ["already_there"]
    }
    assert bare(stored(engine)) == ids(1, 2)


def test_another_uidvalidity_lists_that_folder_anew_and_stores_nothing_twice(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, make.mail(1), make.mail(2))
    dovecot.deliver(user, make.mail(3), folder="Sent")
    sync(syncing, dovecot.account(user))
    dovecot.renumber(user, "INBOX", 1_999_999_999)
    sync(syncing, dovecot.account(user))
    assert [each[0] for each in places(engine)["INBOX"].values()] == ["already_there"] * 2
    assert [each[0] for each in places(engine)["Sent"].values()] == ["stored"]
    assert bare(stored(engine)) == ids(1, 2, 3)


def test_spam_and_drafts_are_kept_and_not_read_until_they_are_moved(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, make.mail(1), folder="Junk")
    dovecot.deliver(user, make.mail(2), folder="Drafts")
    sync(syncing, dovecot.account(user))
    assert stored(engine) == []
    assert status(syncing, "Junk").reasons == {"skipped.junk": 1}
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM raw_contents")) == 2
    with dovecot.client(user) as client:
        client.select("Junk")
        client.uid("MOVE", "1", "INBOX")
    sync(syncing, dovecot.account(user))
    assert bare(stored(engine)) == ids(1)


def test_counts_add_up_to_the_servers(dovecot, user, engine, make):
    old = '"01-Jan-2020 00:00:00 +0000"'
    dovecot.deliver(user, make.mail(1), make.mail(1), make.mail(2, "x" * 30_000), b"\n", b"\x00\x01\x02" * 50)
    dovecot.deliver(user, make.mail(3), date=old)
    syncing = syncer(engine, user, since=date(2021, 1, 1), max_mail_bytes=20_000)
    sync(syncing, dovecot.account(user))
    found = status(syncing)
    assert (found.seen, found.stored, found.already_there, found.skipped, found.failed) == (6, 1, 1, 1, 3)
    assert found.reasons["skipped.before_since"] == 1
    assert found.reasons["failed.too_large"] == 1
    with dovecot.client(user) as client:
        assert int(client.select("INBOX")[1][0]) == found.seen


def test_a_connection_cut_anywhere_loses_and_doubles_nothing(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, *(make.mail(n, "text\n" * 200) for n in range(6)))
    proxy = CuttingProxy(dovecot.ports["IMAP"])
    cuts = []
    for after in itertools.chain(range(50, 9_000, 450), [None]):
        proxy.cut_after_bytes = after
        try:
            sync(syncing, dovecot.account(user, "IMAP", proxy.port))
        except Trouble as trouble:
            cuts.append(trouble.code)
    proxy.close()
    assert len(cuts) > 3
    assert set(cuts) == {"cut"}
    assert bare(stored(engine)) == ids(*range(6))
    assert [each[0] for each in places(engine)["INBOX"].values()] == ["stored"] * 6


def test_a_killed_process_loses_and_doubles_nothing(dovecot, user, syncing, engine, make):
    dovecot.fill(user, [make.mail(n) for n in range(150)])
    account = dovecot.account(user)
    url = engine.url.render_as_string(hide_password=False)
    for share in (64, 128):
        child = os.fork()
        if child == 0:
            sync(syncer(open_engine(url), user), account)
            os._exit(0)
        deadline = time.monotonic() + 20
        while len(stored(engine)) < share and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    sync(syncing, account)
    assert bare(stored(engine)) == ids(*range(150))
    assert len(places(engine)["INBOX"]) == 150


def test_a_mail_that_goes_between_search_and_fetch_is_no_failure(dovecot, user, syncing, engine, make, monkeypatch):
    dovecot.deliver(user, make.mail(1), make.mail(2))
    fetch = ImapSource.fetch

    def late(self, wanted):
        if "2" in wanted:
            dovecot.expunge(user, 2)
        return fetch(self, wanted)

    monkeypatch.setattr(ImapSource, "fetch", late)
    sync(syncing, dovecot.account(user))
    assert bare(stored(engine)) == ids(1)
    assert status(syncing).failed == 0


def test_whoever_has_no_lease_stores_nothing(dovecot, user, syncing, engine, make):
    dovecot.deliver(user, make.mail(1))
    with syncing.factory.begin() as session:
        now = syncing.now()
        assert not accounts.take_lease(session, syncing.filing.mailbox.id, "other", now)
        assert accounts.take_lease(session, syncing.filing.mailbox.id, "other", now + accounts.LEASE * 2)
    with pytest.raises(errors.Conflict):
        sync(syncing, dovecot.account(user))
    assert stored(engine) == []


def test_pop3_leaves_mail_on_the_server_unless_told_otherwise(dovecot, user, engine, make):
    long_line = make.mail(2, "y" * 5000 + "\n")
    dovecot.deliver(user, make.mail(1), long_line)
    account, syncing = dovecot.account(user, "POP3S"), syncer(engine, user)
    sync(syncing, account)
    sync(syncing, account)
    assert bare(stored(engine)) == ids(1, 2)
    with dovecot.client(user) as client:
        assert client.select("INBOX")[1] == [b"2"]
    sync(syncer(engine, user, leave_on_server=False), account)
    dovecot.deliver(user, make.mail(3))
    sync(syncer(engine, user, leave_on_server=False), account)
    assert bare(stored(engine)) == ids(1, 2, 3)
    with dovecot.client(user) as client:
        assert client.select("INBOX")[1] == [b"0"]


def test_idle_tells_of_new_mail(dovecot, user, make):
    dovecot.deliver(user, make.mail(1))
    source = ImapSource(dovecot.account(user), PASSWORD)
    source.open("INBOX", Cursor())
    dovecot.deliver(user, make.mail(2))
    assert source.wait(5)
    source.open("INBOX", Cursor())
    later = threading.Timer(0.3, dovecot.deliver, (user, make.mail(3)))
    later.start()
    began = time.monotonic()
    assert source.wait(20)
    assert time.monotonic() - began < 10
    later.join()
    assert not source.wait(0.2)
    source.close()
