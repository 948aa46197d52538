"""Every address that can be read, asked by every reader of random organisations: nothing of a denied mail is in it.

Settings, people, records and shares are those of ``tests/store/worlds.py``; mail and suggestions are stored as always.
Which mail a reader may see is told by the slow restatement of the rule, from the rows as they are in the database.
``MAIL_INSIGHT_TEST_LEAKS`` sets how many organisations are asked.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.app import PAGES as pages
from api.app import create_app
from api.security import SESSION_COOKIE
from pipeline.core.workflow import Action, Definition, Trigger
from pipeline.document import document
from pipeline.records import Activity, Address, Dossier, Evidence, Message, ProposedField, RawMail, Slot, Suggestion
from pipeline.settings import Settings
from pipeline.store.mail.storing import store_mail
from pipeline.store.organisation import tokens
from pipeline.store.organisation.notices import notify
from pipeline.store.organisation.people import User
from pipeline.store.review import decisions
from pipeline.store.review.proposals import save_suggestions
from pipeline.store.review.suggestions import list_queue
from pipeline.store.rules.workflow_rules import to_json
from pipeline.store.tables import (
    ActivityRow,
    Base,
    CopyRow,
    DeliveryRow,
    LinkRow,
    MailAddressRow,
    MailboxRow,
    MailRow,
    RawContentRow,
    RecordRow,
    UserRow,
    WorkflowRuleRow,
    WorkflowRunRow,
)

_spec = importlib.util.spec_from_file_location("leak_worlds", Path(__file__).parent.parent / "store" / "worlds.py")
assert _spec is not None
assert _spec.loader is not None
worlds = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = worlds
_spec.loader.exec_module(worlds)

SEEDS = range(14, 14 + int(os.environ.get("MAIL_INSIGHT_TEST_LEAKS", 2)))
NOW = datetime.now(UTC)
DELIVERIES = "/api/v1/workflow/deliveries"
PAGES = (
    *(route.path for module in pages for route in module.router.routes if "GET" in route.methods),
    "/contacts?kind=account", "/?suggestion={suggestion_id}",
)  # fmt: skip
LISTS = (
    "/api/v1/search?q={word}", "/inbox?q={word}", "/api/v1/mails?q={word}", "/api/v1/facets?q={word}",
    "/api/v1/mails?record_id={record_id}", "/api/v1/suggestions?mail_id={mail_id}", "/api/v1/suggestions?state=pending",
    "/api/v1/suggestions?state=accepted", "/api/v1/activities?record_id={record_id}",
    "/api/v1/records/{record_id}/mails?filter=user&user={user_id}", "/api/v1/records/{record_id}/mails?filter=crm",
    "/api/v1/mails?view=others", "/api/v1/records?sentiment=neutral",
)  # fmt: skip


@dataclass
class Filled:
    """An organisation with mail: for each mail the words that stand nowhere else, and every id there is."""

    world: Any
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    made = create_app(Settings(home=tmp_path_factory.mktemp("leaks")))
    with TestClient(made):
        yield made


@pytest.fixture(scope="module")
def offices(app: FastAPI) -> list[Filled]:
    with app.state.database.factory.begin() as session:
        return [fill(session, seed) for seed in SEEDS]


def fill(session: Session, seed: int) -> Filled:
    made = worlds.world(seed)
    for table in Base.metadata.sorted_tables:
        kind = next(m.class_ for m in Base.registry.mappers if m.class_.__tablename__ == table.name)
        if made.of(kind) and kind not in (MailRow, MailAddressRow, CopyRow, RawContentRow, LinkRow):
            session.execute(insert(table), made.of(kind))
    filled = Filled(made)
    renamed: dict[str, str] = {}
    for number, mail in enumerate(made.of(MailRow)):
        stored = _store(session, made, mail, f"{seed}x{number}")
        if stored is not None:
            renamed[mail["id"]] = stored
            filled.words[stored] = (*_words(f"{seed}x{number}"), stored)
    links = [{**row, "mail_id": renamed[row["mail_id"]]} for row in made.of(LinkRow) if row["mail_id"] in renamed]
    if links:
        session.execute(insert(LinkRow), links)
    _accept_some(session, made, list(renamed.values()))
    _tell_everybody(session, made, list(renamed.values()))
    _read_back(session, filled)
    return filled


def _words(tag: str) -> tuple[str, ...]:
    return (f"subject{tag}", f"body{tag}", f"person{tag}@outside.example", f"name{tag}", f"title{tag}")


def _store(session: Session, made: Any, mail: dict[str, Any], tag: str) -> str | None:
    subject, body, person, name, title = _words(tag)
    by_role: dict[str, list[Address]] = {"from": [], "to": [], "cc": [], "reply_to": []}
    for row in made.of(MailAddressRow, mail_id=mail["id"]):
        by_role[row["role"]].append(Address(None, row["address"]))
    message = Message(
        message_id=f"<{tag}@mail.example>", date=NOW, subject=subject, from_=(by_role["from"] or [None])[0],
        to=(*by_role["to"], Address(name, person)), cc=tuple(by_role["cc"]), reply_to=tuple(by_role["reply_to"]),
        in_reply_to=(), references=(), headers={}, text=f"{body}\n", html=None, attachments=(), calendars=(),
        charset_steps=(), defects=(),
    )  # fmt: skip
    raw = f"Subject: {subject}\r\n\r\n{body}\r\n".encode()
    stored = None
    for copy in made.of(CopyRow, mail_id=mail["id"]):
        dossier = Dossier(RawMail(f"{copy['mailbox_id']}.eml", raw), message=message, language="en", direction="in")
        stored = store_mail(
            session, copy["mailbox_id"], dossier.mail, dossier, document(dossier, {}), NOW, sent_by=mail["sent_by"]
        ).mail_id
    if stored is not None:
        values = (ProposedField("full_name", name, None, 0.9, None, None, "test"),)
        slot = Slot(datetime(2030, 1, 1, 9, tzinfo=UTC), None, False, False)
        meeting = Activity("meeting", "proposed", title, 0.9, (Evidence(0, 4, body),), (slot,), participants=(name,))
        save_suggestions(
            session, made.organisation_id, stored,
            (
                Suggestion(f"contact-{tag}", "create_contact", name, 0.9, values, (), person, "contact"),
                Suggestion(f"meeting-{tag}", "create_meeting", title, 0.9, (), (), person, activity=meeting),
            ),
            NOW,
        )  # fmt: skip
    return stored


def _accept_some(session: Session, made: Any, mails: list[str]) -> None:
    """Somebody who may accepts the first mail's meeting, and mutes the person of the second."""
    for reader in made.readers:
        for view in list_queue(session, reader, NOW).items:
            if view.mail_id in mails[:1] and view.id.startswith("meeting"):
                decisions.accept(session, reader, view.id, NOW)
            elif view.mail_id in mails[1:2] and view.id.startswith("contact"):
                decisions.mute_person(session, reader, view.id, NOW)


