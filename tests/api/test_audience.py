"""Nobody sees, counts or learns anything of mail that is not theirs; an admin is nobody special here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.store.crm.record_writing import NewRecord, Source, create_record
from pipeline.store.organisation.people import create_organisation

THEIRS = ("takahashi", "okafor", "mori", "news", "hostile")


@pytest.fixture(params=["other", "admin"])
def outsider(request: pytest.FixtureRequest, sign_in: Any) -> TestClient:
    """Somebody of the same organisation to whom the rep's mailbox is not assigned."""
    client: TestClient = sign_in(request.param)
    return client


@pytest.mark.parametrize("key", THEIRS)
def test_somebody_elses_mail_is_not_there(outsider: TestClient, filled: Any, key: str) -> None:
    mail = filled.mails[key]
    for path in (
        f"/mails/{mail}",
        f"/mails/{mail}/original",
        f"/api/v1/mails/{mail}",
        f"/api/v1/mails/{mail}/why-nothing",
    ):
        assert outsider.get(path).status_code == 404, path


@pytest.mark.parametrize("suggestion", ["s-takahashi", "s-okafor", "s-mori-task"])
def test_somebody_elses_suggestion_is_not_there(outsider: TestClient, rep: TestClient, suggestion: str) -> None:
    for path in (f"/review/{suggestion}", f"/?suggestion={suggestion}", f"/api/v1/suggestions/{suggestion}"):
        assert outsider.get(path).status_code == 404, path
    for action in ("accept", "reject", "mute"):
        assert outsider.post(f"/api/v1/suggestions/{suggestion}/{action}", json={}).status_code == 404
    assert outsider.post(f"/suggestions/{suggestion}", data={"decision": "accept"}).status_code == 404
    assert rep.get(f"/api/v1/suggestions/{suggestion}").json()["state"] == "pending"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/inbox",
        "/inbox?q=takahashi",
        "/contacts?q=m.takahashi",
        "/review/empty",
        "/api/v1/mails",
        "/api/v1/mails?q=kita",
        "/api/v1/suggestions",
        "/api/v1/suggestions?state=pending",
    ],
)
def test_lists_hold_only_ones_own(outsider: TestClient, filled: Any, path: str) -> None:
    shown = outsider.get(path).text
    for word in ("検査ソフト", "Thursday", "ハンディ端末", "ものづくり", "m.takahashi@"):
        assert word not in shown.replace('value="m.takahashi"', ""), word
    for key in THEIRS:
        assert filled.mails[key] not in shown


def test_counts_tell_nothing(sign_in: Any) -> None:
    assert "data-waiting>1<" in sign_in("other").get("/").text
    assert "data-waiting" not in sign_in("admin").get("/").text


def test_a_record_does_not_name_the_mail_behind_it(sign_in: Any, filled: Any) -> None:
    rep, other = sign_in("rep"), sign_in("other")
    made = rep.post("/api/v1/suggestions/s-takahashi/accept", json={}).json()["target_id"]
    mail = filled.mails["takahashi"]
    assert mail in rep.get(f"/api/v1/records/{made}").text
    assert mail in rep.get(f"/records/{made}").text
    for path in (f"/api/v1/records/{made}", f"/records/{made}", f"/api/v1/mails?record_id={made}"):
        assert mail not in other.get(path).text


def test_another_organisations_records_are_not_there(rep: TestClient, store: Any) -> None:
    with store.begin() as session:
        foreign = create_organisation(session, "Elsewhere", datetime.now(UTC))
        record = create_record(
            session, Source(foreign, datetime.now(UTC), "import"), NewRecord("contact", "Zed Foreign")
        )
    assert rep.get(f"/records/{record.id}").status_code == 404
    assert rep.get(f"/api/v1/records/{record.id}").status_code == 404
    assert "Zed Foreign" not in rep.get("/contacts").text
