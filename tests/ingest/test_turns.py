"""Turns of mailboxes: leases of workers that work or die, limits of hosts, room for mail again, news at any moment."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from pipeline.accounts.account import Server, to_settings
from pipeline.accounts.credentials import open_vault
from pipeline.commands.sync import AT_ONCE, choose
from pipeline.core.quota import Terms
from pipeline.ingest import sockets, turns
from pipeline.ingest.imap import ImapSource
from pipeline.ingest.protocol import Cursor, ListItems
from pipeline.ingest.turns import Turns
from pipeline.settings import Settings
from pipeline.store.engine import sessions
from pipeline.store.mail import quota
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes
from tests.mail_server import PASSWORD


@pytest.fixture
def box(engine, dovecot, tmp_path):
    """A connected mailbox: its user, its id, and turns in the name of a worker."""
    user, vault, now = dovecot.new_user(), open_vault(tmp_path), datetime.now(UTC)
    factory = sessions(engine)
    with factory.begin() as session:
        organisation_id = people.create_organisation(session, "South", now)
        mailbox_id = mailboxes.create_mailbox(session, organisation_id, user, [user], now, "imap").id
        settings = to_settings(dovecot.account(user))
        accounts.create_account(session, mailbox_id, settings, vault.seal(PASSWORD), now)

    def worker(name: str) -> Turns:
        return Turns(factory, vault, Settings(home=tmp_path), name, lambda: datetime.now(UTC))

    return user, mailbox_id, organisation_id, factory, worker


def due(factory) -> tuple[str, ...]:
    with factory() as session:
        return accounts.due_accounts(session, datetime.now(UTC))


def test_a_killed_workers_mailbox_is_free_within_a_minute_and_a_working_ones_is_not(box, monkeypatch):
    _, mailbox_id, _, factory, worker = box
    assert accounts.LEASE.total_seconds() <= 60
    with factory.begin() as session:
        now = datetime.now(UTC)
        assert accounts.take_lease(session, mailbox_id, "killed", now - accounts.LEASE)
    assert worker("next").take(mailbox_id) is None
    monkeypatch.setattr(accounts, "LEASE", accounts.LEASE / 120)
    monkeypatch.setattr(turns, "HEARTBEAT_S", 0.1)
    seen: list[tuple[str, ...]] = []

    def slow(self, *_):
        for _ in range(8):
            time.sleep(0.2)
            seen.append(due(factory))

    monkeypatch.setattr(Turns, "_sync", slow)
    with factory.begin() as session:
        accounts.set_state(session, mailbox_id, "active", datetime.now(UTC))
    assert worker("slow").take(mailbox_id) is None
    assert seen == [()] * 8


def test_a_host_gets_as_many_connections_as_it_may_have_and_others_are_not_held_up():
    waiting = {"a": "one", "b": "one", "c": "one", "d": "two"}
    assert choose(waiting, ["one"], 2) == ["a", "d"]
    assert len(choose({str(n): str(n) for n in range(100)}, [], 2)) == AT_ONCE


def test_mail_that_found_no_room_is_fetched_again_when_there_is_some(box, dovecot, engine, make, monkeypatch):
    user, mailbox_id, organisation_id, factory, worker = box
    dovecot.deliver(user, make.mail(1, "a body of its own\n" * 50))
    room = [10]
    monkeypatch.setattr(Terms, "limit_bytes", property(lambda _: room[0]))
    with factory.begin() as session:
        quota.set_terms(session, organisation_id, Terms(1, 0, "enforce"), datetime.now(UTC))
    assert worker("w").take(mailbox_id) is None
    assert (sizes(engine), waits(engine)) == ([0], 1)
    assert worker("w").take(mailbox_id) is None
    assert (sizes(engine), waits(engine)) == ([0], 1)
    room[0] = 1_000_000
    assert worker("w").take(mailbox_id) is None
    assert waits(engine) == 0
    assert sizes(engine)[0] > 500
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM copies")) == 1
        assert list(connection.scalars(text("SELECT outcome FROM mail_places"))) == ["already_there"]


def sizes(engine) -> list[int]:
    """How much of each copy is kept beyond its header."""
    with engine.connect() as connection:
        found = connection.scalars(
            text("SELECT r.size_bytes FROM copies c JOIN raw_contents r ON r.sha256 = c.raw_sha256")
        )
        return [max(size - 400, 0) for size in found]


def waits(engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM quota_waiting"))


def test_news_in_the_middle_of_an_answer_is_not_forgotten(dovecot, make):
    user = dovecot.new_user()
    dovecot.deliver(user, make.mail(1))
    source = ImapSource(dovecot.account(user), PASSWORD)
    source.open("INBOX", Cursor())
    assert not source.wait(0.1)
    dovecot.deliver(user, make.mail(2))
    command = source._command

    def noisy(*parts: str):
        answer = command(*parts)
        if parts[0] == "UID":
            command("NOOP")  # what a server may send along with any answer
        return answer

    source._command = noisy
    assert len(source.survey(ListItems()).items) >= 1
    source._command = command
    assert source.wait(0.1)
    source.open("INBOX", Cursor())
    assert not source.wait(0.1)
    source.close()


def test_live_mail_comes_in_within_seconds(box, dovecot, engine, make):
    user, mailbox_id, _, _, worker = box
    stop = threading.Event()
    thread = threading.Thread(target=worker("w").take, args=(mailbox_id,), kwargs={"stay": lambda: not stop.is_set()})
    thread.start()
    dovecot.deliver(user, make.mail(1))
    _until(engine, 1)
    stop.set()
    dovecot.deliver(user, make.mail(2))
    thread.join(30)
    assert not thread.is_alive()


def _until(engine, count: int) -> None:
    ends = time.monotonic() + 40
    while time.monotonic() < ends:
        with engine.connect() as connection:
            if connection.scalar(text("SELECT count(*) FROM mails")) >= count:
                return
        time.sleep(0.05)
    raise AssertionError("no mail came")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("203.0.114.7", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
    ],
)  # fmt: skip
def test_which_addresses_a_user_may_name(address, public):
    assert sockets.is_public(address) is public


def test_a_name_that_no_server_can_have_is_not_found_like_any_other() -> None:
    with pytest.raises(socket.gaierror):
        sockets.connect(Server("a\x8b", 993, "tls"), 1.0)
