"""Sentence tags and a mail's intents: hashed n-grams, a linear layer, and two small heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import heads
from models.artefact import Artefact
from models.features import Floats, Shape, sentence_rows
from models.heads import Array, Head
from models.labels import INTENTS, TAGS


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """Scores sentences in their mail, and what follows for the mail.

    ``thresholds`` holds for each intent the probability from which the mail has it; ``evidence`` the probability
    from which a sentence shows a tag.
    """

    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats
    shape: Shape
    sentence_head: Head
    mail_head: Head
    thresholds: Mapping[str, float]
    evidence: Mapping[str, float]

    def score(self, mails: Sequence[Sequence[str]]) -> list[Array]:
        """Calibrated probability of each of ``TAGS`` (columns) for each sentence (rows) of each mail."""
        lengths = [len(mail) for mail in mails]
        if not sum(lengths):
            return [np.zeros((0, len(TAGS))) for _ in mails]
        raw = self.raw(mails)
        probabilities = self.sentence_head(heads.among_neighbours(raw, lengths))
        return np.split(probabilities, np.cumsum(lengths)[:-1])

    def raw(self, mails: Sequence[Sequence[str]]) -> Floats:
        """Scores of the linear layer before the heads, one row per sentence."""
        own, before = sentence_rows(mails, self.shape)
        return (own.dot(self.weights) + before.dot(self.weights)) * self.scales + self.bias

    def intents(self, scores: NDArray[Any]) -> dict[str, float]:
        """Calibrated probability that a mail with these sentence scores has each intent."""
        if not len(scores):
            return dict.fromkeys(INTENTS, 0.0)
        return dict(zip(INTENTS, self.mail_head(heads.of_mail(scores)[None])[0].tolist(), strict=True))


def from_artefact(artefact: Artefact) -> SentenceModel:
    """The model an artefact holds."""
    manifest, arrays = artefact.manifest, artefact.arrays
    return SentenceModel(
        weights=arrays["weights"],
        scales=arrays["scales"],
        bias=arrays["bias"],
        shape=Shape(**manifest["shape"]),
        sentence_head=Head.from_json(manifest["heads"]["sentence"]),
        mail_head=Head.from_json(manifest["heads"]["mail"]),
        thresholds=manifest["thresholds"],
        evidence=manifest["evidence"],
    )
