"""What a decision teaches, and what is replaced in its sentence."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.core.training_rows import names_in, redact, rows_of
from pipeline.records import Activity, ActivityKind, Evidence, Suggestion

DOCUMENT: dict[str, Any] = {
    "language": "ja",
    "from": {"name": "高橋 美咲", "address": "m.takahashi@kita-seiki.example"},
    "to": [{"name": None, "address": "sales@kita.example"}],
    "cc": [],
    "contacts": [
        {"role": "sender", "fields": [{"name": "family_name", "value": "高橋"}, {"name": "company", "value": "北精機"}]}
    ],
}  # fmt: skip


def decided(kind: ActivityKind, owner: str | None, *texts: str) -> Suggestion:
    evidence = tuple(Evidence(0, len(text), text) for text in texts)
    return Suggestion(
        "s1", "create_task", "x", 0.9, (), (), activity=Activity(kind, "open", "x", 0.9, evidence, owner=owner)
    )


@pytest.mark.parametrize(
    ("kind", "owner", "action", "tags", "known"),
    [
        ("task", "sender", "accept", ("promise",), ("promise",)),
        ("task", "recipient", "edit", ("task",), ("task",)),
        ("meeting", None, "accept", ("meeting",), ("meeting",)),
        ("call", None, "reject", (), ("call",)),
    ],
)
def test_each_sentence_has_or_lacks_the_tag_that_was_decided(kind, owner, action, tags, known) -> None:
    rows = list(rows_of("o", decided(kind, owner, "高橋が明日\nお送りします。", "二つ目。"), action, DOCUMENT))
    assert [row.text for row in rows] == ["山田が明日 お送りします。", "二つ目。"]
    assert {(row.tags, row.known, row.language) for row in rows} == {(tags, known, "ja")}
    assert len({row.id for row in rows}) == 2


def test_contacts_and_other_languages_teach_nothing() -> None:
    contact = Suggestion("s2", "create_contact", "x", 0.9, (), ())
    assert list(rows_of("o", contact, "accept", DOCUMENT)) == []
    assert list(rows_of("o", decided("task", None, "Bonjour."), "accept", DOCUMENT | {"language": "fr"})) == []


def test_names_addresses_links_and_numbers_are_replaced() -> None:
    names = names_in(DOCUMENT)
    assert names == {"高橋 美咲": "person", "高橋": "person", "北精機": "firm"}
    said = "北精機の高橋 美咲（a.b@c.example、https://c.example/x）へ090-1234-5678で6月3日に連絡。"
    assert (
        redact(said, names, "ja")
        == "甲社の山田（name@example.com、https://example.com）へ000-0000-0000で6月3日に連絡。"
    )
    assert redact("Ann told Annual Ltd.", {"Ann": "person"}, "en") == "Smith told Annual Ltd."
