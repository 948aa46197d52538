"""The corpora, measures and gate of names, and a small tagger from texts to artefact."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from models import artefact
from models.labels import ENTITIES
from models.names import from_arrays, from_artefact
from training import card, names, names_corpora, names_gate, names_network, names_vectors, params, promote
from training.names_corpora import Text
from training.names_measures import Counts, count
from training.names_vectors import Vectors

SMALL = {"epochs": 8, "width": 16, "layers": 2, "vector": 4, "batch": 100, "weights": {}}
SETTINGS = {**params.load("names")["ja"], **SMALL}
LINES = ("[佐藤|person]様", "[北見商会|org]の[高瀬|person]です。", "[札幌|place]へ伺います。", "よろしくお願いします。")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty written mails of four lines."""
    folder = tmp_path_factory.mktemp("written")
    mails = [
        {"id": f"ja-{n}", "body": [[[line, ""] for line in LINES]], "signature": ["[営業部|department] [高瀬|person]"]}
        for n in range(20)
    ]
    (folder / "ja_a.jsonl").write_text("\n".join(json.dumps(mail) for mail in mails), encoding="utf-8")
    return folder


@pytest.fixture
def vectors(monkeypatch: pytest.MonkeyPatch) -> Vectors:
    """Vectors that know no word."""
    arrays = {"key_steps": np.ones(1, np.uint32), "key_rows": np.zeros(1, np.uint16)}
    base = {"name": "nothing", "licence": "CC0-1.0", "origin": "this test"}
    made = Vectors(np.ones((1, 4), np.float32), arrays, {}, base)
    monkeypatch.setattr(names_vectors, "load", lambda language, width: made)
    return made


def test_marks_of_tokens_become_spans() -> None:
    source = {
        "name": "set",
        "language": "en",
        "types": {"PER": "person"},
        "ignored": ["MISC"],
        "known": ["person"],
    }
    content = {
        "id": "1",
        "tokens": ["Ana", "Lund", "likes", "Go", "Bo"],
        "tags": ["B-PER", "I-PER", "O", "B-MISC", "B-PER"],
        "line_breaks": [3],
    }
    text = names_corpora._text(source, content, False)
    assert text.sentences == ("Ana Lund likes", "Go Bo")
    assert text.names == (((0, 8, "person"),), ((0, 2, names_corpora.IGNORED), (3, 5, "person")))


def test_sets_map_to_known_types_and_name_their_licence() -> None:
    found = [source for language in ("en", "ja") for source in names_corpora.sources(language)]
    assert found
    for source in found:
        assert set(source["types"].values()) <= set(source["known"])
        assert "NC" not in source["licence"]


def test_a_held_mail_is_never_learned(folder: Path) -> None:
    texts = list(names_corpora.written(folder, "ja"))
    held = {text.id for text in texts if text.is_held}
    assert 0 < len(held) < 10
    loud = list(names_corpora.shouted(texts))
    assert held.isdisjoint(text.id.removesuffix("-capitals") for text in loud)
    assert all(text.names == texts[0].names for text in loud)


def test_columns_of_words() -> None:
    words = list(names_network.CUTTERS["en"]("Ana Lund met Bo in Oslo"))
    spans = [(0, 8, "person"), (13, 15, names_corpora.IGNORED), (19, 23, "place")]
    person, place = (names_network.BEGIN + 2 * names_network.LABELS.index(x) for x in ("person", "place"))
    assert names_network.columns(words, spans) == [person, person + 1, 0, -100, 0, place]


def test_a_tagger_from_texts_to_artefact(folder: Path, vectors: Vectors, tmp_path: Path) -> None:
    for out in ("one", "two"):
        names.run("ja", folder, None, tmp_path / out, SETTINGS)
    one, two = (artefact.read(tmp_path / out / "names-ja") for out in ("one", "two"))
    assert one.manifest["version"] == two.manifest["version"], "the same texts give the same bytes"
    assert one.manifest["figures"]["written"]["f1"] > 0.8
    (line,) = from_artefact(one).find(["北見商会の高瀬です。"])
    assert [(name.start, name.end, name.label) for name in line] == [(0, 4, "organisation"), (5, 7, "person")]

    shipped = tmp_path / "shipped"
    verdict = names_gate.run(folder, tmp_path / "one", shipped, params.load("gate_names"))
    assert verdict["accepted"]
    promote.promote("names-ja", tmp_path / "one", shipped, verdict, {})
    assert "nothing (CC0-1.0)" in (shipped / "names-ja/card.md").read_text(encoding="utf-8")
    manifest = artefact.read_manifest(shipped / "names-ja")
    assert "figures" not in manifest
    assert set(manifest["metrics"]["names"]) == {"macro_f1", "person", "organisation", "place"}


def test_numpy_reads_as_torch_does(folder: Path, vectors: Vectors) -> None:
    import torch

    texts = list(names_corpora.written(folder, "ja"))[:2]
    corpus = names_network.read(texts, vectors, "ja")
    tagger = names_network.fit(corpus, SETTINGS, 0)
    with torch.no_grad():
        wanted, _, _ = names_network.forward(tagger, corpus, corpus.stretches[:1], 0.0)
    model = from_arrays(
        {"language": "ja", "shape": {"layers": 2}}, names_network.export(tagger, vectors, corpus), vectors.files
    )
    words = [list(names_network.CUTTERS["ja"](sentence)) for sentence in texts[0].sentences]
    given = model.scores(words)
    assert given.argmax(1).tolist() == wanted.numpy()[: len(given)].argmax(1).tolist()
    assert np.abs(given - wanted.numpy()[: len(given)]).max() < 0.5


def counts(right: int) -> Counts:
    wanted = Counter(dict.fromkeys(ENTITIES, 100))
    return Counts(Counter(dict.fromkeys(ENTITIES, 90)) | Counter(person=right), wanted, wanted)


def test_the_gate_refuses_a_worse_tagger() -> None:
    settings = params.load("gate_names")
    assert names_gate.judge(counts(90), counts(90), settings) == []
    assert any(
        "names falls" in reason
        for reason in names_gate.judge(Counts(Counter(), counts(0).found, counts(0).wanted), counts(90), settings)
    )
    worse = Counts(counts(90).right - Counter(event=20), counts(90).found, counts(90).wanted)
    assert "F1 of event falls by 0.200" in names_gate.judge(worse, counts(90), settings)


def test_an_ignored_stretch_counts_neither_way() -> None:
    class Finds:
        language = "en"

        def scores(self, sentences: object) -> np.ndarray:
            rows = np.zeros((3, names_network.COLUMNS), np.float32)
            rows[:, names_network.BEGIN] = 1
            return rows

    text = Text("1", "set", ("Ana met Bo",), (((0, 3, "person"), (4, 7, names_corpora.IGNORED)),), ("person",), True, 1)
    found = count(Finds(), [text])  # type: ignore[arg-type]
    assert (found.right["person"], found.found["person"], found.wanted["person"]) == (1, 2, 1)


def test_a_card_of_names_says_its_figures() -> None:
    manifest = {
        "task": "names",
        "language": "ja",
        "version": "1",
        "shape": {"layers": 3},
        "bases": [{"name": "chiVe", "licence": "Apache-2.0", "origin": "there"}],
        "data": {"mails": 1, "sentences": 2, "sources": []},
        "metrics": {"written": {"f1": 0.9}},
    }
    assert "| f1 | 0.900 |" in card.render(manifest)
