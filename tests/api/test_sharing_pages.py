"""Backups by page, and what colleagues share with a reader, as the sharing rule has it at that moment."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.security import CSRF_HEADER


def send(client: TestClient, path: str, **values: Any) -> Any:
    return client.post(path, data=values | {"csrf": client.headers[CSRF_HEADER]})


def share(client: TestClient, mode: str) -> None:
    assert client.put("/api/v1/sharing/me", json={"mode": mode, "excluded_domains": []}).status_code == 200


def others(client: TestClient) -> str:
    page: str = client.get("/settings/sharing").text
    return page[page.index('id="h-others"') :]


def test_what_colleagues_share_with_me(rep: TestClient, sign_in: Any, filled: Any) -> None:
    other = sign_in("other")
    assert "Nothing at the moment" in others(other)
    share(rep, "custom")
    for record in ("okafor", "mori"):
        whom = [filled.users["admin"].id] if record == "mori" else []
        item = {"record_id": filled.records[record]} | ({"users": whom} if whom else {})
        assert rep.post("/api/v1/shares", json={"items": [item]}).status_code in (200, 207)
    shown = others(other)
    assert f'href="/records/{filled.records["okafor"]}"' in shown
    assert "佐々木 亮" in shown
    assert filled.records["mori"] not in shown
    assert filled.records["mori"] in others(sign_in("admin"))
    share(rep, "public")
    assert "All mail of: 佐々木 亮" in others(other)
    assert filled.records["okafor"] not in others(other), "single records count in the mode custom only"
    share(rep, "private")
    assert "Nothing at the moment" in others(other)


@pytest.fixture
def backed_up(rep: TestClient, sign_in: Any, filled: Any) -> str:
    """The id of a backup of the rep's mail."""
    admin = sign_in("admin")
    user = filled.users["rep"].id
    assert "共有していないため" in send(admin, "/admin/backups", user_id=user).text
    share(rep, "public")
    assert send(admin, "/admin/backups", user_id=user).status_code == 303
    return str(admin.get(f"/api/v1/users/{user}/backups").json()[0]["id"])


def test_a_backup_is_made_checked_and_taken_away(
    sign_in: Any, rep: TestClient, backed_up: str, filled: Any, app: Any
) -> None:
    admin = sign_in("admin")
    page = admin.get("/admin/backups").text
    assert "完了" in page
    assert "mail-insight backup restore " in page
    files = re.findall(rf'href="(/admin/backups/{backed_up}/files/[^"]*)"', page)
    assert [path.rpartition("/")[2] for path in files][:2] == ["manifest.json", "mails-1.mbox"]
    taken = admin.get(files[1])
    assert taken.content.startswith(b"From MAILER-DAEMON")
    assert taken.headers["content-disposition"].startswith("attachment")
    assert "backup.download" in admin.get("/admin/audit?action=backup").text
    assert "作成時のまま" in send(admin, f"/admin/backups/{backed_up}/check").text
    for path in (*files, "/admin/backups"):
        assert rep.get(path).status_code == 403
    for name in ("none.mbox", "..%2Fcredentials.key", "%2Fetc%2Fpasswd"):
        assert admin.get(f"/admin/backups/{backed_up}/files/{name}").status_code == 404
    # Backups of other tests lie in the same home.
    kept = (app.state.settings.home / "backups").glob(f"{filled.users['rep'].id}-*")
    folder = max(kept, key=lambda path: path.stat().st_mtime)
    (folder / "mails-1.mbox").write_bytes(b"changed")
    assert "変更されています" in send(admin, f"/admin/backups/{backed_up}/check").text
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert "ファイルが見つかりません" in admin.get("/admin/backups").text


def test_without_its_backup_the_mail_leaves_the_lists(sign_in: Any, backed_up: str, filled: Any) -> None:
    admin, user = sign_in("admin"), filled.users["rep"].id
    send(admin, f"/admin/users/{user}/deactivate")
    assert admin.get(f"/mails/{filled.mails['mori']}").status_code == 200
    assert send(admin, f"/admin/backups/{user}/forget").status_code == 303
    assert admin.get(f"/mails/{filled.mails['mori']}").status_code == 404
