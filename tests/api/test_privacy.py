"""Erasure and retention through the API: administrators only, in numbers, tried before it is done."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

PERSON = {"addresses": ["m.takahashi@kita-seiki.example"]}


def test_a_person_is_found_and_erased_by_administrators_only(sign_in: Any, rep: TestClient, filled: Any) -> None:
    admin = sign_in("admin")
    for path in ("find", "erase"):
        assert rep.post(f"/api/v1/privacy/{path}", json=PERSON).status_code == 403
    held = admin.post("/api/v1/privacy/find", json=PERSON).json()
    assert (held["mail_ids"] > 0, held["suggestion_ids"] > 0) == (True, True)
    assert admin.post("/api/v1/privacy/erase", json=PERSON).json() == held
    assert rep.get(f"/api/v1/mails/{filled.mails['takahashi']}").status_code == 200
    assert admin.post("/api/v1/privacy/erase", json=PERSON | {"dry_run": False}).json() == held
    assert rep.get(f"/api/v1/mails/{filled.mails['takahashi']}").status_code == 404
    assert rep.get("/api/v1/suggestions/s-takahashi").status_code == 404
    assert admin.post("/api/v1/privacy/find", json=PERSON).json()["mail_ids"] == 0
    own = {"addresses": [filled.users["rep"].address], "dry_run": False}
    assert admin.post("/api/v1/privacy/erase", json=own).status_code == 422


def test_retention_is_set_by_mailbox(sign_in: Any, rep: TestClient) -> None:
    admin = sign_in("admin")
    (first, *_) = admin.get("/api/v1/privacy/retention").json()
    path = f"/api/v1/privacy/retention/{first['mailbox_id']}"
    assert first["days"] is None
    assert admin.put(path, json={"days": 30}).status_code == 204
    assert admin.get("/api/v1/privacy/retention").json()[0]["days"] == 30
    assert admin.put(path, json={"days": 0}).status_code == 422
    assert admin.put("/api/v1/privacy/retention/none", json={"days": None}).status_code == 404
    assert rep.put(path, json={"days": 30}).status_code == 403
