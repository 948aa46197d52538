"""Records through the API: made, changed by who saw the newest state, merged, converted, imported."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

PERSON = {
    "kind": "contact", "name": "佐伯 彩", "addresses": ["Saeki@Kitano.example"],
    "values": {"job_title": [{"value": "主任"}], "phone": [{"value": "+81355500101", "type": "work"}]},
}  # fmt: skip


@pytest.fixture
def admin(sign_in: Any) -> TestClient:
    client: TestClient = sign_in("admin")
    return client


def make(client: TestClient, **given: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/records", json=PERSON | given)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_record_is_made_and_changed_by_who_saw_its_newest_state(rep: TestClient) -> None:
    made = make(rep)
    assert (made["addresses"], made["fields"]["job_title"]) == (["saeki@kitano.example"], "主任")
    assert {value["origin"] for value in made["values"]} == {"person"}
    path = f"/api/v1/records/{made['id']}"
    seen = {"If-Match": rep.get(path).headers["etag"]}
    changed = rep.patch(path, json={"values": {"job_title": [], "department": [{"value": "営業"}]}}, headers=seen)
    assert (changed.status_code, changed.json()["fields"].get("job_title")) == (200, None)
    assert changed.json()["fields"]["department"] == "営業"
    assert rep.patch(path, json={"name": "x"}, headers=seen).status_code == 412


@pytest.mark.parametrize(
    "given",
    [
        {"values": {"Bad Name": [{"value": "x"}]}}, {"values": {"phone": [{"value": "1", "type": "pigeon"}]}},
        {"addresses": ["nowhere"]}, {"account_id": "nothing"}, {"open": False}, {"contacts": [{"contact_id": "x"}]},
        {"kind": "deal", "won": True}, {"name": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(rep: TestClient, given: dict[str, Any]) -> None:
    answer = rep.post("/api/v1/records", json=PERSON | given)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_deal_has_a_history(rep: TestClient) -> None:
    person = make(rep)
    deal = make(rep, kind="deal", name="導入", addresses=[], values={"stage": [{"value": "提案"}]},
                contacts=[{"contact_id": person["id"], "role": "buyer"}])  # fmt: skip
    closed = rep.patch(f"/api/v1/records/{deal['id']}", json={"open": False, "won": True, "contacts": []})
    assert closed.json()["open"] is False
    history = rep.get(f"/api/v1/records/{deal['id']}/history").json()
    assert [(one["stage"], one["open"], one["won"]) for one in history["stages"]] == [
        ("提案", True, None), ("提案", False, True),
    ]  # fmt: skip
    (part,) = history["contacts"]
    assert (part["contact_id"], part["role"], part["until"] is None) == (person["id"], "buyer", False)


def test_merged_and_converted_records_keep_their_old_ids(rep: TestClient) -> None:
    kept, other = make(rep), make(rep, addresses=["aya@home.example"])
    merged = rep.post(f"/api/v1/records/{kept['id']}/merge", json={"record_ids": [other["id"]]}).json()
    assert merged["addresses"] == ["saeki@kitano.example", "aya@home.example"]
    assert rep.get(f"/api/v1/records/{other['id']}").json()["id"] == kept["id"]
    lead = make(rep, kind="lead", addresses=["lead@x.example"], values={"company": [{"value": "北野製作所"}]})
    made = rep.post(f"/api/v1/records/{lead['id']}/convert", json={"deal": "初回"}).json()
    assert (made["contact"]["id"], made["account"]["name"], made["deal"]["name"]) == (lead["id"], "北野製作所", "初回")
    assert rep.post(f"/api/v1/records/{lead['id']}/convert", json={}).status_code == 409


def test_a_file_is_tried_before_it_is_imported(admin: TestClient, rep: TestClient) -> None:
    upload = {
        "file": (
            "連絡先.csv",
            "氏名,メール,誕生日\n佐伯 彩,saeki@kitano.example,1月\n名無し,nowhere,\n".encode("cp932"),
        )
    }
    assert rep.post("/api/v1/records/import", files=upload).status_code == 403
    tried = admin.post("/api/v1/records/import", files=upload).json()
    assert (tried["dry_run"], tried["counts"], tried["unknown_columns"]) == (
        True,
        {"created": 1, "invalid": 1},
        ["誕生日"],
    )
    assert tried["rows"][0]["place"] == "line 3"
    assert admin.get("/api/v1/records?q=saeki@kitano").json()["items"] == []
    done = admin.post("/api/v1/records/import?dry_run=false", files=upload).json()
    assert done["counts"] == tried["counts"]
    assert len(admin.get("/api/v1/records?q=saeki@kitano").json()["items"]) == 1
    (line,) = admin.get("/api/v1/audit?action=record.import").json()["items"]
    assert line["detail"] == {"created": 1, "invalid": 1}
    assert admin.post("/api/v1/records/import", files={"file": ("x.csv", b"foo,bar\n1,2\n")}).status_code == 422


def test_an_outside_crm_pushes_its_changes(admin: TestClient, rep: TestClient, stranger: TestClient) -> None:
    token = admin.post("/api/v1/tokens", json={"name": "crm", "scope": "admin"}).json()["secret"]
    bearer = {"Authorization": f"Bearer {token}"}
    item = {"id": "C-1", "kind": "contact", "name": "佐伯 彩", "addresses": ["saeki@kitano.example"]}
    given = {"source": "crm", "items": [item, {"id": 3}]}
    assert rep.post("/api/v1/records/changes", json=given).status_code == 403
    first = stranger.post("/api/v1/records/changes", json=given, headers=bearer).json()
    again = stranger.post("/api/v1/records/changes", json=given, headers=bearer).json()
    assert (first["counts"], again["counts"]) == ({"created": 1, "invalid": 1}, {"unchanged": 1, "invalid": 1})
