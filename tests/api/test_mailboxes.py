"""Connected mailboxes through the API: whose they are, what may be done, and that no password comes out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from pipeline.store.engine import sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes
from pipeline.store.sync.folders import Place, put_folder, save_places
from pipeline.store.tables import AccountRow, UserRow

CANARY = "canary-password-5519"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def connected(rep, office):
    """The rep's mailbox, connected, with a folder."""
    address = rep.get("/api/v1/me").json()["address"]
    with sessions(office.engine).begin() as session:
        user = people.get_user(session, session.scalars(select(UserRow.id).where(UserRow.address == address)).one())
        box = mailboxes.create_mailbox(session, user.organisation_id, "extra", [address], NOW, "imap")
        mailboxes.assign_mailbox(session, box.id, user.id)
        accounts.create_account(session, box.id, {}, "sealed", NOW)
        folder = put_folder(session, box.id, "INBOX", "inbox", True)
        save_places(session, folder.id, [Place("1", "stored", None, "00"), Place("2", "skipped", "before_since")])
    return box.id


def test_a_mailbox_shows_its_counts_and_can_be_paused_resumed_and_disconnected(rep, connected):
    shown = rep.get(f"/api/v1/mailboxes/{connected}").json()
    (folder,) = shown["folders"]
    assert (folder["seen"], folder["stored"], folder["skipped"]) == (2, 1, 1)
    assert folder["reasons"] == {"skipped.before_since": 1}
    assert [each["id"] for each in rep.get("/api/v1/mailboxes").json()] == [connected]
    assert rep.post(f"/api/v1/mailboxes/{connected}/pause").json()["state"] == "paused"
    assert rep.post(f"/api/v1/mailboxes/{connected}/resume").json()["state"] == "active"
    assert rep.delete(f"/api/v1/mailboxes/{connected}").status_code == 204
    assert rep.get("/api/v1/mailboxes").json() == []


def test_a_password_goes_in_encrypted_and_never_comes_out(rep, connected, office):
    answer = rep.put(f"/api/v1/mailboxes/{connected}/password", json={"password": CANARY})
    assert answer.status_code == 204
    assert CANARY not in rep.get(f"/api/v1/mailboxes/{connected}").text + answer.text
    wrong = rep.put(f"/api/v1/mailboxes/{connected}/password", json={"password": CANARY, "more": 1})
    assert wrong.status_code == 422
    assert CANARY not in wrong.text
    with sessions(office.engine)() as session:
        sealed = session.scalars(select(AccountRow.secret)).one()
    assert sealed != "sealed"
    assert CANARY not in sealed


def test_nobody_else_learns_of_a_mailbox(sign_in, filled, connected):
    other_rep = sign_in(next(name for name, user in filled.users.items() if name != "rep" and not user.is_admin))
    assert other_rep.get("/api/v1/mailboxes").json() == []
    for path in ("", "/pause", "/resume"):
        method = other_rep.get if not path else other_rep.post
        assert method(f"/api/v1/mailboxes/{connected}{path}").status_code == 404
