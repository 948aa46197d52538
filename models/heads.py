"""Small dense layers that turn raw scores into calibrated probabilities, and the features they read.

They stand on the sparse linear models: one sees a sentence among its neighbours, three a mail's sentences together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Link = Literal["logistic", "softmax"]
_FAINTEST = 1e-4


def logit(probabilities: NDArray[Any]) -> Array:
    """Log odds, kept finite."""
    p = np.clip(np.asarray(probabilities, np.float64), _FAINTEST, 1 - _FAINTEST)
    return np.asarray(np.log(p / (1 - p)))


def logistic(scores: NDArray[Any]) -> Array:
    """Probability of each column on its own."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))))


def softmax(scores: NDArray[Any]) -> Array:
    """Probability of each column against the others."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def squash(scores: NDArray[Any]) -> Array:
    """Scores of the linear layers with their far ends pressed together: beyond +-4 they say no more than "sure"."""
    return np.asarray(4 * np.tanh(np.asarray(scores, np.float64) / 4))


def average(linear: NDArray[Any], encoded: NDArray[Any]) -> NDArray[np.float32]:
    """The scores of a linear layer and of an encoder, weighing the same; the linear ones alone where those are nan."""
    both = (np.asarray(linear, np.float32) + np.asarray(encoded, np.float32)) / 2
    return np.where(np.isnan(both), np.asarray(linear, np.float32), both)


@dataclass(frozen=True, slots=True)
class Head:
    """A linear layer on features, with its link: ``link(features @ weights + bias)``."""

    weights: Array
    bias: Array
    link: Link

    def __call__(self, features: NDArray[Any]) -> Array:
        scores = np.asarray(features, np.float64) @ self.weights + self.bias
        return logistic(scores) if self.link == "logistic" else softmax(scores)

    def to_json(self) -> dict[str, Any]:
        """The layer as plain numbers."""
        return {"link": self.link, "bias": _plain(self.bias), "weights": [_plain(row) for row in self.weights]}

    @classmethod
    def from_json(cls, layer: Mapping[str, Any]) -> Head:
        """The layer that ``to_json`` wrote."""
        return cls(np.array(layer["weights"], np.float64), np.array(layer["bias"], np.float64), layer["link"])


def _plain(row: Array) -> list[float]:
    return [round(float(value), 5) for value in row]


def among_neighbours(scores: NDArray[Any], lengths: Sequence[int]) -> Array:
    """Features of each sentence from raw scores of a batch: its own, both neighbours', its mail's best, its place.

    Args:
        scores: one row per sentence, one column per tag, mail after mail.
        lengths: sentences in each mail.
    """
    blocks, first = [], 0
    for length in lengths:
        own = squash(scores[first : first + length])
        blocks.append(_neighbourhood(own))
        first += length
    width = scores.shape[1] * 4 + 3
    return np.concatenate(blocks) if blocks else np.zeros((0, width))


def _neighbourhood(own: Array) -> Array:
    length, width = own.shape
    if not length:
        return np.zeros((0, width * 4 + 3))
    edge = np.full((1, width), -4.0)
    padded = np.concatenate([edge, own, edge])
    best = np.broadcast_to(own.max(axis=0), own.shape)
    place = np.arange(length)
    position = np.stack([place == 0, place == length - 1, np.full(length, np.log(length))], axis=1)
    return np.concatenate([own, padded[:-2], padded[2:], best, position], axis=1)


def of_mail(probabilities: NDArray[Any]) -> Array:
    """Features of one mail from its sentences' tag probabilities: the best of each tag, and the odds against any."""
    p = np.clip(np.asarray(probabilities, np.float64), _FAINTEST, 1 - _FAINTEST)
    if not len(p):
        p = np.full((1, probabilities.shape[1]), _FAINTEST)
    return np.concatenate([logit(p.max(axis=0)), np.log1p(-p).sum(axis=0)])
