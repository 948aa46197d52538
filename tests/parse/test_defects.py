"""Whoever loses something is told; whoever loses nothing is not bothered."""

import base64

import pytest

from pipeline.parse import defects
from pipeline.parse.message import parse

HEAD = (
    b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\nDate: Tue, 10 Mar 2026 09:00:00 +0900\r\nMIME-Version: 1.0\r\n"
)
OPEN_PART = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhalf'
DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(300))
LOSING = {
    "no_headers": b"\r\njust some words\r\n",
    "boundary_unclosed": HEAD + OPEN_PART,
    "too_deep": HEAD + DEEP,
    "too_many_parts": HEAD
    + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    + b"--x\r\n\r\na\r\n" * 20_000
    + b"--x--\r\n",
    "too_many_headers": HEAD + b"X-A: 1\r\n" * 100_000 + b"\r\nhello\r\n",
    "base64_truncated": HEAD
    + b"Content-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"hello everybody, this is long enough")[:-3],
    "text_too_long": HEAD + b"\r\n" + b"words and more words\r\n" * 100_000,
    "charset_unknown": HEAD + b"Content-Type: text/plain; charset=x-klingon\r\n\r\ncaf\xe9 au lait\r\n",
    "charset_broken": HEAD
    + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    + "日本語の文です".encode()[:-1]
    + b"\r\n",
    "encrypted_smime": HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIAG",
    "encrypted_pgp": HEAD
    + b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="x"\r\n\r\n'
    + b"--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--x--\r\n",
}


@pytest.mark.parametrize("code", LOSING)
def test_a_loss_is_told_with_what_to_do(code: str):
    unreadable, failures = defects.judge(parse(LOSING[code]))
    assert code in [f.code for f in failures]
    assert unreadable == (code == "no_headers")
    assert all(f.stage == "parse" and f.detail == defects.LOSSES[f.code] for f in failures)


def test_every_loss_that_is_listed_can_happen():
    assert defects.LOSSES.keys() == LOSING.keys()


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\r\nhello\r\n",
        b"Subject: no date, no id\r\n\r\nhello\r\n",
        HEAD + b"Content-Type: text/plain; charset=cp932\r\n\r\n" + "㈱髙橋".encode("cp932"),
    ],
)
def test_a_mail_that_loses_nothing_has_no_failures(raw: bytes):
    assert defects.judge(parse(raw)) == (False, ())