def _tell_everybody(session: Session, made: Any, mails: list[str]) -> None:
    """Every reader has a rule that ran on all mail, notices of it and deliveries, as before rights were taken away."""
    definition = to_json(Definition(Trigger("received"), (Action("notify", {}),)))
    own = {"organisation_id": made.organisation_id}
    for reader in made.readers:
        rule = f"rule-{reader.id}"
        row = {"id": rule, **own, "owner_id": reader.id, "name": "R", "active": True, "definition": definition}
        session.execute(insert(WorkflowRuleRow).values({**row, "created_at": NOW, "checked_until": None}))
        for mail in mails:
            session.execute(insert(WorkflowRunRow).values(rule_id=rule, mail_id=mail, at=NOW, outcome=[]))
            delivery = {"rule_id": rule, "mail_id": mail, "kind": "webhook", "target": "gone", "state": "dead"}
            times = {"attempts": 1, "next_at": NOW, "created_at": NOW, "problem": None, "message_id": None}
            session.execute(insert(DeliveryRow).values(**own, **delivery, **times))
            notify(session, made.organisation_id, [reader.id], "rule.notify", {}, NOW, mail)


def _read_back(session: Session, filled: Filled) -> None:
    """The world as the database has it now, and all ids."""
    made = filled.world
    here = select(MailRow.__table__).where(MailRow.organisation_id == made.organisation_id)
    mails = [dict(row._mapping) for row in session.execute(here)]
    made.rows[MailRow] = mails
    ids = [mail["id"] for mail in mails]
    for table in (MailAddressRow, CopyRow, LinkRow):
        rows = session.execute(select(table.__table__).where(table.mail_id.in_(ids)))
        made.rows[table] = [dict(row._mapping) for row in rows]
    activities = select(ActivityRow.id).where(ActivityRow.organisation_id == made.organisation_id)
    tags = [words[0].removeprefix("subject") for words in filled.words.values()]
    suggestion_ids = [f"{kind}-{tag}" for tag in tags for kind in ("contact", "meeting")]
    filled.ids = {
        "mail_id": ids, "record_id": [row["id"] for row in made.of(RecordRow)], "suggestion_id": suggestion_ids,
        "activity_id": list(session.scalars(activities)), "user_id": [row["id"] for row in made.of(UserRow)],
        "mailbox_id": [row["id"] for row in made.of(MailboxRow)],
        "rule_id": [f"rule-{reader.id}" for reader in made.readers],
        "word": [word for words in filled.words.values() for word in (words[0], words[1], words[2])],
    }  # fmt: skip


