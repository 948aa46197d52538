"""A rule's follow-up from trigger to server, the Sent folder of a real Dovecot, and the erasure of a person."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from imap_tools.imap_utf7 import utf7_encode
from sqlalchemy import select

from pipeline.core.workflow import Action, Definition, Trigger
from pipeline.deliver.sending import send_due
from pipeline.parse.message import parse
from pipeline.store.mail.erasure import erase_person
from pipeline.store.organisation import people
from pipeline.store.organisation.notices import list_notices
from pipeline.store.rules import deliveries, workflow_rules
from pipeline.store.sync.folders import put_folder
from pipeline.store.tables import MailRow, OutgoingRow
from tests.mail_server import Dovecot, running_dovecot

KEY = b"k" * 32


@pytest.fixture(scope="module")
def dovecot() -> Any:
    with running_dovecot() as server:
        yield server


def follow_up(house: Any) -> None:
    definition = Definition(Trigger("received"), (Action("follow_up", {"subject": "Re: Offer", "text": "Soon."}),))
    house.run(lambda s: workflow_rules.save_rule(s, house.aya, "R", definition, True, house.now))
    house.receive()
    assert send_due(house.factory, KEY, lambda: house.now) == 1


def test_a_follow_up_is_sent_in_the_thread_and_triggers_nothing(house):
    follow_up(house)
    house.postman().work()
    assert send_due(house.factory, KEY, lambda: house.now) == 0
    ((sender, recipients, content),) = house.post.taken
    message = parse(content)
    assert (sender, recipients) == ("aya@kita.example", ["rosa@lindgren.example"])
    assert message.in_reply_to == ("<question-1@lindgren.example>",)
    assert message.headers["auto-submitted"] == ("auto-generated",)
    with house.factory() as session:
        sent = session.scalars(select(MailRow).where(MailRow.sent_by == house.aya.id)).one()
        assert sent.message_id == message.message_id


def test_a_follow_up_that_the_server_refuses_is_among_the_dead_letters(house):
    house.post.answers["RCPT"] = ["550 5.1.1 unknown"]
    follow_up(house)
    house.postman().work()
    with house.factory() as session:
        (dead,) = deliveries.list_deliveries(session, house.aya.organisation_id, state="dead")
    assert dead.problem == "recipients_refused"


@pytest.mark.parametrize("folder", ["Sent", "送信済み"])
def test_sent_mail_is_kept_on_the_server_once(house, dovecot: Dovecot, folder):
    user = dovecot.new_user()
    account = dovecot.account(user, "IMAP")
    house.change(server=account.server, username=user, save_sent=True)
    house.run(lambda s: put_folder(s, house.box.id, folder, "sent", True))
    mail = house.write()
    house.postman().work()
    assert house.state(mail).saved == "done"
    house.run(lambda s: again(s, mail.id, house.post.taken[0][2]))
    house.postman().work()
    assert kept(dovecot, user, folder) == [house.post.taken[0][2]]


def test_a_server_that_is_away_gets_its_copy_later(house, dovecot: Dovecot):
    user = dovecot.new_user()
    house.change(save_sent=True, username=user)
    mail = house.write()
    house.postman().work()
    assert (house.state(mail).state, house.state(mail).saved) == ("sent", "due")
    house.change(server=dovecot.account(user, "IMAP").server)
    house.wait(hours=1)
    house.postman().work()
    assert house.state(mail).saved == "done"
    assert len(kept(dovecot, user, "Sent")) == 1
    assert len(house.post.taken) == 1


def again(session: Any, outgoing_id: str, content: bytes) -> None:
    """As if the process had been killed after the copy was made and before that was written down."""
    row = session.get(OutgoingRow, outgoing_id)
    row.saved, row.content = "due", zlib.compress(content)


def kept(dovecot: Dovecot, user: str, folder: str) -> list[bytes]:
    with dovecot.client(user) as client:
        client.select(f'"{utf7_encode(folder).decode()}"', readonly=True)
        _, found = client.search(None, "ALL")
        return [client.fetch(n, "(RFC822)")[1][0][1] for n in found[0].decode().split()]


def test_what_was_written_to_an_erased_person_leaves_the_queue(house):
    house.write()
    admin = house.run(
        lambda s: people.create_user(s, house.aya.organisation_id, "b@kita.example", "B", house.now, profile="admin")
    )
    addresses = ["rosa@lindgren.example"]
    house.run(lambda s: erase_person(s, admin.organisation_id, addresses, house.now, user_id=admin.id))
    assert house.postman().work() == 0
    with house.factory() as session:
        assert session.scalars(select(OutgoingRow.id)).all() == []


BOUNCE = """Message-ID: <bounce-1@mx.kita.example>
Date: Tue, 10 Mar 2026 10:05:00 +0100
From: Mail Delivery System <MAILER-DAEMON@mx.kita.example>
To: aya@kita.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

This mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kita.example

Final-Recipient: rfc822; rosa@lindgren.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {}
Subject: Hello
--b--
"""


@pytest.mark.parametrize("cut", [False, True])
def test_a_mail_that_comes_back_says_so_and_was_sent(house, cut):
    house.post.cut = cut
    mail = house.write()
    house.postman().work()
    house.receive(BOUNCE.format(mail.message_id))
    told = house.state(mail)
    assert (told.state, told.problem, told.refused) == ("sent", "bounced", ("rosa@lindgren.example",))
    with house.factory() as session:
        kinds = [each.kind for each in list_notices(session, house.aya)]
    assert kinds == (["outgoing.bounced", "outgoing.unknown"] if cut else ["outgoing.bounced"])


def test_who_sent_a_mail_is_told_when_it_fails(house):
    house.post.answers["DATA"] = ["554 no"]
    mail = house.write()
    house.postman().work()
    with house.factory() as session:
        (notice,) = list_notices(session, house.aya)
        assert list_notices(session, house.ben) == ()
    assert (notice.kind, notice.detail) == ("outgoing.failed", {"outgoing_id": mail.id, "problem": "content_refused"})
