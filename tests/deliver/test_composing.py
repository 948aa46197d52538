"""What a written mail looks like: threading, addresses, quoted text, and that nothing can be smuggled into it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline import errors
from pipeline.deliver import composing
from pipeline.deliver.composing import Enclosed, Letter
from pipeline.journey import journey
from pipeline.parse.message import parse
from pipeline.records import Address, Dossier, RawMail

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ASKED = """Message-ID: <q@lindgren.example>
References: <a@x.example> <b@x.example>
Date: Mon, 9 Mar 2026 10:15:00 +0100
From: Rosa Lindgren <rosa@lindgren.example>
To: aya@kita.example, Cho <cho@kita.example>
Cc: bo@lindgren.example
Subject: =?utf-8?b?6KaL56mN44KC44KK?=

Line one
> older words

From here on
"""
LETTER = Letter(
    Address("佐伯 彩", "aya@kita.example"), (Address("Rosa", "rosa@lindgren.example"),), "見積もり", "はい。\n"
)


def test_a_mail_is_7_bit_with_its_headers_readable_again():
    raw = composing.compose(LETTER, "<1@kita.example>", AT)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = parse(raw)
    assert (message.subject, message.text.strip(), message.message_id) == ("見積もり", "はい。", "<1@kita.example>")
    assert message.from_ == Address("佐伯 彩", "aya@kita.example")
    assert message.date == AT


def test_a_reply_stands_in_the_thread_of_what_it_answers():
    message = parse(composing.compose(composing.answering(LETTER, parse(ASKED.encode())), "<2@kita.example>", AT))
    assert message.in_reply_to == ("<q@lindgren.example>",)
    assert message.references == ("<a@x.example>", "<b@x.example>", "<q@lindgren.example>")


def test_a_long_chain_keeps_its_first_and_its_last_references():
    chain = " ".join(f"<{n}@x.example>" for n in range(50))
    asked = parse(ASKED.replace("<a@x.example> <b@x.example>", chain).encode())
    kept = composing.answering(LETTER, asked).references
    assert (len(kept), kept[0], kept[-1], kept[-2]) == (20, "<0@x.example>", "<q@lindgren.example>", "<49@x.example>")


def test_a_reply_without_references_takes_up_in_reply_to():
    asked = parse(ASKED.replace("References: <a@x.example> <b@x.example>", "In-Reply-To: <z@x.example>").encode())
    assert composing.answering(LETTER, asked).references == ("<z@x.example>", "<q@lindgren.example>")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("見積もり", "Re: 見積もり"),
        ("Re: x", "Re: x"),
        ("RE: x", "RE: x"),
        ("返信: x", "返信: x"),
        ("Report", "Re: Report"),
    ],
)
def test_a_reply_has_one_prefix(subject, expected):
    assert composing.reply_subject(subject) == expected


def test_who_gets_a_reply():
    message, own = parse(ASKED.encode()), ["aya@kita.example"]
    assert composing.reply_people(message, own, False) == ((message.from_,), ())
    to, cc = composing.reply_people(message, own, True)
    assert [each.address for each in (*to, *cc)] == [
        "rosa@lindgren.example",
        "cho@kita.example",
        "bo@lindgren.example",
    ]
    to, cc = composing.reply_people(message, ["rosa@lindgren.example"], False)
    assert [each.address for each in to] == ["aya@kita.example", "cho@kita.example"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_quoted_text_is_read_as_a_quote_again(language):
    quote = composing.quoted(parse(ASKED.encode()), ZoneInfo("Asia/Tokyo"), language)
    assert "18:15" in quote
    letter = Letter(LETTER.sender, LETTER.to, "Re: x", f"New words here.\n\n{quote}")
    raw = composing.compose(letter, "<3@kita.example>", AT)
    dossier = Dossier(RawMail("x", raw))
    for stage in journey().stages[:4]:
        (dossier,) = stage.run([dossier])
    text = dossier.message.text
    body = "".join(text[each.start : each.end] for each in dossier.segments if each.zone == "body")
    assert body.strip() == "New words here."
    assert ">> older words" in text


@pytest.mark.parametrize(
    "bad", ["x", "a b@x.example", "a@x.example\r\nBcc: z@x.example", "<a@x.example>", "é@x.example"]
)
def test_an_address_that_is_none_is_refused(bad):
    with pytest.raises(errors.UsageError):
        composing.checked_address(bad)


def test_domains_are_written_as_the_dns_knows_them():
    assert composing.checked_address("Info@日本語.example").address == "info@xn--wgv71a119e.example"


def test_nothing_is_smuggled_into_headers():
    letter = Letter(
        Address("A\r\nBcc: evil@x.example", "aya@kita.example"), (Address("B\nX: y", "rosa@lindgren.example"),),
        "S\r\nBcc: evil@x.example", "Hi", bcc=(Address(None, "secret@x.example"),),
    )  # fmt: skip
    raw = composing.compose(letter, "<4@kita.example>", AT)
    message = parse(raw)
    assert not {"bcc", "x"} & set(message.headers)
    assert b"secret@x.example" not in raw
    assert letter.recipients == ("rosa@lindgren.example", "secret@x.example")


def test_files_are_enclosed_whatever_they_are_called():
    files = (
        Enclosed("見積書.pdf", "application/pdf", b"%PDF\x00\xff"), Enclosed("a/b\r\nc", "no type", b""),
        Enclosed("mail.eml", "message/rfc822", b"From: x\n\nBody"), Enclosed("t.txt", "TEXT/Plain", "é".encode()),
    )  # fmt: skip
    letter = Letter(LETTER.sender, LETTER.to, "Files", "Text", files=files)
    raw = composing.compose(letter, "<5@kita.example>", AT)
    message = parse(raw)
    assert message.text.strip() == "Text"
    assert [(each.name, each.content_type, each.size_bytes) for each in message.attachments] == [
        ("見積書.pdf", "application/pdf", 6), ("a_b c", "application/octet-stream", 0),
        ("mail.eml", "application/octet-stream", 13), ("t.txt", "text/plain", 2),
    ]  # fmt: skip
