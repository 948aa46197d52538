"""What stands at the top of a suggestion: who else would see its values, and what is accepted for its time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient

from api.web.catalogue import translate


def test_values_that_more_people_would_see_are_told(rep: TestClient) -> None:
    shown = rep.get("/review/s-takahashi").text
    assert translate("ja", "review.wider") in shown
    assert translate("ja", "review.wider") not in rep.get("/review/s-takahashi-task").text


def test_values_of_public_mail_are_told_as_nothing_special(rep: TestClient, sign_in: Any) -> None:
    changed = sign_in("admin").put("/api/v1/sharing", json={"mode": "public"})
    assert changed.status_code == 200, changed.text
    assert translate("ja", "review.wider") not in rep.get("/review/s-takahashi").text


def test_what_is_accepted_for_the_same_time_is_told(rep: TestClient) -> None:
    assert translate("ja", "review.warn_conflict") not in rep.get("/review/s-okafor-call").text
    moved = {"fields": [{"name": "start", "value": "2027-03-12T10:10:00+00:00"}]}
    accepted = rep.post("/api/v1/suggestions/s-takahashi-meeting/edit", json=moved)
    assert datetime.fromisoformat(accepted.json()["at"])
    shown = rep.get("/review/s-okafor-call").text
    assert translate("ja", "review.warn_conflict") in shown
    assert "検査ソフト導入の打ち合わせ" in shown
