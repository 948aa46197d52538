"""Storage through the API: administrators see and change it, others see their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

GB = 1024**3


@pytest.fixture
def admin(sign_in: Any) -> TestClient:
    client: TestClient = sign_in("admin")
    return client


def test_administrators_see_use_and_change_terms(admin: TestClient, rep: TestClient) -> None:
    first = admin.get("/api/v1/quota")
    assert (first.json()["terms"]["mode"], first.json()["limit_bytes"]) == ("observe", 0)
    assert first.json()["used_bytes"] > 1000
    given = {"licences": 19, "addon_gb": 5, "mode": "warn"}
    changed = admin.put("/api/v1/quota", json=given, headers={"If-Match": first.headers["etag"]})
    assert (changed.json()["limit_bytes"], changed.json()["reached"]) == (100 * GB, [])
    assert admin.put("/api/v1/quota", json=given, headers={"If-Match": first.headers["etag"]}).status_code == 412
    assert rep.get("/api/v1/quota").status_code == rep.get("/api/v1/quota/usage").status_code == 403
    assert admin.put("/api/v1/quota", json=given | {"licences": -1}).status_code == 422


def test_a_limit_below_use_is_told_to_administrators(admin: TestClient, rep: TestClient) -> None:
    admin.put("/api/v1/quota", json={"licences": 0, "addon_gb": 0, "mode": "warn"})
    told = admin.get("/api/v1/notices", params={"unread": True}).json()["items"]
    assert sorted(notice["detail"]["threshold"] for notice in told) == [80, 90, 100]
    assert admin.post(f"/api/v1/notices/{told[0]['id']}/read").status_code == 204
    assert len(admin.get("/api/v1/notices", params={"unread": True, "limit": 1}).json()["items"]) == 1
    assert rep.get("/api/v1/notices").json()["items"] == []
    assert rep.post(f"/api/v1/notices/{told[0]['id']}/read").status_code == 404


def test_use_is_told_for_a_picture(admin: TestClient, rep: TestClient, filled: Any) -> None:
    usage = admin.get("/api/v1/quota/usage", params={"days": 30}).json()
    today = datetime.now(UTC).date()
    assert abs((datetime.fromisoformat(usage["organisation"][-1]["day"]).date() - today).days) <= 1
    total = usage["organisation"][-1]["used_bytes"]
    assert sum(box["used_bytes"] for box in usage["mailboxes"]) == total
    by_user = {series["id"]: series["used_bytes"] for series in usage["users"]}
    assert by_user[filled.users["admin"].id] == 0
    assert rep.get("/api/v1/quota/me").json()["used_bytes"] == by_user[filled.users["rep"].id] > 0


def test_what_if(admin: TestClient) -> None:
    more = admin.get("/api/v1/quota/what-if", params={"licences": 500, "addon_gb": 50, "drop_over_mb": 5}).json()
    assert (more["limit_bytes"], more["full_on"]) == (150 * GB, None)
    assert admin.get("/api/v1/quota").json()["limit_bytes"] == 0
    assert admin.get("/api/v1/quota/what-if", params={"drop_over_mb": 0}).status_code == 422


def test_a_mail_without_its_body_is_shown_all_the_same(
    admin: TestClient, rep: TestClient, filled: Any, store: Any
) -> None:
    from pipeline.store.mail.keeping import without_text
    from pipeline.store.mail.mails import get_mail
    from pipeline.store.mail.storing import _store_insight

    with store.begin() as session:
        mail = get_mail(session, filled.users["rep"], filled.mails["takahashi"])
        _store_insight(session, filled.mails["takahashi"], without_text(mail.document), None, anew=True)
    path = f"mails/{filled.mails['takahashi']}"
    assert rep.get(f"/api/v1/{path}").json()["document"]["text"] is None
    page = rep.get(f"/{path}")
    assert page.status_code == 200, page.text
    assert "検査ソフト" in page.text
    assert rep.get("/?suggestion=s-takahashi").status_code == 200
    assert rep.get("/inbox").status_code == 200
