"""Figures: F1, calibration, curves, and the thresholds chosen by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.heads import Array


def f1(truth: NDArray[Any], given: NDArray[Any]) -> float:
    """Harmonic mean of precision and recall of a yes/no decision; 0 where there is nothing right."""
    hits = float((truth & given).sum())
    return 2 * hits / max(1.0, float(truth.sum() + given.sum()))


def macro_f1(truth: NDArray[Any], given: NDArray[Any], classes: int) -> float:
    """Mean F1 over the classes that occur in either."""
    present = [c for c in range(classes) if (truth == c).any() or (given == c).any()]
    return float(np.mean([f1(truth == c, given == c) for c in present]))


def best_threshold(truth: NDArray[Any], probabilities: Array, counts: Array) -> float:
    """The probability from which saying yes gives the best F1, taken from the middle of the flat top.

    Args:
        counts: how often each row counts.
    """
    grid = np.arange(0.05, 0.951, 0.01)
    scores = np.array([_weighted_f1(truth, probabilities >= t, counts) for t in grid])
    smooth = np.convolve(np.pad(scores, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    return round(float(grid[int(smooth.argmax())]), 2)


def _weighted_f1(truth: NDArray[Any], given: NDArray[Any], counts: Array) -> float:
    return 2 * float(counts[truth & given].sum()) / max(1.0, float(counts[truth].sum() + counts[given].sum()))


def best_thresholds(
    truth: NDArray[Any], probabilities: Array, labels: Sequence[str], counts: Array | None = None
) -> dict[str, float]:
    """``best_threshold`` of each column, by its label."""
    counts = np.ones(len(truth)) if counts is None else counts
    return {label: best_threshold(truth[:, c], probabilities[:, c], counts) for c, label in enumerate(labels)}


def calibration_error(outcomes: NDArray[Any], probabilities: Array, bins: int) -> float:
    """Expected calibration error over equal bins."""
    gaps = [count * abs(mean - share) for mean, share, count in reliability(outcomes, probabilities, bins)]
    return float(sum(gaps) / max(1, len(outcomes)))


def reliability(outcomes: NDArray[Any], probabilities: Array, bins: int) -> list[tuple[float, float, int]]:
    """Of each bin that holds something: mean probability, share of outcomes that were true, count."""
    which = np.minimum((probabilities * bins).astype(int), bins - 1)
    rows = [(which == b) for b in range(bins)]
    return [(float(probabilities[r].mean()), float(outcomes[r].mean()), int(r.sum())) for r in rows if r.any()]


def precision_recall(truth: NDArray[Any], probabilities: Array, points: int = 40) -> list[tuple[float, float, float]]:
    """Threshold, precision and recall at evenly spaced thresholds."""
    out = []
    for threshold in np.linspace(0, 0.975, points):
        given = probabilities >= threshold
        hits = float((truth & given).sum())
        if given.any():
            out.append((float(threshold), hits / float(given.sum()), hits / max(1.0, float(truth.sum()))))
    return out


def class_preferences(truth: NDArray[Any], probabilities: Array) -> Array:
    """Factors on class probabilities whose argmax gives the best macro F1, found one class at a time."""
    classes = probabilities.shape[1]
    factors = np.ones(classes)
    best = macro_f1(truth, probabilities.argmax(axis=1), classes)
    for _ in range(2):
        for column in range(classes):
            for factor in (0.6, 0.8, 1.0, 1.25, 1.6, 2.0):
                trial = factors.copy()
                trial[column] = factor
                score = macro_f1(truth, (probabilities * trial).argmax(axis=1), classes)
                if score > best + 1e-3:
                    best, factors = score, trial
    return factors
