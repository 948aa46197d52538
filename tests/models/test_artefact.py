"""Artefacts: written the same every time, refused when they are not what their manifest says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models import artefact, loading
from models.artefact import MANIFEST, WEIGHTS, ArtefactError
from models.labels import INTENTS, LANGUAGES, TAGS
from models.mails import HEADS

ARRAYS = {"weights": np.arange(12, dtype=np.int8).reshape(4, 3), "bias": np.zeros(3, np.float32)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    artefact.write(tmp_path / "tags-en", {"task": "tags", "note": "ü 日本"}, ARRAYS)
    return tmp_path / "tags-en"


def test_what_was_written_is_read(folder: Path) -> None:
    read = artefact.read(folder)
    assert read.manifest["note"] == "ü 日本"
    assert np.array_equal(read.arrays["weights"], ARRAYS["weights"])


def test_the_same_content_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    artefact.write(tmp_path / "again", {"note": "ü 日本", "task": "tags"}, dict(reversed(ARRAYS.items())))
    for name in (MANIFEST, WEIGHTS):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_changed_weights_are_refused_with_the_remedy(folder: Path) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS).write_bytes(bytes(data))
    with pytest.raises(ArtefactError, match=r"weights\.npz of the model tags-en is not the file .*docs/training\.md"):
        artefact.read(folder)


@pytest.mark.parametrize("name", [MANIFEST, WEIGHTS])
def test_a_missing_file_is_one_clear_error(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match=f"{name} of the model tags-en cannot be read"):
        artefact.read(folder)


@pytest.mark.parametrize("content", ["", "[]", "{}", '"x"', "\udcff"])
def test_a_damaged_manifest_is_one_clear_error(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ArtefactError, match="manifest"):
        artefact.read(folder)


def test_another_format_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    with pytest.raises(ArtefactError, match="has format 99"):
        artefact.read(folder)


def test_no_pickle_is_ever_opened(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"allow_pickle|Object arrays"):
        artefact.write(folder, {}, {"weights": np.array([{"a": 1}], dtype=object)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_artefacts_are_whole(language: str) -> None:
    sentences, mails = loading.sentence_model(language), loading.mail_model(language)
    assert sentences.weights.shape == (1 << sentences.shape.bits, len(TAGS))
    assert mails.weights.shape == (1 << mails.shape.bits, sum(len(labels) for labels in HEADS.values()))
    assert set(sentences.evidence) == set(TAGS)
    assert set(mails.thresholds) == set(INTENTS)
    assert loading.sentence_model(language) is sentences


@pytest.mark.parametrize("name", sorted(loading.versions()))
def test_shipped_artefacts_say_what_they_are(name: str) -> None:
    folder = loading.ARTEFACTS / name
    manifest = artefact.read_manifest(folder)
    assert f"{manifest['task']}-{manifest['language']}" == name
    assert manifest["version"] == loading.versions()[name] == artefact.version(manifest["files"])
    assert manifest["data"]["sources"]
    assert all(source["licence"] for source in manifest["data"]["sources"])
    assert manifest["version"] in (folder / "card.md").read_text(encoding="utf-8")
    assert sum(file["bytes"] for file in manifest["files"].values()) <= 25_000_000


def test_other_languages_go_to_the_english_model() -> None:
    assert [loading.route(x) for x in ("ja", "en", "de", "und")] == ["ja", "en", "en", "en"]
