"""Sending, filters and backups from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline import errors
from pipeline.accounts.account import Account, Server, to_settings
from pipeline.accounts.credentials import open_vault
from pipeline.cli import app
from pipeline.settings import Settings
from pipeline.store.access import sharing
from pipeline.store.engine import open_engine, sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes
from tests.mail_server import PASSWORD
from tests.smtp_server import Post, running_smtp

USER = "aya@kita.example"
RULES = '{"filters": [{"name": "Offers", "criteria": [{"field": "subject", "operator": "contains", "value": "offer"}], '
RULES += '"actions": [{"action": "label", "value": "Offers"}, {"action": "sing"}]}]}'


@pytest.fixture
def smtp() -> Iterator[tuple[Post, Server]]:
    with running_smtp() as running:
        yield running


@pytest.fixture
def home(tmp_path, monkeypatch, smtp) -> Path:
    """An installation with one mailbox that sends."""
    monkeypatch.setenv("MAIL_INSIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAIL_INSIGHT_DATABASE_URL", "")
    (tmp_path / "offer.eml").write_text(
        "Message-ID: <o@north.example>\nDate: Tue, 10 Mar 2026 09:12:00 +0900\nFrom: ada@north.example\n"
        f"To: {USER}\nSubject: An offer\n\nHello\n"
    )
    run("import", str(tmp_path / "offer.eml"), "--mailbox", USER)
    now = datetime.now(UTC)
    with store().begin() as session:
        user = people.find_user(session, USER)
        assert user is not None
        (box,) = mailboxes.mailboxes_of(session, user)
        account = Account("generic", "imap", Server("127.0.0.1", 1, "none"), USER, (USER,), smtp=smtp[1])
        accounts.create_account(
            session, box.id, to_settings(account), open_vault(tmp_path / "home").seal(PASSWORD), now
        )
        sharing.choose_mode(session, user, "public", now)
    return tmp_path / "home"


def store() -> Any:
    return sessions(open_engine(Settings().url))


def run(*arguments: str, text: str = "", code: int | None = 0) -> Any:
    result = CliRunner().invoke(app, list(arguments), input=text)
    if code is not None:
        assert result.exit_code == code, (result.output, result.exception)
    return result


def test_a_mail_is_sent_listed_and_decided(home, smtp):
    post, _ = smtp
    file = home.parent / "offer.eml"
    arguments = ["--user", USER, "--to", "ada@north.example", "--subject", "Yes", "--file", str(file)]
    run("outgoing", "send", *arguments, text="Fine.")
    assert b'filename="offer.eml"' in post.taken[0][2]
    post.cut = True
    said = run("outgoing", "send", "--user", USER, "--to", "ada@north.example", "--subject", "No", text="No.", code=3)
    assert "nobody knows whether the mail was sent" in said.output
    lines = [json.loads(line) for line in run("outgoing", "list", "--user", USER, "--json").stdout.splitlines()]
    assert [(each["subject"], each["state"]) for each in lines] == [("No", "unknown"), ("Yes", "sent")]
    assert len(post.taken) == 2
    run("work", "--once")
    assert len(post.taken) == 2
    run("outgoing", "sent", lines[0]["id"], "--user", USER)
    assert isinstance(run("outgoing", "cancel", lines[0]["id"], "--user", USER, code=None).exception, errors.Conflict)


def test_work_sends_what_is_queued(home, smtp):
    post, _ = smtp
    post.answers["MAIL"] = ["451 later"]
    run("outgoing", "send", "--user", USER, "--to", "ada@north.example", text="Hi", code=3)
    (line,) = run("outgoing", "list", "--user", USER, "--json").stdout.splitlines()
    assert json.loads(line)["state"] == "queued"
    run("outgoing", "cancel", json.loads(line)["id"], "--user", USER)
    run("outgoing", "retry", json.loads(line)["id"], "--user", USER)
    assert "1 mails handed over" in run("work", "--once").output
    assert len(post.taken) == 1


def test_filters_are_tried_imported_listed_and_switched(home, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text(RULES)
    tried = run("filters", "import", USER, str(file), "--dry-run").output
    assert "fits 1 of the newest 200 mails" in tried
    assert "! This action is not known here: sing" in tried
    assert run("filters", "list", USER).output == ""
    assert "1 added" in run("filters", "import", USER, str(file)).output
    shown = run("filters", "list", USER, "--language", "ja").output
    assert "件名に「offer」を含む" in shown
    filter_id = shown.split()[0]
    run("filters", "set", USER, filter_id, "off")
    assert "(off)" in run("filters", "list", USER).output
    run("filters", "set", USER, filter_id, "remove")
    assert run("filters", "list", USER).output == ""
    missing = run("filters", "import", USER, str(tmp_path / "none"), code=None)
    assert isinstance(missing.exception, errors.SourceError)


def test_a_backup_is_made_checked_and_brought_back_elsewhere(home, tmp_path, monkeypatch):
    folder = tmp_path / "backup"
    assert "1 mails" in run("backup", "create", USER, "--to", str(folder)).output
    assert "Complete and undamaged" in run("backup", "check", str(folder)).output
    monkeypatch.setenv("MAIL_INSIGHT_HOME", str(tmp_path / "other"))
    assert "1 of them new here" in run("backup", "restore", str(folder)).output
    assert "0 of them new here" in run("backup", "restore", str(folder)).output
    (folder / "manifest.json").unlink()
    assert isinstance(run("backup", "check", str(folder), code=None).exception, errors.SourceError)


def test_the_last_administrator_is_not_deactivated_and_a_mailbox_is_disabled_by_one(home):
    said = run("backup", "create", USER, "--deactivate", code=None)
    assert isinstance(said.exception, errors.Conflict)
    with store()() as session:
        assert people.find_user(session, USER).active
    run("mailbox", "disable", USER, "--admin", USER, "--remove-filters")
    assert '"state": "disabled"' in run("mailbox", "list", "--json").stdout
    assert isinstance(run("mailbox", "disable", USER, "--admin", "x@y.example", code=None).exception, errors.NotFound)
