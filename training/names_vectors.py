"""Vectors of word use, already made elsewhere: MiniLM's word pieces for English, chiVe for Japanese."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.network_ja import number_of
from models.transformer import VOCABULARY

CHIVE = {
    "name": "chiVe",
    "licence": "Apache-2.0",
    "origin": "https://github.com/WorksApplications/chiVe, as packed in ja-ginza 5.3.0",
}
_LONGEST_WORD = 20


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows of vectors, and what an artefact needs to find a word's rows (models/names_vectors.py)."""

    rows: NDArray[np.float32]
    arrays: Mapping[str, NDArray[Any]]
    files: Mapping[str, bytes]
    base: Mapping[str, str]


def load(language: str, width: int) -> Vectors:
    """The vectors of a language in ``width`` main directions, each of mean square 1.

    Raises:
        ModuleNotFoundError: the package that holds them is not installed.
    """
    return _english(width) if language == "en" else _japanese(width)


def _english(width: int) -> Vectors:
    from training import bert

    bottom, _ = bert.pre_trained(1, 1)
    rows = bottom.words.weight.detach().numpy()
    return Vectors(main_directions(rows, width), {}, {VOCABULARY: bert.vocabulary()}, bert.BASE)


def _japanese(width: int) -> Vectors:
    from spacy.vocab import Vocab

    spec = importlib.util.find_spec("ja_ginza")
    if not spec or not spec.origin:
        raise ModuleNotFoundError("no module ja_ginza", name="ja_ginza")
    (folder,) = Path(spec.origin).parent.glob("ja_ginza-*/vocab")
    vocab = Vocab().from_disk(folder)
    key2row = vocab.vectors.key2row
    rows: dict[int, int] = {}
    for word in sorted(vocab.strings):
        row = key2row.get(vocab.strings[word], -1)
        if row >= 0 and len(word) <= _LONGEST_WORD:
            rows[number_of(word) >> 32] = row
    keys = np.array(sorted(rows), np.uint32)
    arrays = {
        "key_steps": np.diff(keys, prepend=np.uint32(0)),
        "key_rows": np.array([rows[int(key)] for key in keys], np.uint16),
    }
    return Vectors(main_directions(np.asarray(vocab.vectors.data, np.float32), width), arrays, {}, CHIVE)


def main_directions(rows: NDArray[Any], width: int) -> NDArray[np.float32]:
    """The rows along their ``width`` directions of most variance (PCA)."""
    centred = rows.astype(np.float64) - rows.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    turned = centred @ directions[:, ::-1][:, :width]
    turned *= np.sign(turned[np.abs(turned).argmax(axis=0), np.arange(width)])
    return np.asarray(turned / np.sqrt((turned**2).mean()), np.float32)
