"""MIME fields and encodings that are broken in ways that real mailers break them."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from pipeline.parse import charset, message
from pipeline.records import Address, Message

Read = Callable[..., Message]


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ("filename*=utf-8''%E5%9B%B3%E9%9D%A2.pdf", "図面.pdf"),
        ("filename*=%E5%9B%B3%E9%9D%A2.pdf", "図面.pdf"),
        ('filename="%E5%9B%B3%E9%9D%A2.pdf"', "図面.pdf"),
        ('filename="100%25.pdf"', "100%25.pdf"),
        ("filename*1*=%B3.pdf; filename*0*=utf-8''%E5%9B", "図.pdf"),
        ("filename*0*=iso-2022-jp''%1B%24B%3F%5E%1B%28B; filename*1=\".pdf\"", "図.pdf"),
        ('filename*0="=?utf-8?B?5Zuz"; filename*1="6Z2iLnBkZg==?="', "図面.pdf"),
        ('filename="=?utf-8?B?5Zuz6Z2iLnBkZg==?="', "図面.pdf"),
        ("filename==?utf-8?B?5Zuz6Z2iLnBkZg==?=", "図面.pdf"),
        ("filename*=utf-8'ja'%E5%9B%B3.pdf; filename=\"zu.pdf\"", "図.pdf"),
        ('filename="C:\\plans\\a.pdf"', "C:\\plans\\a.pdf"),
        ('filename="a \\"b\\" (1).pdf"', 'a "b" (1).pdf'),
        ("filename=a b (1).pdf", "a b (1).pdf"),
        ("filename=図面.pdf", "図面.pdf"),
        ('FileName = "a.pdf" ; size=3', "a.pdf"),
    ],
)
def test_file_names(read: Read, parameter: str, name: str) -> None:
    part = f"Content-Type: application/octet-stream\nContent-Disposition: attachment; {parameter}\n\nabc"
    parsed = read(f"--x\n\nHi\n--x\n{part}\n--x--\n", Content_Type="multipart/mixed; boundary=x")
    assert [a.name for a in parsed.attachments] == [name]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html charset=utf-8",
        "text/html: charset=utf-8",
        "text/html (a page); charset=utf-8 (what else)",
        'text/html; charset="utf-8;',
        "TEXT/HTML;charset=UTF-8",
    ],
)
def test_a_broken_content_type_still_says_what_it_is(read: Read, content_type: str) -> None:
    assert read("<p>図面</p>", Content_Type=content_type).text == "図面\n"


def test_a_boundary_with_a_comment(read: Read) -> None:
    assert read("--x\n\nHi\n--x--\n", Content_Type="multipart/mixed (two); boundary=x (so)").text == "Hi\n"


def test_soft_breaks_that_a_gateway_padded(read: Read) -> None:
    assert read("half=  \nway=\t\n there  \n", Content_Transfer_Encoding="quoted-printable").text == "halfway there\n"


def test_a_transfer_encoding_with_a_comment(read: Read) -> None:
    assert read("SGVsbG8=\n", Content_Transfer_Encoding="BASE64 (standard)").text == "Hello\n"


def test_a_byte_order_mark_before_the_header() -> None:
    assert message.parse(b"\xef\xbb\xbfSubject: plan\n\nHi\n").subject == "plan"


def test_an_encoded_word_cut_inside_its_base64(read: Read) -> None:
    assert read("x", Subject="=?utf-8?B?5Zuz6Z?= =?utf-8?B?2i?=").subject == "図面"
    assert read("x", Subject="=?utf-8?B?5Zuz?= =?utf-8?Q?=E9=9D=A2?= =?utf-8?B?YQ==?=").subject == "図面a"


def test_a_header_goes_on_after_a_broken_line() -> None:
    indented = message.parse(b" From: Mori <mori@kita.example>\nSubject: plan\n\nHi\n")
    assert (indented.subject, indented.from_ and indented.from_.address) == ("plan", "mori@kita.example")
    assert "header_broken" in indented.defects
    wrapped = message.parse(b"X-Key: abc\nQFsmz55+lntW=\nFrom: mori@kita.example\nSubject: plan\n\nHi\n")
    assert (wrapped.subject, wrapped.text) == ("plan", "Hi\n")
    more = message.parse(b"X-Key: abc\nQFsmz55+lntW=\n  ;\nFrom: mori@kita.example\nSubject: plan\n\nHi\n")
    assert (more.subject, more.text) == ("plan", "Hi\n")
    assert message.parse(b"Subject: plan\nDear all,\nNote: no blank line\n").text == "Dear all,\nNote: no blank line\n"


def test_plain_words_labelled_base64_stay_words(read: Read) -> None:
    words = "Please send the drawing\nby the end of May\nto our office in Kita\n"
    parsed = read(words, Content_Transfer_Encoding="base64")
    assert (parsed.text, "base64_broken" in parsed.defects) == (words, True)
    assert read("SGVs \nbG8= \n", Content_Transfer_Encoding="base64").text == "Hello\n"


def test_the_root_of_related_parts_may_come_later(read: Read) -> None:
    body = (
        "--x\nContent-Type: image/png; name=a.png\nContent-ID: <a@kita.example>\n\nabcd\n"
        "--x\nContent-Type: text/html\nContent-ID: <root@kita.example>\n\n<p>Hello</p>\n--x--\n"
    )
    parsed = read(body, Content_Type='multipart/related; boundary=x; start="<root@kita.example>"')
    assert (parsed.text, [a.name for a in parsed.attachments]) == ("Hello\n", ["a.png"])


def test_a_mailbox_that_is_encoded_as_a_whole(read: Read) -> None:
    whole = base64.b64encode('"森" <Mori@kita.example>'.encode()).decode()
    assert read("x", From=f"=?utf-8?B?{whole}?=").from_ == Address("森", "mori@kita.example")


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (b"\x1b$(O.!\x1b(B", "iso-2022-jp-3", "俱"),  # JIS X 0213, plane 1
        (b"\x1b$(Q.!\x1b(B", "iso-2022-jp-2004", "俱"),
        (b"\x1b$(P!!\x1b(B", "iso-2022-jp-2004", "𠂉"),  # plane 2
        (b"\x1b$(D0!\x1b(B", "iso-2022-jp-1", "丂"),  # JIS X 0212
        (b'\x1b$B$"\x1b(B \x0e123\x0f', "cp50222", "あ ｱｲｳ"),
        (b'\x1b$B$"\x1b(B\xb1\xb2\xb3', "iso-2022-jp", "あｱｲｳ"),
        ("こんにちは、森です。".encode("euc_jp"), "shift_jis", "こんにちは、森です。"),
        ("ｱｲｳｴ".encode("cp932"), "shift_jis", "ｱｲｳｴ"),
        (b"\x82\xa0\x82\xa2\x82\n\x82\xa4", "shift_jis", "あい\ufffd\nう"),
    ],
)
def test_japanese_bytes_that_are_not_quite_what_they_say(data: bytes, declared: str, text: str) -> None:
    assert charset.decode(data, declared)[0] == text
