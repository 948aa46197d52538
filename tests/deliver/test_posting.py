"""Sending through a real SMTP server: what it takes, refuses, delays, and what happens when somebody pulls the plug."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from pipeline import errors
from pipeline.accounts.sign_in import Password
from pipeline.accounts.troubles import Trouble
from pipeline.core import sending
from pipeline.deliver import writing
from pipeline.deliver.posting import Postman
from pipeline.deliver.smtp import SmtpConnection, try_out
from pipeline.deliver.writing import Order
from pipeline.parse.message import parse
from pipeline.records import Address
from pipeline.store.engine import open_engine, sessions, transact
from pipeline.store.mail import outgoing
from pipeline.store.mail.mails import get_mail
from pipeline.store.sync import lifecycle
from pipeline.store.tables import CopyRow, MailRow, OutgoingRow
from tests.mail_server import PASSWORD
from tests.smtp_server import TOKEN, running_smtp


class Token:
    """An access token of which the first one has run out."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def secret(self) -> str:
        return self.tokens[0]

    def renewed(self) -> str:
        self.tokens.pop(0)
        return self.tokens[0]


def test_a_reply_goes_out_once_and_is_stored_as_sent_from_the_crm(house):
    asked = house.receive()
    mail = house.write(answers=asked, quote=True, cc=[Address(None, "bo@lindgren.example")])
    assert house.postman().work() == 1
    assert house.postman("two").work() == 0
    ((sender, recipients, content),) = house.post.taken
    assert (sender, recipients) == ("aya@kita.example", ["rosa@lindgren.example", "bo@lindgren.example"])
    message = parse(content)
    assert message.in_reply_to == ("<question-1@lindgren.example>",)
    assert "> Could you send the drawing?" in message.text
    sent = house.state(mail)
    assert (sent.state, sent.saved, sent.problem) == ("sent", "no", None)
    with house.factory() as session:
        stored = session.get(MailRow, sent.mail_id)
        assert (stored.sent_by, stored.message_id) == (house.aya.id, mail.message_id)
        assert stored.thread_key == session.get(MailRow, asked).thread_key
        assert session.scalars(select(CopyRow.direction).where(CopyRow.mail_id == stored.id)).all() == ["out"]
        assert session.scalars(select(OutgoingRow.content)).all() == [None]
        assert get_mail(session, house.aya, stored.id).raw == content


def test_a_mail_from_another_address_of_the_mailbox_and_none_from_somebody_elses(house):
    house.write(sender="SALES@kita.example")
    house.postman().work()
    assert house.post.taken[0][0] == "sales@kita.example"
    with pytest.raises(errors.NotAllowed):
        house.write(sender="ben@kita.example")
    with pytest.raises(errors.Conflict):
        house.run(lambda s: writing.send(s, house.ben, Order([Address(None, "a@x.example")], "x", "y"), house.now))
    found = house.run(lambda s: writing.senders(s, house.aya))
    assert [(each.address, each.is_default) for each in found] == [
        ("aya@kita.example", True), ("sales@kita.example", False),
    ]  # fmt: skip


def test_a_reply_comes_from_the_address_that_was_written_to(house):
    asked = house.receive(house_mail("sales@kita.example"))
    draft = house.run(lambda s: writing.draft_reply(s, house.aya, asked, False))
    assert (draft.sender.address, draft.subject) == ("sales@kita.example", "Re: Offer 12")
    assert [each.address for each in draft.to] == ["rosa@lindgren.example"]
    assert draft.quote.startswith("On Mon, 09 Mar 2026 at 10:15, Rosa Lindgren <rosa@lindgren.example> wrote:")


def test_nobody_answers_a_mail_that_they_may_not_see(house):
    asked = house.receive()
    with pytest.raises(errors.NotFound):
        house.run(lambda s: writing.draft_reply(s, house.ben, asked, False))


def house_mail(to: str) -> str:
    from_conftest = (
        "Message-ID: <question-1@lindgren.example>\nDate: Mon, 9 Mar 2026 10:15:00 +0100\n"
        "From: Rosa Lindgren <rosa@lindgren.example>\nTo: {}\nSubject: Offer 12\n\nCould you send the drawing?\n"
    )
    return from_conftest.format(to)


