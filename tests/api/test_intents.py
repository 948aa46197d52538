"""Custom intents by API and page: administrators make, try and remove them; everybody narrows the inbox by them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from api.security import CSRF_HEADER
from pipeline.store.tables import MailIntentRow

INTENTS = tomllib.loads((Path(__file__).parents[1] / "bench" / "custom_intents.toml").read_text(encoding="utf-8"))
EXAMPLES = {one["name"]: one["ja"] for one in INTENTS["intent"]}["cancel"]


def post(client: TestClient, path: str, **values: Any) -> Any:
    return client.post(path, data=values | {"csrf": client.headers[CSRF_HEADER]})


def test_an_administrator_saves_lists_and_removes(sign_in: Any, rep: TestClient) -> None:
    admin, given = sign_in("admin"), {"name": "解約", "examples": EXAMPLES}
    made = admin.put("/api/v1/intents", json=given).json()
    assert (made["label"], [one["language"] for one in made["languages"]]) == ("custom:解約", ["ja"])
    assert [one["id"] for one in admin.get("/api/v1/intents").json()] == [made["id"]]
    assert rep.get("/api/v1/intents/names").json() == [{"name": "解約", "label": "custom:解約"}]
    for answer in (rep.get("/api/v1/intents"), rep.put("/api/v1/intents", json=given)):
        assert answer.status_code == 403
    assert rep.delete(f"/api/v1/intents/{made['id']}").status_code == 403
    assert admin.delete(f"/api/v1/intents/{made['id']}").status_code == 204
    assert admin.delete(f"/api/v1/intents/{made['id']}").status_code == 404
    assert rep.get("/api/v1/intents/names").json() == []


def test_a_trial_stores_nothing_and_tells_the_languages(sign_in: Any, rep: TestClient) -> None:
    admin = sign_in("admin")
    tried = admin.post("/api/v1/intents/try", json={"examples": EXAMPLES}).json()
    assert (tried["more"], tried["would_catch"], len(tried["languages"])) == (False, 0, 1)
    assert rep.post("/api/v1/intents/try", json={"examples": EXAMPLES}).status_code == 403
    assert admin.post("/api/v1/intents/try", json={"examples": [*EXAMPLES[:4], "x"]}).status_code == 422
    assert admin.get("/api/v1/intents").json() == []


def test_the_page_tries_saves_edits_and_removes(sign_in: Any) -> None:
    admin, lines = sign_in("admin"), "\r\n".join(EXAMPLES)
    tried = post(admin, "/admin/intents", name="解約", examples=lines, do="try").text
    assert "件に付きます" in tried
    assert "英語：例文が足りないため" in tried
    assert EXAMPLES[0] in tried
    assert post(admin, "/admin/intents", name="解約", examples=lines, do="save").status_code == 303
    (made,) = admin.get("/api/v1/intents").json()
    assert EXAMPLES[3] in admin.get(f"/admin/intents?edit={made['id']}").text
    assert 'role="alert"' in post(admin, "/admin/intents", name="解約", examples="短い", do="save").text
    assert post(admin, f"/admin/intents/{made['id']}/remove").status_code == 303
    assert admin.get("/api/v1/intents").json() == []


def test_the_inbox_is_narrowed_by_it_and_shows_its_name(
    sign_in: Any, rep: TestClient, filled: Any, store: sessionmaker[Session]
) -> None:
    sign_in("admin").put("/api/v1/intents", json={"name": "解約", "examples": EXAMPLES})
    with store.begin() as session:
        row = {"mail_id": filled.mails["mori"], "label": "custom:解約", "score": 0.9}
        session.execute(insert(MailIntentRow).values(row))
    page = rep.get("/inbox", params={"intent": "custom:解約"}).text
    assert page.count('<li><a href="/mails/') == 1
    assert 'href="/inbox?intent=custom%3A%E8%A7%A3%E7%B4%84"' in rep.get("/inbox").text
    assert ">解約</span>" in page
    found = rep.get("/api/v1/mails", params={"intent": "custom:解約"}).json()["items"]
    assert [mail["id"] for mail in found] == [filled.mails["mori"]]
    assert rep.get("/api/v1/mails", params={"intent": "cancel"}).status_code == 422
    assert ">解約</span>" in rep.get(f"/mails/{filled.mails['mori']}").text
