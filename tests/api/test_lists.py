"""What lists and pages name: senders, waiting suggestions, when mail came in, a record's meetings and tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from api.web.rows import form_rows
from api.web.view import View
from pipeline.records import Record
from pipeline.store.review.suggestions import get_suggestion
from pipeline.store.tables import CopyRow, MailRow, RecordAddressRow
from tests.statements import statements

ADDRESS = "mori@saiko-logi.example"


@pytest.fixture
def unknown(store: sessionmaker[Session]) -> None:
    """The CRM does not know the sender of a mail, only the mail names him."""
    with store.begin() as session:
        session.execute(
            update(RecordAddressRow).where(RecordAddressRow.address == ADDRESS).values(address="x@x.example")
        )


def name_in_queue(client: TestClient, suggestion: str) -> str:
    found = re.search(rf'data-id="{suggestion}".*?<span class="who">(.*?)</span>', client.get("/").text)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("unknown")
def test_the_sender_is_called_as_in_the_mail_where_the_crm_does_not_know_them(
    rep: TestClient, filled: Any, store: sessionmaker[Session]
) -> None:
    assert name_in_queue(rep, "s-mori-task") == "森 健一"
    assert '<p class="about">森 健一</p>' in rep.get("/review/s-mori-task").text
    with store.begin() as session:
        session.execute(update(MailRow).where(MailRow.id == filled.mails["mori"]).values(from_address="else@x.example"))
    assert name_in_queue(rep, "s-mori-task") == ADDRESS


def test_the_crms_own_name_of_a_person_comes_first(rep: TestClient, filled: Any, store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        session.execute(update(MailRow).where(MailRow.id == filled.mails["mori"]).values(from_name="K. M."))
    assert name_in_queue(rep, "s-mori-task") == "森 健一"


def test_a_longer_queue_needs_no_more_statements(rep: TestClient, office: Any) -> None:
    rep.get("/")  # who may see what is read once
    with statements(office.engine) as whole:
        rep.get("/")
    for suggestion in ("s-takahashi-task", "s-mori-task", "s-hostile"):
        rep.post(f"/api/v1/suggestions/{suggestion}/reject", json={})
    with statements(office.engine) as shorter:
        rep.get("/")
    assert 0 < len(whole) == len(shorter)


def test_the_inbox_tells_how_many_suggestions_wait(rep: TestClient, sign_in: Callable[[str], TestClient]) -> None:
    def chips(client: TestClient) -> list[str]:
        return sorted(re.findall(r'<span class="chip pending">(.*?)</span>', client.get("/inbox").text))

    assert chips(rep) == ["候補 1件", "候補 1件", "候補 3件", "候補 3件"]
    assert chips(sign_in("other")) == ["1 suggestion"]
    rep.post("/api/v1/suggestions/s-mori-task/reject", json={})
    assert chips(rep) == ["候補 1件", "候補 3件", "候補 3件"]


def test_an_empty_queue_tells_when_mail_last_came_in(
    sign_in: Callable[[str], TestClient], store: sessionmaker[Session], filled: Any
) -> None:
    came_in = datetime(2026, 1, 5, 3, 4, tzinfo=UTC)
    with store.begin() as session:
        session.execute(update(CopyRow).where(CopyRow.mail_id == filled.mails["lindqvist"]).values(imported_at=came_in))
    assert f'datetime="{came_in.isoformat()}"' in sign_in("other").get("/review/empty").text
    welcome = sign_in("admin").get("/review/empty").text
    assert "mail-insight import" in welcome
    assert "<time" not in welcome


def test_activities_narrow_to_a_record(rep: TestClient, filled: Any, sign_in: Callable[[str], TestClient]) -> None:
    for suggestion in ("s-mori-task", "s-okafor-call"):
        rep.post(f"/api/v1/suggestions/{suggestion}/accept", json={})

    def kinds(client: TestClient, record: str) -> list[str]:
        found = client.get("/api/v1/activities", params={"record_id": filled.records[record]}).json()
        return [one["kind"] for one in found]

    assert kinds(rep, "mori") == kinds(rep, "saiko") == ["task"]
    assert kinds(rep, "okafor") == kinds(rep, "deal-a") == ["call"]
    assert kinds(rep, "lead") == kinds(sign_in("other"), "mori") == []
    assert "ハンディ端末の納品日を連絡する" in rep.get(f"/records/{filled.records['saiko']}").text


def test_open_asks_of_a_record_until_the_caller_closes_them(
    rep: TestClient, filled: Any, sign_in: Callable[[str], TestClient]
) -> None:
    path = f"/api/v1/records/{filled.records['mori']}/asks"
    (ask,) = rep.get(path).json()
    told = (ask["kind"], ask["owing"], ask["overdue"], ask["mail_id"], ask["text"])
    assert told == ("request", "us", False, filled.mails["mori"], "明日中に納品日をご連絡いただけますでしょうか。")
    assert sign_in("other").get(path).json() == []
    page = rep.get(f"/records/{filled.records['mori']}").text
    assert re.search(rf'<a href="/mails/{filled.mails["mori"]}">.*?{ask["text"]}.*?担当：当社', page, re.DOTALL)
    assert sign_in("other").post(f"{path}/{ask['id']}/close").status_code == 404
    for _ in range(2):
        assert rep.post(f"{path}/{ask['id']}/close").status_code == 204
    assert rep.get(path).json() == []
    assert rep.get("/api/v1/records/unknown/asks").status_code == 404


def test_an_ask_that_became_a_task_is_shown_as_the_task_only(rep: TestClient, filled: Any) -> None:
    title = {"name": "title", "value": "明日中に納品日をご連絡いただけますでしょうか"}
    rep.post("/api/v1/suggestions/s-mori-task/edit", json={"fields": [title]})
    assert rep.get(f"/api/v1/records/{filled.records['mori']}/asks").json() == []


def test_proposed_deals_are_choices_the_likeliest_first(
    rep: TestClient, filled: Any, store: sessionmaker[Session]
) -> None:
    page = rep.get("/review/s-okafor-deal").text
    choices = re.findall(r'name="deal_choice" value="(\w+)"[^>]*?( checked)?><span>(.*?)</span>', page)
    first, second = filled.records["deal-a"], filled.records["deal-b"]
    names = ("Harbour &amp; Pine: 40 licences", "Harbour &amp; Pine: support 2026")
    assert choices == [(first, " checked", names[0]), (second, "", names[1])]
    with store() as session:
        stored = get_suggestion(session, filled.users["rep"], "s-okafor-deal", datetime.now(UTC))
    view = View("en", ZoneInfo("UTC"), datetime.now(UTC), {second: Record("deal", second, "Kept")})
    (row,) = form_rows(stored.suggestion, view)
    assert [(one.value, one.label) for one in row.choices] == [(second, "Kept")]


def test_a_deal_is_chosen_by_its_id_among_those_proposed(rep: TestClient, filled: Any) -> None:
    def edit(*fields: tuple[str, str]) -> Any:
        body = {"fields": [{"name": name, "value": value} for name, value in fields]}
        return rep.post("/api/v1/suggestions/s-okafor-deal/edit", json=body)

    assert edit(("deal", filled.records["mori"])).status_code == 422
    assert edit(("deal", "Harbour & Pine: support 2026")).status_code == 422
    assert edit().status_code == 422
    made = edit(("deal", filled.records["deal-b"])).json()
    assert (made["after"], made["target_id"]) == ("edited", filled.records["deal-b"])
