"""The encoder's interface: what it remembers, what its scores change, and which one belongs to the models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models import artefact, encoder, heads, loading
from models.artefact import ArtefactError
from models.encoder import MAIL_LABELS, Encoder, Reading
from models.labels import INTENTS, TAGS


class Counting:
    """A network that gives each sentence its length, and counts the mails it reads."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, mail: Sequence[str]) -> Reading:
        self.reads += 1
        lengths = np.array([[len(sentence)] * len(TAGS) for sentence in mail], np.float32)
        return Reading(lengths, np.full(len(MAIL_LABELS), len(mail), np.float32))


def test_a_mail_is_read_once_for_both_models() -> None:
    network = Counting()
    made = Encoder(network)
    mails = [["one", "three"], [], ["four"]]
    assert made.sentences(mails)[:, 0].tolist() == [3, 5, 4]
    of_mails = made.mails(mails)
    assert of_mails[[0, 2], 0].tolist() == [2, 1]
    assert np.isnan(of_mails[1]).all()
    assert network.reads == 2


def test_labels_that_a_network_does_not_know_keep_the_linear_score() -> None:
    averaged = heads.average(np.array([[1.0, 4.0]]), np.array([[3.0, np.nan]]))
    assert averaged.tolist() == [[2.0, 4.0]]


def test_the_models_take_only_the_encoder_they_were_trained_with(tmp_path: Path) -> None:
    about = {"encoder": {"network": "transformer"}}
    artefact.write(tmp_path / "encoder-en", about, {}, {"encoder.onnx": b"content"})
    artefact.write(tmp_path / "sentences-en", {"encoder": "another"}, {"weights": np.zeros(1)})
    with pytest.raises(ArtefactError, match="the models need encoder another, here is "):
        loading.encoder_in(tmp_path, "en")
    artefact.write(tmp_path / "sentences-en", {}, {"weights": np.zeros(1)})
    assert loading.encoder_in(tmp_path, "en") is None


def test_a_missing_or_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "encoder-en"
    artefact.write(folder, {}, {}, {"encoder.onnx": b"content", "vocabulary.txt": b"words"})
    assert artefact.read(folder).files == {"encoder.onnx": b"content", "vocabulary.txt": b"words"}
    (folder / "vocabulary.txt").write_bytes(b"other")
    with pytest.raises(ArtefactError, match=r"vocabulary\.txt of the model encoder-en is not the file .*training\.md"):
        artefact.read(folder)
    (folder / "vocabulary.txt").unlink()
    with pytest.raises(ArtefactError, match=r"vocabulary\.txt of the model encoder-en cannot be read"):
        artefact.read(folder)


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    versions = set()
    for second in (b"words", b"other"):
        artefact.write(tmp_path, {}, {}, {"encoder.onnx": b"content", "vocabulary.txt": second})
        versions.add(artefact.read_manifest(tmp_path)["version"])
    assert len(versions) == 2


def test_mail_labels_begin_with_the_intents() -> None:
    assert encoder.MAIL_LABELS[: len(INTENTS)] == INTENTS
