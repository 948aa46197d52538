"""Training of a mood model: a linear layer over whole mails, and a head for sentiment and one for emotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import mood
from models.features import Shape, mail_rows
from models.heads import Array
from models.labels import EMOTIONS, SENTIMENTS
from training import fitting, measures
from training.rows import CLEAN, Row


def train(
    rows: Sequence[Row], tag_scores: Mapping[str, Array], settings: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Manifest and arrays of a mood model, trained on the rows that somebody gave a mood.

    Args:
        tag_scores: out-of-fold sentence scores of each clean mail, by id.
    """
    rows = [row for row in rows if row.sentiment and row.emotion]
    shape = Shape(**settings["shape"])
    matrix = fitting.to_csr((mail_rows([row.sentences for row in rows], shape),))
    targets = np.array([_one_hot(row.sentiment, SENTIMENTS) + _one_hot(row.emotion, EMOTIONS) for row in rows])
    weight = np.array([1.0 if row.variant == CLEAN else settings["variant_weight"] for row in rows])
    importance = weight[:, None] * np.where(targets > 0, settings["positive_weight"], 1.0)
    folds = np.array([row.fold for row in rows])
    fit = {"strength": settings["strength"], "iterations": settings["iterations"]}
    raw = np.zeros(targets.shape)
    for fold in np.unique(folds):
        held = folds == fold
        weights, bias = fitting.fit_linear(matrix[~held], targets[~held], importance[~held], **fit)
        raw[held] = matrix[held] @ weights + bias
    weights, bias = fitting.fit_linear(matrix, targets, importance, **fit)
    clean = np.array([row.variant == CLEAN for row in rows])
    features = mood.join(raw[clean], [tag_scores[row.id] for row in rows if row.variant == CLEAN])
    penalty = settings["head_penalty"]
    parts = {"sentiment": (SENTIMENTS, targets[clean, :3]), "emotion": (EMOTIONS, targets[clean, 3:])}
    manifest = {
        "shape": {"chars": shape.chars, "tokens": shape.tokens, "bits": shape.bits, "context": shape.context},
        "heads": {name: fitting.fit_head(features, t, "softmax", penalty).to_json() for name, (_, t) in parts.items()},
        "preferences": {
            name: _preferences(features, t, folds[clean], penalty, labels) for name, (labels, t) in parts.items()
        },
    }
    quantised, scales = fitting.quantise(weights, 1 << shape.bits)
    return manifest, {"weights": quantised, "scales": scales, "bias": bias.astype(np.float32)}


def _preferences(
    features: Array, targets: Array, folds: NDArray[Any], penalty: float, labels: Sequence[str]
) -> dict[str, float]:
    given = fitting.out_of_fold_head(features, targets, folds, "softmax", penalty)
    factors = measures.class_preferences(targets.argmax(axis=1), given)
    return dict(zip(labels, factors.tolist(), strict=True))


def _one_hot(label: str | None, labels: Sequence[str]) -> list[float]:
    return [float(label == one) for one in labels]
