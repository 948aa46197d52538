"""A mail's intents, sentiment and emotion: its n-grams, an encoder, and its sentences' tags, under a head each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import heads
from models.artefact import Artefact
from models.encoder import Encoder
from models.features import Floats, Shape, mail_rows
from models.heads import Array, Head
from models.labels import EMOTIONS, INTENTS, SENTIMENTS

HEADS = {"intents": INTENTS, "sentiment": SENTIMENTS, "emotion": EMOTIONS}


@dataclass(frozen=True, slots=True)
class MailScores:
    """Calibrated probabilities, one row per mail: of each intent, of the three sentiments, of the eight emotions."""

    intents: Array
    sentiment: Array
    emotion: Array


@dataclass(frozen=True, slots=True)
class MailModel:
    """Reads whole mails.

    ``thresholds`` holds for each intent the probability from which a mail has it. ``preferences`` holds for each
    sentiment and each emotion the factor on its probability that makes the choice of the highest one best on all
    classes alike.
    """

    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats
    shape: Shape
    heads: Mapping[str, Head]
    thresholds: Mapping[str, float]
    preferences: Mapping[str, Mapping[str, float]]
    encoder: Encoder | None = None

    def raw(self, mails: Sequence[Sequence[str]]) -> Floats:
        """Scores of the linear layer for the labels of all heads, one row per mail."""
        return mail_rows(mails, self.shape).dot(self.weights) * self.scales + self.bias

    def score(self, mails: Sequence[Sequence[str]], tags: Sequence[NDArray[Any]]) -> MailScores:
        """Read mails.

        Args:
            mails: the sentences of each mail.
            tags: the tag probabilities of each mail's sentences, as the sentence model gives them.
        """
        features = join(self.raw(mails), tags, self.encoder.mails(mails) if self.encoder else None)
        return MailScores(**{name: head(features) for name, head in self.heads.items()})


def join(raw: NDArray[Any], tags: Sequence[NDArray[Any]], encoded: NDArray[Any] | None = None) -> Array:
    """The features of the heads: the linear layer's scores, an encoder's, and the summary of the sentences' tags.

    Args:
        encoded: the encoder's scores of each mail; nan, where it knows nothing, counts as undecided.
    """
    summaries = np.stack([heads.of_mail(scores) for scores in tags])
    read = [raw] if encoded is None else [raw, np.nan_to_num(encoded)]
    return np.concatenate([*(heads.squash(scores) for scores in read), summaries], axis=1)


def from_artefact(artefact: Artefact, encoder: Encoder | None) -> MailModel:
    """The model an artefact holds, with the encoder it was trained with."""
    manifest, arrays = artefact.manifest, artefact.arrays
    return MailModel(
        weights=arrays["weights"],
        scales=arrays["scales"],
        bias=arrays["bias"],
        shape=Shape(**manifest["shape"]),
        heads={name: Head.from_json(manifest["heads"][name]) for name in HEADS},
        thresholds=manifest["thresholds"],
        preferences=manifest["preferences"],
        encoder=encoder,
    )
