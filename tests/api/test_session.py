"""Signing in and out: by password, by link, by token; throttled, and only by forms of our own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from api.security import local_path
from pipeline.store.organisation import sign_in, tokens

PASSWORD = "a long enough password"
ADDRESS = "sasaki@aoba-system.example"


def form_token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_password_opens_a_session_that_scripts_and_other_sites_cannot_use(stranger: TestClient) -> None:
    token = form_token(stranger.get("/sign-in").text)
    answer = stranger.post("/sign-in", data={"csrf": token, "address": ADDRESS, "password": PASSWORD, "next": "/inbox"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("mi_session="))
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert stranger.get("/inbox").status_code == 200


def test_wrong_password_says_so_and_opens_nothing(stranger: TestClient) -> None:
    page = stranger.get("/sign-in?lang=en")
    data = {"csrf": form_token(page.text), "address": ADDRESS, "password": "guess"}
    answer = stranger.post("/sign-in", data=data)
    assert answer.status_code == 401
    assert "Address or password is wrong" in answer.text
    assert "mi_session" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_sign_in_form_needs_its_token(stranger: TestClient, token: str | None) -> None:
    stranger.get("/sign-in")
    data = {"address": ADDRESS, "password": PASSWORD} | ({} if token is None else {"csrf": token})
    assert stranger.post("/sign-in", data=data).status_code == 403


def test_sign_in_token_of_another_visitor_does_not_count(app: FastAPI, stranger: TestClient) -> None:
    theirs = form_token(TestClient(app).get("/sign-in").text)
    stranger.get("/sign-in")
    data = {"csrf": theirs, "address": ADDRESS, "password": PASSWORD}
    assert stranger.post("/sign-in", data=data).status_code == 403


def test_many_failures_make_an_address_wait(stranger: TestClient) -> None:
    for _ in range(sign_in.MAX_FAILURES):
        guess = {"address": ADDRESS, "password": "guess"}
        assert stranger.post("/api/v1/session", json=guess).status_code == 401
    answer = stranger.post("/api/v1/session", json={"address": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    page = stranger.get("/sign-in?lang=en")
    data = {"csrf": form_token(page.text), "address": ADDRESS, "password": PASSWORD}
    assert "Wait 15 minutes" in stranger.post("/sign-in", data=data).text


def test_link_signs_in_once_and_only_by_its_button(
    stranger: TestClient, filled: Any, store: sessionmaker[Session]
) -> None:
    with store.begin() as session:
        link = tokens.create_sign_in_link(session, filled.users["rep"].id, datetime.now(UTC))
    for _ in range(2):  # a mail scanner that opens it uses nothing up
        page = stranger.get(f"/sign-in?token={link}")
    data = {"csrf": form_token(page.text), "token": link}
    assert stranger.post("/sign-in", data=data).status_code == 303
    assert stranger.get("/").status_code == 200
    again = stranger.post("/sign-in", data={"csrf": form_token(stranger.get("/sign-in").text), "token": link})
    assert again.status_code == 401


def test_sign_out_ends_the_session_on_the_server(rep: TestClient) -> None:
    cookie = rep.cookies["mi_session"]
    assert rep.post("/sign-out").status_code == 303
    rep.cookies.set("mi_session", cookie)
    assert rep.get("/api/v1/me").status_code == 401


def test_api_token_needs_no_form_token_and_can_be_revoked(rep: TestClient, stranger: TestClient) -> None:
    made = rep.post("/api/v1/tokens", json={"name": "export"}).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert stranger.get("/api/v1/me", headers=bearer).json()["address"] == ADDRESS
    assert stranger.patch("/api/v1/me", headers=bearer, json={"theme": "dark"}).json()["theme"] == "dark"
    assert "secret" not in rep.get("/api/v1/tokens").text
    assert rep.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert stranger.get("/api/v1/me", headers=bearer).status_code == 401
    assert rep.delete(f"/api/v1/tokens/{made['id']}").status_code == 404


def test_somebody_elses_token_cannot_be_revoked(sign_in: Any) -> None:
    made = sign_in("rep").post("/api/v1/tokens", json={"name": "export"}).json()
    assert sign_in("other").delete(f"/api/v1/tokens/{made['id']}").status_code == 404


def test_pages_lead_to_sign_in_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/inbox?q=a%20b")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Finbox%3Fq%3Da%2520b"


def test_the_door_speaks_the_visitors_language(stranger: TestClient) -> None:
    assert '<html lang="ja"' in stranger.get("/sign-in", headers={"Accept-Language": "ja,en;q=0.5"}).text
    assert '<html lang="en"' in stranger.get("/sign-in?lang=en", headers={"Accept-Language": "ja"}).text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", None, "/a\nb", " /a"],
)
def test_redirects_stay_here(target: str | None) -> None:
    assert local_path(target) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert local_path("/inbox?q=1&cursor=x") == "/inbox?q=1&cursor=x"


@pytest.mark.parametrize(
    ("scope", "changes", "manages"), [("read", 403, 403), ("write", 200, 403), ("admin", 200, 200)]
)
def test_a_token_does_no_more_than_its_scope(
    sign_in: Any, stranger: TestClient, scope: str, changes: int, manages: int
) -> None:
    made = sign_in("admin").post("/api/v1/tokens", json={"name": "x", "scope": scope}).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert stranger.get("/api/v1/me", headers=bearer).status_code == 200
    assert stranger.patch("/api/v1/me", headers=bearer, json={"theme": "dark"}).status_code == changes
    assert stranger.get("/api/v1/users", headers=bearer).status_code == manages
    password = {"current": PASSWORD, "new": "another long password"}
    answer = stranger.put("/api/v1/me/password", headers=bearer, json=password)
    assert answer.status_code == (204 if scope == "admin" else 403)
    wider = stranger.post("/api/v1/tokens", headers=bearer, json={"name": "y", "scope": "admin"})
    assert wider.status_code == (201 if scope == "admin" else 403)


def test_my_password_is_changed_with_the_old_one(rep: TestClient, stranger: TestClient) -> None:
    new = "another long password"
    assert rep.put("/api/v1/me/password", json={"current": "guess", "new": new}).status_code == 403
    assert rep.put("/api/v1/me/password", json={"current": PASSWORD, "new": "short"}).status_code == 422
    assert rep.put("/api/v1/me/password", json={"current": PASSWORD, "new": new}).status_code == 204
    assert rep.get("/api/v1/me").status_code == 401
    assert stranger.post("/api/v1/session", json={"address": ADDRESS, "password": PASSWORD}).status_code == 401
    assert stranger.post("/api/v1/session", json={"address": ADDRESS, "password": new}).status_code == 201


def test_preferences_are_kept_and_checked(rep: TestClient) -> None:
    changed = rep.patch("/api/v1/me", json={"language": "en", "timezone": "Europe/London", "theme": "light"}).json()
    assert (changed["language"], changed["timezone"], changed["theme"]) == ("en", "Europe/London", "light")
    assert rep.patch("/api/v1/me", json={"timezone": "Mars/Olympus"}).status_code == 422
    assert rep.patch("/api/v1/me", json={"language": "xx"}).status_code == 422
    form = {"language": "ja", "timezone": "Asia/Tokyo", "theme": "dark"}
    assert rep.post("/settings", data=form).status_code == 303
    page = rep.get("/settings").text
    assert '<html lang="ja" data-theme="dark"' in page
