"""Backing a user up through the API, and what deactivating them does with and without it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.accounts.backup import check_backup
from pipeline.store.engine import sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, mailboxes

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def user_id(filled):
    return filled.users["rep"].id


def test_only_shared_mail_is_backed_up_and_stays_when_its_user_is_gone(sign_in, rep, user_id, app):
    admin = sign_in("admin")
    path = f"/api/v1/users/{user_id}/backups"
    assert admin.post(path).status_code == 403
    assert admin.get(path).json() == []
    assert rep.put("/api/v1/sharing/me", json={"mode": "public", "excluded_domains": []}).status_code == 200
    begun = admin.post(path)
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    (done,) = admin.get(path).json()
    assert (done["id"], done["state"], done["problem"]) == (begun.json()["id"], "done", None)
    assert done["mails"] > 0
    folder = app.state.settings.home / "backups" / done["folder"]
    assert sum(each["mails"] for each in check_backup(folder)["mailboxes"]) == done["mails"]
    assert str(app.state.settings.home) not in begun.text
    before = {each["id"] for each in admin.get("/api/v1/mails?limit=200").json()["items"]}
    assert admin.post(f"/api/v1/users/{user_id}/deactivate").status_code == 200
    assert {each["id"] for each in admin.get("/api/v1/mails?limit=200").json()["items"]} == before
    assert admin.delete(path).status_code == 204
    after = {each["id"] for each in admin.get("/api/v1/mails?limit=200").json()["items"]}
    assert len(after) < len(before)


def test_only_administrators_of_the_house_do_this(sign_in, rep, user_id, stranger, filled):
    for client, status in ((rep, 403), (stranger, 401)):
        assert client.get(f"/api/v1/users/{user_id}/backups").status_code == status
    assert sign_in("admin").post("/api/v1/users/nobody/backups").status_code == 404


def test_the_sync_of_a_mailbox_that_nobody_reads_any_more_ends(sign_in, rep, user_id, office):
    with sessions(office.engine).begin() as session:
        user = people.get_user(session, user_id)
        box = mailboxes.create_mailbox(session, user.organisation_id, "extra", [user.address], NOW, "imap")
        mailboxes.assign_mailbox(session, box.id, user.id)
        accounts.create_account(session, box.id, {}, "sealed", NOW)
    admin = sign_in("admin")
    assert admin.post(f"/api/v1/users/{user_id}/deactivate").status_code == 200
    assert admin.get(f"/api/v1/mailboxes/{box.id}").json()["state"] == "paused"
