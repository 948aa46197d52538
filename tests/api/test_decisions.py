"""Deciding by JSON and by form: once done is done, a repeat changes nothing, a conflict says so, undo restores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session, sessionmaker

from api.web import cards
from api.web.rows import form_rows
from api.web.view import View
from pipeline.records import Evidence, ProposedField, Suggestion
from pipeline.store.crm.activities import list_activities


def decide(client: TestClient, suggestion: str, action: str, **body: Any) -> Any:
    return client.post(f"/api/v1/suggestions/{suggestion}/{action}", json=body)


def state(client: TestClient, suggestion: str) -> str:
    found: str = client.get(f"/api/v1/suggestions/{suggestion}").json()["state"]
    return found


def contact_names(client: TestClient) -> list[str]:
    return [one["name"] for one in client.get("/api/v1/records?kind=contact").json()["items"]]


def queue(client: TestClient) -> list[str]:
    return [one["id"] for one in client.get("/api/v1/suggestions").json()["items"]]


def test_accept_makes_the_contact_and_a_repeat_changes_nothing(rep: TestClient) -> None:
    first = decide(rep, "s-takahashi", "accept", version=1).json()
    assert (first["before"], first["after"], first["repeated"]) == ("pending", "accepted", False)
    record = rep.get(f"/api/v1/records/{first['target_id']}").json()
    assert record["name"] == "髙橋 美咲"
    assert record["addresses"] == ["m.takahashi@kita-seiki.example"]
    phones = [one for one in record["values"] if one["name"] == "phone"]
    assert [(one["value"], one["type"], one["extension"]) for one in phones] == [
        ("+81255550142", "work", "318"), ("+819055500199", "mobile", None),
    ]  # fmt: skip
    again = decide(rep, "s-takahashi", "accept", version=1).json()
    assert again["repeated"] is True
    assert contact_names(rep).count("髙橋 美咲") == 1
    assert "s-takahashi" not in queue(rep)


def test_another_decision_on_a_decided_one_is_a_conflict(rep: TestClient) -> None:
    assert decide(rep, "s-takahashi", "accept").status_code == 200
    answer = decide(rep, "s-takahashi", "reject")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert state(rep, "s-takahashi") == "accepted"


def test_a_version_that_was_not_shown_is_a_conflict(rep: TestClient) -> None:
    assert decide(rep, "s-takahashi", "accept", version=7).status_code == 409
    assert state(rep, "s-takahashi") == "pending"


def test_edit_keeps_what_a_person_typed(rep: TestClient) -> None:
    fields = [
        {"name": "full_name", "value": "高橋 美咲"},
        {"name": "email", "value": "m.takahashi@kita-seiki.example"},
        {"name": "phone", "value": "+819055500199", "type": "mobile"},
    ]
    made = decide(rep, "s-takahashi", "edit", version=1, fields=fields).json()
    assert made["after"] == "edited"
    record = rep.get(f"/api/v1/records/{made['target_id']}").json()
    assert record["fields"] == {"full_name": "高橋 美咲", "phone": "+819055500199"}
    origins = {one["name"]: one["origin"] for one in record["values"]}
    assert origins == {"full_name": "person", "phone": "suggestion"}


@pytest.mark.parametrize("action", ["accept", "reject", "mute"])
def test_undo_brings_it_back(rep: TestClient, action: str) -> None:
    before, names = queue(rep), contact_names(rep)
    made = decide(rep, "s-takahashi", action).json()
    assert queue(rep) != before
    undone = rep.post("/api/v1/undo", json={}).json()
    assert (undone["action"], undone["undoes"]) == ("undo", made["id"])
    assert queue(rep) == before
    assert contact_names(rep) == names
    again = rep.post("/api/v1/undo", json={"decision_id": made["id"]}).json()
    assert again["repeated"] is True


def test_nothing_to_undo(rep: TestClient) -> None:
    assert rep.post("/api/v1/undo", json={}).status_code == 404


def test_somebody_elses_decision_is_not_undone(sign_in: Any) -> None:
    rep, other = sign_in("rep"), sign_in("other")
    made = decide(rep, "s-mori-task", "reject").json()
    assert other.post("/api/v1/undo", json={"decision_id": made["id"]}).status_code == 404
    assert state(rep, "s-mori-task") == "rejected"


def test_snooze_hides_it_until_then(rep: TestClient) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    assert decide(rep, "s-mori-task", "snooze", until=until.isoformat()).json()["after"] == "snoozed"
    assert "s-mori-task" not in queue(rep)
    assert state(rep, "s-mori-task") == "snoozed"
    past = datetime.now(UTC) - timedelta(days=1)
    assert decide(rep, "s-okafor", "snooze", until=past.isoformat()).status_code == 422


def test_mute_silences_everything_about_a_person(rep: TestClient) -> None:
    decide(rep, "s-takahashi", "mute")
    assert not [one for one in queue(rep) if one.startswith("s-takahashi")]


def test_muted_people_are_listed_and_can_be_heard_again(rep: TestClient) -> None:
    before = queue(rep)
    decide(rep, "s-takahashi", "mute")
    assert rep.get("/api/v1/mutes").json() == [{"address": "m.takahashi@kita-seiki.example"}]
    assert "m.takahashi@kita-seiki.example" in rep.get("/settings").text
    assert rep.post("/settings/unmute", data={"address": "m.takahashi@kita-seiki.example"}).status_code == 303
    assert queue(rep) == before
    decide(rep, "s-mori-task", "mute")
    assert rep.delete("/api/v1/mutes/mori@saiko-logi.example").status_code == 204
    assert rep.get("/api/v1/mutes").json() == []


def test_accepted_activities_are_listed_and_stand_on_the_contacts_page(sign_in: Any, filled: Any) -> None:
    rep, other = sign_in("rep"), sign_in("other")
    decide(rep, "s-mori-task", "accept")
    decide(rep, "s-okafor-call", "accept")
    call, task = sorted(rep.get("/api/v1/activities").json(), key=lambda one: one["kind"])
    assert (call["slots"][0]["start"], call["status"]) == ("2027-03-12T10:00:00Z", "moved")
    assert (task["due"], task["owner"]) == ("2027-03-09", "recipient")
    assert rep.get(f"/api/v1/activities/{task['id']}").json() == task
    assert rep.get("/api/v1/activities?kind=task").json() == [task]
    assert "ハンディ端末の納品日を連絡する" in rep.get(f"/records/{filled.records['mori']}").text
    assert other.get("/api/v1/activities").json() == []
    assert other.get(f"/api/v1/activities/{task['id']}").status_code == 404
    assert "ハンディ端末の納品日を連絡する" not in other.get(f"/records/{filled.records['mori']}").text


def test_another_deal_can_be_chosen(rep: TestClient, filled: Any) -> None:
    chosen = filled.records["deal-b"]
    answer = post(rep, "s-okafor-deal", decision="accept", version="1", deal_choice=chosen)
    assert answer.status_code == 303
    mail = filled.mails["okafor"]
    linked = rep.get(f"/mails/{mail}").text
    assert "Harbour &amp; Pine: support 2026" in linked
    foreign = post(rep, "s-okafor-deal", decision="accept", deal_choice=filled.records["mori"])
    assert foreign.status_code in (409, 422)


def test_unknown_fields_of_an_activity_are_refused(rep: TestClient) -> None:
    assert decide(rep, "s-mori-task", "edit", fields=[{"name": "mood", "value": "x"}]).status_code == 422
    assert decide(rep, "s-mori-task", "edit", fields=[{"name": "due", "value": "soon"}]).status_code == 422


# ---- the same by form, as the page sends it


def post(client: TestClient, suggestion: str, **form: str) -> Any:
    return client.post(f"/suggestions/{suggestion}", data=form)


def test_form_accepts_rejects_and_undoes_without_scripts(rep: TestClient) -> None:
    answer = post(rep, "s-takahashi", decision="accept", version="1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert post(rep, "s-okafor", decision="reject", version="1").status_code == 303
    assert state(rep, "s-okafor") == "rejected"
    back = rep.post("/undo")
    assert back.headers["location"] == "/?suggestion=s-okafor"
    assert state(rep, "s-okafor") == "pending"
    assert "髙橋 美咲" in rep.get("/contacts").text


def test_form_edit_leaves_out_what_was_emptied(rep: TestClient) -> None:
    post(rep, "s-takahashi", decision="edit", version="1", f0="高橋 美咲", f3="", f9="")
    (found,) = rep.get("/api/v1/records?q=m.takahashi").json()["items"]
    assert found["fields"]["full_name"] == "高橋 美咲"
    assert found["fields"]["company"] == "北精機株式会社"
    assert {"department", "address"}.isdisjoint(found["fields"])


def test_form_edit_without_a_change_is_an_accept(rep: TestClient) -> None:
    post(rep, "s-takahashi", decision="edit", version="1")
    assert state(rep, "s-takahashi") == "accepted"


def test_form_edits_a_time_in_the_readers_zone(rep: TestClient, filled: Any, store: sessionmaker[Session]) -> None:
    page = rep.get("/?suggestion=s-okafor-call&edit=1").text
    assert 'type="datetime-local" name="start" value="2027-03-12T19:00"' in page
    form = {"decision": "edit", "version": "1", "start": "2027-03-12T20:30", "end": "2027-03-12T21:00"}
    assert post(rep, "s-okafor-call", **form).status_code == 303
    with store() as session:
        (call,) = list_activities(session, filled.users["rep"], kind="call")
    assert call.slots[0].start == datetime(2027, 3, 12, 11, 30, tzinfo=UTC)
    assert call.title == "Follow-up call with Harbour & Pine"


def test_form_picks_one_of_several_times(rep: TestClient, filled: Any, store: sessionmaker[Session]) -> None:
    assert post(rep, "s-takahashi-meeting", decision="accept", version="1", start_choice="1").status_code == 303
    with store() as session:
        (meeting,) = list_activities(session, filled.users["rep"], kind="meeting")
    assert [slot.start.isoformat() for slot in meeting.slots] == ["2027-03-10T10:00:00+09:00"]


def test_form_keeps_all_times_open(rep: TestClient, filled: Any, store: sessionmaker[Session]) -> None:
    assert post(rep, "s-takahashi-meeting", decision="accept", version="1", start_choice="").status_code == 303
    with store() as session:
        (meeting,) = list_activities(session, filled.users["rep"], kind="meeting")
    assert len(meeting.slots) == 3


@pytest.mark.parametrize(
    "form",
    [
        {"decision": "dance"},
        {},
        {"decision": "snooze-99"},
        {"decision": "accept", "start_choice": "9"},
        {"decision": "edit", "start": "2027-03-12Tnoon"},
    ],
)
def test_form_nonsense_is_refused(rep: TestClient, form: dict[str, str]) -> None:
    assert post(rep, "s-takahashi-meeting", **form).status_code in (422,)
    assert state(rep, "s-takahashi-meeting") == "pending"


def test_form_snoozes_until_the_morning(rep: TestClient) -> None:
    post(rep, "s-mori-task", decision="snooze-1", version="1")
    until = datetime.fromisoformat(rep.get("/api/v1/suggestions/s-mori-task").json()["snoozed_until"])
    assert until.astimezone(UTC).hour == 23  # eight in Tokyo


def test_scripts_get_json(rep: TestClient) -> None:
    headers = {"Accept": "application/json"}
    answer = rep.post("/suggestions/s-mori-task", data={"decision": "accept"}, headers=headers)
    made = answer.json()
    assert (made["suggestion_id"], made["state"]) == ("s-mori-task", "accepted")
    rep.post("/suggestions/s-okafor", data={"decision": "reject"})
    back = rep.post("/undo", data={"decision": str(made["decision_id"])}, headers=headers).json()
    assert (back["suggestion_id"], back["state"]) == ("s-mori-task", "pending")
    assert state(rep, "s-okafor") == "rejected"


def test_empty_queue_tells_what_was_done(sign_in: Any) -> None:
    other = sign_in("other")
    assert "s-berg" in queue(other)
    post(other, "s-berg", decision="accept", version="1")
    page = other.get("/").text
    assert "All decided" in page
    assert "<dt>Accepted</dt><dd>1</dd>" in page
    assert "Last mail read in" in page
    other.post("/undo")
    assert "Sofia Berg" in other.get("/").text


def test_evidence_that_only_repeats_fields_is_not_shown_twice() -> None:
    name = ProposedField("full_name", "Sofia Berg", None, 0.9, 3, 13, "body.name")
    family = ProposedField("family_name", "Berg", None, 0.8, None, None, "body.name")
    pieces = (
        Evidence(3, 13, "Sofia Berg"),
        Evidence(9, 13, "Berg"),
        Evidence(0, 30, "My Sofia Berg will write to you"),
    )
    suggestion = Suggestion("s", "successor", "Sofia Berg", 0.9, (name, family), pieces)
    assert [key for key, _ in cards.sentences(suggestion)] == ["e2"]
    assert [mark.key for mark in cards.marks(suggestion)] == ["e2", "f0"]
    view = View("en", ZoneInfo("Europe/London"), datetime.now(UTC))
    full, part = form_rows(suggestion, view)
    assert (full.tag, full.quiet, part.quiet) == ("Family name Berg", False, True)
