"""Letters set apart are put together for reading, with spans in the text as written."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.extract import apart


@pytest.mark.parametrize(
    ("line", "together"),
    [
        ("北 見 洋 平", "北見洋平"),
        ("営　業　部　　佐　伯　徹　郎", "営業部　佐伯徹郎"),
        ("東 西 工 業", "東西工業"),
        ("営業部 佐伯", None),
        ("A B C D", None),
        ("桜 井", None),
    ],
)
def test_words_are_put_together_and_the_length_is_kept(line: str, together: str | None) -> None:
    text, places = apart.joined(f"-- \n{line}\nTEL", 0, len(line) + 8)
    assert text.split("\n")[1].rstrip() == (together or line)
    assert len(text) == len(line) + 8
    assert all(f"-- \n{line}"[old] == text[new] for new, old in places.items())


def test_the_evidence_is_what_was_written(contacts_of: Any) -> None:
    body = "問屋様\n\n鶴醸造の佐伯です。\n\n====\n鶴　醸　造　株　式　会　社\n佐　伯　徹　郎\nTEL 0258-55-0116\n"
    sender, *_ = contacts_of(body, sender="saeki@tsuru-jozo.example")
    found = {f.name: f for f in sender.fields}
    assert (found["company"].value, found["full_name"].value) == ("鶴醸造株式会社", "佐伯徹郎")
    assert body[found["full_name"].start : found["full_name"].end] == "佐　伯　徹　郎"
