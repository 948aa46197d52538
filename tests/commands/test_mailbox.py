"""Connecting a mailbox and syncing it from the command line, against a real server; and where the password goes."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from pipeline import errors
from pipeline.accounts.credentials import open_vault
from pipeline.cli import app
from pipeline.ingest.turns import Turns
from pipeline.settings import Settings
from pipeline.store.engine import open_engine, sessions
from pipeline.store.sync import accounts
from tests.mail_server import PASSWORD, Dovecot, running_dovecot

MAIL = """Message-ID: <m{n}@north.example>
Date: Tue, 10 Mar 2026 09:12:00 +0900
From: Ada North <ada@north.example>
To: user1@south.example
Subject: Drawing {n}

Hello,

could you send me the drawing by Friday? Let us meet on 20 March at 3 pm.

Ada North
Buyer
North Pumps Ltd
Tel +44 20 7946 0123
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """A real mail server."""
    with running_dovecot() as server:
        yield server


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MAIL_INSIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAIL_INSIGHT_DATABASE_URL", "")
    return tmp_path / "home"


def run(*arguments: str, code: int | None = 0):
    result = CliRunner().invoke(app, list(arguments))
    if code is not None:
        assert result.exit_code == code, (result.output, result.exception)
    return result


def options(dovecot: Dovecot, password: str = PASSWORD) -> list[str]:
    server = dovecot.account("x").server
    return [
        "--password", password, "--host", server.host, "--port", str(server.port), "--ca-file", str(server.ca_file),
        "--service", "generic", "--yes",
    ]  # fmt: skip


def test_from_set_up_to_suggestions_and_the_password_is_nowhere(dovecot, home, caplog):
    caplog.set_level(logging.DEBUG)
    user = dovecot.new_user()
    dovecot.deliver(user, MAIL.format(n=1).encode())
    said = run("mailbox", "add", user, *options(dovecot)).output
    said += run("sync").output
    said += run("mailbox", "list").output
    listed = json.loads(run("mailbox", "list", "--json").stdout)
    said += json.dumps(listed)
    inbox = next(each for each in listed["folders"] if each["name"] == "INBOX")
    assert (inbox["seen"], inbox["stored"]) == (1, 1)
    with sqlite3.connect(home / "mail-insight.sqlite3") as database:
        kinds = {kind for (kind,) in database.execute("SELECT kind FROM suggestions")}
        dump = "\n".join(database.iterdump())
    assert "create_contact" in kinds
    said += run("mailbox", "test", user).output
    for place in (said, dump, caplog.text, "".join(map(repr, caplog.records)), repr(Settings())):
        assert PASSWORD not in place
    for path in home.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()
    assert (home / "credentials.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--password", "wrong-8812"], "refused user name or password"),
        (["--host", "no-such-host.invalid"], "no server of this name"),
        (["--port", "1"], "accepts no connection"),
        (["--ca-file", "/etc/ssl/certs/ca-certificates.crt"], "certificate is not valid"),
        (["--security", "starttls"], "did not answer in time|encrypted|STARTTLS|not understood|broke off"),
        (["--skip", "Nowhere"], "chosen folder does not exist"),
        (["--language", "ja", "--password", "wrong-8812"], "拒否されました"),
    ],
)
def test_what_fails_is_said_in_plain_words_and_nothing_is_saved(dovecot, home, monkeypatch, change, said):
    monkeypatch.setattr("pipeline.ingest.imap.TIMEOUT_S", 2)
    user = dovecot.new_user()
    result = run("mailbox", "add", user, *options(dovecot), *change, code=None)
    assert isinstance(result.exception, errors.RemoteError)
    assert re.search(said, str(result.exception))
    assert "wrong-8812" not in result.output + str(result.exception)
    assert not (home / "mail-insight.sqlite3").exists()


def test_deleting_on_the_server_is_refused_for_imap(dovecot, home):
    user = dovecot.new_user()
    result = run("mailbox", "add", user, *options(dovecot), "--delete-on-server", code=None)
    assert isinstance(result.exception, errors.UsageError)
    assert "only with POP3" in str(result.exception)
    assert not (home / "mail-insight.sqlite3").exists()


