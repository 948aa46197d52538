"""Rules through the API: made by anybody for their own mail, webhooks by administrators."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

RULE = {
    "name": "見積", "definition": {
        "trigger": {"kind": "received"}, "conditions": [{"field": "subject", "operator": "contains", "value": "見積"}],
        "actions": [{"kind": "notify", "values": {"text": "返信を"}}],
    },
}  # fmt: skip


def test_a_rule_is_tried_made_changed_and_deleted(rep: TestClient, sign_in: Any) -> None:
    tried = rep.post("/api/v1/workflow/try", json=RULE["definition"]).json()
    assert tried["would_run"] == len(tried["mail_ids"]) == 1
    assert sign_in("admin").post("/api/v1/workflow/try", json=RULE["definition"]).json()["looked_at"] == 0
    made = rep.post("/api/v1/workflow/rules", json=RULE)
    assert made.status_code == 201, made.text
    path = f"/api/v1/workflow/rules/{made.json()['id']}"
    assert rep.get(path).json() == made.json()
    assert sign_in("other").get(path).status_code == 404
    changed = rep.put(path, json=RULE | {"active": False}, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["active"]) == (200, False)
    assert rep.put(path, json=RULE, headers={"If-Match": made.headers["etag"]}).status_code == 412
    assert rep.get(f"{path}/runs").json() == []
    assert rep.delete(path).status_code == 204
    assert rep.get("/api/v1/workflow/rules").json() == []


def test_rules_that_make_no_sense_are_refused(rep: TestClient) -> None:
    for change in (
        {"trigger": {"kind": "unreplied"}},
        {"actions": []},
        {"actions": [{"kind": "task"}]},
        {"match": "some"},
    ):
        answer = rep.post("/api/v1/workflow/rules", json=RULE | {"definition": RULE["definition"] | change})  # type: ignore[operator]
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_administrators_allow_webhooks(sign_in: Any, rep: TestClient) -> None:
    admin = sign_in("admin")
    given = {"name": "warehouse", "url": "https://warehouse.example/in"}
    assert rep.post("/api/v1/workflow/webhooks", json=given).status_code == 403
    for url in (
        "ftp://x.example/",
        "https://user:pass@x.example/",
        "//x",
        "https://",
        "https://x.example:99999/",
        "http://x\n",
    ):
        assert admin.post("/api/v1/workflow/webhooks", json=given | {"url": url}).status_code == 422
    made = admin.post("/api/v1/workflow/webhooks", json=given).json()
    assert made["secret"].startswith("mih_")
    (listed,) = rep.get("/api/v1/workflow/webhooks").json()
    assert "secret" not in listed
    call = {"kind": "webhook", "values": {"webhook_id": made["id"]}}
    definition = RULE["definition"] | {"actions": [call]}  # type: ignore[operator]
    assert rep.post("/api/v1/workflow/rules", json=RULE | {"definition": definition}).status_code == 201
    assert admin.delete(f"/api/v1/workflow/webhooks/{made['id']}").status_code == 204
    assert rep.post("/api/v1/workflow/rules", json=RULE | {"definition": definition}).status_code == 422
    assert admin.get("/api/v1/workflow/deliveries?state=dead").json()["items"] == []
    assert rep.get("/api/v1/workflow/deliveries").status_code == 403
    assert admin.post("/api/v1/workflow/deliveries/1/retry").status_code == 404
