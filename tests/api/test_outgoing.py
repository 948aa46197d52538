"""Sending through the API: whose addresses, whose mail, what may be called back, and how a mailbox comes to send."""

from __future__ import annotations

import logging
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pipeline.accounts.account import Account, Server, to_settings
from pipeline.accounts.credentials import open_vault
from pipeline.store.engine import sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes
from pipeline.store.tables import AccountRow, AuditRow, OutgoingRow
from tests.mail_server import PASSWORD
from tests.smtp_server import running_smtp

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
MAIL = {"to": [{"address": "ada@x.example", "name": "Ada"}], "subject": "Drawing", "text": "Here it is."}


@pytest.fixture
def box(rep, office):
    """A mailbox of the rep that sends from two addresses."""
    with sessions(office.engine).begin() as session:
        user = people.find_user(session, rep.get("/api/v1/me").json()["address"])
        made = mailboxes.create_mailbox(session, user.organisation_id, "extra", [user.address], NOW, "imap")
        mailboxes.assign_mailbox(session, made.id, user.id)
        server = Server("127.0.0.1", 1, "none", inside=True)
        addresses = ("first@aoi-trading.example", "second@aoi-trading.example")
        account = Account("generic", "imap", server, "first", addresses, smtp=server)
        sealed = open_vault(office.app.state.settings.home).seal(PASSWORD)
        accounts.create_account(session, made.id, to_settings(account), sealed, NOW)
    return made.id


