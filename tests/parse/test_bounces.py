"""Bounces tell whom they did not reach, why, and which mail came back. The mails are written after the servers' forms."""

# ruff: noqa: E501 (a server's line stays one line)
from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.parse import bounces, noise
from pipeline.records import FailedDelivery, Message, Noise

Read = Callable[..., Message]

DAEMON = {"From": "Mail Delivery System <MAILER-DAEMON@mx.kita.example>", "To": "aiko@kita.example"}
REPORT = "multipart/report; report-type=delivery-status; boundary=x"

POSTFIX = """\
This is the mail system at host mx.kita.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<ben@mill.example>: host mx.mill.example[192.0.2.7] said: 550 5.1.1
    <ben@mill.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)
"""
QMAIL = """\
Hi. This is the qmail-send program at mx.kita.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ben@mill.example>:
192.0.2.7 does not like recipient.
Remote host said: 550 mailbox full

--- Below this line is a copy of the message.

Return-Path: <aiko@kita.example>
To: ben@mill.example, carla@mill.example
Message-ID: <m1@kita.example>
"""
EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ben@mill.example
    Unrouteable address
  carla@mill.example
    SMTP error from remote mail server after RCPT TO:<carla@mill.example>:
    host mx.mill.example [192.0.2.7]: 552 5.2.2 over quota

------ This is a copy of the message, including all the headers. ------

Message-ID: <m1@kita.example>
To: dora@mill.example
"""
SENDMAIL = """\
The original message was received at Tue, 4 Mar 2025 09:00:00 +0900
from mx.kita.example [192.0.2.1]

   ----- The following addresses had permanent fatal errors -----
<ben@mill.example>
    (reason: 550 5.1.2 Host unknown)

   ----- Transcript of session follows -----
550 5.1.2 <ben@mill.example>... Host unknown (Name server: mill.example: host not found)
"""
EXCHANGE_OLD = """\
Your message did not reach some or all of the intended recipients.

      Subject:\tdrawings
      Sent:\t3/4/2025 9:00 AM

The following recipient(s) could not be reached:

      ben@mill.example on 3/4/2025 9:01 AM
            The e-mail account does not exist at the organization this message was sent to.
"""
OFFICE_365 = """\
Your message to ben@mill.example couldn't be delivered.

ben wasn't found at mill.example.

aiko\tOffice 365\tben
Action Required\t\tRecipient

Unknown To address
"""
OFFICE_365_JA = """\
ben@mill.example へのメッセージを配信できませんでした。

mill.example で ben が見つかりませんでした。
"""
GMAIL = """\
** Address not found **

Your message wasn't delivered to ben@mill.example because the address couldn't be found, or is unable to receive mail.

The response was:

550 5.1.1 The email account that you tried to reach does not exist.
"""
GMAIL_JA = """\
** アドレス不明 **

アドレスが見つからないか、メールを受信できないため、メールは ben@mill.example に配信されませんでした。
"""
PHONE_JA = """\
次のあて先へのメッセージはエラーのため送信できませんでした。

メールボックスの容量がいっぱいです。

<ben@mobile.example>:
"""
NOTES = """\
Your message

  Subject: drawings

was not delivered to:

  ben@mill.example

because:

  User Ben Okafor (ben@mill.example) not listed in Domino Directory
"""
YAHOO = """\
Sorry, we were unable to deliver your message to the following address.

<ben@mill.example>:
554: delivery error: dd This user doesn't have a mill.example account (ben@mill.example) [-5]
"""
MAIL_FULL_JA = """\
以下の宛先にメールを送信できませんでした。

宛先：ben@mill.example
理由：受信者のメールボックスの容量を超えています。

