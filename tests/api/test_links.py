"""Links of mail over HTTP, one by one and in bulk, and the mail of a record."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient


def test_a_mail_is_linked_changed_and_unlinked(rep: TestClient, filled: Any) -> None:
    mail, lead, mori = filled.mails["takahashi"], filled.records["lead"], filled.records["mori"]
    path = f"/api/v1/mails/{mail}/links"
    added = rep.post(path, json={"record_id": lead}).json()
    assert [one["record_id"] for one in added["links"]] == [lead]
    assert [one["id"] for one in rep.get(f"/api/v1/records/{lead}/mails").json()["items"]] == [mail]
    changed = rep.put(f"{path}/{lead}", json={"record_id": mori}).json()
    assert [one["record_id"] for one in changed["links"]] == [mori]
    assert rep.put(f"{path}/{lead}", json={"record_id": mori}).status_code == 409
    assert rep.delete(f"{path}/{mori}").status_code == 204
    assert rep.get(path).json()["links"] == []
    assert rep.post(path, json={"record_id": "nothing"}).status_code == 404


def test_nobody_else_links_or_sees_the_links(sign_in: Any, filled: Any) -> None:
    other, path = sign_in("other"), f"/api/v1/mails/{filled.mails['okafor']}/links"
    assert other.get(path).status_code == 404
    assert other.post(path, json={"record_id": filled.records["lead"]}).status_code == 404
    assert other.delete(f"{path}/{filled.records['okafor']}").status_code == 404


def test_links_in_bulk(rep: TestClient, filled: Any) -> None:
    one = {"mail_id": filled.mails["takahashi"], "record_id": filled.records["lead"]}
    done = rep.post("/api/v1/links", json={"linked": True, "items": [one]})
    assert (done.status_code, done.json()) == (200, {"results": [one | {"code": "SUCCESS"}]})
    mixed = rep.post("/api/v1/links", json={"linked": False, "items": [one, one, one | {"record_id": "x"}]})
    assert mixed.status_code == 207
    assert [item["code"] for item in mixed.json()["results"]] == ["SUCCESS", "DUPLICATE_DATA", "INVALID_DATA"]
    assert rep.post("/api/v1/links", json={"linked": True, "items": []}).status_code == 422


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?filter=crm", 200), ("?filter=user", 422), ("?filter=user&user=x", 200), ("?filter=odd", 422)],
)
def test_the_mail_of_a_record(rep: TestClient, filled: Any, query: str, status: int) -> None:
    answer = rep.get(f"/api/v1/records/{filled.records['okafor']}/mails{query}")
    assert answer.status_code == status
    if not query:
        assert [one["id"] for one in answer.json()["items"]] == [filled.mails["okafor"]]


def test_records_and_mail_by_what_the_crm_knows(rep: TestClient, filled: Any) -> None:
    assert [one["id"] for one in rep.get("/api/v1/mails?view=open_deals").json()["items"]] == [filled.mails["okafor"]]
    named = rep.get("/api/v1/records?kind=contact&sentiment=negative&intent=complaint").json()["items"]
    assert [one["id"] for one in named] == [filled.records["mori"]]
    assert rep.get("/api/v1/mails?view=nothing").status_code == 422


def test_ones_own_mail_is_deleted_and_other_mail_is_not(rep: TestClient, sign_in: Any, filled: Any) -> None:
    path = f"/api/v1/mails/{filled.mails['takahashi']}"
    assert sign_in("other").delete(path).status_code == 404
    assert rep.delete(path).status_code == 204
    assert rep.get(path).status_code == 404
    assert rep.delete(path).status_code == 404
    assert all(one["mail_id"] != filled.mails["takahashi"] for one in rep.get("/api/v1/suggestions").json()["items"])


def test_a_record_is_deleted_and_its_mail_stays(rep: TestClient, filled: Any) -> None:
    path = f"/api/v1/records/{filled.records['mori']}"
    assert rep.delete(path, headers={"If-Match": '"another"'}).status_code == 412
    assert rep.delete(path, headers={"If-Match": rep.get(path).headers["etag"]}).status_code == 204
    assert rep.get(path).status_code == 404
    assert rep.get(f"/api/v1/mails/{filled.mails['mori']}").status_code == 200
