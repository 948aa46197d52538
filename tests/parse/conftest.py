"""Helpers for the reading tests: mails written as plain text, turned into bytes."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from pipeline.parse import message, zones
from pipeline.records import Message

Read = Callable[..., Message]
Zoned = Callable[[str], list[tuple[str, str]]]


@pytest.fixture
def read() -> Read:
    """Parses a mail given as header fields and a body (text or bytes)."""

    def parse(body: str | bytes = "", **fields: str) -> Message:
        names = {
            "From": "Aiko Mori <aiko@kita.example>",
            "To": "info@minami.example",
            "Date": "Tue, 4 Mar 2025 09:00:00 +0900",
        }
        names |= {name.replace("_", "-"): value for name, value in fields.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in names.items() if value)
        data = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
        return message.parse(head.encode() + b"\r\n" + data)

    return parse


@pytest.fixture
def zoned() -> Zoned:
    """The zone and text of each non-blank line of a text."""

    def split(text: str) -> list[tuple[str, str]]:
        text = dedent(text).lstrip("\n")
        return [
            (segment.zone, line.strip())
            for segment in zones.split(text)
            for line in text[segment.start : segment.end].split("\n")
            if line.strip()
        ]

    return split