def paths(app: FastAPI) -> list[str]:
    documented = [path for path, methods in app.openapi()["paths"].items() if "get" in methods]
    return [*documented, *PAGES, *LISTS]


def filled_in(path: str, ids: dict[str, list[str]]) -> Iterator[str]:
    """The path with every id there is for each of its names; unknown names get an id of nothing."""
    names = [part[1 : part.index("}")] for part in path.replace("{", "\0{").split("\0") if part.startswith("{")]
    for values in itertools.product(*(ids.get(name) or ["nothing"] for name in names)):
        yield path.format(**dict(zip(names, values, strict=True)))


def test_no_reader_gets_anything_of_a_denied_mail_from_any_address(app: FastAPI, offices: list[Filled]) -> None:
    asked, denials = 0, 0
    for filled, reader in itertools.chain(readers(offices), outsiders(offices)):
        client = browser(app, reader)
        denied = [mail for mail in filled.words if not worlds.may_see(filled.world, reader, mail)]
        denials += len(denied)
        for path in itertools.chain.from_iterable(filled_in(one, filled.ids) for one in paths(app)):
            answer = client.get(path)
            assert answer.status_code < 500, path
            shown = answer.text
            # An administrator tries dead letters again, known by ids alone.
            told = denied if path == DELIVERIES and reader.is_admin else []
            for word in itertools.chain.from_iterable(set(filled.words[mail]) - set(told) for mail in denied):
                # A search says again what was asked for; what it finds is tested below.
                assert word in path or word not in shown, (filled.world.organisation_id, reader.id, path, word)
            asked += 1
    assert denials > 10
    assert asked > 1000


def test_counts_are_of_visible_mail_only(app: FastAPI, offices: list[Filled]) -> None:
    seen = 0
    for filled, reader in readers(offices):
        allowed = {mail for mail in filled.words if worlds.may_see(filled.world, reader, mail)}
        seen += len(allowed)
        client = browser(app, reader)
        assert client.get("/api/v1/facets").json()["total"] == len(allowed), reader.id
        assert {one["id"] for one in client.get("/api/v1/mails?limit=200").json()["items"]} == allowed
        for mail, words in filled.words.items():
            found = client.get("/api/v1/search", params={"q": words[1]}).json()["items"]
            assert [one["id"] for one in found] == ([mail] if mail in allowed else [])
        waiting = client.get("/api/v1/suggestions?limit=200").json()["items"]
        assert {one["mail_id"] for one in waiting} <= allowed
    assert seen > 5


def readers(offices: list[Filled]) -> Iterator[tuple[Filled, User]]:
    return ((filled, reader) for filled in offices for reader in filled.world.readers if reader.active)


def outsiders(offices: list[Filled]) -> Iterator[tuple[Filled, User]]:
    return ((filled, next(readers([other]))[1]) for filled, other in itertools.pairwise(offices))


def browser(app: FastAPI, reader: User) -> TestClient:
    with app.state.database.factory.begin() as session:
        token = tokens.start_session(session, reader.id, NOW)
    client = TestClient(app, follow_redirects=False)
    client.cookies.set(SESSION_COOKIE, token)
    return client
