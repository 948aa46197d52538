"""An organisation whose two reps send through a real SMTP server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from pipeline.accounts.account import Account, Server, from_settings, to_settings
from pipeline.accounts.sign_in import Password
from pipeline.deliver import writing
from pipeline.deliver.posting import Postman
from pipeline.deliver.writing import Order
from pipeline.document import document
from pipeline.ingest.filing import Filing, file_mail
from pipeline.journey import journey
from pipeline.records import Address, Dossier, RawMail
from pipeline.store.engine import sessions, transact
from pipeline.store.mail import outgoing
from pipeline.store.mail.outgoing import Outgoing
from pipeline.store.organisation import people
from pipeline.store.organisation.people import User
from pipeline.store.sync import accounts, mailboxes
from pipeline.store.sync.mailboxes import Mailbox
from pipeline.store.tables import MailRow
from tests.mail_server import PASSWORD
from tests.smtp_server import Post, running_smtp

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
QUESTION = """Message-ID: <question-1@lindgren.example>
References: <first@lindgren.example>
Date: Mon, 9 Mar 2026 10:15:00 +0100
From: Rosa Lindgren <rosa@lindgren.example>
To: aya@kita.example
Cc: Bo Lindgren <bo@lindgren.example>
Subject: Offer 12

Could you send the drawing?
"""


class PlainReader:
    """Reads mail without models: parsed, with its direction and thread."""

    def __init__(self, own: Any) -> None:
        stages = journey(own).stages
        self._stages = [
            stage for stage in stages if stage.name in ("parse", "thread", "direction", "zones", "quoted", "noise")
        ]

    def dossiers(self, mails: Any) -> list[Dossier]:
        batch = [Dossier(mail) for mail in mails]
        for stage in self._stages:
            batch = stage.run(batch)
        return batch

    def document(self, dossier: Dossier) -> dict[str, object]:
        return document(dossier, {"pipeline": "test"})


@dataclass
class House:
    """The organisation, its database and its server; ``now`` moves as a test wants it to."""

    factory: sessionmaker[Session]
    post: Post
    server: Server
    aya: User
    ben: User
    box: Mailbox
    url: str
    now: datetime = NOW

    def run(self, work: Any) -> Any:
        return transact(self.factory, work)

    def account(self) -> Account:
        return from_settings(self.run(lambda s: accounts.get_account(s, self.box.id)).settings)

    def change(self, **values: Any) -> None:
        settings = to_settings(replace(self.account(), **values))
        self.run(lambda s: accounts.set_settings(s, self.box.id, settings))

    def postman(self, owner: str = "one") -> Postman:
        return Postman(
            self.factory, owner, lambda mailbox_id: (self.account(), Password(PASSWORD)), PlainReader, lambda: self.now
        )

    def write(self, **values: Any) -> Outgoing:
        order = Order(**{"to": [Address("Rosa", "rosa@lindgren.example")], "subject": "Hello", "text": "Hi.", **values})
        return self.run(lambda s: writing.send(s, self.aya, order, self.now))

    def state(self, mail: Outgoing) -> Outgoing:
        return self.run(lambda s: outgoing.get_outgoing(s, self.aya, mail.id))

    def receive(self, raw: str = QUESTION, source: str = "INBOX/1") -> str:
        """A mail arrives in the first mailbox; its id."""
        reader = PlainReader(self.box.addresses)
        (dossier,) = reader.dossiers([RawMail(source, raw.encode())])

        def work(session: Session) -> str:
            file_mail(session, Filing(self.box, live=True), dossier, reader.document(dossier), self.now)
            assert dossier.message is not None
            mail_id = session.scalar(select(MailRow.id).where(MailRow.message_id == dossier.message.message_id))
            assert mail_id is not None
            return mail_id

        return self.run(work)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, its key beside it."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem", "-days", "3", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem"


@pytest.fixture
def smtp() -> Iterator[tuple[Post, Server]]:
    """A server without encryption."""
    with running_smtp() as running:
        yield running


@pytest.fixture
def house(engine: Engine, smtp: tuple[Post, Server]) -> House:
    """The organisation; aya's mailbox sends from two addresses."""
    post, server = smtp
    factory = sessions(engine)
    with factory.begin() as session:
        organisation_id = people.create_organisation(session, "Kita Trading", NOW)
        aya, ben = (
            people.create_user(session, organisation_id, f"{name}@kita.example", full, NOW, timezone="Europe/Berlin")
            for name, full in (("aya", "佐伯 彩"), ("ben", "Ben Hollis"))
        )
        addresses = ("aya@kita.example", "sales@kita.example")
        box = mailboxes.create_mailbox(session, organisation_id, addresses[0], addresses, NOW, "imap")
        other = mailboxes.create_mailbox(session, organisation_id, "ben@kita.example", ["ben@kita.example"], NOW)
        mailboxes.assign_mailbox(session, box.id, aya.id)
        mailboxes.assign_mailbox(session, other.id, ben.id)
        account = Account("generic", "imap", Server("127.0.0.1", 1, "none"), addresses[0], addresses, smtp=server)
        accounts.create_account(session, box.id, to_settings(account), "sealed", NOW)
    return House(factory, post, server, aya, ben, box, str(engine.url.render_as_string(hide_password=False)))
