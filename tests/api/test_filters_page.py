"""Filters by page: what a file holds is shown and tried before it is saved, switched, and its marks lead to mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.security import CSRF_HEADER
from pipeline.store.rules.mail_filters import Mark, add_marks
from pipeline.store.rules.marked_mails import list_marked
from pipeline.store.sync.mailboxes import mailboxes_of

FILE = (
    '{"filters": [{"name": "Delivery", "criteria": [{"field": "subject", "operator": "contains", "value": "納品"}],'
    ' "actions": [{"action": "label", "value": "納品"}]},'
    ' {"name": "Odd", "criteria": [{"field": "moon", "operator": "is", "value": "full"}],'
    ' "actions": [{"action": "flag"}]}]}'
)


@pytest.fixture
def box(store: Any, filled: Any) -> str:
    """The rep's mailbox."""
    with store.begin() as session:
        return str(mailboxes_of(session, filled.users["rep"])[0].id)


def send(client: TestClient, path: str, file: str | None = None, **values: Any) -> Any:
    files = {"file": ("f.json", file.encode())} if file is not None else None
    return client.post(path, data=values | {"csrf": client.headers[CSRF_HEADER]}, files=files)


def test_a_file_is_tried_before_it_is_imported(rep: TestClient, box: str) -> None:
    path = f"/settings/filters/{box}/import"
    tried = send(rep, path, FILE, do="try").text
    assert "最新200件のうち1件が該当" in tried
    assert "変換できない部分" in tried
    assert rep.get(f"/api/v1/mailboxes/{box}/filters").json() == []
    kept = re.search(r'name="kept" value="([^"]*)"', tried)
    assert kept is not None
    assert send(rep, path, kept=kept[1], do="save").status_code == 303
    first, second = rep.get(f"/api/v1/mailboxes/{box}/filters").json()
    assert (first["active"], second["active"]) == (True, False)
    page = rep.get("/settings/filters").text
    assert (page.count('value="off"'), page.count('value="on"')) == (1, 0), "the other one would catch too much"
    assert send(rep, f"/settings/filters/{box}/{first['id']}", do="off").status_code == 303
    assert send(rep, f"/settings/filters/{box}/{second['id']}", do="on").status_code == 409
    assert send(rep, f"/settings/filters/{box}/{second['id']}", do="remove").status_code == 303
    (left,) = rep.get(f"/api/v1/mailboxes/{box}/filters").json()
    assert not left["active"]


@pytest.mark.parametrize(
    ("file", "words"), [("<nothing", "読み取れません"), ("", "読み取れません"), ("x" * 2_000_001, "2 MB を超えて")]
)
def test_a_file_that_cannot_be_used(rep: TestClient, box: str, file: str, words: str) -> None:
    assert words in send(rep, f"/settings/filters/{box}/import", file, do="try").text


def test_a_list_is_narrowed_by_a_mark(rep: TestClient, box: str, store: Any, filled: Any, sign_in: Any) -> None:
    with store.begin() as session:
        for key in ("mori", "takahashi", "news"):
            marks = [Mark("label", "納品")] + ([Mark("flag", "")] if key == "mori" else [])
            add_marks(session, box, filled.mails[key], marks, datetime.now(UTC))
    page = rep.get("/settings/filters").text
    assert "ラベル：納品" in page
    href = re.search(r'href="(/settings/filters/[^"]*kind=label[^"]*)"', page)
    assert href is not None
    marked = rep.get(href[1].replace("&amp;", "&")).text
    assert set(re.findall(r'href="/mails/(\w+)"', marked)) == {filled.mails[k] for k in ("mori", "takahashi", "news")}
    flagged = rep.get(f"/settings/filters/{box}/marked", params={"kind": "flag"}).text
    assert re.findall(r'href="/mails/(\w+)"', flagged) == [filled.mails["mori"]]
    for who in ("other", "admin"):
        assert "/mails/" not in sign_in(who).get(f"/settings/filters/{box}/marked?kind=flag").text
        assert sign_in(who).get(f"/settings/filters?mailbox={box}").status_code == 404


def test_pages_of_marked_mail(store: Any, filled: Any, box: str) -> None:
    keys = ("mori", "takahashi", "news", "okafor")
    with store.begin() as session:
        for key in keys:
            add_marks(session, box, filled.mails[key], [Mark("read", "")], datetime.now(UTC))
        seen, cursor = [], None
        for _ in keys:
            found = list_marked(session, filled.users["rep"], box, "read", "", limit=1, cursor=cursor)
            seen += [one.id for one in found.items]
            cursor = found.next_cursor
        assert cursor is None
    assert seen == [filled.mails[key] for key in ("takahashi", "okafor", "mori", "news")]
