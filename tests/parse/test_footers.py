"""Boilerplate below a signature, and sentences that begin like it; boilerplate.txt has a line a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.parse import zones

ROWS = (Path(__file__).parent / "data" / "boilerplate.txt").read_text(encoding="utf-8").splitlines()
ENGLISH = ("Fine, Friday it is then.\n\nKind regards\n\nAnn Bell\nOffice Manager\nBell Glass Ltd\n", "Ann Bell")
JAPANESE = ("承知しました。\n\nよろしくお願いいたします。\n\n上原 まこと\n上原工務店株式会社\n", "上原 まこと")


def _zones(text: str, sender: str) -> list[str]:
    return [segment.zone for segment in zones.split(text, sender)]


@pytest.mark.parametrize("line", [row[2:] for row in ROWS if row.startswith("+ ")])
def test_boilerplate_below_a_signature(line: str) -> None:
    above, sender = ENGLISH if line.isascii() else JAPANESE
    assert _zones(f"{above}\n{line}\n", sender) == ["body", "signature", "footer"]


@pytest.mark.parametrize("line", [row[2:] for row in ROWS if row.startswith("- ")])
def test_a_sentence_of_the_message(line: str) -> None:
    head, end = ("Hi Bob,", "Regards,\nAnn") if line.isascii() else ("お世話になっております。", "以上です。\n上原")
    assert _zones(f"{head}\n\n{line}\n\n{end}\n", "Ann Bell" if line.isascii() else "上原 まこと") == [
        "body",
        "signature",
    ]
    assert _zones(f"{line}\n\nOK?\n", "Ann Bell") == ["body"]
