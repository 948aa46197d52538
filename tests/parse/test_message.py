"""Any bytes give a Message; broken mail is read and its defects are listed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.parse import message, tnef
from pipeline.records import Address, Message
from tests.fuzz import properties

Read = Callable[..., Message]


@settings(deadline=None)  # how fast mail is read has tests of its own
@given(st.binary(max_size=2000))
@example(b"")
def test_any_bytes_give_a_message(raw: bytes) -> None:
    properties.check(raw)


def test_deep_nesting_is_cut_and_said() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(100))
    assert "too_deep" in message.parse(raw).defects
    rfc822 = b"Content-Type: message/rfc822\n\n" * 100 + b"Subject: x\n\nx"
    assert "too_deep" in message.parse(rfc822).defects


def test_plain_part_is_preferred_and_the_html_kept(read: Read) -> None:
    body = (
        "--x\nContent-Type: text/plain; charset=utf-8\n\nこんにちは。\n--x\nContent-Type: text/html; charset=utf-8\n\n"
        "<p>こんにちは。</p>\n--x--\n"
    )
    parsed = read(body, Content_Type='multipart/alternative; boundary="x"')
    assert parsed.text == "こんにちは。\n"
    assert parsed.html is not None
    assert "<p>" in parsed.html
    assert parsed.attachments == ()


@pytest.mark.parametrize(
    "stub", ["", "Your mail client does not support HTML.", "このメールはHTML形式で送信されています。"]
)
def test_a_stub_gives_way_to_the_html(read: Read, stub: str) -> None:
    body = (
        f"--x\n\n{stub}\n--x\nContent-Type: text/html; charset=utf-8\n\n"
        "<p>The whole offer stands here, in full length, with its price.</p>\n--x--\n"
    )
    assert read(body, Content_Type="multipart/alternative; boundary=x").text.startswith("The whole offer")


def test_attachments_calendars_and_embedded_mail_are_listed(read: Read) -> None:
    body = (
        "--x\n\nSee attached.\n--x\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename*0*=utf-8''%E8%A6%8B; filename*1*=%E7%A9%8D.pdf\n\nJVBERg==\n"
        "--x\nContent-Type: text/calendar; method=request\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
        "--x\nContent-Type: message/rfc822\n\nSubject: Older offer\n\nold text\n--x--\n"
    )
    parsed = read(body, Content_Type="multipart/mixed; boundary=x")
    assert parsed.text == "See attached.\n"
    assert [(a.name, a.content_type) for a in parsed.attachments] == [
        ("見積.pdf", "application/pdf"),
        (None, "text/calendar"),
        ("Older offer.eml", "message/rfc822"),
    ]
    assert parsed.attachments[0].size_bytes == 4
    assert parsed.calendars[0][0] == "REQUEST"
    assert "VCALENDAR" in parsed.calendars[0][1]


def test_uuencoded_files_leave_the_text(read: Read) -> None:
    parsed = read("Here it is.\n\nbegin 644 a.txt\n#0V%T\n`\nend\n\nBye\n")
    assert "begin" not in parsed.text
    assert parsed.text.endswith("Bye\n")
    assert (parsed.attachments[0].name, parsed.attachments[0].size_bytes) == ("a.txt", 3)
    assert "begin 644" in read("They begin 644 days later\nbegin 644 today\nreally.\n").text


def test_tnef_names_its_files(read: Read) -> None:
    def attribute(number: int, value: bytes) -> bytes:
        return b"\x02" + number.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + b"\0\0"

    data = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x18010, "図面.dwg".encode("cp932") + b"\0")
    part = base64.encodebytes(data).decode()
    head = "Content-Type: application/ms-tnef; name=winmail.dat"
    body = f"--x\n\nHi\n--x\n{head}\nContent-Transfer-Encoding: base64\n\n{part}\n--x--\n"
    parsed = read(body, Content_Type="multipart/mixed; boundary=x")
    assert [a.name for a in parsed.attachments] == ["図面.dwg", "winmail.dat"]
    assert "tnef" in parsed.defects


def test_tnef_tells_the_long_names_of_its_files() -> None:
    def attribute(number: int, value: bytes) -> bytes:
        return b"\x02" + number.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + b"\0\0"

    def sized(kind: int, number: int, value: bytes, name: bytes = b"") -> bytes:
        padded = value + b"\0" * (-len(value) % 4)
        head = kind.to_bytes(2, "little") + number.to_bytes(2, "little") + name
        return head + (1).to_bytes(4, "little") + len(value).to_bytes(4, "little") + padded

    def properties_of(*rows: bytes) -> bytes:
        return attribute(0x69005, len(rows).to_bytes(4, "little") + b"".join(rows))

    number = b"\x03\x00\x05\x37" + (1).to_bytes(4, "little")  # a plain number: how the file is attached
    named = sized(
        0x1E, 0x8001, b"x\0", b"G" * 16 + (1).to_bytes(4, "little") + (6).to_bytes(4, "little") + b"a\0b\0\0\0\0\0"
    )
    data = (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(0x69007, (932).to_bytes(8, "little"))
        + attribute(0x69002, b"\0" * 14)
        + attribute(0x18010, b"ZUMEN~1.DWG\0")
        + properties_of(number, named, sized(0x1F, 0x3707, "図面 第二版.dwg\0".encode("utf-16-le")))
        + attribute(0x69002, b"\0" * 14)
        + properties_of(sized(0x1E, 0x3707, "見積書.pdf\0".encode("cp932")))
    )
    assert tnef.file_names(data) == ("図面 第二版.dwg", "見積書.pdf")
    for cut in range(0, len(data), 3):
        assert len(tnef.file_names(data[:cut])) <= 2


def test_signed_and_encrypted_parts_are_said(read: Read) -> None:
    assert (
        "encrypted_smime"
        in read("x", Content_Type="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m").defects
    )
    named = "Content-Type: application/octet-stream; name=smime.p7m"
    assert (
        "encrypted_smime" in read(f"--x\n{named}\n\nabc\n--x--\n", Content_Type="multipart/mixed; boundary=x").defects
    )
    assert "encrypted_pgp" in read("-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----\n").defects
    signed = "--x\n\nHello\n--x\nContent-Type: application/pgp-signature\n\nabc\n--x--\n"
    assert "signed_pgp" in read(signed, Content_Type="multipart/signed; boundary=x").defects


def test_flowed_lines_are_joined_within_their_quote_depth(read: Read) -> None:
    parsed = read("This line \nflows on.\n> quoted \n> too\n-- \nA. Mori\n", Content_Type="text/plain; format=flowed")
    assert parsed.text == "This line flows on.\n> quoted too\n-- \nA. Mori\n"
    japanese = read("長い \n行です。\n", Content_Type="text/plain; charset=utf-8; format=flowed; delsp=yes")
    assert japanese.text == "長い行です。\n"


def test_canonical_text_has_no_junk(read: Read) -> None:
    assert read("\n\nA  \nB\x00\u200b\n\n\n", Content_Type="text/plain; charset=utf-8").text == "A\nB\u200b\n"
    assert read("").text == ""


def test_addresses_are_decoded_and_folded(read: Read) -> None:
    parsed = read(
        "x",
        From="=?UTF-8?B?5bGx55SwLCDlpKrpg44=?= <Taro.Yamada@Kita.Example>",
        To='"Doe, John" <john@a.example>, plain@b.example (Jane Roe), Team: x@c.example, <y@d.example>;',
        Cc="undisclosed-recipients:;",
    )
    assert parsed.from_ == Address("山田, 太郎", "taro.yamada@kita.example")
    assert parsed.to == (
        Address("Doe, John", "john@a.example"),
        Address("Jane Roe", "plain@b.example"),
        Address(None, "x@c.example"),
        Address(None, "y@d.example"),
    )
    assert parsed.cc == ()


def test_a_word_split_inside_a_character_is_whole_again(read: Read) -> None:
    data = "御見積".encode()
    words = " ".join(f"=?utf-8?B?{base64.b64encode(data[i : i + 4]).decode()}?=" for i in range(0, len(data), 4))
    assert read("x", Subject=words).subject == "御見積"


def test_dates_have_a_zone_and_a_fallback(read: Read) -> None:
    parsed = read("x", Date="Tue, 4 Mar 2025 09:00 +0900 (JST)")
    assert parsed.date is not None
    assert parsed.date.utcoffset() == timedelta(hours=9)
    assert read("x", Date="yesterday", Received="from a by b; Wed, 5 Mar 2025 01:02:03 +0000").date is not None
    broken = read("x", Date="yesterday")
    assert broken.date is None
    assert "date_broken" in broken.defects


def test_every_mail_has_a_stable_id(read: Read) -> None:
    one, same, other = read("a"), read("a"), read("b")
    assert one.message_id == same.message_id != other.message_id
    assert read("x", Message_ID="<abc@x.example>").message_id == "<abc@x.example>"


def test_unclosed_and_missing_boundaries_are_read(read: Read) -> None:
    parsed = read("--x\n\nfirst\n--x\n\nsecond", Content_Type="multipart/mixed; boundary=x")
    assert parsed.text == "first\nsecond\n"
    assert "boundary_unclosed" in parsed.defects
    assert read("just text\n", Content_Type="multipart/mixed; boundary=y").text == "just text\n"
