"""A small network that marks names in running text: the types of ``models.labels.ENTITIES``.

Each word is the sum of a few rows of a hashed table and a vector of word use; three layers see one neighbour more on
each side. What a word adds does not depend on its place, so it is kept, and a mail costs three products of matrices.
numpy runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import names_vectors
from models.artefact import Artefact
from models.encoder import Entity
from models.features import Floats
from models.heads import softmax
from models.labels import ENTITIES
from models.names_words import BREAK, CUTTERS, Form, Word, marks

LABELS = (*ENTITIES, "facility", "date", "time")
OUTSIDE, BEGIN = 0, 1
COLUMNS = 1 + 2 * len(LABELS)  # outside, then beginning and inside of each type
AS_NAME = {label: label for label in ENTITIES} | {"facility": "place"}  # dates are read by rules
_REMEMBERED_FORMS = 30_000
_MOST_WORDS = 4_000  # of a mail; the rest of a very long one is not read
_TINY = 1e-5


@dataclass(slots=True)
class NameModel:
    """Reads the sentences of a mail.

    ``table`` and ``uses`` are eight-bit with a scale per column: rows of marks, rows of word use. ``layers`` hold
    ``weights, bias, gain, shift`` each, the first without weights; ``out`` are the weights and bias of the columns.
    """

    language: str
    table: NDArray[np.int8]
    table_scale: Floats
    uses: NDArray[np.int8]
    uses_scale: Floats
    vectors: names_vectors.Lookup
    start: Floats
    norms: Sequence[tuple[Floats, Floats]]
    layers: Sequence[tuple[Floats, Floats]]
    out: tuple[Floats, Floats]
    _known: dict[Form, Floats] = field(default_factory=dict)

    def find(self, sentences: Sequence[str]) -> list[tuple[Entity, ...]]:
        """The names in each sentence of one mail."""
        found: list[list[Word]] = []
        count = 0
        for sentence in sentences:
            found.append(list(CUTTERS[self.language](sentence)) if count < _MOST_WORDS else [])
            count += len(found[-1]) + 1
        scores = self.scores(found)
        out, first = [], 0
        for words in found:
            out.append(names(words, scores[first : first + len(words)]))
            first += len(words) + 1
        return out

    def scores(self, sentences: Sequence[Sequence[Word]]) -> Floats:
        """A row per word, sentence after sentence with one row between; the columns are those of ``COLUMNS``."""
        forms = [form for words in sentences for form in (*(word.form for word in words), BREAK)][:-1]
        if not forms:
            return np.zeros((0, COLUMNS), np.float32)
        states = _normal(np.stack([self._of(form) for form in forms]), *self.norms[0])
        for (weights, bias), norm in zip(self.layers, self.norms[1:], strict=True):
            beside = np.zeros((len(states), weights.shape[0]), np.float32)
            width = states.shape[1]
            beside[1:, :width] = states[:-1]
            beside[:, width : 2 * width] = states
            beside[:-1, 2 * width :] = states[1:]
            states = _normal(states + np.maximum(beside @ weights + bias, 0), *norm)
        return np.asarray(states @ self.out[0] + self.out[1])

    def _of(self, form: Form) -> Floats:
        known = self._known.get(form)
        if known is None:
            if len(self._known) >= _REMEMBERED_FORMS:
                self._known.clear()
            known = self._known[form] = self._read(form)
        return known

    def _read(self, form: Form) -> Floats:
        total = self.table[marks(form)].sum(axis=0, dtype=np.int32) * self.table_scale + self.start
        rows = self.vectors.rows(form)
        if rows:
            total = total + self.uses[rows].sum(axis=0, dtype=np.int32) * (self.uses_scale / len(rows))
        return np.asarray(total, np.float32)


def _normal(states: Floats, gain: Floats, shift: Floats) -> Floats:
    centred = states - states.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", centred, centred) / states.shape[1] + np.float32(_TINY))
    return np.asarray(centred / spread[:, None] * gain + shift)


def names(words: Sequence[Word], scores: NDArray[Any]) -> tuple[Entity, ...]:
    """The names in one sentence from a row of scores per word."""
    return tuple(
        Entity(words[first].start, words[end - 1].end, AS_NAME[label], score)
        for first, end, label, score in runs(scores)
        if label in AS_NAME
    )


def runs(scores: NDArray[Any]) -> list[tuple[int, int, str, float]]:
    """First row, end, type and probability of each run of rows that is one name."""
    chosen = scores.argmax(axis=1).tolist() if len(scores) else []
    if not any(chosen):
        return []
    out: list[tuple[int, int, int]] = []
    for place, column in enumerate(chosen):
        kind, begins = (column - 1) // 2, column % 2 == BEGIN
        if column == OUTSIDE:
            continue
        if out and not begins and out[-1][1:] == (place, kind):
            out[-1] = (out[-1][0], place + 1, kind)
        else:
            out.append((place, place + 1, kind))
    sure = softmax(scores)
    return [
        (first, end, LABELS[kind], round(float(sure[first:end, 1 + 2 * kind : 3 + 2 * kind].sum(axis=1).min()), 4))
        for first, end, kind in out
    ]


def from_artefact(artefact: Artefact) -> NameModel:
    """The model that an artefact holds."""
    arrays, manifest = artefact.arrays, artefact.manifest
    depth = manifest["shape"]["layers"]
    return NameModel(
        manifest["language"],
        arrays["table"],
        arrays["table_scale"],
        arrays["uses"],
        arrays["uses_scale"],
        names_vectors.lookup(manifest["language"], arrays, artefact.files),
        arrays["start"],
        [(arrays[f"gain{n}"], arrays[f"shift{n}"]) for n in range(depth + 1)],
        [(arrays[f"weights{n}"].astype(np.float32), arrays[f"bias{n}"]) for n in range(depth)],
        (arrays["out_weights"].astype(np.float32), arrays["out_bias"]),
    )


def from_arrays(
    manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], files: Mapping[str, bytes]
) -> NameModel:
    """The model of these parts, as an artefact would hold them."""
    return from_artefact(Artefact(manifest, arrays, files))
