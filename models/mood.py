"""A mail's sentiment and emotion: its own n-grams and its sentences' tags, joined by a small head each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import heads
from models.artefact import Artefact
from models.features import Floats, Shape, mail_rows
from models.heads import Array, Head


@dataclass(frozen=True, slots=True)
class MoodModel:
    """Reads the mood of whole mails.

    ``preferences`` holds, for each sentiment and each emotion, the factor on its probability that makes the choice of
    the highest one best on all classes alike.
    """

    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats
    shape: Shape
    sentiment_head: Head
    emotion_head: Head
    preferences: Mapping[str, Mapping[str, float]]

    def raw(self, mails: Sequence[Sequence[str]]) -> Floats:
        """Scores of the linear layer for ``SENTIMENTS`` then ``EMOTIONS``, one row per mail."""
        return mail_rows(mails, self.shape).dot(self.weights) * self.scales + self.bias

    def score(self, mails: Sequence[Sequence[str]], tags: Sequence[NDArray[Any]]) -> tuple[Array, Array]:
        """Calibrated probabilities of ``SENTIMENTS`` and of ``EMOTIONS``, one row per mail.

        Args:
            mails: the sentences of each mail.
            tags: the tag probabilities of each mail's sentences, as the sentence model gives them.
        """
        features = join(self.raw(mails), tags)
        return self.sentiment_head(features), self.emotion_head(features)


def join(raw: NDArray[Any], tags: Sequence[NDArray[Any]]) -> Array:
    """The features of the two heads: the linear layer's scores beside the summary of the sentences' tags."""
    return np.concatenate([raw, np.stack([heads.of_mail(scores) for scores in tags])], axis=1)


def from_artefact(artefact: Artefact) -> MoodModel:
    """The model an artefact holds."""
    manifest, arrays = artefact.manifest, artefact.arrays
    return MoodModel(
        weights=arrays["weights"],
        scales=arrays["scales"],
        bias=arrays["bias"],
        shape=Shape(**manifest["shape"]),
        sentiment_head=Head.from_json(manifest["heads"]["sentiment"]),
        emotion_head=Head.from_json(manifest["heads"]["emotion"]),
        preferences=manifest["preferences"],
    )