def test_two_workers_send_each_mail_once(house):
    mails = [house.write(subject=f"n{n}") for n in range(12)]
    postmen = [threading.Thread(target=house.postman(name).work) for name in "abc"]
    for each in postmen:
        each.start()
    for each in postmen:
        each.join()
    assert sorted(parse(content).subject for _, _, content in house.post.taken) == sorted(f"n{n}" for n in range(12))
    assert {house.state(mail).state for mail in mails} == {"sent"}


@pytest.mark.parametrize(
    ("step", "reply", "state", "problem"),
    [
        ("MAIL", "451 4.7.1 greylisted", "queued", "try_later"),
        ("MAIL", "550 5.7.1 not yours", "failed", "sender_refused"),
        ("RCPT", "450 4.2.1 busy", "queued", "try_later"),
        ("RCPT", "550 5.1.1 unknown", "failed", "recipients_refused"),
        ("DATA", "452 4.3.1 full", "queued", "try_later"),
        ("DATA", "554 5.6.0 no", "failed", "content_refused"),
        ("DATA", "552 5.3.4 too big", "failed", "too_large"),
    ],
)
def test_a_refusal_for_now_waits_and_one_for_good_fails(house, caplog, step, reply, state, problem):
    house.post.answers[step] = [reply]
    mail = house.write()
    house.postman().work()
    told = house.state(mail)
    assert (told.state, told.problem, house.post.taken) == (state, problem, [])
    house.postman().work()
    assert house.post.taken == []  # not before its time
    if state == "failed":
        house.run(lambda s: outgoing.retry(s, house.aya, mail.id, house.now))
    else:
        house.wait(minutes=1)
    house.postman().work()
    assert len(house.post.taken) == 1
    assert house.state(mail).state == "sent"
    for said in (reply[4:], "rosa@lindgren.example", "Hello"):
        assert said not in caplog.text


def test_who_is_refused_among_others_is_told(house):
    house.post.refuse["bo@lindgren.example"] = "550 5.1.1 unknown"
    mail = house.write(cc=[Address(None, "bo@lindgren.example")])
    house.postman().work()
    told = house.state(mail)
    assert (told.state, told.refused, told.problem) == ("sent", ("bo@lindgren.example",), "recipients_refused")
    assert house.post.taken[0][1] == ["rosa@lindgren.example"]


def test_a_recipient_who_is_refused_for_now_makes_the_whole_mail_wait(house):
    house.post.refuse["bo@lindgren.example"] = "450 4.2.0 later"
    mail = house.write(cc=[Address(None, "bo@lindgren.example")])
    house.postman().work()
    assert (house.state(mail).state, house.post.taken) == ("queued", [])


def test_after_the_last_attempt_it_is_given_up(house):
    house.post.answers["MAIL"] = ["451 no"] * 20
    mail, tries = house.write(), 0
    while house.state(mail).state == "queued":
        tries += house.postman().work()
        house.wait(hours=9)
    assert tries == 9
    assert house.state(mail).state == "failed"
    assert [sending.retry_after(n) is None for n in (0, 1, 8, 9)] == [True, False, False, True]


def test_a_connection_cut_before_the_answer_is_unknown_and_never_sent_again_by_itself(house):
    house.post.cut = True
    mail = house.write()
    house.postman().work()
    assert (house.state(mail).state, len(house.post.taken)) == ("unknown", 1)
    house.post.cut = False
    house.wait(days=3)
    house.postman().work()
    assert (house.state(mail).state, len(house.post.taken)) == ("unknown", 1)
    assert house.state(mail).problem == "outcome_unknown"
    house.run(lambda s: outgoing.call_sent(s, house.aya, mail.id, house.now))
    house.postman().work()
    assert house.state(mail).state == "sent"
    assert house.state(mail).mail_id is not None
    assert len(house.post.taken) == 1


def test_an_unknown_mail_that_turns_up_in_a_mailbox_was_sent(house):
    house.post.cut = True
    mail = house.write(to=[Address(None, "ben@kita.example")])
    house.postman().work()
    house.receive(house.post.taken[0][2].decode(), "Sent/9")
    house.wait(seconds=1)
    house.postman().work()
    assert house.state(mail).state == "sent"
    with house.factory() as session:
        assert session.scalars(select(MailRow.sent_by)).all() == [house.aya.id]


