"""How the interface behaves towards programs: named writes are done once, too much is refused, metrics tell nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from starlette.responses import PlainTextResponse

from api.app import create_app
from api.limits import MACHINE_FACTOR, RateLimit, Windows
from pipeline.settings import Settings
from pipeline.store import idempotency
from pipeline.store.tables import IdempotencyRow, RoleRow


@pytest.fixture
def admin(sign_in: Callable[[str], TestClient]) -> TestClient:
    return sign_in("admin")


def count(store: Any, table: Any) -> int:
    with store() as session:
        return int(session.scalar(select(func.count()).select_from(table)))


def test_a_named_write_is_done_once_and_answered_alike(admin: TestClient, store: Any) -> None:
    key = {"Idempotency-Key": "a-1"}
    first = admin.post("/api/v1/roles", json={"name": "x"}, headers=key)
    again = admin.post("/api/v1/roles", json={"name": "x"}, headers=key)
    assert (first.status_code, first.json(), first.headers["etag"]) == (
        again.status_code,
        again.json(),
        again.headers["etag"],
    )
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert "default-src" in again.headers["content-security-policy"]
    assert count(store, RoleRow) == 1
    other = admin.post("/api/v1/roles", json={"name": "y"}, headers=key)
    assert (other.status_code, other.headers["content-type"]) == (422, "application/problem+json")
    assert admin.post("/api/v1/roles", json={"name": "x"}, headers={"Idempotency-Key": "x" * 201}).status_code == 422


def test_names_of_two_callers_do_not_meet(sign_in: Callable[[str], TestClient], store: Any) -> None:
    made = [
        sign_in(who).post("/api/v1/records", json={"kind": "account", "name": who}, headers={"Idempotency-Key": "same"})
        for who in ("rep", "other")
    ]
    assert [answer.json()["name"] for answer in made] == ["rep", "other"]


def test_many_at_once_do_it_once(admin: TestClient, store: Any) -> None:
    answers: list[int] = []

    def send() -> None:
        answers.append(admin.post("/api/v1/roles", json={"name": "x"}, headers={"Idempotency-Key": "b"}).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert count(store, RoleRow) == 1


def test_what_failed_on_our_side_or_for_lack_of_rights_may_be_tried_again(
    rep: TestClient, stranger: TestClient, store: Any
) -> None:
    key = {"Idempotency-Key": "c"}
    assert stranger.post("/api/v1/roles", json={"name": "x"}, headers=key).status_code == 401
    assert rep.post("/api/v1/roles", json={"name": "x"}, headers=key).status_code == 403
    assert count(store, IdempotencyRow) == 0


def test_a_secret_is_kept_nowhere(admin: TestClient, store: Any) -> None:
    key = {"Idempotency-Key": "d"}
    assert "secret" in admin.post("/api/v1/tokens", json={"name": "x"}, headers=key).json()
    again = admin.post("/api/v1/tokens", json={"name": "x"}, headers=key)
    assert (again.status_code, "shown only once" in again.json()["detail"]) == (409, True)
    with store() as session:
        assert session.scalars(select(IdempotencyRow.body)).all() == [None]


def test_names_are_forgotten_after_a_day_and_abandoned_writes_earlier(store: Any, filled: Any) -> None:
    user, now = filled.users["rep"].id, datetime.now(UTC)
    with store.begin() as session:
        assert idempotency.reserve(session, user, "k", "f", now) is None
        assert idempotency.reserve(session, user, "k", "f", now) == idempotency.Known("f", None)
        assert idempotency.reserve(session, user, "k", "f", now + timedelta(minutes=11)) is None
        idempotency.settle(session, user, "k", idempotency.Answer(200, {}, b"{}"))
        known = idempotency.reserve(session, user, "k", "f", now + timedelta(hours=12))
        assert known is not None
        assert known.answer == idempotency.Answer(200, {}, b"{}")
        assert idempotency.reserve(session, user, "k", "f", now + timedelta(hours=25)) is None


@pytest.fixture
def limited() -> tuple[TestClient, list[float]]:
    clock = [0.0]
    app = RateLimit(PlainTextResponse("ok"), 3, Windows(lambda: clock[0]))
    return TestClient(app), clock


def test_too_much_is_refused_until_the_minute_is_over(limited: tuple[TestClient, list[float]]) -> None:
    client, clock = limited
    mine, theirs = {"Authorization": "Bearer mine"}, {"Cookie": "mi_session=theirs"}
    left = [client.get("/api/v1/me", headers=mine).headers["ratelimit-remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    clock[0] = 20
    refused = client.get("/api/v1/me", headers=mine)
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.headers["retry-after"] == "40"
    assert client.get("/api/v1/me", headers=theirs).status_code == 200
    clock[0] = 60
    assert client.get("/api/v1/me", headers=mine).status_code == 200


def test_guessed_tokens_count_together_for_their_machine(limited: tuple[TestClient, list[float]]) -> None:
    client, _ = limited
    statuses = [
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {n}"}).status_code
        for n in range(3 * MACHINE_FACTOR + 1)
    ]
    assert statuses == [200] * 3 * MACHINE_FACTOR + [429]
    assert client.get("/health").status_code == 200


def test_the_limit_is_a_setting(tmp_path: Any) -> None:
    app = create_app(Settings(home=tmp_path, requests_per_minute=1))
    with TestClient(app) as client:
        statuses = [client.get("/api/v1/me").status_code for _ in range(MACHINE_FACTOR + 1)]
    assert statuses == [401] * MACHINE_FACTOR + [429]


def test_metrics_count_requests_by_route_and_tell_nothing_of_what_was_asked(
    app: FastAPI, rep: TestClient, stranger: TestClient
) -> None:
    rep.get("/api/v1/records?q=himitsu-address@x.example")
    rep.get("/api/v1/mails/himitsu-4711")
    stranger.get("/himitsu-4712")
    answer = stranger.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "himitsu" not in answer.text
    assert 'mail_insight_requests_total{method="GET",route="/api/v1/mails/{mail_id}",status="404"}' in answer.text
    assert 'mail_insight_request_seconds_bucket{le="0.08",method="GET",route="/api/v1/records"}' in answer.text
    assert 'route="none",status="404"' in answer.text
