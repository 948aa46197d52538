"""Zones of whole mails in many layouts and voices; layouts.txt has each line with its zone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.parse import zones
from pipeline.parse.lines import split

ZONES = {"b": "body", "s": "signature", "q": "quote", "f": "footer"}
LAYOUTS = Path(__file__).parent / "data" / "layouts.txt"


def _mails() -> Iterator[tuple[str, str, list[str]]]:
    """Title, sender's name and lines of each mail, a line led by its zone's letter."""
    for block in LAYOUTS.read_text(encoding="utf-8").split("### ")[1:]:
        head, *rows = block.splitlines()
        title, _, sender = head.partition(" | ")
        yield title, sender, [row for row in rows if row[1:2] == "|"]


MAILS = list(_mails())


@pytest.mark.parametrize(("sender", "rows"), [m[1:] for m in MAILS], ids=[m[0] for m in MAILS])
def test_every_line_is_in_its_zone(sender: str, rows: list[str]) -> None:
    text = "".join(row[3:] + "\n" for row in rows)
    found = zip(zones.judge(split(text), sender), rows, strict=True)
    assert [f"{zone}: {row[3:]}" for zone, row in found if row[3:].strip()] == [
        f"{ZONES[row[0]]}: {row[3:]}" for row in rows if row[3:].strip()
    ]