def test_only_a_person_has_an_unknown_mail_sent_again(house):
    house.post.cut = True
    mail = house.write()
    house.postman().work()
    house.post.cut = False
    house.run(lambda s: outgoing.retry(s, house.aya, mail.id, house.now))
    house.postman().work()
    assert len(house.post.taken) == 2
    with pytest.raises(errors.Conflict):
        house.run(lambda s: outgoing.retry(s, house.aya, mail.id, house.now))


def test_a_mail_that_was_called_back_or_is_for_later_is_not_sent(house):
    back = house.write()
    house.run(lambda s: outgoing.call_back(s, house.aya, back.id))
    later = house.write(not_before=house.now.replace(hour=20))
    assert house.postman().work() == 0
    house.wait(hours=12)
    assert house.postman().work() == 1
    assert [house.state(each).state for each in (back, later)] == ["cancelled", "sent"]
    with pytest.raises(errors.Conflict):
        house.run(lambda s: outgoing.call_back(s, house.aya, later.id))
    with pytest.raises(errors.NotFound):
        house.run(lambda s: outgoing.get_outgoing(s, house.ben, later.id))


def test_a_worker_whose_lease_ran_out_never_sends_the_last_line(house):
    house.write()
    slow = house.postman("slow")
    real = SmtpConnection.offer

    def late(self: Any, *args: Any) -> Any:
        refused = real(self, *args)
        house.wait(hours=1)
        house.run(lambda s: outgoing.take(s, "other", house.now))
        return refused

    SmtpConnection.offer = late  # type: ignore[method-assign]
    try:
        slow.work()
    finally:
        SmtpConnection.offer = real  # type: ignore[method-assign]
    assert house.post.taken == []


KILLED = [
    # where the process is killed, what the server has then, the state after a quiet run, what the server has at last
    ("before hand_over", 0, "sent", 1),
    ("after hand_over", 0, "unknown", 0),
    ("before settle_sent", 1, "unknown", 1),
    ("after settle_sent", 1, "sent", 1),
    ("before settle_stored", 1, "sent", 1),
    ("after settle_stored", 1, "sent", 1),
    ("before settle_saved", 1, "sent", 1),
]


@pytest.mark.parametrize(("step", "taken", "state", "at_last"), KILLED)
def test_killed_between_any_two_steps_nothing_is_lost_or_sent_twice(house, step, taken, state, at_last):
    mail = house.write()
    kill_at(house, step)
    assert len(house.post.taken) == taken
    house.wait(hours=1)
    house.postman().work()
    assert (house.state(mail).state, len(house.post.taken)) == (state, at_last)
    house.wait(days=2)
    house.postman().work()
    assert len(house.post.taken) == at_last
    with house.factory() as session:
        assert len(session.scalars(select(MailRow.id)).all()) == (state == "sent")


def kill_at(house: Any, step: str) -> None:
    """Let a copy of this process work with a connection of its own until a step of the queue, and kill it there."""
    reading, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work_until(house, step, lambda: os.write(writing_end, b"here"))
        finally:
            os._exit(1)
    assert os.read(reading, 4) == b"here"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing_end)


def work_until(house: Any, step: str, tell: Any) -> None:
    """Stop for ever before a function of the queue is called, or once its transaction is committed."""
    when, name = step.split()
    postman = replace(house.postman("killed"), factory=sessions(open_engine(house.url)))
    real, reached = getattr(outgoing, name), []

    def stop() -> None:
        tell()
        time.sleep(3600)

    def stopping(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            stop()
        reached.append(name)
        return real(*args, **kwargs)

    def run(self: Any, work: Any) -> Any:
        result = transact(self.factory, work)
        if reached:
            stop()
        return result

    setattr(outgoing, name, stopping)
    Postman._run = run  # type: ignore[method-assign, assignment]
    postman.work()


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(("off", "used"), [((), "PLAIN"), (("PLAIN",), "LOGIN")])
def test_sign_in_over_tls(certificate, security, off, used):
    with running_smtp(certificate, security, off) as (post, server):
        try_out(server, "aya@kita.example", Password(PASSWORD))
        assert post.sign_ins == [used]
        with pytest.raises(Trouble) as caught:
            try_out(server, "aya@kita.example", Password("wröng-4471"))
        assert caught.value.code == "wrong_password"


def test_an_access_token_is_renewed_once(certificate):
    with running_smtp(certificate, "tls") as (post, server):
        try_out(server, "aya@kita.example", Token("old", TOKEN))
        assert post.sign_ins == ["XOAUTH2", "XOAUTH2"]
        with pytest.raises(Trouble) as caught:
            try_out(server, "aya@kita.example", Token("old", "older"))
        assert caught.value.is_final


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"port": 1}, "refused"),
        ({"host": "no-such-host.invalid"}, "dns"),
        ({"ca_file": None}, "tls_certificate"),
        ({"security": "none"}, "cut"),
    ],
)
def test_what_fails_is_told_apart(certificate, monkeypatch, change, code):
    monkeypatch.setattr("pipeline.deliver.smtp.TIMEOUT_S", 2.0)
    with running_smtp(certificate, "tls") as (_, server), pytest.raises(Trouble) as caught:
        try_out(replace(server, **change), "aya@kita.example", Password(PASSWORD))
    assert caught.value.code in (code, "timeout" if code == "cut" else code)