--- 送信されたメールの内容 ---
To: carla@mill.example
"""


@pytest.mark.parametrize(
    ("body", "failed"),
    [
        (POSTFIX, [("ben@mill.example", "5.1.1")]),
        (QMAIL, [("ben@mill.example", "5.2.2")]),
        (EXIM, [("ben@mill.example", "5.1.2"), ("carla@mill.example", "5.2.2")]),
        (SENDMAIL, [("ben@mill.example", "5.1.2")]),
        (EXCHANGE_OLD, [("ben@mill.example", "5.1.1")]),
        (OFFICE_365, [("ben@mill.example", "5.1.1")]),
        (OFFICE_365_JA, [("ben@mill.example", "5.1.1")]),
        (GMAIL, [("ben@mill.example", "5.1.1")]),
        (GMAIL_JA, [("ben@mill.example", "5.1.1")]),
        (PHONE_JA, [("ben@mobile.example", "5.2.2")]),
        (NOTES, [("ben@mill.example", "5.1.1")]),
        (YAHOO, [("ben@mill.example", "5.1.1")]),
        (MAIL_FULL_JA, [("ben@mill.example", "5.2.2")]),
        ("The mail came back.", []),
    ],
)
def test_reports_in_words(read: Read, body: str, failed: list[tuple[str, str]]) -> None:
    found = judge(read(body, **DAEMON, Content_Type="text/plain; charset=utf-8"))
    assert found.kind == "bounce"
    assert found.failed == tuple(FailedDelivery(address, status) for address, status in failed)


def report(groups: str, returned: str = "Message-ID: <m1@kita.example>\nTo: dora@mill.example\n") -> str:
    return (
        "--x\n\nSee below.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.kita.example\n\n"
        f"{groups}\n--x\nContent-Type: text/rfc822-headers\n\n{returned}\n--x--\n"
    )


def test_the_part_for_machines_counts(read: Read) -> None:
    groups = (
        "Final-Recipient: rfc822; ben@mail.mill.example\nOriginal-Recipient: rfc822;ben@mill.example\n"
        "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2\n mailbox full\n\n"
        "Final-Recipient: rfc822; carla@mill.example\nAction: delayed\nStatus: 4.4.1\n"
    )
    found = judge(read(report(groups), **DAEMON, Content_Type=REPORT))
    assert (found.kind, found.reason) == ("bounce", "content.delivery_status")
    assert found.failed == (FailedDelivery("ben@mill.example", "5.2.2"),)
    assert found.original_id == "<m1@kita.example>"


@pytest.mark.parametrize(("action", "reason"), [("delayed", "delivery_delayed"), ("relayed", "delivery_delivered")])
def test_what_did_not_fail_is_no_bounce(read: Read, action: str, reason: str) -> None:
    groups = f"Final-Recipient: rfc822; ben@mill.example\nAction: {action}\nStatus: 4.4.1\n"
    assert judge(read(report(groups), **DAEMON, Content_Type=REPORT)) == Noise("notification", f"content.{reason}")


def test_a_warning_in_words_is_no_bounce(read: Read) -> None:
    body = "** THIS IS A WARNING MESSAGE ONLY **\n** YOU DO NOT NEED TO RESEND YOUR MESSAGE **\n\n<ben@mill.example>: deferred"
    found = judge(read(body, **DAEMON, Subject="Warning: could not send message for past 4 hours"))
    assert found == Noise("notification", "text.delivery_delayed")


@pytest.mark.parametrize(
    ("media", "reason"),
    [("disposition-notification", "disposition_notification"), ("feedback-report", "feedback_report")],
)
def test_other_reports(read: Read, media: str, reason: str) -> None:
    body = f"--x\n\nYour mail was displayed.\n--x\nContent-Type: message/{media}\n\nFinal-Recipient: rfc822; ben@mill.example\n--x--\n"
    kind = f'multipart/report; report-type="{media}"; boundary=x'
    assert judge(read(body, Content_Type=kind)) == Noise("notification", f"content.{reason}")


def test_headers_tell_where_the_words_do_not(read: Read) -> None:
    named = read("Sorry.", **DAEMON, X_Failed_Recipients="ben@mill.example, carla@mill.example")
    assert [f.address for f in judge(named).failed] == ["ben@mill.example", "carla@mill.example"]
    verp = read("Sorry.", **{**DAEMON, "To": "bounces+ben=mill.example@kita.example"})
    assert [f.address for f in judge(verp).failed] == ["ben@mill.example"]
    returned = "--x\n\nSorry.\n--x\nContent-Type: message/rfc822\n\nTo: ben@mill.example\nMessage-ID: <m2@kita.example>\n\nHello\n--x--\n"
    came_back = judge(read(returned, **DAEMON, Content_Type="multipart/mixed; boundary=x"))
    assert [f.address for f in came_back.failed] == ["ben@mill.example"]
    assert came_back.original_id == "<m2@kita.example>"


@pytest.mark.parametrize(
    ("sender", "subject", "body", "reason"),
    [
        ("Mail Delivery Subsystem <x@mx.example>", "Delivery failure", "x", "name.mailer_daemon"),
        ("gateway@mx.example", "Mail could not be delivered", POSTFIX, "text.bounce"),
        ("no-reply@net.example", "メールエラー通知", MAIL_FULL_JA, "text.bounce"),
        (
            "no-reply@net.example",
            "メールエラー通知",
            "Your mail could not be delivered to: <ben@mill.example>.",
            "text.bounce",
        ),
    ],
)
def test_bounces_from_unusual_senders(read: Read, sender: str, subject: str, body: str, reason: str) -> None:
    found = judge(read(body, From=sender, Subject=subject, Content_Type="text/plain; charset=utf-8"))
    assert (found.kind, found.reason) == ("bounce", reason)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Delivery failure again",
            "The delivery failed on Monday, our parcel was not delivered. Please call ben@mill.example.",
        ),
        ("FW: Undeliverable: drawings", "Hi, your mail came back, see below.\n\n" + POSTFIX),
        (
            "メールが届きませんでした",
            "先日お送りいただいたメールが届きませんでした。ben@mill.example 宛に再送をお願いします。",
        ),
        ("Mail to Ben", "My mail to ben@mill.example could not be delivered. Do you have another address?"),
    ],
)
def test_a_person_who_writes_about_it(read: Read, subject: str, body: str) -> None:
    message = read(body, Subject=subject, Content_Type="text/plain; charset=utf-8")
    assert noise.judge(message, message.text) is None


def test_long_hostile_reports_are_cut(read: Read) -> None:
    body = "".join(f"<a{i}@mill.example>: user unknown\n" for i in range(2000)) + "x@" * 50_000
    assert len(bounces.failed(read(body, **DAEMON))) == 100


def judge(message: Message) -> Noise:
    found = noise.judge(message, message.text)
    assert isinstance(found, Noise)
    return found