def test_a_paused_mailbox_is_not_synced_and_a_removed_one_keeps_its_mail(dovecot, home):
    user = dovecot.new_user()
    run("mailbox", "add", user, *options(dovecot))
    run("mailbox", "pause", user)
    dovecot.deliver(user, MAIL.format(n=1).encode())
    run("sync")
    assert _count(home) == 0
    run("mailbox", "resume", user)
    run("sync")
    assert _count(home) == 1
    run("mailbox", "new-key")
    run("mailbox", "test", user)
    run("mailbox", "remove", user)
    assert run("mailbox", "list").output == ""
    assert _count(home) == 1


def test_a_changed_password_stops_only_until_the_new_one_is_told(dovecot, home):
    user = dovecot.new_user()
    run("mailbox", "add", user, *options(dovecot))
    run("mailbox", "password", user, "--password", "wrong-8812")
    run("sync", code=3)
    listed = json.loads(run("mailbox", "list", "--json").stdout)
    assert (listed["state"], listed["problem"]) == ("failed", "wrong_password")
    run("mailbox", "password", user, "--password", PASSWORD)
    run("sync")
    assert json.loads(run("mailbox", "list", "--json").stdout)["state"] == "active"


def test_a_mailbox_moves_to_another_protocol_and_another_server_and_nothing_comes_twice(dovecot, home):
    user, elsewhere = dovecot.new_user(), dovecot.new_user()
    dovecot.deliver(user, MAIL.format(n=1).encode(), MAIL.format(n=2).encode())
    dovecot.deliver(elsewhere, MAIL.format(n=9).encode(), MAIL.format(n=1).encode())
    here, ports = options(dovecot), dovecot.ports
    run("mailbox", "add", user, *here[:4], "--port", str(ports["POP3S"]), *here[6:], "--protocol", "pop3")
    run("sync")
    trust = ["--ca-file", str(dovecot.account("x").server.ca_file)]
    moved = ["mailbox", "server", user, "--protocol", "imap", "--port", str(ports["IMAPS"]), *trust]
    assert "INBOX: 2 mails" in run(*moved).output
    run("sync")
    inbox = next(each for each in _listed()["folders"] if each["name"] == "INBOX")
    assert (inbox["seen"], inbox["already_there"], _count(home)) == (2, 2, 2)
    refused = run(*moved, "--host", "localhost", code=None)
    assert isinstance(refused.exception, errors.NotAllowed)
    wrong = run(*moved, "--host", "localhost", "--password", "wrong-8812", code=None)
    assert isinstance(wrong.exception, errors.RemoteError)
    run(*moved, "--host", "localhost", "--username", elsewhere, "--password", PASSWORD)
    run("sync")
    inbox = next(each for each in _listed()["folders"] if each["name"] == "INBOX")
    assert (inbox["seen"], inbox["stored"], inbox["already_there"], _count(home)) == (2, 1, 1, 3)


def _listed():
    return json.loads(run("mailbox", "list", "--json").stdout)


def test_two_workers_are_never_on_one_mailbox_and_live_mail_comes_in_at_once(dovecot, home):
    user = dovecot.new_user()
    dovecot.deliver(user, MAIL.format(n=1).encode())
    run("mailbox", "add", user, *options(dovecot))
    settings = Settings()
    factory = sessions(open_engine(settings.url))
    with factory.begin() as session:
        (mailbox_id,) = accounts.active_accounts(session)
    turns = [Turns(factory, open_vault(home), settings, name, lambda: datetime.now(UTC)) for name in ("a", "b")]
    done = threading.Event()
    worker = threading.Thread(target=turns[0].take, args=(mailbox_id,), kwargs={"stay": lambda: not done.is_set()})
    worker.start()
    _until(lambda: _count(home) == 1)
    with pytest.raises(errors.Conflict):
        turns[1].take(mailbox_id)
    began = time.monotonic()
    dovecot.deliver(user, MAIL.format(n=2).encode())
    _until(lambda: _count(home) == 2)
    print(f"live mail after {time.monotonic() - began:.1f} s")
    done.set()
    dovecot.deliver(user, MAIL.format(n=3).encode())
    worker.join(20)
    assert not worker.is_alive()
    assert turns[1].take(mailbox_id) is None


def _count(home) -> int:
    with sqlite3.connect(home / "mail-insight.sqlite3") as database:
        return database.execute("SELECT count(*) FROM mails").fetchone()[0]


def _until(what) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)
