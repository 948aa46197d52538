"""Mail of a person that was taken for a machine's: said by one key, it is read anew, and its sender is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.security import CSRF_HEADER
from pipeline.ingest.filing import Filing, file_mail
from pipeline.ingest.gate import GatedScorer
from pipeline.records import RawMail
from pipeline.store.mail.erasure import erase_person
from pipeline.store.sync.mailboxes import mailboxes_of
from pipeline.store.tables import MailRow, PersonMailRow

MAIL = """From: Nora Feldt <{sender}>
To: sasaki@aoba-system.example
Subject: {subject}
Date: Tue, 10 Mar 2026 09:12:00 +0000
Message-ID: <{key}@elmbridge.example>
{headers}Content-Type: text/plain; charset=utf-8

Hello Mr Sasaki,

{text}

Kind regards,

Nora Feldt
Purchasing Manager
Elmbridge Joinery Ltd
Tel: +44 20 7946 0455
"""
TEXT = "Could you please send me a quote for twelve licences by Friday? Can we talk on Thursday at 3 pm?"
LISTED = "List-Unsubscribe: <mailto:off@elmbridge.example>\n"
Receive = Callable[..., str]


@pytest.fixture
def receive(store: Any, filled: Any) -> Receive:
    """Files a mail as an import does, and gives its id."""

    def filed(key: str, text: str = TEXT, subject: str = "Licences", headers: str = LISTED) -> str:
        sender = "nora.feldt@elmbridge.example"
        raw = MAIL.format(key=key, text=text, subject=subject, headers=headers, sender=sender).encode()
        with store.begin() as session:
            mailbox = mailboxes_of(session, filled.users["rep"])[0]
        scorer = GatedScorer(store, mailbox.organisation_id, mailbox.addresses, 25_000_000)
        (dossier,) = scorer.dossiers([RawMail(f"{key}.eml", raw)])
        with store.begin() as session:
            file_mail(session, Filing(mailbox, live=True), dossier, scorer.document(dossier), datetime.now(UTC))
            return str(session.scalar(select(MailRow.id).where(MailRow.message_id.contains(key))))

    return filed


def test_it_is_read_anew_and_its_sender_remembered(rep: TestClient, receive: Receive) -> None:
    mail = receive("first")
    page = rep.get(f"/mails/{mail}").text
    assert 'data-key="p"' in page
    assert rep.get(f"/api/v1/mails/{mail}").json()["machine"] == "newsletter"
    answer = rep.put(f"/api/v1/mails/{mail}/person")
    assert answer.status_code == 200
    assert answer.json()["machine"] is None
    assert "request" in answer.json()["intents"]
    assert "create_contact" in kinds(rep, mail, "pending")
    assert rep.put(f"/api/v1/mails/{mail}/person").status_code == 200, "a repeat changes nothing"
    assert rep.get(f"/api/v1/mails/{receive('second')}").json()["machine"] is None
    away = "I am out of the office until Monday 16 March. I will answer your mail when I am back."
    absence = receive("third", away, "Out of office: Licences", "Auto-Submitted: auto-replied\n")
    assert rep.get(f"/api/v1/mails/{absence}").json()["machine"] == "auto_reply"


def test_taken_back_the_rules_hold_again(rep: TestClient, receive: Receive) -> None:
    mail = receive("first")
    assert rep.delete(f"/api/v1/mails/{mail}/person").status_code == 404
    form = {"csrf": rep.headers[CSRF_HEADER], "said": "true"}
    rep.post(f"/mails/{mail}/person", data=form)
    page = rep.get(f"/mails/{mail}").text
    assert "人が書いたメールとして扱っています" in page
    assert "元の判定に戻す" in page
    rep.post(f"/mails/{mail}/person", data=form | {"said": "false"})
    assert "自動送信メール（メルマガ）のため" in rep.get(f"/mails/{mail}").text
    assert rep.get(f"/api/v1/mails/{mail}").json()["machine"] == "newsletter"
    assert kinds(rep, mail, "pending") == []
    assert rep.get(f"/api/v1/mails/{receive('second')}").json()["machine"] == "newsletter"


def test_only_of_mail_that_one_may_see_and_that_is_a_machines(
    rep: TestClient, sign_in: Any, receive: Receive, filled: Any
) -> None:
    mail = receive("first")
    assert sign_in("other").put(f"/api/v1/mails/{mail}/person").status_code == 404
    assert rep.put(f"/api/v1/mails/{filled.mails['okafor']}/person").status_code == 422


def test_an_erased_sender_is_forgotten(rep: TestClient, receive: Receive, store: Any, filled: Any) -> None:
    rep.put(f"/api/v1/mails/{receive('first')}/person")
    with store.begin() as session:
        assert session.scalars(select(PersonMailRow.address)).all() == ["nora.feldt@elmbridge.example"]
        erase_person(session, filled.organisation_id, ["nora.feldt@elmbridge.example"], datetime.now(UTC))
        assert session.scalars(select(PersonMailRow.address)).all() == []


def kinds(rep: TestClient, mail: str, state: str) -> list[str]:
    """What is suggested of a mail, in this state."""
    found = rep.get("/api/v1/suggestions", params={"mail_id": mail}).json()["items"]
    return [one["kind"] for one in found if one["state"] == state]
