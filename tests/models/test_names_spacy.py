"""The component of names in a real spaCy pipeline, with a tagger that takes each capitalised word for a person."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import spacy

from models.names import BEGIN, COLUMNS, LABELS, OUTSIDE, NameModel
from models.names_spacy import NameMarker
from models.names_vectors import Keys
from models.names_words import ROWS, marks, words_en

PERSON = BEGIN + 2 * LABELS.index("person")


@pytest.fixture
def marker() -> NameMarker:
    """A network without layers: the mark of a word's shape decides."""
    (word,) = words_en("Xenia")
    table = np.zeros((ROWS, 2), np.int8)
    table[marks(word.form)[5], 0] = 100
    out = np.zeros((2, COLUMNS), np.float32)
    out[0, PERSON] = 9
    bias = np.zeros(COLUMNS, np.float32)
    bias[OUTSIDE] = 4
    ones, nothing = np.ones(2, np.float32), np.zeros(2, np.float32)
    no_vectors = Keys(np.zeros(0, np.uint32), np.zeros(0, np.uint16))
    uses = np.zeros((1, 2), np.int8)
    return NameMarker(NameModel("en", table, ones, uses, ones, no_vectors, nothing, [(ones, nothing)], [], (out, bias)))


def found(doc: spacy.tokens.Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def test_names_become_entities_with_their_score(marker: NameMarker) -> None:
    doc = marker(spacy.blank("en")("we met Tilda\nand later Oskar there"))
    assert found(doc) == [("Tilda", "person"), ("Oskar", "person")]
    assert all(0.9 < ent._.name_score <= 1 for ent in doc.ents)


def test_sentences_are_read_where_they_are_set(marker: NameMarker) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    assert found(marker(nlp("we met Tilda. later came Oskar."))) == [("Tilda", "person"), ("Oskar", "person")]


def test_what_is_marked_already_stays(marker: NameMarker) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "FIRM", "pattern": "Tilda"}])
    assert found(marker(nlp("we met Tilda and Oskar"))) == [("Tilda", "FIRM"), ("Oskar", "person")]


def test_a_text_without_names_has_none(marker: NameMarker) -> None:
    assert found(marker(spacy.blank("en")("nothing here"))) == []
    assert found(marker(spacy.blank("en")(""))) == []


def test_an_installed_component_is_known_without_an_import_of_ours(tmp_path: Path) -> None:
    code = "import spacy; print(spacy.blank('en').has_factory('mail_insight_names'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr


def test_reading_mail_loads_no_spacy() -> None:
    code = "import sys, pipeline.journey, pipeline.classify.names; print('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr
