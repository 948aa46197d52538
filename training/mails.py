"""Training of a mail model: a linear layer over whole mails, and heads for intents, sentiment and emotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import mails
from models.features import Shape, mail_rows
from models.heads import Array, Link
from models.labels import EMOTIONS, INTENTS, SENTIMENTS
from training import fitting, measures
from training.collect import SAMPLES
from training.rows import CLEAN, Row

LINKS: Mapping[str, Link] = {"intents": "logistic", "sentiment": "softmax", "emotion": "softmax"}


def train(
    rows: Sequence[Row],
    tag_scores: Mapping[str, Array],
    settings: dict[str, Any],
    encoded: Mapping[str, NDArray[Any]] | None = None,
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Manifest and arrays of a mail model, trained on the rows that somebody gave a mood.

    Args:
        tag_scores: out-of-fold sentence scores by mail; the heads learn from these mails.
        encoded: the scores that the encoder gives the same mails, which it did not see.
    """
    rows = [row for row in rows if row.sentiment and row.emotion]
    shape = Shape(**settings["shape"])
    matrix = fitting.to_csr((mail_rows([row.sentences for row in rows], shape),))
    targets = {name: truth(name, rows) for name in mails.HEADS}
    together = np.concatenate(list(targets.values()), axis=1)
    weight = np.array([1.0 if row.variant == CLEAN else settings["variant_weight"] for row in rows])
    importance = weight[:, None] * np.where(together > 0, settings["positive_weight"], 1.0)
    folds = np.array([row.fold for row in rows])
    linear = fitting.fit_with_folds(matrix, together, importance, folds, settings)
    clean = np.array([row.variant == CLEAN and row.id in tag_scores for row in rows])
    read = [row.id for row, keep in zip(rows, clean, strict=True) if keep]
    beside = np.stack([encoded[mail] for mail in read]) if encoded else None
    features = mails.join(linear.out_of_fold[clean], [tag_scores[mail] for mail in read], beside)
    counts = np.array([settings["sample_weight"] if row.source == SAMPLES else 1.0 for row in rows])[clean]
    wanted = {name: target[clean] for name, target in targets.items()}
    penalty = settings["head_penalty"]
    given = {
        name: fitting.out_of_fold_head(features, target, folds[clean], LINKS[name], penalty)
        for name, target in wanted.items()
    }
    manifest = {
        "shape": asdict(shape),
        "heads": {n: fitting.fit_head(features, t, LINKS[n], penalty).to_json() for n, t in wanted.items()},
        "thresholds": measures.best_thresholds(wanted["intents"] > 0, given["intents"], INTENTS, counts),
        "preferences": {
            "sentiment": _preferences(wanted["sentiment"], given["sentiment"], SENTIMENTS),
            "emotion": _preferences(wanted["emotion"], given["emotion"], EMOTIONS),
        },
    }
    return manifest, linear.arrays(1 << shape.bits)


def truth(head: str, rows: Sequence[Row]) -> Array:
    """The labels of mails for one head, one column each, 0 or 1."""
    given: dict[str, list[frozenset[str | None]]] = {
        "intents": [frozenset(row.intents) for row in rows],
        "sentiment": [frozenset({row.sentiment}) for row in rows],
        "emotion": [frozenset({row.emotion}) for row in rows],
    }
    return np.array([[float(label in labels) for label in mails.HEADS[head]] for labels in given[head]])


def _preferences(wanted: Array, given: Array, labels: Sequence[str]) -> dict[str, float]:
    factors = measures.class_preferences(wanted.argmax(axis=1), given)
    return dict(zip(labels, factors.tolist(), strict=True))
