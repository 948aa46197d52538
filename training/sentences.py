"""Training of a sentence model: the linear layer, the head over neighbours, and the evidence thresholds.

Where the language has an encoder, the heads learn from the mails that it did not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import heads
from models.features import Shape, sentence_rows
from models.heads import Array
from models.labels import TAGS
from training import fitting, measures
from training.rows import CLEAN, Row


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives: the artefact's content, and the tag scores of clean mails by models that never saw them."""

    manifest: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    out_of_fold: dict[str, Array]


def train(rows: Sequence[Row], settings: dict[str, Any], encoded: Mapping[str, NDArray[Any]] | None = None) -> Trained:
    """Train on rows of the ``train`` split.

    Scores that the head and thresholds are fitted on come from models of the other folds.

    Args:
        encoded: the scores that the encoder gives the sentences of mails it did not see, by mail.
    """
    shape = Shape(**settings["shape"])
    matrix = fitting.to_csr(sentence_rows([row.sentences for row in rows], shape))
    targets = np.array([[tag in tags for tag in TAGS] for row in rows for tags in row.tags], float)
    folds = np.repeat([row.fold for row in rows], [len(row.sentences) for row in rows])
    linear = fitting.fit_with_folds(matrix, targets, _importance(rows, settings), folds, settings)
    read = [_is_read(row) and (not encoded or row.id in encoded) for row in rows]
    of_sentence = np.repeat(read, [len(row.sentences) for row in rows])
    mails = [row for row, keep in zip(rows, read, strict=True) if keep]
    lengths = [len(row.sentences) for row in mails]
    whole = np.repeat([row.known == TAGS for row in mails], lengths)
    scores = linear.out_of_fold[of_sentence]
    if encoded:
        scores = heads.average(scores, np.concatenate([encoded[row.id] for row in mails]))
    features = heads.among_neighbours(scores, lengths)
    wanted, penalty = targets[of_sentence], settings["head_penalty"]
    given = fitting.out_of_fold_head(features, wanted, folds[of_sentence], "logistic", penalty, whole)
    manifest = {
        "shape": asdict(shape),
        "heads": {"tags": fitting.fit_head(features[whole], wanted[whole], "logistic", penalty).to_json()},
        "evidence": measures.best_thresholds(wanted[whole] > 0, given[whole], TAGS),
    }
    per_mail = np.split(given, np.cumsum(lengths)[:-1])
    return Trained(
        manifest,
        linear.arrays(1 << shape.bits),
        {row.id: tags for row, tags in zip(mails, per_mail, strict=True)},
    )


def _is_read(row: Row) -> bool:
    """Whether heads learn from the row: a clean mail of which all tags or the mood are known."""
    return row.variant == CLEAN and (row.known == TAGS or row.sentiment is not None)


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
