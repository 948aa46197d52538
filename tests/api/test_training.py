"""Whether decisions may train: off, switched on by the mailbox's reader; an erased person's rows go from the files."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from pipeline.deliver import training_files
from pipeline.store.review.training_rows import all_rows
from pipeline.store.tables import MailboxRow


def test_consent_and_erasure(rep: TestClient, sign_in: Any, store: sessionmaker[Session], app: Any) -> None:
    with store() as session:
        mailbox_id = session.scalars(select(MailboxRow.id).where(MailboxRow.name == "rep")).one()
    path, on = f"/api/v1/mailboxes/{mailbox_id}/training", {"allowed": True}
    assert rep.get(path).json() == {"allowed": False}
    assert sign_in("other").get(path).status_code == 404
    assert sign_in("admin").put(path, json=on).status_code == 403
    assert rep.put(path, json=on).json() == on
    rep.post("/api/v1/suggestions/s-mori-task/accept", json={})
    folder = app.state.settings.home / training_files.FOLDER
    with store() as session:
        training_files.write(all_rows(session), folder)
    (row,) = map(json.loads, (folder / "ja.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["text"], row["tags"]) == ("明日中に納品日をご連絡いただけますでしょうか。", ["task"])
    person = {"addresses": ["mori@saiko-logi.example"], "dry_run": False}
    assert sign_in("admin").post("/api/v1/privacy/erase", json=person).status_code == 200
    assert (folder / "ja.jsonl").read_text(encoding="utf-8") == ""
