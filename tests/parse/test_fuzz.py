"""Any bytes are read, in time linear in their number: a short share of ``make fuzz``, and the worst shapes known."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import mutate, properties

SAMPLES = [p.read_bytes() for p in sorted(Path("data/samples").glob("*/*.eml"))]
HEAD = b"From: A B <a@b.example>\nSubject: x\nDate: Tue, 4 Mar 2025 09:00:00 +0900\n"
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
PAGE = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"
JIS = HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n"
SIZE = 500_000
HIGH = bytes(random.Random(1).choices(range(128, 256), k=SIZE))


@given(st.sampled_from(SAMPLES), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_mail_that_suffered_on_its_way_is_read(raw: bytes, seed: int) -> None:
    properties.check(mutate.mutate(raw, seed, 6), seconds_per_mb=10)


@given(st.lists(st.one_of(st.sampled_from(mutate.PIECES), st.binary(max_size=12)), max_size=40).map(b"".join))
@settings(max_examples=150, deadline=None)
def test_any_mixture_of_mail_pieces_is_read(raw: bytes) -> None:
    properties.check(raw, seconds_per_mb=10)


def fill(piece: str | bytes, before: bytes = PLAIN) -> bytes:
    """About half a megabyte of one piece repeated."""
    data = piece.encode() if isinstance(piece, str) else piece
    return before + data * (SIZE // len(data))


HOSTILE = {
    "letters without a space": fill("a"),
    "full stops": fill("a. "),
    "abbreviations": fill("No. Mr. "),
    "questions in lower case": fill("aa? bb "),
    "Japanese sentences": fill("あ。"),
    "commas": fill(","),
    "spaces inside a line": PLAIN + b"x" + b" " * SIZE + b"x",
    "short lines": fill("abc\n"),
    "labels": fill("From: a\nSent: b\n"),
    "Japanese labels": fill("差出人: 森\n送信日時: x\n"),
    "attributions": fill("On 3 May, A wrote:\n"),
    "quote marks": fill(">"),
    "quote depths": PLAIN + b"\n".join(b">" * (n % 1000) + b" x" for n in range(1000)),
    "prose in one line": fill("We would like to ask whether it can be delivered by Friday, as discussed. "),
    "boilerplate": fill("This message is confidential and intended only for the addressee. "),
    "stray bytes between escapes": fill(b"\x1b$BF|\x1b(B\xff\xfe", JIS),
    "escapes never closed": fill(b"\x1b$BF|\n\xff\xfe ", JIS),
    "single shifts": fill(b"\x8f", HEAD + b"Content-Type: text/plain; charset=euc-jp\n\n"),
    "high bytes, undeclared": HEAD + b"\n" + HIGH,
    "high bytes as cp932": HEAD + b"Content-Type: text/plain; charset=cp932\n\n" + HIGH,
    "parts of undeclared bytes": b"Content-Type: multipart/mixed; boundary=a\n\n"
    + b"".join(b"--a\n\n" + HIGH[n * 1000 : n * 1000 + 900] + b"\n" for n in range(SIZE // 1000)),
    "headers of undeclared bytes": b"".join(
        b"X-%d: " % n + HIGH[n * 400 : n * 400 + 390].replace(b"\n", b"") + b"\n" for n in range(SIZE // 400)
    ),
    "words of two charsets": (b"Subject: " + b"=?utf-8?q?=ff?= =?koi8-r?q?=ff?=" * 2800 + b"\n") * 5,
    "words of unknown charsets": b"".join(
        b"To: " + b",".join(b"=?x-%d?q?=E3=E4=E5%d?= <a@b.example>" % (n, n) for n in range(at, at + 1_800)) + b"\n"
        for at in range(0, 12_000, 1_800)
    ),
    "armour never closed": fill("-----BEGIN PGP MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n"),
    "addresses": (b"To: " + b"=?utf-8?q?a?= <b@c.example>, " * 3300 + b"\n") * 5,
    "groups": (b"From: " + b"a:b;" * 24_000 + b"\n") * 5,
    "continuations": b"Content-Type: a/b; " + b"".join(b"name*%d*=%%e3%%81%%82; " % n for n in range(24_000)),
    "folded lines": fill("a\n ", HEAD + b"X: ") + b"\n\nx",
    "padding inside base64": fill("YQ==", HEAD + b"Content-Transfer-Encoding: base64\n\n"),
    "attributes of one tag": PAGE + b"<p " + b" ".join(b"a%d" % n for n in range(70_000)) + b">x",
    "attributes behind a quoted bracket": PAGE + b"<p a='>' " + b" ".join(b"b%d" % n for n in range(70_000)) + b">x",
    "table cells in one row": fill("<td>x", PAGE + b"<table><tr>"),
    "elements in one line": fill("<b>x</b> ", PAGE),
    "numbered lists, nested": fill("<li>x", PAGE + b"<ol>" * 200),
    "block quotes": fill("<p>x", PAGE + b"<blockquote>x</blockquote>" * 500),
    "preformatted lines": fill("x\n", PAGE + b"<pre>"),
    "tags never closed": fill("<div>", PAGE),
    "formatting never closed": fill("<a><b><i>", PAGE),
    "parts": fill("--a\n\n", b"Content-Type: multipart/mixed; boundary=a\n\n"),
    "encoded words never closed": (b"Subject: " + b"=?utf-8?q?" * 9_000 + b"\n") * 5,
    "header fields": fill("x:y\n", b""),
    "broken header lines": fill("a\n b\n", b"X: "),
    "addresses in the text": fill("a@"),
    "contact lines": fill("株式会社テスト 03-0000-0000\n"),
    "shifts without escape": fill("$B", JIS),
    "empty lines": fill("\n"),
    "uuencoded beginnings": fill("begin 644 x\n"),
    "style rules": fill("@media x{a{b:c}", PAGE + b"<style>.a{display:none}"),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_hostile_megabyte_takes_about_a_second(shape: str) -> None:
    start = time.process_time()
    reading = properties.read(HOSTILE[shape])
    spent_s = time.process_time() - start
    properties.check_reading(reading)
    # A second a megabyte on a machine that does nothing else; what grows with the square takes far longer than this.
    assert spent_s < properties.FREE_S + 4 * len(HOSTILE[shape]) / 1e6
