"""Fitting of the linear layers and heads: L-BFGS on a convex loss, from zero, so the result is determined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from models.features import Floats, Rows
from models.heads import Array, Head, Link, logistic, softmax

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted linear layer, and what layers fitted on the other folds say of each row."""

    weights: Array
    bias: Array
    out_of_fold: Array

    def arrays(self, columns: int) -> dict[str, NDArray[Any]]:
        """The layer as an artefact stores it."""
        weights, scales = quantise(self.weights, columns)
        return {"weights": weights, "scales": scales, "bias": self.bias.astype(np.float32)}


def fit_with_folds(
    matrix: csr_matrix, targets: Array, importance: Array, folds: NDArray[Any], settings: Mapping[str, Any]
) -> Linear:
    """Fit once on everything, and once without each fold for that fold's scores."""
    fit = {"strength": settings["strength"], "iterations": settings["iterations"]}
    raw = np.zeros(targets.shape)
    for fold in np.unique(folds):
        held = folds == fold
        weights, bias = fit_linear(matrix[~held], targets[~held], importance[~held], **fit)
        raw[held] = matrix[held] @ weights + bias
    weights, bias = fit_linear(matrix, targets, importance, **fit)
    return Linear(weights, bias, raw)


def to_csr(blocks: tuple[Rows, ...]) -> csr_matrix:
    """The sum of sparse blocks of one shape, in scipy's form."""
    count, width = blocks[0].count, max(int(b.columns.max(initial=0)) for b in blocks) + 1
    total = csr_matrix((count, width), dtype=np.float64)
    for block in blocks:
        pairs = (block.rows, block.columns)
        total = total + csr_matrix((block.values.astype(np.float64), pairs), shape=(count, width))
    return total.tocsr()


def drop_rare(matrix: csr_matrix, fewest: int = 3) -> NDArray[np.int64]:
    """Columns that at least ``fewest`` rows have."""
    return np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= fewest)


def inverse_frequency(matrix: csr_matrix) -> Array:
    """How much rarer than the commonest each column is, on a log scale: 1 for a column in every row."""
    df = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.asarray((np.log((1 + matrix.shape[0]) / (1 + df)) + 1) / 6)


def fit_linear(
    matrix: csr_matrix, targets: Array, importance: Array, strength: float, iterations: int
) -> tuple[Array, Array]:
    """Weights (columns by targets) and bias of independent logistic regressions, all fitted in one go.

    Args:
        targets: 0 or 1, rows by targets.
        importance: weight of each cell of ``targets``; 0 where it is unknown.
        strength: inverse of the L2 penalty on idf-scaled weights.
    """
    kept = drop_rare(matrix)
    idf = inverse_frequency(matrix)[kept]
    rows = matrix[:, kept].multiply(idf).tocsr()
    columns = rows.T.tocsr()
    width, count = len(kept), targets.shape[1]
    signs = 2 * targets - 1

    def loss(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[:-count].reshape(width, count), flat[-count:]
        margins = signs * (rows @ weights + bias)
        pull = -importance * signs * logistic(-margins) * strength
        value = strength * float((importance * np.logaddexp(0, -margins)).sum()) + float((weights**2).sum()) / 2
        return value, np.concatenate([(columns @ pull + weights).ravel(), pull.sum(axis=0)])

    options = {"maxiter": iterations, "maxcor": 5}
    best = minimize(loss, np.zeros(width * count + count), jac=True, method="L-BFGS-B", options=options).x
    weights = np.zeros((matrix.shape[1], count))
    weights[kept] = best[:-count].reshape(width, count) * idf[:, None]
    return weights, best[-count:]


def fit_head(features: NDArray[Any], targets: Array, link: Link, penalty: float) -> Head:
    """A head on standardised features, the standardisation folded into its weights.

    Args:
        targets: probabilities wanted: any 0/1 pattern for ``logistic``, one 1 per row for ``softmax``.
    """
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    scaled = (features - mean) / spread
    width, count = features.shape[1], targets.shape[1]

    def loss(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[:-count].reshape(width, count), flat[-count:]
        scores = scaled @ weights + bias
        given = logistic(scores) if link == "logistic" else softmax(scores)
        chosen = np.where(targets > 0, given, 1 - given if link == "logistic" else 1.0)
        value = -float(np.log(np.maximum(chosen, 1e-12)).sum()) + penalty * float((weights**2).sum()) / 2
        pull = given - targets
        return value, np.concatenate([(scaled.T @ pull + penalty * weights).ravel(), pull.sum(axis=0)])

    best = minimize(loss, np.zeros(width * count + count), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    weights = best[:-count].reshape(width, count) / spread[:, None]
    return Head(weights, best[-count:] - mean @ weights, link)


def quantise(weights: Array, columns: int) -> tuple[NDArray[np.int8], Floats]:
    """Weights as int8 with one scale per target, padded to ``columns`` rows."""
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    whole = np.zeros((columns, weights.shape[1]), np.int8)
    whole[: len(weights)] = np.rint(weights / scales).astype(np.int8)
    return whole, scales.astype(np.float32)


def out_of_fold_head(
    features: NDArray[Any], targets: Array, folds: NDArray[Any], link: Link, penalty: float, whole: Mask | None = None
) -> Array:
    """What heads fitted on the other folds say of each row; ``whole`` marks the rows whose targets are all known."""
    out = np.zeros(targets.shape)
    whole = np.ones(len(folds), bool) if whole is None else whole
    for fold in np.unique(folds):
        held = folds == fold
        learned = whole & ~held
        out[held] = fit_head(features[learned], targets[learned], link, penalty)(features[held])
    return out
