"""Sharing over HTTP: settings, the bulk answers, the lock, and the branch that decided, in words."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.branches import WORDS
from pipeline.core.share import RULE


@pytest.fixture
def admin(sign_in: Any) -> TestClient:
    client: TestClient = sign_in("admin")
    return client


@pytest.fixture
def other(sign_in: Any) -> TestClient:
    client: TestClient = sign_in("other")
    return client


def test_an_admin_opens_mail_and_a_user_closes_their_own(
    rep: TestClient, other: TestClient, admin: TestClient, filled: Any
) -> None:
    mail = f"/api/v1/mails/{filled.mails['takahashi']}"
    assert other.get(mail).status_code == 404
    given = admin.get("/api/v1/sharing").json()
    assert given["mode"] == "private"
    put = admin.put("/api/v1/sharing", json=given | {"mode": "public", "excluded_domains": ["@Saiko-Logi.example"]})
    assert put.json() == given | {"mode": "public", "excluded_domains": ["saiko-logi.example"]}
    shown = other.get(mail).json()
    assert (shown["subject"], shown["mailboxes"], shown["document"]["source"]) == (shown["subject"], [], "")
    assert other.get(f"/mails/{filled.mails['takahashi']}").status_code == 200
    assert other.get(f"/api/v1/mails/{filled.mails['mori']}").status_code == 404
    assert rep.put("/api/v1/sharing/me", json={"mode": "private"}).json()["effective"] == "private"
    assert other.get(mail).status_code == 404
    assert rep.put("/api/v1/sharing", json=given).status_code == 403


def test_a_setting_changed_meanwhile_is_not_overwritten(admin: TestClient) -> None:
    tag = admin.get("/api/v1/sharing").headers["etag"]
    assert admin.put("/api/v1/sharing", json={"mode": "public"}, headers={"If-Match": tag}).status_code == 200
    assert admin.put("/api/v1/sharing", json={"mode": "custom"}, headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize("wrong", [{"mode": "open"}, {"excluded_domains": ["a b"]}, {"excluded_domains": ["x@y.z"]}])
def test_settings_that_cannot_be_are_refused(admin: TestClient, wrong: dict[str, Any]) -> None:
    assert admin.put("/api/v1/sharing", json=wrong).status_code == 422


def test_a_locked_user_cannot_turn_private(rep: TestClient, admin: TestClient, filled: Any) -> None:
    user = filled.users["rep"].id
    path = f"/api/v1/sharing/users/{user}"
    assert admin.put(f"{path}/lock", json={"mode": "public"}).json()["effective"] == "public"
    assert rep.put("/api/v1/sharing/me", json={"mode": "private"}).status_code == 403
    assert rep.get("/api/v1/sharing/me").json()["locked"]
    assert admin.delete(f"{path}/lock").json() == admin.get(path).json()
    assert rep.put("/api/v1/sharing/me", json={"mode": "private"}).status_code == 200
    assert rep.put(f"{path}/lock", json={}).status_code == 403
    assert admin.get("/api/v1/sharing/users/nobody").status_code == 404


def test_a_roles_mode(admin: TestClient, rep: TestClient, filled: Any) -> None:
    role = admin.post("/api/v1/roles", json={"name": "営業"}).json()["id"]
    assert admin.put(f"/api/v1/sharing/roles/{role}", json={"mode": "public"}).json() == {"mode": "public"}
    assert admin.get("/api/v1/sharing/roles").json() == {role: "public"}
    assert admin.put("/api/v1/sharing/roles/nothing", json={"mode": "public"}).status_code == 404
    assert rep.get("/api/v1/sharing/roles").status_code == 403


def test_records_are_shared_in_bulk_with_a_code_each(rep: TestClient, other: TestClient, filled: Any) -> None:
    okafor, mori, mail = filled.records["okafor"], filled.records["mori"], filled.mails["okafor"]

    def codes(path: str, body: dict[str, Any]) -> tuple[int, list[str]]:
        answer = rep.post(path, json=body)
        return answer.status_code, [one["code"] for one in answer.json()["results"]]

    one = {"items": [{"record_id": okafor, "users": [filled.users["other"].id]}]}
    assert codes("/api/v1/shares", one) == (207, ["NOT_ALLOWED"])
    rep.put("/api/v1/sharing/me", json={"mode": "custom"})
    assert codes("/api/v1/shares", one) == (200, ["SUCCESS"])
    assert other.get(f"/api/v1/mails/{mail}").status_code == 200
    mixed = [{"record_id": okafor, "users": [filled.users["other"].id]}, {"record_id": mori}, {}, {"record_id": "x"}]
    mixed += [{"record_id": mori}, {"record_id": mail}, {"record_id": filled.records["lead"], "roles": ["nobody"]}]
    assert codes("/api/v1/shares", {"items": mixed}) == (
        207,
        ["ALREADY_SHARED", "SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA", "DUPLICATE_DATA", "NOT_SUPPORTED",
         "INVALID_DATA"],
    )  # fmt: skip
    listed = {one["record_id"]: one for one in rep.get("/api/v1/shares").json()}
    assert listed[mori] == {"record_id": mori, "everybody": True, "users": [], "roles": []}
    assert listed[okafor]["users"] == [filled.users["other"].id]
    assert codes("/api/v1/shares/remove", {"record_ids": [okafor, mori]}) == (200, ["SUCCESS"] * 2)
    assert codes("/api/v1/shares/remove", {"record_ids": [okafor]}) == (207, ["NOT_SHARED"])
    assert other.get(f"/api/v1/mails/{mail}").status_code == 404


@pytest.mark.parametrize("items", [[], [{"record_id": str(n)} for n in range(201)]])
def test_a_bulk_holds_1_to_200_items(rep: TestClient, items: list[dict[str, str]]) -> None:
    assert rep.post("/api/v1/shares", json={"items": items}).status_code == 422


def test_why_names_the_branch_in_the_askers_language(
    rep: TestClient, other: TestClient, admin: TestClient, filled: Any
) -> None:
    path = f"/api/v1/mails/{filled.mails['takahashi']}/why"
    own = rep.get(path).json()
    assert own["says"] in (words["own_mailbox"] for words in WORDS.values())
    assert {**own, "says": ""} == {
        "allowed": True, "access": "delete", "branch": "own_mailbox", "number": 2, "says": "",
    }  # fmt: skip
    asked = admin.get(path, params={"user": filled.users["other"].id}).json()
    assert (asked["allowed"], asked["branch"], asked["number"]) == (False, "private", 6)
    assert other.get(path).status_code == 404
    assert other.get(path, params={"user": filled.users["rep"].id}).status_code == 403
    assert admin.get("/api/v1/mails/nothing/why").status_code == 404


def test_every_branch_has_its_words_in_both_languages() -> None:
    for words in WORDS.values():
        assert set(words) == {branch.name for branch in RULE}
        assert len(set(words.values())) == len(words)
