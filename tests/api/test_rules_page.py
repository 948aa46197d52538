"""The form of rules: lines come and go without scripts, it is tried without doing anything, and shows what it did."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.security import CSRF_HEADER
from pipeline.store.rules.workflow import on_arrival

pytestmark = pytest.mark.parametrize("office", ["sqlite"], indirect=True)
"""What these pages ask of the database is asked of both elsewhere."""
NEW = "/settings/rules/new"


class Form:
    """A form as a browser without scripts has it: what it shows is sent, with what is typed over it."""

    def __init__(self, client: TestClient, path: str = NEW) -> None:
        self.client, self.page = client, client.get(path).text

    def send(self, do: str, **typed: Any) -> Any:
        body = self.page[self.page.index('class="form rule"') :]
        body = body[: body.index("</form>")]
        action = re.search(r'action="([^"]*)"', body)[1]  # type: ignore[index]
        given: dict[str, Any] = {}
        for name, value in self._fields(body):
            given.setdefault(name, []).append(value)
        answer = self.client.post(action, data=given | typed | {"do": do, "csrf": self.client.headers[CSRF_HEADER]})
        if answer.status_code == 200:
            self.page = answer.text
        return answer

    @staticmethod
    def _fields(body: str) -> list[tuple[str, str]]:
        found = []
        tags = re.finditer(r"<input[^>]*>|<select.*?</select>|<textarea.*?</textarea>", body, re.DOTALL)
        for tag in (match[0] for match in tags):
            name = re.search(r' name="([^"]*)"', tag)
            value = re.search(r' value="([^"]*)"', tag)
            if tag.startswith("<select"):
                chosen = re.search(r'value="([^"]*)" selected', tag) or re.search(r'value="([^"]*)"', tag)
                value = chosen
            if tag.startswith("<textarea"):
                value = re.search(r">(.*)</textarea>", tag, re.DOTALL)
            if name and not ('type="radio"' in tag and " checked" not in tag):
                found.append((name[1], html.unescape(value[1]) if value else ""))
        return found


@pytest.fixture
def webhook(sign_in: Any) -> str:
    """An address that rules may call."""
    admin = sign_in("admin")
    made = admin.post(
        "/admin/webhooks",
        data={"name": "warehouse", "url": "https://warehouse.example/in", "csrf": admin.headers[CSRF_HEADER]},
    )
    assert "mih_" in made.text
    assert "mih_" not in admin.get("/admin/webhooks").text
    found: str = admin.get("/api/v1/workflow/webhooks").json()[0]["id"]
    return found


def test_a_rule_with_several_conditions_and_actions_is_made_tried_and_saved(
    rep: TestClient, filled: Any, webhook: str
) -> None:
    form = Form(rep)
    for do in ("condition-mail", "condition-mail", "condition-record"):
        form.send(do)
    for kind in ("task", "webhook", "follow_up", "update_field"):
        form.send(f"action-{kind}")
    typed = {
        "name": "苦情の初動", "match": "any", "field": ["intent", "subject", "record"], "record": ["", "", "company"],
        "operator": ["is", "contains", "is_not_empty"], "value": ["苦情", "no such words", ""],
        "text-0": "苦情です", "title-1": "折り返し", "due_days-1": "1", "webhook_id-2": webhook,
        "subject-3": "お詫び", "text-3": "すぐに確認します。", "name-4": "industry", "value-4": "物流",
    }  # fmt: skip
    tried = form.send("try", **typed)
    assert f"/mails/{filled.mails['mori']}" in tried.text
    assert rep.get("/api/v1/workflow/rules").json() == []
    assert form.send("save").status_code == 303, "what was typed is in the form that came back"
    (saved,) = rep.get("/api/v1/workflow/rules").json()
    definition = saved["definition"]
    assert (saved["name"], definition["match"]) == ("苦情の初動", "any")
    assert [(one["field"], one["operator"], one["value"]) for one in definition["conditions"]] == [
        ("intent", "is", "complaint"), ("subject", "contains", "no such words"), ("record", "is_not_empty", ""),
    ]  # fmt: skip
    assert definition["conditions"][2]["name"] == "company"
    assert [one["kind"] for one in definition["actions"]] == ["notify", "task", "webhook", "follow_up", "update_field"]
    assert definition["actions"][4]["values"] == {"record_kind": "contact", "name": "industry", "value": "物流"}
    listed = rep.get("/settings/rules").text
    assert "意図が「苦情」と一致、または件名に「no such words」を含む、またはレコードの会社名が空でない" in listed


def test_a_rule_is_changed_and_what_a_program_set_stays(rep: TestClient, filled: Any, store: Any) -> None:
    given = {
        "name": "Angry", "active": True,
        "definition": {"trigger": {"kind": "received", "sentiment": "negative"}, "actions": [{"kind": "notify"}],
                       "conditions": [{"field": "intent", "operator": "is", "value": "complaint"}]},
    }  # fmt: skip
    rule = rep.post("/api/v1/workflow/rules", json=given).json()["id"]
    with store.begin() as session:
        assert on_arrival(session, filled.organisation_id, filled.mails["mori"], datetime.now(UTC)) == 1
    form = Form(rep, f"/settings/rules/{rule}")
    assert 'value="苦情"' in form.page
    history = form.page[form.page.index("実行履歴") :]
    assert "ハンディ端末" in history
    assert "通知：通知済み" in history
    form.send("uncondition-0")
    form.send("action-task")
    form.send("unaction-0")
    assert form.send("save", **{"title-0": "Call back"}).status_code == 303
    changed = rep.get(f"/api/v1/workflow/rules/{rule}").json()["definition"]
    assert changed["trigger"]["sentiment"] == "negative"
    assert (changed["conditions"], [one["kind"] for one in changed["actions"]]) == ([], ["task"])


@pytest.mark.parametrize(
    ("lines", "typed"),
    [
        (["condition-mail"], {"value": [""]}),
        (["condition-mail"], {"field": ["intent"], "value": ["怒り"]}),
        (["action-task"], {}),
        (["action-webhook"], {}),
        (["unaction-0"], {}),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_saved(rep: TestClient, lines: list[str], typed: Any) -> None:
    form = Form(rep)
    for do in lines:
        form.send(do)
    assert "使用できない値があります" in form.send("save", **typed).text
    assert rep.get("/api/v1/workflow/rules").json() == []


def test_pausing_and_deleting(rep: TestClient, sign_in: Any) -> None:
    assert Form(rep).send("save").status_code == 303
    (saved,) = rep.get("/api/v1/workflow/rules").json()
    act = {"csrf": rep.headers[CSRF_HEADER]}
    rep.post(f"/settings/rules/{saved['id']}", data=act | {"do": "pause"})
    assert "停止中" in rep.get("/settings/rules").text
    assert sign_in("other").get(f"/settings/rules/{saved['id']}").status_code == 404
    rep.post(f"/settings/rules/{saved['id']}", data=act | {"do": "delete"})
    assert rep.get("/api/v1/workflow/rules").json() == []


def test_only_an_address_that_can_be_called_is_allowed(sign_in: Any, webhook: str) -> None:
    admin = sign_in("admin")
    act = {"csrf": admin.headers[CSRF_HEADER]}
    assert "使用できません" in admin.post("/admin/webhooks", data=act | {"name": "x", "url": "ftp://x.example"}).text
    assert admin.post(f"/admin/webhooks/{webhook}/delete", data=act).status_code == 303
    assert admin.get("/api/v1/workflow/webhooks").json() == []
