"""Why a mail led to no suggestion: each reason where it holds, and in words on the mail's page."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.document import document
from pipeline.records import Activity, Contact, ContactField
from pipeline.store.crm.links import link_mail
from pipeline.store.mail import quota
from pipeline.store.mail.storing import store_mail
from pipeline.store.sync.mailboxes import mailboxes_of

NAME = ContactField("full_name", "Daniel Okafor", 0.95, 0, 13, "signature.name")
PHONE = ContactField("phone", "+442079460321", 0.95, 0, 13, "signature.phone")


@pytest.fixture
def tell(store: Any, filled: Any, seed: Any, rep: TestClient) -> Callable[..., Any]:
    """Stores a mail that holds certain things and suggests nothing; returns the reason, and what the page says."""
    numbers = itertools.count()

    def stored(
        sender: str = "daniel.okafor@harbourpine.example", linked: str = "", waits: bool = False, **found: Any
    ) -> tuple[str, str]:
        now = datetime.now(UTC)
        letter = seed.Letter(
            f"new-{next(numbers)}", ("Daniel", sender), "Again", (("body", "Daniel Okafor, again.\n"),), "en", 0.1
        )
        raw, dossier = seed._read(replace(letter, reply_to_key="okafor"), now)
        dossier = replace(dossier, **found)
        with store.begin() as session:
            mailbox = mailboxes_of(session, filled.users["rep"])[0].id
            told = document(dossier, {"pipeline": "1"})
            mail_id = store_mail(session, mailbox, raw, dossier, told, now).mail_id
            if waits:
                quota.wait(session, mailbox, mail_id, 100, now)
            if linked:
                link_mail(session, mail_id, filled.records[linked], "rule", now)
        reason = rep.get(f"/api/v1/mails/{mail_id}/why-nothing").json()["reason"]
        return reason, rep.get(f"/mails/{mail_id}").text

    return stored


def test_nothing_that_is_sure_enough(tell: Any) -> None:
    reason, page = tell()
    assert reason == "found"
    assert "十分な確からしさで見つからなかった" in page


def test_too_little_for_a_record_and_known_already(tell: Any) -> None:
    contact = Contact("sender", (NAME,))
    assert tell("new.person@elsewhere.example", contacts=(contact,))[0] == "thin"
    reason, page = tell("other.person@elsewhere.example", linked="okafor", contacts=(contact,))
    assert reason == "known"
    assert "登録済み" in page


def test_rejected_before_is_not_known_already(rep: TestClient, tell: Any) -> None:
    assert rep.post("/api/v1/suggestions/s-okafor/reject", json={}).status_code == 200
    reason, page = tell(linked="okafor", contacts=(Contact("sender", (PHONE,)),))
    assert reason == "rejected"
    assert "以前に却下" in page
    assert tell("third@elsewhere.example", contacts=(Contact("sender", (PHONE,)),))[0] == "thin", "of somebody else"


def test_a_call_that_was_rejected_in_its_thread(rep: TestClient, tell: Any) -> None:
    call = Activity("call", "proposed", "Call", 0.9, ())
    assert tell(activities=(call,))[0] == "known"
    assert rep.post("/api/v1/suggestions/s-okafor-call/reject", json={}).status_code == 200
    assert tell(activities=(call,))[0] == "rejected"


def test_a_text_that_waits_for_room_is_not_one_that_cannot_be_read(tell: Any) -> None:
    assert tell(message=None)[0] == "unread"
    reason, page = tell(message=None, waits=True)
    assert reason == "quota"
    assert "保存容量" in page
