"""Training of a sentence model: linear layer, sentence head, mail head, thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import heads
from models.features import Shape, sentence_rows
from models.heads import Array
from models.labels import INTENTS, TAGS
from training import fitting, measures
from training.rows import CLEAN, Row


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives: the artefact's content, and the tag scores of clean mails by models that never saw them."""

    manifest: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    out_of_fold: dict[str, Array]


def train(rows: Sequence[Row], settings: dict[str, Any]) -> Trained:
    """Train on rows of the ``train`` split.

    Scores that heads and thresholds are fitted on come from models of the other folds.
    """
    shape = Shape(**settings["shape"])
    matrix = fitting.to_csr(sentence_rows([row.sentences for row in rows], shape))
    targets, importance = _targets(rows), _importance(rows, settings)
    folds = np.repeat([row.fold for row in rows], [len(row.sentences) for row in rows])
    fit = {"strength": settings["strength"], "iterations": settings["iterations"]}
    raw = np.zeros(targets.shape)
    for fold in np.unique(folds):
        held = folds == fold
        weights, bias = fitting.fit_linear(matrix[~held], targets[~held], importance[~held], **fit)
        raw[held] = matrix[held] @ weights + bias
    weights, bias = fitting.fit_linear(matrix, targets, importance, **fit)
    return _finish(rows, raw, targets, weights, bias, shape, settings["head_penalty"])


def _finish(
    rows: Sequence[Row], raw: Array, targets: Array, weights: Array, bias: Array, shape: Shape, penalty: float
) -> Trained:
    """Fit the heads on out-of-fold scores of clean, fully labelled mails."""
    whole = [row.variant == CLEAN and row.known == TAGS for row in rows]
    of_sentence = np.repeat(whole, [len(row.sentences) for row in rows])
    mails = [row for row, keep in zip(rows, whole, strict=True) if keep]
    raw, targets = raw[of_sentence], targets[of_sentence]
    lengths = [len(row.sentences) for row in mails]
    mail_folds = np.array([row.fold for row in mails])
    features = heads.among_neighbours(raw, lengths)
    sentence_folds = np.repeat(mail_folds, lengths)
    probabilities = fitting.out_of_fold_head(features, targets, sentence_folds, "logistic", penalty)
    per_mail = np.split(probabilities, np.cumsum(lengths)[:-1])
    of_mail = np.stack([heads.of_mail(scores) for scores in per_mail])
    intents = np.array([[intent in row.intents for intent in INTENTS] for row in mails], float)
    mail_probabilities = fitting.out_of_fold_head(of_mail, intents, mail_folds, "logistic", penalty)
    quantised, scales = fitting.quantise(weights, 1 << shape.bits)
    manifest = {
        "shape": {"chars": shape.chars, "tokens": shape.tokens, "bits": shape.bits, "context": shape.context},
        "heads": {
            "sentence": fitting.fit_head(features, targets, "logistic", penalty).to_json(),
            "mail": fitting.fit_head(of_mail, intents, "logistic", penalty).to_json(),
        },
        "thresholds": _thresholds(intents, mail_probabilities, INTENTS),
        "evidence": _thresholds(targets, probabilities, TAGS),
    }
    arrays: dict[str, NDArray[Any]] = {"weights": quantised, "scales": scales, "bias": bias.astype(np.float32)}
    return Trained(manifest, arrays, {row.id: scores for row, scores in zip(mails, per_mail, strict=True)})


def _thresholds(truth: Array, probabilities: Array, names: Sequence[str]) -> dict[str, float]:
    return {
        name: measures.best_threshold(truth[:, column] > 0, probabilities[:, column])
        for column, name in enumerate(names)
    }


def _targets(rows: Sequence[Row]) -> Array:
    return np.array([[tag in tags for tag in TAGS] for row in rows for tags in row.tags], float)


def _importance(rows: Sequence[Row], settings: dict[str, Any]) -> Array:
    """How much each label counts: positives more, noisy copies less, unknown ones nothing."""
    cells = []
    for row in rows:
        weight = 1.0 if row.variant == CLEAN else settings["variant_weight"]
        for tags in row.tags:
            cells.append([weight * _share(tag, tags, row, settings["positive_weight"]) for tag in TAGS])
    return np.array(cells)


def _share(tag: str, tags: tuple[str, ...], row: Row, positive_weight: float) -> float:
    if tag in tags:
        return positive_weight
    return 1.0 if tag in row.known else 0.0
