"""Make the classes of Japanese words (models/word_classes_ja.npz) from chiVe's vectors; no stage of the pipeline.

The vectors lie in the package ja-ginza. ``pip install spacy`` and ``pip download --no-deps ja-ginza==5.3.0`` bring what
it needs; nothing else of that package is used.

Usage: python -m training.word_classes FOLDER/vocab
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.network_ja import CLASSES, number_of

GROUPS, ROUNDS, SEED = 1500, 15, 1
_LONGEST_WORD = 20


def make(vocabulary: Path) -> None:
    """Group the vectors, and write the class of each word that Sudachi gives as one."""
    from scipy.cluster.vq import kmeans2  # type: ignore[import-untyped]
    from spacy.vocab import Vocab

    vocab = Vocab().from_disk(vocabulary)
    vectors = np.asarray(vocab.vectors.data, np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    _, group = kmeans2(vectors, GROUPS, iter=ROUNDS, minit="points", seed=SEED)
    classes = {}
    for word, row in sorted(_rows(vocab).items()):
        classes[number_of(word) >> 32] = int(group[row]) + 1
    keys = np.array(sorted(classes), np.uint32)
    write(keys, np.array([classes[int(key)] for key in keys], np.uint16))


def _rows(vocab: Any) -> dict[str, int]:
    """The row of each word's vector, by the normal form that Sudachi gives it."""
    from sudachipy import Dictionary, SplitMode  # type: ignore[import-untyped]

    cut = Dictionary(dict="small").tokenizer(mode=SplitMode.C)
    rows = vocab.vectors.key2row
    words = {word: rows[vocab.strings[word]] for word in vocab.strings if vocab.strings[word] in rows}
    out = {}
    for word, row in sorted(words.items()):
        found = list(cut.tokenize(word)) if row >= 0 and len(word) <= _LONGEST_WORD else []
        if len(found) == 1:
            form = found[0].normalized_form()
            out[form] = words.get(form, row)
    return out


def write(keys: NDArray[np.uint32], classes: NDArray[np.uint16]) -> None:
    """Keys go as steps, which pack better."""
    np.savez_compressed(CLASSES, allow_pickle=False, steps=np.diff(keys, prepend=np.uint32(0)), classes=classes)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
