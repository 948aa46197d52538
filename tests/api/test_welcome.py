"""The first run: an empty installation leads to an administrator's account, once, and only at the machine itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.pages.welcome import is_near
from api.security import visitor_csrf
from api.web import samples
from pipeline.settings import Settings

FIRST = {
    "organisation": "青葉システム", "name": "山本 恵", "address": "admin@aoba-system.example",
    "password": "a long enough password",
}  # fmt: skip

RECORDS = {"contacts": [{"id": "jo", "name": "Jo North", "addresses": ["jo@north.example"], "fields": {}}]}


@pytest.fixture
def new(tmp_path: Path) -> Iterator[TestClient]:
    """A browser at the machine of an empty installation."""
    app = create_app(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}"))
    with TestClient(app, follow_redirects=False, client=("127.0.0.1", 50000)) as client:
        yield client


def csrf(client: TestClient) -> str:
    return client.get("/welcome").text.split('name="csrf" value="')[1].split('"')[0]


def test_an_empty_installation_leads_from_the_door_to_the_first_page(new: TestClient) -> None:
    assert new.get("/").headers["location"].startswith("/sign-in")
    assert new.get("/sign-in").headers["location"] == "/welcome"
    made = new.post("/welcome", data=FIRST | {"csrf": csrf(new)})
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert 'href="/settings/mailboxes/new"' in new.get("/").text
    assert new.get("/admin/users").status_code == 200


def test_it_is_done_once(new: TestClient) -> None:
    token = csrf(new)
    assert new.post("/welcome", data=FIRST | {"csrf": token}).status_code == 303
    new.cookies.delete("mi_session")
    assert new.get("/welcome").headers["location"] == "/sign-in"
    visitor = new.get("/sign-in").text.split('name="csrf" value="')[1].split('"')[0]
    again = new.post("/welcome", data=FIRST | {"csrf": visitor, "address": "other@aoba-system.example"})
    assert again.status_code == 409


def test_a_short_password_or_a_missing_token_makes_nothing(new: TestClient) -> None:
    assert new.post("/welcome", data=FIRST).status_code == 403
    assert new.post("/welcome", data=FIRST | {"csrf": csrf(new), "password": "short"}).status_code == 422
    assert new.get("/welcome").status_code == 200


def test_nobody_claims_it_from_elsewhere(new: TestClient) -> None:
    far = TestClient(new.app, follow_redirects=False, client=("203.0.113.7", 50000))
    page = far.get("/welcome", headers={"accept-language": "en"})
    assert "Open this page on the server itself" in page.text
    assert "<form" not in page.text
    token = visitor_csrf(far.cookies["mi_visitor"])
    assert far.post("/welcome", data=FIRST | {"csrf": token}).status_code == 403
    assert new.get("/welcome").status_code == 200


@pytest.mark.parametrize(
    ("client", "near"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("testclient", False), (None, False)]
)
def test_what_is_near(client: str | None, near: bool) -> None:
    assert is_near(client) is near


def test_the_sample_mails_are_read_in_by_a_button(
    new: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "samples"
    (folder / "en").mkdir(parents=True)
    mail = "From: Jo <jo@north.example>\nTo: me@south.example\nList-Id: <news.north.example>\nSubject: Visit\n\nHello\n"
    (folder / "en" / "1.eml").write_text(mail)
    box = {"address": "me@south.example", "name": "Samples", "own_addresses": ["me@south.example"], "samples": ["en"]}
    described = {"name": "Elsewhere", "mailboxes": [box], "users": [], "records": RECORDS}
    (folder / "organisation.json").write_text(json.dumps(described))
    monkeypatch.setattr(samples, "SAMPLES", tmp_path / "none")
    new.post("/welcome", data=FIRST | {"csrf": csrf(new)})
    assert "/welcome/samples" not in new.get("/").text
    token = {"csrf": new.get("/settings").text.split('name="csrf" value="')[1].split('"')[0]}
    assert new.post("/welcome/samples", data=token).status_code == 404
    monkeypatch.setattr(samples, "SAMPLES", folder)
    assert "/welcome/samples" in new.get("/").text
    for _ in range(2):
        assert new.post("/welcome/samples", data=token).status_code == 303
    (jo,) = new.get("/api/v1/records", params={"kind": "contact"}).json()["items"]
    assert "Visit" in new.get(f"/records/{jo['id']}").text
    listed = new.get("/api/v1/mails").json()["items"]
    assert [mail["subject"] for mail in listed] == ["Visit"]
    assert [one["name"] for one in new.get("/api/v1/users").json()["items"]] == [FIRST["name"]]
