"""Where passwords and tokens must never be: the database, logs, errors, answers, backups, the list of processes."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from pipeline.accounts.account import Account, Server, to_settings
from pipeline.accounts.credentials import open_vault
from pipeline.cli import app
from pipeline.settings import Settings
from pipeline.store.engine import open_engine, sessions
from pipeline.store.mail import outgoing
from pipeline.store.organisation import people, tokens
from pipeline.store.sync import accounts, mailboxes
from tests.mail_server import PASSWORD
from tests.smtp_server import Post, running_smtp

USER = "aya@kita.example"
WRONG = "wrong-canary-60417"


@pytest.fixture
def smtp() -> Iterator[tuple[Post, Server]]:
    with running_smtp() as running:
        yield running


@pytest.fixture
def home(tmp_path, monkeypatch, smtp) -> Path:
    """An installation with a mailbox whose password is known to the SMTP server."""
    monkeypatch.setenv("MAIL_INSIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAIL_INSIGHT_DATABASE_URL", "")
    CliRunner().invoke(app, ["filters", "list", "nobody"])  # makes the tables
    now = datetime.now(UTC)
    with factory().begin() as session:
        organisation_id = people.create_organisation(session, "Kita", now)
        user = people.create_user(session, organisation_id, USER, "Aya", now, profile="admin")
        box = mailboxes.create_mailbox(session, organisation_id, USER, [USER], now, "imap")
        mailboxes.assign_mailbox(session, box.id, user.id)
        account = Account("generic", "imap", Server("127.0.0.1", 1, "none"), USER, (USER,), smtp=smtp[1])
        accounts.create_account(
            session, box.id, to_settings(account), open_vault(tmp_path / "home").seal(PASSWORD), now
        )
    return tmp_path / "home"


def factory() -> Any:
    return sessions(open_engine(Settings().url))


def run(*arguments: str, text: str = "", code: int | None = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), input=text)
    if code is not None:
        assert result.exit_code == code, (result.output, result.exception)
    return result.output + str(result.exception or "")


def test_passwords_are_nowhere_after_a_round_through_everything(home, smtp, caplog):
    caplog.set_level(logging.DEBUG)
    post, server = smtp
    said = run("mailbox", "sending", USER)
    said += run("mailbox", "sending", USER, "--save-sent", code=None)
    said += run("outgoing", "send", "--user", USER, "--to", "ada@north.example", "--subject", "Hi", text="Hello")
    assert len(post.taken) == 1
    with factory().begin() as session:
        (box,) = accounts.active_accounts(session)
        accounts.set_secret(session, box, open_vault(home).seal(WRONG), datetime.now(UTC))
    said += run("outgoing", "send", "--user", USER, "--to", "ada@north.example", text="Hello", code=3)
    said += run("outgoing", "list", "--user", USER, "--json") + run("mailbox", "list", "--json")
    said += run("mailbox", "sending", USER, "--host", "127.0.0.1", "--port", str(server.port), "--security", "none",
                "--password", WRONG, code=None)  # fmt: skip
    said += run("mailbox", "new-key", "--drop-old") + run("mailbox", "sending", USER)
    said += answers(box)
    assert PASSWORD not in repr(factory()) + repr(open_vault(home))
    with sqlite3.connect(home / "mail-insight.sqlite3") as database:
        said += "\n".join(database.iterdump())
    said += caplog.text + "".join(map(repr, caplog.records)) + repr(Settings())
    for path in (each for each in home.rglob("*") if each.is_file()):
        said += path.read_bytes().decode("latin-1")
    for secret in (PASSWORD, WRONG):
        assert secret not in said
    assert {path.stat().st_mode & 0o077 for path in home.glob("*.key")} == {0}


def answers(mailbox_id: str) -> str:
    """Everything that the API says about the mailbox to its reader, right and wrong requests."""
    web = create_app(Settings())
    now = datetime.now(UTC)
    with web.state.database.factory.begin() as session:
        user = people.find_user(session, USER)
        assert user is not None
        token, _ = tokens.create_api_token(session, user.id, "t", now, scope="admin")
        (mail, *_) = outgoing.list_outgoing(session, user).items
    client = TestClient(web, headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False)
    path = f"/api/v1/mailboxes/{mailbox_id}"
    body = {"server": {"host": "127.0.0.1", "port": 1}, "addresses": [USER], "password": WRONG}
    asked = [
        client.get("/api/v1/mailboxes"), client.get(path), client.get(f"{path}/sending"), client.get("/api/v1/audit"),
        client.put(f"{path}/sending", json=body), client.put(f"{path}/sending", json={**body, "more": 1}),
        client.put(f"{path}/password", json={"password": WRONG, "more": 1}), client.get("/api/v1/outgoing"),
        client.get(f"/api/v1/outgoing/{mail.id}"), client.get("/api/v1/outgoing/senders"), client.get("/metrics"),
    ]  # fmt: skip
    assert all(each.status_code < 500 or each.status_code == 503 for each in asked)
    return "".join(each.text + json.dumps(dict(each.headers)) for each in asked)


def test_a_password_in_the_environment_is_not_in_the_list_of_processes(home, smtp):
    post, _ = smtp
    post.hold = "MAIL"
    command = [sys.executable, "-m", "pipeline.cli", "outgoing", "send", "--user", USER, "--to", "ada@north.example"]
    environment = {**os.environ, "MAIL_INSIGHT_MAILBOX_PASSWORD": PASSWORD}
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        assert post.held.wait(60)
        listed = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True).stdout
    finally:
        process.kill()
        process.wait()
    assert "pipeline.cli outgoing send" in listed
    assert PASSWORD not in listed


def test_keys_of_the_environment_are_rotated_without_a_file(home, monkeypatch):
    (older,) = (home / "credentials.key").read_text().split()
    newer = Fernet.generate_key().decode()
    monkeypatch.setenv("MAIL_INSIGHT_CREDENTIAL_KEYS", f"{newer} {older}")
    before = (home / "credentials.key").read_text()
    assert "1 passwords" in run("mailbox", "new-key", "--drop-old")
    assert (home / "credentials.key").read_text() == before
    with factory()() as session:
        (box,) = accounts.active_accounts(session)
        assert open_vault(home, newer).unseal(accounts.get_secret(session, box)) == PASSWORD
