"""How often a page asks the database: a dozen times at most, however much there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.store.organisation.notices import notify
from pipeline.store.organisation.people import create_user
from pipeline.store.rules.workflow import on_arrival
from pipeline.store.rules.workflow_rules import get_rule, save_rule
from pipeline.store.sync.mailboxes import assign_mailbox, create_mailbox
from tests.statements import statements

MOST = 12
PAGES = (
    "/settings/notices", "/settings/mailboxes", "/settings/mailboxes/{mailbox}", "/settings/mailboxes/new",
    "/settings/filters?mailbox={mailbox}", "/settings/filters/{mailbox}/marked?value=Bills", "/settings/sharing",
    "/settings/rules", "/settings/rules/new", "/settings/rules/{rule}", "/admin/backups", "/admin/webhooks",
    "/admin/models", "/", "/inbox", "/contacts", "/records/{okafor}",
)  # fmt: skip


@pytest.fixture
def settings(store: Any, filled: Any, seed: Any) -> dict[str, str]:
    """A connected mailbox, a rule that ran, filters with marks, notices."""
    with store.begin() as session:
        seed.fill_settings(session, filled, datetime.now(UTC))
    return dict(filled.settings) | {"okafor": filled.records["okafor"]}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_a_dozen_times_at_most(
    path: str, sign_in: Any, office: Any, settings: dict[str, str], store: Any, filled: Any
) -> None:
    client = sign_in("admin" if path.startswith("/admin") else "rep")
    path = path.format(**settings)
    client.get(path)
    with statements(office.engine) as few:
        assert client.get(path).status_code == 200
    assert len(few) <= MOST, "\n".join(" ".join(one.split())[:200] for one in few)
    more(store, filled, settings)
    client.get(path)
    with statements(office.engine) as many:
        client.get(path)
    assert len(many) <= len(few) + 1, "it grows with what there is"


def more(store: Any, filled: Any, settings: dict[str, str]) -> None:
    """More of everything that these pages list."""
    now = datetime.now(UTC) + timedelta(seconds=1)
    with store.begin() as session:
        user = filled.users["rep"]
        definition = get_rule(session, user, settings["rule"]).definition
        for n in range(5):
            save_rule(session, user, f"rule {n}", definition, True, now)
            told = {"mailbox_id": settings["mailbox"], "problem": "dns"}
            notify(session, filled.organisation_id, [user.id], "mailbox.failed", told, now)
            new = create_user(session, filled.organisation_id, f"u{n}@aoba-system.example", f"U{n}", now)
            box = create_mailbox(session, filled.organisation_id, f"box {n}", [new.address], now)
            assign_mailbox(session, box.id, user.id)
        on_arrival(session, filled.organisation_id, filled.mails["mori"], now)
