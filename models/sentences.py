"""Tags of sentences: a linear layer over hashed n-grams, an encoder, and a small head that sees the neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models import heads
from models.artefact import Artefact
from models.encoder import Encoder
from models.features import Floats, Shape, sentence_rows
from models.heads import Array, Head
from models.labels import TAGS


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """Scores sentences in their mail.

    ``evidence`` holds the probability from which a sentence shows a tag; ``encoder`` is None where a language has none.
    """

    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats
    shape: Shape
    head: Head
    evidence: Mapping[str, float]
    encoder: Encoder | None = None

    def score(self, mails: Sequence[Sequence[str]]) -> list[Array]:
        """Calibrated probability of each of ``TAGS`` (columns) for each sentence (rows) of each mail."""
        lengths = [len(mail) for mail in mails]
        if not sum(lengths):
            return [np.zeros((0, len(TAGS))) for _ in mails]
        probabilities = self.head(heads.among_neighbours(self.raw(mails), lengths))
        return np.split(probabilities, np.cumsum(lengths)[:-1])

    def raw(self, mails: Sequence[Sequence[str]]) -> Floats:
        """Scores before the head, one row per sentence."""
        own, before = sentence_rows(mails, self.shape)
        linear = (own.dot(self.weights) + before.dot(self.weights)) * self.scales + self.bias
        return heads.average(linear, self.encoder.sentences(mails)) if self.encoder else linear


def from_artefact(artefact: Artefact, encoder: Encoder | None) -> SentenceModel:
    """The model an artefact holds, with the encoder it was trained with."""
    manifest, arrays = artefact.manifest, artefact.arrays
    return SentenceModel(
        weights=arrays["weights"],
        scales=arrays["scales"],
        bias=arrays["bias"],
        shape=Shape(**manifest["shape"]),
        head=Head.from_json(manifest["heads"]["tags"]),
        evidence=manifest["evidence"],
        encoder=encoder,
    )
