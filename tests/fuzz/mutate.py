"""Changes that mail really suffers on its way, made on purpose: what a byte fuzzer alone would hardly ever find."""

from __future__ import annotations

import base64
import quopri
import random
import re
from collections.abc import Callable

CHARSETS = [
    b"utf-8", b"iso-2022-jp", b"iso-2022-jp-ms", b"cp50221", b"shift_jis", b"x-sjis", b"windows-31j", b"ms932",
    b"euc-jp",
    b"eucjp-ms", b"utf-7", b"unicode-1-1-utf-7", b"utf-16", b"utf-16le", b"utf-32", b"us-ascii", b"iso-8859-1",
    b"gb18030",
    b"hz-gb-2312", b"big5", b"euc-kr", b"iso-2022-kr", b"koi8-r", b"cp65001", b"x-unknown", b"idna", b"zip", b"",
    b"\xff",
]  # fmt: skip
TYPES = [
    b"text/plain", b"text/html", b"text/calendar; method=REQUEST", b"text/plain; format=flowed; delsp=yes",
    b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=\"x\"", b"multipart/related; boundary=x",
    b"multipart/report; report-type=delivery-status; boundary=x", b"multipart/digest; boundary=x", b"message/rfc822",
    b"message/delivery-status", b"application/ms-tnef", b"application/pkcs7-mime; smime-type=signed-data", b"text/",
    b"/",
    b"image/png; name*0*=utf-8'ja'%E8%A6; name*1*=%8B; name*2=.png",
]  # fmt: skip
ENCODINGS = [b"base64", b"quoted-printable", b"7bit", b"8bit", b"x-uuencode", b"binary", b"base64 ", b"nonsense"]
PIECES = [
    b"\r\n", b"\n\n", b"\r", b"\x00", b"--x\r\n", b"--x--\r\n", b"> ", b">>>>> ", b"> > > ", b"| ", b"-- \n",
    b"\x1b$B",
    b"\x1b(B", b"\x1b(I", b"\x1b$(D", b"\x0e", b"\x0f", b"~{", b"~}", b"+2AA-", b"=?utf-8?B?44GC?=",
    b"=?iso-2022-jp?B?GyRC",
    b"?= =?", b"=?x?q?=e3=81?= =?x?q?=82?=", b"begin 644 a.txt\n#0V%T\n`\nend\n", b"On Mon, 3 Mar 2025, A wrote:\n",
    b"-----Original Message-----\nFrom: A <a@b.example>\nSent: x\nTo: y\n\n",
    "差出人: 森\n送信日時: 2025/3/3\n".encode(),
    "株式会社テスト\n東京都千代田区1-1\nTEL 03-0000-0000\n".encode(), "よろしくお願いいたします。\n".encode(),
    b"Best regards,\n",
    "━━━━━━━━━━\n".encode(), b"=3D=\n", b"=\n", b"<blockquote type=cite>", b"</blockquote>", b"<table><tr><td>",
    b"<div style='display:none;max-height:0'>", b"<style>.a,.b>p{display:none}@media x{", b"<pre>",
    b"<ol start=-1><li>",
    b"<!--[if mso]>", b"<![endif]-->", b"&#xD800;", b"&nbsp;", b"<br>", b"<ruby>", b"<rt>", b"\xe2\x80\xae",
    b"\xf0\x9f\x98\x80",
    b"\xed\xa0\x80", b"List-Unsubscribe: <x>\n", b"Auto-Submitted: auto-replied\n", b"\x78\x9f\x3e\x22\x01\x00",
]  # fmt: skip

Change = Callable[[bytes, random.Random], bytes]


def mutate(raw: bytes, seed: int, changes: int = 3) -> bytes:
    """The mail after some changes that the seed chooses."""
    dice = random.Random(seed)
    for _ in range(dice.randint(1, changes)):
        raw = dice.choice(CHANGES)(raw, dice)
    return raw


