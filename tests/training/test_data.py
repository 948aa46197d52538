"""Collecting and preparing: the repository's own data, the split, and noise."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from models.features import normalise
from models.labels import EMOTIONS, LANGUAGES, SENTIMENTS, TAGS
from training import collect, noise, params, prepare, public
from training.rows import CLEAN, Row, read, write


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_written_mail_is_well_formed(written: Path, language: str) -> None:
    rows = list(collect.read_written(written, language))
    assert len(rows) >= 1760
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.language == language
        assert len(row.sentences) == len(row.tags) > 0
        assert row.intents <= set(TAGS)
        assert row.sentiment in SENTIMENTS
        assert row.emotion in EMOTIONS
        assert sum("gist" in tags for tags in row.tags) <= 2
        assert not any("|" in text and "[" in text for text in row.sentences)


def test_rows_survive_the_file(slices: dict[str, list[Row]], tmp_path: Path) -> None:
    write(tmp_path / "rows.jsonl", slices["ja"])
    assert read(tmp_path / "rows.jsonl") == slices["ja"]


def test_collect_says_what_is_missing_and_where_it_is(written: Path, tmp_path: Path, capsys) -> None:
    collect.collect(written, None, None, tmp_path)
    said = capsys.readouterr().err
    for source in public.sources():
        assert source["name"] in said
        assert source["origin"] in said
        assert source["licence"] in said
    used = json.loads((tmp_path / "sources.json").read_text(encoding="utf-8"))
    assert [source["name"] for source in used] == ["written"]


def test_a_public_set_adds_sentences_that_know_only_its_tags(written: Path, tmp_path: Path) -> None:
    folder = tmp_path / "public" / "parakweet_email_intent"
    folder.mkdir(parents=True)
    lines = [{"id": "1", "text": "Send it.", "labels": {"intent": "Yes"}}, {"id": "2", "text": " ", "labels": {}}]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "train.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    collect.collect(written, None, tmp_path / "public", tmp_path / "out")
    added = [row for row in read(tmp_path / "out" / "en.jsonl") if row.source != "written"]
    assert [(row.sentences, row.tags, row.known) for row in added] == [(("Send it.",), (("request",),), ("request",))]
    used = json.loads((tmp_path / "out" / "sources.json").read_text(encoding="utf-8"))
    assert [source["name"] for source in used] == ["written", "parakweet_email_intent"]


def test_a_mail_and_its_noisy_copy_stand_on_one_side(slices: dict[str, list[Row]]) -> None:
    for rows in slices.values():
        sides = {row.id: (row.split, row.fold) for row in rows}
        assert all(sides[row.id] == (row.split, row.fold) for row in rows)
        assert {row.split for row in rows} == {"train", "test"}
        assert {row.variant for row in rows} > {CLEAN}


def test_near_duplicates_stand_on_one_side() -> None:
    texts = ["Could you send the revised drawing of the pump house by Friday?", "Nothing of this is alike, truly."]
    near = texts[0].replace("Friday", "Monday")
    ids = ("a", "b", "c")
    rows = [
        Row(name, "written", "en", "", (text,), (("request",),), "neutral", "neutral")
        for name, text in zip(ids, [texts[0], texts[1], near], strict=True)
    ]
    assert prepare.groups(rows, 0.6) == ["a", "b", "a"]


def test_adding_mails_does_not_move_the_others(written: Path) -> None:
    settings = params.load("prepare")
    rows = list(collect.read_written(written, "en"))[:60]
    before = {row.id: row.split for row in prepare.prepare(rows[:40], settings)}
    after = {row.id: row.split for row in prepare.prepare(rows, settings)}
    assert all(after[key] == split for key, split in before.items())


@pytest.mark.parametrize("name", sorted(noise.VARIANTS))
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Could you please send us the signed contract, together with the two annexes, by Friday afternoon?"),
        ("ja", "大変お手数ですが、署名済みの契約書abcと別紙を金曜日の午後までにお送りいただけますでしょうか。"),
    ],
)
def test_noise_changes_a_sentence_but_keeps_it_a_sentence(name: str, language: str, text: str) -> None:
    changed = noise.VARIANTS[name](text, language, random.Random(1))
    assert changed.strip()
    assert changed != text
    if name == "wrapped":
        assert normalise(changed) == normalise(text)


def test_noise_never_empties_a_sentence() -> None:
    assert noise.unmarked("?!", "en", random.Random(1)) == "?!"


def test_the_same_mail_gets_the_same_noise(slices: dict[str, list[Row]]) -> None:
    row = replace(slices["en"][0], variant=CLEAN)
    assert prepare.noisy(row) == prepare.noisy(row)


def test_decisions_add_sentences_that_know_only_what_was_decided_and_are_never_tested_on(
    written: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "decided"
    rows = [
        {"id": "decision-1", "text": "明日、見積書をお送りします。", "tags": ["promise"], "known": ["promise", "task"]},
        {"id": "decision-2", "text": "またご連絡します。", "tags": [], "known": ["promise", "task"]},
    ]
    folder.mkdir()
    (folder / "ja.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    collect.collect(written, None, None, tmp_path / "out", folder)
    found = [row for row in read(tmp_path / "out" / "ja.jsonl") if row.source == "decisions"]
    assert [(row.sentences, row.tags, row.known) for row in found] == [
        ((row["text"],), (tuple(row["tags"]),), ("promise", "task")) for row in rows
    ]
    assert not [row for row in read(tmp_path / "out" / "en.jsonl") if row.source == "decisions"]
    assert {"decisions"} < {one["name"] for one in json.loads((tmp_path / "out" / "sources.json").read_text())}
    prepared = prepare.prepare(found, params.load("prepare"))
    assert {(row.split, row.variant) for row in prepared} == {("train", "clean")}
