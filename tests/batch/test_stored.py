"""The product's own database as a source: only what the user may see, asked again when a part is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from pipeline.batch.parts import Part
from pipeline.batch.reading import Database, read
from pipeline.cli import app
from pipeline.ingest.filing import Filing, file_mail
from pipeline.records import RawMail
from pipeline.scoring import Scorer
from pipeline.store.engine import sessions
from pipeline.store.mail.originals import visible_ids
from pipeline.store.organisation import people
from pipeline.store.sync import mailboxes
from tests.batch.conftest import mail, rows

NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def office(engine, database_url):
    """Ben with two mails of his own, and Eve with one that Ben may not see."""
    factory = sessions(engine)
    with factory.begin() as session:
        organisation_id = people.create_organisation(session, "South", NOW)
        users = []
        for name, numbers in (("ben", (1, 2)), ("eve", (3,))):
            address = f"{name}@south.example"
            user = people.create_user(session, organisation_id, address, name, NOW)
            box = mailboxes.create_mailbox(session, organisation_id, address, [address], NOW)
            mailboxes.assign_mailbox(session, box.id, user.id)
            scorer = Scorer(box.addresses)
            for number in numbers:
                raw = mail(number, day=9 + number).replace(b"ben@south.example", address.encode())
                dossier = scorer.dossiers([RawMail(str(number), raw)])[0]
                file_mail(session, Filing(box), dossier, scorer.document(dossier), NOW)
            users.append(user)
    return factory, users, database_url


def run(out, url, monkeypatch, *options):
    monkeypatch.setenv("MAIL_INSIGHT_DATABASE_URL", url)
    monkeypatch.setenv("MAIL_INSIGHT_HOME", str(out.parent))
    return CliRunner().invoke(app, ["batch", "--out", str(out), "--workers", "1", *options])


def test_a_user_gets_what_they_may_see(office, tmp_path, monkeypatch):
    _, _, url = office
    assert run(tmp_path / "out", url, monkeypatch, "--as", "ben@south.example").exit_code == 0
    assert [row["message_id"] for row in rows(tmp_path / "out")] == ["<m1@north.example>", "<m2@north.example>"]


def test_since_is_asked_of_the_database(office, tmp_path, monkeypatch):
    _, _, url = office
    assert run(tmp_path / "out", url, monkeypatch, "--as", "ben@south.example", "--since", "2026-03-11").exit_code == 0
    assert [row["message_id"] for row in rows(tmp_path / "out")] == ["<m2@north.example>"]


def test_what_is_hidden_since_the_plan_is_not_read(office):
    factory, (ben, eve), url = office
    with factory.begin() as session:
        everything = (*visible_ids(session, ben), *visible_ids(session, eve))
    assert len(everything) == 3
    found = list(read(Part(0, mail_ids=everything), 1_000_000, Database(url, ben.id)))
    assert [each.raw.partition(b"\n")[0] for each in found] == [
        b"Message-ID: <m1@north.example>",
        b"Message-ID: <m2@north.example>",
    ]


def test_a_stranger_is_refused(office, tmp_path, monkeypatch):
    _, _, url = office
    result = run(tmp_path / "out", url, monkeypatch, "--as", "nobody@south.example")
    assert "no active user" in str(result.exception)


def test_files_or_a_user_but_not_both(tmp_path, monkeypatch, archive):
    result = run(tmp_path / "out", "", monkeypatch, str(archive), "--as", "ben@south.example")
    assert "Name files" in str(result.exception)
