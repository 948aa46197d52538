"""Every hard character in every encoding, header form, transfer encoding and kind of text: none is lost."""

from __future__ import annotations

import base64
import itertools
import quopri

import pytest

from pipeline.parse import message

# Their places in the double-byte set as Japanese mailers send them: NEC row 13, IBM extensions, wave dash and minus.
PAIRS = {
    "㈱": b"-j", "㈲": b"-k", "①": b"-!", "⑳": b"-4", "Ⅳ": b"-8", "㍻": b"-_", "№": b"-b", "髙": b"|b", "﨑": b"yu",
    "～": b"!A", "－": b"!]", "∥": b"!B", "￠": b"!q", "￡": b"!r", "￢": b"\"L",
}  # fmt: skip
HALF_WIDTH = "ｱﾊﾟｶﾞｰ｢｣､｡･ﾝ"
CHARACTERS = [*PAIRS, *HALF_WIDTH, HALF_WIDTH]
BEFORE, AFTER = "お見積の", "について、ご確認をお願いします"
ENCODINGS = ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8", "utf-16"]


def encode(text: str, encoding: str) -> bytes:
    """The bytes of a text as a Japanese mailer writes them; Python's own codecs refuse ㈱ and 髙."""
    if encoding in ("shift_jis", "utf-8", "utf-16"):
        return text.encode({"shift_jis": "cp932"}.get(encoding, encoding))
    return b"".join(encode_jis(c) if encoding == "iso-2022-jp" else encode_euc(c) for c in text)


def encode_jis(character: str) -> bytes:
    if character in PAIRS:
        return b"\x1b$B" + PAIRS[character] + b"\x1b(B"
    if character in HALF_WIDTH:
        return b"\x1b(I" + bytes((character.encode("cp932")[0] & 0x7F,)) + b"\x1b(B"
    return character.encode("iso2022_jp")


def encode_euc(character: str) -> bytes:
    if character in PAIRS:
        return bytes(b | 0x80 for b in PAIRS[character])
    return b"\x8e" + character.encode("cp932") if character in HALF_WIDTH else character.encode("euc_jp")


def word(data: bytes, encoding: str, form: str) -> bytes:
    """A header value: an encoded word, or the bytes themselves."""
    if form == "raw":
        return data
    safe = b"".join(bytes((b,)) if chr(b).isalnum() and b < 128 else b"=%02X" % b for b in data)
    return f"=?{encoding}?{form}?".encode() + (base64.b64encode(data) if form == "B" else safe) + b"?="


def part(data: bytes, transfer: str) -> bytes:
    encoders = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    return f"Content-Transfer-Encoding: {transfer}\n\n".encode() + encoders.get(transfer, bytes)(data)


HEADERS = [p for p in itertools.product(ENCODINGS, ("B", "Q", "raw")) if p != ("utf-16", "raw")]
BODIES = [
    (encoding, transfer, kind, declared)
    for encoding, transfer, kind, declared in itertools.product(
        ENCODINGS, ("7bit", "8bit", "quoted-printable", "base64"), ("plain", "html"), (True, False)
    )
    if (transfer != "7bit" or encoding == "iso-2022-jp")
    and (encoding != "utf-16" or (declared and transfer in ("quoted-printable", "base64")))
]


@pytest.mark.parametrize(("encoding", "form"), HEADERS)
def test_headers_lose_no_character(encoding: str, form: str) -> None:
    for text in (BEFORE + c + AFTER for c in CHARACTERS):
        value = word(encode(text, encoding), encoding, form)
        raw = b"Subject: " + value + b"\nFrom: " + value + b" <a@b.example>\nTo: " + value + b" <c@d.example>\n\nx\n"
        parsed = message.parse(raw)
        assert parsed.from_ is not None
        assert (parsed.subject, parsed.from_.name, parsed.to[0].name) == (text, text, text)


@pytest.mark.parametrize(("encoding", "transfer", "kind", "declared"), BODIES)
def test_bodies_lose_no_character(encoding: str, transfer: str, kind: str, declared: bool) -> None:
    for text in (BEFORE + c + AFTER for c in CHARACTERS):
        page = f"<html><body><p>{text}</p></body></html>" if kind == "html" else text
        charset = f"; charset={encoding}" if declared else ""
        raw = f"Subject: x\nContent-Type: text/{kind}{charset}\n".encode() + part(encode(page, encoding), transfer)
        assert message.parse(raw).text == text + "\n"
