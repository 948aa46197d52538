"""Mails and mail files of invented people, written by the tests themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mail_server import Dovecot, running_dovecot


class Make:
    """Makes mails and mboxes; mails of different numbers differ."""

    @staticmethod
    def mail(number: int, body: str = "Could you send the drawing?\n\nRegards\nAda\n") -> bytes:
        """An English mail, or Japanese text in UTF-8 as the body says."""
        return (
            f"Message-ID: <m{number}@north.example>\nDate: Tue, 10 Mar 2026 09:12:00 +0900\n"
            f"From: Ada North <ada@north.example>\nTo: Ben South <ben@south.example>\nSubject: Drawing {number}\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
        ).encode()

    @staticmethod
    def japanese(number: int) -> bytes:
        """A mail in ISO-2022-JP, with escape bytes in header and body."""
        body = f"お世話になっております。\n図面をお送りいただけますでしょうか（{number}）。\n"
        head = (
            f"Message-ID: <j{number}@kita.example>\nDate: Tue, 10 Mar 2026 10:00:00 +0900\nFrom: kita@kita.example\n"
            "To: minami@minami.example\nContent-Type: text/plain; charset=iso-2022-jp\nSubject: "
        )
        return head.encode() + f"図面の件 {number}\n\n{body}".encode("iso-2022-jp")

    @classmethod
    def mbox(cls, *mails: bytes) -> bytes:
        """The mails as an mboxrd file."""
        return b"".join(b"From ada@north.example Tue Mar 10 00:12:00 2026\n" + cls._quoted(m) + b"\n" for m in mails)

    @staticmethod
    def _quoted(raw: bytes) -> bytes:
        lines = raw.splitlines(keepends=True)
        quoted = b"".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)
        return quoted if raw.endswith(b"\n") else quoted + b"\n"


@pytest.fixture(scope="session")
def make() -> type[Make]:
    """Makes mails and mboxes."""
    return Make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Writes a file below the test's folder and gives its path."""

    def write_file(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return write_file


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real mail server."""
    with running_dovecot() as server:
        yield server
