"""Filters through the API: a dry run, the import, what is shown, and that nobody else may touch them."""

from __future__ import annotations

import pytest

from pipeline.store.engine import sessions
from pipeline.store.organisation import people
from pipeline.store.sync import mailboxes

GMAIL = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:apps='http://schemas.google.com/apps/2006'>
<entry><apps:property name='hasTheWord' value='the'/><apps:property name='label' value='English'/></entry>
<entry><apps:property name='hasTheWord' value='is:starred'/><apps:property name='shouldTrash' value='true'/></entry>
</feed>"""


@pytest.fixture
def box(rep, office):
    """The rep's mailbox that holds mail."""
    with sessions(office.engine)() as session:
        user = people.find_user(session, rep.get("/api/v1/me").json()["address"])
        return mailboxes.mailboxes_of(session, user)[0].id


def test_a_dry_run_shows_and_saves_nothing_and_an_import_saves(rep, box):
    path = f"/api/v1/mailboxes/{box}/filters"
    tried = rep.post(f"{path}/import", json={"content": GMAIL, "dry_run": True}).json()
    first, second = tried["filters"]
    assert first["fits"] > 0
    assert (first["active"], second["active"]) == (True, False)
    assert len(second["left_out"]) == 2
    assert rep.get(path).json() == []
    done = rep.post(f"{path}/import", json={"content": GMAIL}).json()
    assert done["added"] == 2
    assert rep.get(path).json() == done["filters"]
    assert rep.post(f"{path}/import", json={"content": GMAIL}).json()["added"] == 0
    one, off = (each["id"] for each in done["filters"])
    assert rep.patch(f"{path}/{one}", json={"active": False}).json()["active"] is False
    assert rep.patch(f"{path}/{off}", json={"active": True}).status_code == 409
    assert rep.delete(f"{path}/{off}").status_code == 204
    assert len(rep.get(path).json()) == 1
    assert rep.post(f"{path}/import", json={"content": GMAIL, "replace": True}).json()["added"] == 2
    assert rep.post(f"{path}/import", json={"content": "<feed/>"}).status_code == 422
    assert rep.get(f"/api/v1/mailboxes/{box}/marks").json() == []


def test_nobody_else_sees_tries_or_changes_them(rep, box, sign_in, filled):
    path = f"/api/v1/mailboxes/{box}/filters"
    made = rep.post(f"{path}/import", json={"content": GMAIL}).json()["filters"][0]["id"]
    admin = sign_in("admin")
    assert len(admin.get(path).json()) == 2
    assert admin.post(f"{path}/import", json={"content": GMAIL, "dry_run": True}).status_code == 404
    assert admin.delete(f"{path}/{made}").status_code == 404
    assert admin.put(f"/api/v1/sharing/users/{filled.users['rep'].id}/lock", json={"mode": None}).status_code == 200
    assert rep.delete(f"{path}/{made}").status_code == 403
    others = [name for name, user in filled.users.items() if name != "rep" and not user.is_admin and user.active]
    other = sign_in(others[0])
    assert other.get(path).status_code == 404
    assert other.get(f"/api/v1/mailboxes/{box}/marks").status_code == 404


def test_the_marks_of_a_mail_are_for_who_sees_it(rep, stranger):
    mail_id = rep.get("/api/v1/mails").json()["items"][0]["id"]
    assert rep.get(f"/api/v1/mails/{mail_id}/marks").json() == []
    assert rep.get("/api/v1/mails/nothing/marks").status_code == 404
    assert stranger.get(f"/api/v1/mails/{mail_id}/marks").status_code == 401