def _rename_charset(raw: bytes, dice: random.Random) -> bytes:
    name = dice.choice(CHARSETS)
    words = dice.random() < 0.5
    pattern = rb"(=\?)([^?\s]+)(?=\?)" if words else rb"(charset\s*=\s*\"?)([\w.-]+)"
    return _sub_one(pattern, lambda m: m[1] + name, raw, dice)


def _retype(raw: bytes, dice: random.Random) -> bytes:
    kind = dice.choice(TYPES)
    return _sub_one(rb"(?i)(content-type:\s*)([^;\r\n]+)", lambda m: m[1] + kind, raw, dice)


def _relabel(raw: bytes, dice: random.Random) -> bytes:
    """Another transfer encoding over the same bytes."""
    name = dice.choice(ENCODINGS)
    return _sub_one(rb"(?i)(content-transfer-encoding:\s*)([^\r\n]+)", lambda m: m[1] + name, raw, dice)


def _wrap(raw: bytes, dice: random.Random) -> bytes:
    """The mail becomes a part, or a body is encoded."""
    head, gap, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    form = dice.randrange(5)
    if form == 0:
        return b"Content-Type: message/rfc822\n\n" + raw
    if form == 1:
        return b"Content-Type: multipart/mixed; boundary=w\n\n--w\n" + raw + b"\n--w\n\nx\n--w--\n"
    if form == 2:
        return head + b"\nContent-Transfer-Encoding: base64" + gap + base64.encodebytes(body)
    if form == 3:
        return head + b"\nContent-Transfer-Encoding: quoted-printable" + gap + quopri.encodestring(body)
    return head + b"\nContent-Type: text/html" + gap + b"<div><p>" + body.replace(b"\n", b"<br>\n") + b"</blockquote>"


def _fold(raw: bytes, dice: random.Random) -> bytes:
    """A header line folded, unfolded, or folded inside a word."""
    fold = dice.choice([b"\r\n ", b"\n\t", b"\n", b"\r\n \r\n "])
    if dice.random() < 0.3:
        return re.sub(rb"\r?\n[ \t]+", b" ", raw, count=dice.randint(1, 4))
    at = dice.randrange(min(len(raw), 2000) + 1)
    return raw[:at] + fold + raw[at:]


def _move_lines(raw: bytes, dice: random.Random) -> bytes:
    """A run of lines repeated, dropped or moved elsewhere."""
    lines = raw.splitlines(keepends=True)
    first = dice.randrange(len(lines) + 1)
    run = lines[first : first + dice.choice([1, 1, 2, 5, 20])]
    if dice.random() < 0.5:
        del lines[first : first + len(run)]
    for _ in range(dice.choice([0, 1, 1, 2, 8])):
        at = dice.randrange(len(lines) + 1)
        lines[at:at] = run
    return b"".join(lines)


def _insert(raw: bytes, dice: random.Random) -> bytes:
    piece = dice.choice(PIECES) * dice.choice([1, 1, 1, 2, 30])
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + piece + raw[at:]


def _cut(raw: bytes, dice: random.Random) -> bytes:
    """The end missing, or a hole, as a broken transfer leaves it."""
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + (b"" if dice.random() < 0.5 else raw[at + dice.randint(1, 40) :])


def _strike(raw: bytes, dice: random.Random) -> bytes:
    """Some bytes lose their eighth bit, or become others."""
    data = bytearray(raw)
    for _ in range(dice.choice([1, 3, 10]) if data else 0):
        at = dice.randrange(len(data))
        data[at] = dice.choice([data[at] & 0x7F, data[at] | 0x80, dice.randrange(256)])
    return bytes(data)


def _sub_one(pattern: bytes, new: Callable[[re.Match[bytes]], bytes], raw: bytes, dice: random.Random) -> bytes:
    """One of the first matches replaced."""
    found = [m for m, _ in zip(re.finditer(pattern, raw), range(20), strict=False)]
    if not found:
        return raw
    match = dice.choice(found)
    return raw[: match.start()] + new(match) + raw[match.end() :]


CHANGES: list[Change] = [
    _rename_charset, _retype, _relabel, _wrap, _fold, _move_lines, _insert, _insert, _cut, _strike,
]  # fmt: skip
