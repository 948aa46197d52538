"""Fitting of the Japanese encoder (models/network_ja.py): its layer for sentences and its layer for mails."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import mails, network_ja
from models.features import Ints, Rows
from models.heads import Array
from models.labels import TAGS
from models.network_ja import LAYERS
from training import fitting
from training.encoder import Tuned
from training.mails import truth
from training.rows import CLEAN, Row

BASES = (
    {
        "name": "chiVe",
        "licence": "Apache-2.0",
        "origin": "https://github.com/WorksApplications/chiVe, as packed in ja-ginza 5.3.0, in 1,500 groups",
    },
    {
        "name": "SudachiDict-small",
        "licence": "Apache-2.0",
        "origin": "https://github.com/WorksApplications/SudachiDict",
    },
)


def tune(rows: Sequence[Row], settings: Mapping[str, Any], checkpoints: Path) -> Tuned:
    """The encoder, and its scores of mails it did not see. It is fitted in a minute, so no checkpoint is kept."""
    found = [network_ja.columns(network_ja.read_words(row.sentences), settings["bits"]) for row in rows]
    of_sentences = _fit_sentences(rows, found, settings)
    moody = [number for number, row in enumerate(rows) if row.sentiment]
    of_mails = _fit_mails([rows[number] for number in moody], [found[number] for number in moody], settings)
    bits = settings["bits"]
    arrays = {f"sentences_{name}": part for name, part in of_sentences.arrays(1 << bits).items()}
    arrays |= {f"mail_{name}": part for name, part in of_mails.arrays(1 << bits).items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    firsts = np.cumsum([len(row.sentences) for row in rows])[:-1]
    per_mail = np.split(of_sentences.out_of_fold, firsts)
    about = {
        "network": "network_ja",
        "bits": bits,
        "classes": network_ja.classes_version(),
        "about": "Runs of one to three words in their normal form (Sudachi) and of one or two classes of words of "
        f"similar use (chiVe's vectors in 1,500 groups), hashed into {1 << bits:,} columns; linear layers with "
        "eight-bit weights.",
    }
    return Tuned(
        about,
        BASES,
        {LAYERS: buffer.getvalue()},
        {row.id: scores for row, scores in zip(rows, per_mail, strict=True) if row.variant == CLEAN},
        {
            rows[number].id: scores
            for number, scores in zip(moody, of_mails.out_of_fold, strict=True)
            if rows[number].variant == CLEAN
        },
    )


def _fit_sentences(
    rows: Sequence[Row], found: Sequence[tuple[Ints, Ints]], settings: Mapping[str, Any]
) -> fitting.Linear:
    lengths = [len(row.sentences) for row in rows]
    targets = np.array([[float(tag in tags) for tag in TAGS] for row in rows for tags in row.tags])
    known = np.repeat([[float(tag in row.known) for tag in TAGS] for row in rows], lengths, axis=0)
    weights = np.repeat([_weight(row, settings) for row in rows], lengths)[:, None]
    importance = weights * np.where(targets > 0, settings["sentence_positive_weight"], known)
    firsts = np.cumsum([0, *lengths])
    place = np.concatenate([of_row + first for (of_row, _), first in zip(found, firsts, strict=False)])
    matrix = _matrix(place, found, int(firsts[-1]), settings["bits"])
    return _fit(matrix, targets, importance, np.repeat([row.fold for row in rows], lengths), settings)


def _fit_mails(rows: Sequence[Row], found: Sequence[tuple[Ints, Ints]], settings: Mapping[str, Any]) -> fitting.Linear:
    targets = np.concatenate([truth(head, rows) for head in mails.HEADS], axis=1)
    weights = np.array([_weight(row, settings) for row in rows])[:, None]
    importance = weights * np.where(targets > 0, settings["mail_positive_weight"], 1.0)
    place = np.repeat(np.arange(len(rows)), [len(of_row) for of_row, _ in found])
    matrix = _matrix(place, found, len(rows), settings["bits"])
    return _fit(matrix, targets, importance, np.array([row.fold for row in rows]), settings)


def _weight(row: Row, settings: Mapping[str, Any]) -> float:
    return 1.0 if row.variant == CLEAN else float(settings["variant_weight"])


def _matrix(place: Ints, found: Sequence[tuple[Ints, Ints]], count: int, bits: int) -> Rows:
    return network_ja.matrix(place, np.concatenate([columns for _, columns in found]), count, bits)


def _fit(
    matrix: Rows, targets: Array, importance: Array, folds: NDArray[Any], settings: Mapping[str, Any]
) -> fitting.Linear:
    how = {"strength": settings["strength"], "iterations": settings["epochs"]}
    return fitting.fit_with_folds(fitting.to_csr((matrix,)), targets, importance, folds, how)