def test_a_server_without_starttls_gets_no_password(smtp):
    post, server = smtp
    with pytest.raises(Trouble) as caught:
        try_out(replace(server, security="starttls"), "aya@kita.example", Password(PASSWORD))
    assert caught.value.code == "no_starttls"
    assert post.sign_ins == []


def test_a_mail_larger_than_the_server_takes_is_not_transmitted(house):
    with running_smtp(size=1000) as (post, server):
        house.change(smtp=server)
        mail = house.write(text="word " * 500)
        house.postman().work()
    assert (house.state(mail).problem, post.taken) == ("too_large", [])


def test_a_mail_on_which_our_own_code_fails_does_not_hold_up_the_others(house, monkeypatch):
    bad, good = house.write(subject="bad"), house.write(subject="good")
    real = outgoing.content_of

    def failing(session: Any, outgoing_id: str) -> bytes:
        if outgoing_id == bad.id:
            raise ValueError("ours")
        return real(session, outgoing_id)

    monkeypatch.setattr(outgoing, "content_of", failing)
    house.postman().work()
    assert [house.state(each).state for each in (bad, good)] == ["queued", "sent"]
    monkeypatch.setattr(outgoing, "content_of", real)
    house.wait(minutes=1)
    house.postman().work()
    assert house.state(bad).state == "sent"


def test_a_mail_that_cannot_be_stored_yet_is_stored_later_and_sent_once(house, monkeypatch):
    monkeypatch.setattr("pipeline.deliver.posting.file_mail", None)
    mail = house.write()
    house.postman().work()
    assert (house.state(mail).state, house.state(mail).mail_id) == ("sent", None)
    monkeypatch.undo()
    house.wait(minutes=1)
    house.postman().work()
    assert house.state(mail).mail_id is not None
    assert len(house.post.taken) == 1


def test_a_large_mail_goes_out_whole(house):
    text = "".join(f"line {n} {'x' * 60}\n" for n in range(12_000))
    house.write(text=text)
    house.postman().work()
    assert parse(house.post.taken[0][2]).text.rstrip("\n") == text.rstrip("\n")


def test_what_a_deactivated_user_still_had_in_the_queue_is_not_sent(house):
    mail = house.write(not_before=house.now.replace(hour=20))
    house.run(lambda s: lifecycle.pause_unread(s, house.aya, house.now))
    house.wait(days=1)
    assert house.postman().work() == 0
    assert house.state(mail).state == "cancelled"


def test_lines_that_begin_with_a_dot_arrive_as_they_are(house):
    house.write(text="..\n.\n.hidden\nFrom here\n")
    house.postman().work()
    assert parse(house.post.taken[0][2]).text.rstrip("\n") == "..\n.\n.hidden\nFrom here"


def test_nothing_of_the_password_is_kept_or_logged(house, caplog):
    caplog.set_level(logging.DEBUG)
    house.post.answers["DATA"] = ["554 no"]
    mail = house.write()
    house.postman().work()
    assert PASSWORD not in caplog.text + repr(house.state(mail)) + repr(house.postman())
    with sessions(house.factory.kw["bind"])() as session:
        assert PASSWORD.encode() not in b"".join(
            repr(row).encode() for row in session.execute(select(OutgoingRow.__table__)).all()
        )