def test_a_mail_is_queued_shown_and_called_back(rep, box):
    senders = rep.get("/api/v1/outgoing/senders").json()
    assert [each["address"] for each in senders] == ["first@aoi-trading.example", "second@aoi-trading.example"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    sent = rep.post("/api/v1/outgoing", json={**MAIL, "not_before": later, "sender": senders[1]["address"]})
    assert sent.status_code == 201
    assert (sent.json()["state"], sent.json()["sender"]) == ("queued", "second@aoi-trading.example")
    assert rep.get("/api/v1/outgoing?state=queued").json()["items"] == [sent.json()]
    assert rep.get("/api/v1/outgoing?state=failed").json()["items"] == []
    path = f"/api/v1/outgoing/{sent.json()['id']}"
    assert rep.get(path).json() == sent.json()
    assert rep.post(f"{path}/sent").status_code == 409
    assert rep.post(f"{path}/retry").status_code == 409
    assert rep.post(f"{path}/cancel").json()["state"] == "cancelled"
    assert rep.post(f"{path}/retry").json()["state"] == "queued"


def test_pages_of_what_was_sent_have_a_fixed_order(rep, box):
    made = [rep.post("/api/v1/outgoing", json={**MAIL, "subject": str(n)}).json()["id"] for n in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = rep.get("/api/v1/outgoing", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert found == made[::-1]


def test_one_key_sends_once(rep, box, office):
    for _ in range(2):
        answer = rep.post("/api/v1/outgoing", json=MAIL, headers={"Idempotency-Key": "mail-1"})
        assert answer.status_code == 201
    with sessions(office.engine)() as session:
        assert len(session.scalars(select(OutgoingRow.id)).all()) == 1


def test_files_come_in_base64_and_not_too_many_bytes(rep, box, office):
    file = {"name": "offer.pdf", "content_type": "application/pdf", "content": "JVBERi0xLjc="}
    assert rep.post("/api/v1/outgoing", json={**MAIL, "files": [file]}).status_code == 201
    assert rep.post("/api/v1/outgoing", json={**MAIL, "files": [{**file, "content": "?"}]}).status_code == 422
    large = {**file, "content": "QUJD" * 2_000_000}
    assert rep.post("/api/v1/outgoing", json={**MAIL, "files": [large] * 3}).status_code == 422
    with sessions(office.engine)() as session:
        content = zlib.decompress(session.scalars(select(OutgoingRow.content)).one())
    assert b'filename="offer.pdf"' in content


def test_a_reply_begins_with_who_and_what(rep, box, filled):
    mail_id = rep.get("/api/v1/mails").json()["items"][0]["id"]
    draft = rep.get("/api/v1/outgoing/draft", params={"mail_id": mail_id}).json()
    assert draft["sender"]["mailbox_id"] == box
    assert draft["to"]
    answer = rep.post("/api/v1/outgoing", json={**MAIL, "answers": mail_id, "quote": True})
    assert answer.json()["answers"] == mail_id


def test_nobody_else_sends_sees_or_answers(rep, box, sign_in, filled):
    mine = rep.post("/api/v1/outgoing", json=MAIL).json()["id"]
    for name in filled.users:
        if name == "rep":
            continue
        other = sign_in(name)
        assert other.get("/api/v1/outgoing").json()["items"] == []
        assert other.get(f"/api/v1/outgoing/{mine}").status_code == 404
        assert other.post(f"/api/v1/outgoing/{mine}/cancel").status_code == 404
        assert other.post("/api/v1/outgoing", json={**MAIL, "mailbox_id": box}).status_code in (403, 409)
    assert rep.post("/api/v1/outgoing", json={**MAIL, "sender": "boss@aoi-trading.example"}).status_code == 403
    assert rep.post("/api/v1/outgoing", json={**MAIL, "answers": "nothing"}).status_code == 404
    assert rep.post("/api/v1/outgoing", json={**MAIL, "to": [{"address": "no address"}]}).status_code == 422


@pytest.fixture
def inside(office):
    """Servers in private networks are allowed."""
    before = office.app.state.settings
    office.app.state.settings = before.model_copy(update={"private_mail_hosts": True})
    yield
    office.app.state.settings = before


def test_how_a_mailbox_sends_is_tried_before_it_is_saved(rep, box, inside, caplog):
    caplog.set_level(logging.DEBUG)
    path = f"/api/v1/mailboxes/{box}/sending"
    with running_smtp() as (post, server):
        body = {
            "server": {"host": server.host, "port": server.port, "security": "none"},
            "addresses": ["Second@aoi-trading.example", "first@aoi-trading.example"], "save_sent": True,
        }  # fmt: skip
        answer = rep.put(path, json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["addresses"] == ["second@aoi-trading.example", "first@aoi-trading.example"]
        assert answer.json() == rep.get(path).json()
        assert len(post.sign_ins) == 1
        elsewhere = {**body, "server": {**body["server"], "host": "localhost"}}
        assert rep.put(path, json=elsewhere).status_code == 403
        assert len(post.sign_ins) == 1
        assert rep.put(path, json={**elsewhere, "password": "wrong-0071"}).status_code == 403
        assert rep.put(path, json={**elsewhere, "password": PASSWORD}).status_code == 200
        assert len(post.sign_ins) == 2
    failed = rep.put(path, json=elsewhere)
    assert failed.status_code == 503
    for text in (answer.text, failed.text, caplog.text):
        assert PASSWORD not in text


def test_private_hosts_are_out_of_reach_unless_allowed(rep, box):
    body = {"server": {"host": "127.0.0.1", "port": 25}, "addresses": ["first@aoi-trading.example"]}
    assert rep.put(f"/api/v1/mailboxes/{box}/sending", json=body).status_code == 503


def test_an_admin_locks_a_user_and_disables_a_mailbox(rep, box, sign_in, filled, office):
    admin = sign_in("admin")
    user_id = filled.users["rep"].id
    lock = f"/api/v1/sharing/users/{user_id}/lock"
    assert admin.put(lock, json={"mode": "public"}).status_code == 200
    body = {"server": None, "addresses": ["first@aoi-trading.example"]}
    assert rep.put(f"/api/v1/mailboxes/{box}/sending", json=body).status_code == 403
    for action in ("pause", "resume"):
        assert rep.post(f"/api/v1/mailboxes/{box}/{action}").status_code == 403
    assert rep.delete(f"/api/v1/mailboxes/{box}").status_code == 403
    assert rep.put(f"/api/v1/mailboxes/{box}/password", json={"password": "new-one"}).status_code == 204
    assert admin.delete(lock).status_code == 200
    assert rep.post(f"/api/v1/mailboxes/{box}/pause").status_code == 200
    assert rep.post(f"/api/v1/mailboxes/{box}/disable", json={}).status_code == 403
    assert admin.post(f"/api/v1/mailboxes/{box}/disable", json={"folders": False}).status_code == 204
    assert rep.get(f"/api/v1/mailboxes/{box}").json()["state"] == "disabled"
    with sessions(office.engine)() as session:
        assert session.scalars(select(AccountRow.secret).where(AccountRow.mailbox_id == box)).one() == ""
        entry = session.scalars(select(AuditRow).where(AuditRow.action == "mailbox.disable")).one()
        assert entry.detail == {"folders": False, "filters": True, "labels": True}
    assert rep.post(f"/api/v1/mailboxes/{box}/resume").status_code == 403
    assert rep.put(f"/api/v1/mailboxes/{box}/password", json={"password": "new-one"}).status_code == 403
    assert rep.get("/api/v1/outgoing/senders").json() == []
    assert admin.put(f"/api/v1/mailboxes/{box}/password", json={"password": "new-one"}).status_code == 204
    assert rep.get(f"/api/v1/mailboxes/{box}").json()["state"] == "active"
