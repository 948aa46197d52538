"""One error shape for programs, plain pages for people; nothing of what was sent comes back."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import deps

SECRET = "himitsu-4711"


def assert_problem(answer, status: int) -> None:  # type: ignore[no-untyped-def]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:mail-insight:")
    assert body["title"]
    assert body["detail"].endswith(".")
    assert SECRET not in answer.text


def test_not_found(rep: TestClient) -> None:
    for path in ("nowhere", "mails/nothing", "suggestions/nothing", "records/nothing", "mails/nothing/why-nothing"):
        assert_problem(rep.get(f"/api/v1/{path}"), 404)


def test_not_signed_in(stranger: TestClient) -> None:
    assert_problem(stranger.get("/api/v1/mails"), 401)
    assert_problem(stranger.get("/api/v1/mails", headers={"Authorization": f"Bearer {SECRET}"}), 401)


def test_wrong_method(rep: TestClient) -> None:
    answer = rep.put("/api/v1/me", json={})
    assert_problem(answer, 405)
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("suggestions/s-takahashi/accept", {"version": SECRET}, "/body/version"),
        ("suggestions/s-takahashi/accept", {SECRET: 1}, None),
        ("suggestions/s-takahashi/edit", {"version": 1}, "/body/fields"),
        ("suggestions/s-takahashi/snooze", {"until": "2026-03-11T08:00:00"}, "/body/until"),
        ("undo", {"decision_id": 0}, "/body/decision_id"),
    ],
)
def test_wrong_values_are_pointed_at(rep: TestClient, path: str, body: dict[str, object], pointer: str | None) -> None:
    answer = rep.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer:
        assert pointer in [one["pointer"] for one in answer.json()["errors"]]


def test_broken_json_and_foreign_cursors(rep: TestClient) -> None:
    assert_problem(rep.post("/api/v1/undo", content="{", headers={"content-type": "application/json"}), 422)
    for path in ("mails", "suggestions", "records"):
        assert_problem(rep.get(f"/api/v1/{path}?cursor={SECRET}"), 422)
        assert_problem(rep.get(f"/api/v1/{path}?limit=0"), 422)


def test_own_faults_tell_nothing(app: FastAPI, rep: TestClient) -> None:
    def crash() -> None:
        raise RuntimeError(SECRET)

    app.dependency_overrides[deps._now] = crash
    try:
        program, page = rep.get("/api/v1/suggestions"), rep.get("/inbox")
    finally:
        app.dependency_overrides.clear()
    assert_problem(program, 500)
    assert page.status_code == 500
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert SECRET not in page.text


def test_people_get_a_page(rep: TestClient) -> None:
    for path, status in (("/nowhere", 404), ("/mails/nothing", 404), ("/?suggestion=nothing", 404), ("/undo", 405)):
        answer = rep.get(path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"].startswith("text/html")
        assert '<a class="button" href="/">' in answer.text


def test_health_and_readiness(stranger: TestClient) -> None:
    assert stranger.get("/health").json() == {"status": "ok"}
    assert stranger.get("/ready").json() == {"status": "ok"}
