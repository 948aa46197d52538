"""Users, roles and the audit log: for administrators of the organisation, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

NEW = {"address": "New.Rep@aoba-system.example", "name": "新田 光", "password": "a long enough password"}


@pytest.fixture
def admin(sign_in: Any) -> TestClient:
    client: TestClient = sign_in("admin")
    return client


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "users", None), ("post", "users", NEW), ("get", "users/x", None), ("patch", "users/x", {}),
        ("post", "users/x/activate", None), ("post", "users/x/deactivate", None),
        ("put", "users/x/password", {"password": "a long enough password"}), ("post", "roles", {"name": "x"}),
        ("put", "roles/x", {"name": "x"}), ("delete", "roles/x", None), ("get", "audit", None),
    ],
)  # fmt: skip
def test_only_administrators_manage_people(
    rep: TestClient, stranger: TestClient, method: str, path: str, body: Any
) -> None:
    for client, status in ((rep, 403), (stranger, 401)):
        assert client.request(method, f"/api/v1/{path}", json=body).status_code == status


def test_a_user_comes_signs_in_leaves_and_returns(admin: TestClient, stranger: TestClient) -> None:
    made = admin.post("/api/v1/users", json=NEW)
    assert made.status_code == 201, made.text
    user = made.json()
    assert (user["address"], user["profile"], user["active"]) == (NEW["address"].lower(), "standard", True)
    assert admin.post("/api/v1/users", json=NEW).status_code == 409
    door = {"address": NEW["address"], "password": NEW["password"]}
    assert stranger.post("/api/v1/session", json=door).status_code == 201
    assert admin.post(f"/api/v1/users/{user['id']}/deactivate").json()["active"] is False
    assert stranger.get("/api/v1/me").status_code == 401
    assert stranger.post("/api/v1/session", json=door).status_code == 401
    assert admin.post(f"/api/v1/users/{user['id']}/activate").json()["active"] is True
    assert admin.put(f"/api/v1/users/{user['id']}/password", json={"password": "another long one"}).status_code == 204
    assert stranger.post("/api/v1/session", json=door | {"password": "another long one"}).status_code == 201
    lines = admin.get("/api/v1/audit", params={"subject": user["id"]}).json()["items"]
    expected = ["user.password", "user.activate", "user.deactivate", "user.create"]
    assert [line["action"] for line in lines] == expected


def test_a_change_on_an_old_state_is_refused(admin: TestClient, filled: Any) -> None:
    path = f"/api/v1/users/{filled.users['other'].id}"
    seen = admin.get(path).headers["etag"]
    changed = admin.patch(path, json={"name": "Emma Stone"}, headers={"If-Match": seen})
    assert (changed.status_code, changed.json()["name"]) == (200, "Emma Stone")
    late = admin.patch(path, json={"name": "E"}, headers={"If-Match": seen})
    assert (late.status_code, late.headers["content-type"]) == (412, "application/problem+json")
    newest = changed.headers["etag"]
    assert admin.patch(path, json={"name": "E"}, headers={"If-Match": f'"old", {newest}'}).status_code == 200
    assert admin.patch(path, json={"name": "F"}, headers={"If-Match": "*"}).status_code == 200


def test_the_last_administrator_stays(admin: TestClient, filled: Any) -> None:
    path = f"/api/v1/users/{filled.users['admin'].id}"
    assert admin.post(f"{path}/deactivate").status_code == 409
    assert admin.patch(path, json={"profile": "standard"}).status_code == 409


def test_roles_form_a_tree(admin: TestClient, rep: TestClient, filled: Any) -> None:
    head = admin.post("/api/v1/roles", json={"name": "本部"}).json()
    sales = admin.post("/api/v1/roles", json={"name": "営業", "parent_id": head["id"]}).json()
    assert admin.put(f"/api/v1/roles/{head['id']}", json={"name": "本部", "parent_id": sales["id"]}).status_code == 409
    assert {role["name"] for role in rep.get("/api/v1/roles").json()} == {"本部", "営業"}
    user = f"/api/v1/users/{filled.users['rep'].id}"
    assert admin.patch(user, json={"role_id": sales["id"]}).json()["role_id"] == sales["id"]
    assert admin.delete(f"/api/v1/roles/{sales['id']}").status_code == 409
    assert admin.patch(user, json={"role_id": None}).json()["role_id"] is None
    assert admin.delete(f"/api/v1/roles/{sales['id']}").status_code == 204
    assert admin.post("/api/v1/roles", json={"name": "x", "parent_id": "nowhere"}).status_code == 422


def test_users_and_audit_lines_come_page_by_page(admin: TestClient, filled: Any) -> None:
    names, cursor = [], None
    while True:
        page = admin.get("/api/v1/users", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        names += [user["name"] for user in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(names) == sorted(user.name for user in filled.users.values())
    for name in "abc":
        admin.post("/api/v1/roles", json={"name": name})
    first = admin.get("/api/v1/audit", params={"action": "role", "limit": 2}).json()
    rest = admin.get("/api/v1/audit", params={"action": "role", "limit": 2, "cursor": first["next_cursor"]}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)


def test_a_decision_stands_in_the_audit_log(admin: TestClient, rep: TestClient, filled: Any) -> None:
    assert rep.post("/api/v1/suggestions/s-takahashi/reject", json={}).status_code == 200
    (line,) = admin.get("/api/v1/audit", params={"action": "decision"}).json()["items"]
    assert (line["action"], line["subject"]) == ("decision.reject", "s-takahashi")
    assert line["user_id"] == filled.users["rep"].id
