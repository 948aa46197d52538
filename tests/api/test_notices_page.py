"""Notices in words: what happened, what to do, and where that is done."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient

from api.pages import notices as page
from api.security import CSRF_HEADER
from pipeline.store.organisation.notices import notify
from pipeline.store.sync.mailboxes import mailboxes_of


def test_each_kind_is_told_and_read_once(rep: TestClient, sign_in: Any, filled: Any, store: Any) -> None:
    now = datetime.now(UTC)
    with store.begin() as session:
        user = filled.users["rep"]
        box = mailboxes_of(session, user)[0]
        told = {
            "mailbox.failed": {"mailbox_id": box.id, "problem": "app_password"},
            "workflow.notify": {"rule_id": "r", "rule": "苦情", "text": "急ぎです"},
            "outgoing.failed": {"outgoing_id": "o", "problem": "too_large"},
            "outgoing.unknown": {"outgoing_id": "o", "problem": None},
            "outgoing.bounced": {"outgoing_id": "o", "problem": "bounced"},
            "quota.threshold": {"threshold": 80, "used_bytes": 8, "limit_bytes": 10},
        }
        assert set(told) == set(page.KINDS)
        for kind, detail in told.items():
            mail_id = filled.mails["mori"] if kind == "workflow.notify" else None
            notify(session, filled.organisation_id, [user.id], kind, detail, now - timedelta(hours=1), mail_id)
    shown = rep.get("/settings/notices").text
    assert "「rep」の同期が停止しました。このサービスでは通常のパスワードは使えません" in shown
    assert f'href="/settings/mailboxes/{box.id}"' in shown
    assert f'href="/mails/{filled.mails["mori"]}"' in shown
    for words in ("ルール「苦情」：急ぎです", "サーバーの上限を超えています", "確認できません", "保存容量の80%"):
        assert words in html.unescape(shown)
    assert "お知らせはありません" in sign_in("admin").get("/settings/notices").text
    assert 'aria-label="未読のお知らせ6件"' in rep.get("/inbox").text
    ids = re.findall(r'name="notice" value="(\d+)"', shown)
    assert len(ids) == 6
    assert rep.post("/settings/notices", data={"notice": ids, "csrf": rep.headers[CSRF_HEADER]}).status_code == 303
    assert "未読" not in rep.get("/settings/notices").text
    assert "未読のお知らせ" not in rep.get("/inbox").text
    other = sign_in("other")
    stolen = other.post("/settings/notices", data={"notice": ids[:1], "csrf": other.headers[CSRF_HEADER]})
    assert stolen.status_code == 404
