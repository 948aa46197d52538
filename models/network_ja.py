"""The Japanese encoder: linear layers over words and classes of words.

Characters alone do not tell where a Japanese word begins, and know no word that training lacked. Here Sudachi cuts the
text and names each word's normal form, and words of similar use share a class (chiVe's vectors in 1,500 groups), so
a word that training lacked counts like its neighbours. Runs of words and of classes are the columns.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import artefact
from models.artefact import ArtefactError
from models.encoder import Reading
from models.features import Floats, Ints, Rows, Uint64s, normalise, salt

LAYERS = "layers.npz"
CLASSES = Path(__file__).parent / "word_classes_ja.npz"
WORDS, MEANINGS = 3, 2  # the longest run of words and of classes that is one column
_WORD_KIND, _CLASS_KIND = 10, 20
_BASE = np.uint64(0x9E3779B97F4A7C15)
MOST_CHARACTERS = 40_000  # of a mail; the rest of a very long one is not read
_LONGEST_INPUT = 8_000  # characters; Sudachi refuses 49,150 bytes
_REMEMBERED_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some sentences, one after the other: the sentence, the number of the normal form, the class."""

    rows: Ints
    forms: Uint64s
    classes: Uint64s


def read_words(sentences: Sequence[str]) -> Words:
    """Cut sentences into words."""
    cut = _tokenizer()
    rows, forms, classes = [], [], []
    for row, sentence in enumerate(sentences):
        text = normalise(sentence)
        for start in range(0, len(text), _LONGEST_INPUT):
            for word in cut.tokenize(text[start : start + _LONGEST_INPUT]):
                form = word.normalized_form()
                if form != " ":
                    number, of_class = _look_up(form)
                    rows.append(row)
                    forms.append(number)
                    classes.append(of_class)
    return Words(np.array(rows, np.int64), np.array(forms, np.uint64), np.array(classes, np.uint64))


@functools.cache
def _dictionary() -> Any:
    from sudachipy import Dictionary  # type: ignore[import-untyped]

    return Dictionary(dict="small")


def _tokenizer() -> Any:
    """A tokenizer of its own for each call, because one cannot be shared by threads."""
    from sudachipy import SplitMode

    return _dictionary().tokenizer(mode=SplitMode.C)


@functools.lru_cache(_REMEMBERED_WORDS)
def _look_up(form: str) -> tuple[int, int]:
    """The number of a normal form, and its class; 0 where it has none."""
    number = number_of(form)
    keys, classes = _classes()
    short = number >> 32
    at = int(np.searchsorted(keys, short))
    return number, int(classes[at]) if at < len(keys) and keys[at] == short else 0


def number_of(form: str) -> int:
    """Eight bytes that stand for a word."""
    return int.from_bytes(blake2b(form.encode("utf-8", "replace"), digest_size=8).digest(), "big")


@functools.cache
def _classes() -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """The upper halves of the words' numbers in order, and the class of each."""
    with np.load(CLASSES, allow_pickle=False) as stored:
        return np.cumsum(stored["steps"], dtype=np.uint32), stored["classes"]


@functools.cache
def classes_version() -> str:
    """Twelve digits that change with the classes."""
    return artefact.digest(CLASSES.read_bytes())[:12]


def columns(words: Words, bits: int) -> tuple[Ints, Ints]:
    """The sentence and the column of each run of words and of classes."""
    rows, hashes = [], []
    for numbers, longest, kind in ((words.forms, WORDS, _WORD_KIND), (words.classes, MEANINGS, _CLASS_KIND)):
        run = np.zeros(len(numbers) + 1, np.uint64)
        for length in range(1, min(longest, len(numbers)) + 1):
            run = run[:-1] * _BASE + numbers[length - 1 :]
            first = words.rows[: len(run)]
            whole = first == words.rows[length - 1 :]
            rows.append(first[whole])
            hashes.append(salt(run[whole] * _BASE, kind + length))
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(rows), (np.concatenate(hashes) >> np.uint64(64 - bits)).astype(np.int64)


def matrix(rows: Ints, found: Ints, count: int, bits: int) -> Rows:
    """Each column once per row; the values of a row are equal and its length is 1."""
    keys = np.unique((rows << bits) | found)
    of_row = keys >> bits
    sizes = np.bincount(of_row, minlength=count)
    return Rows(count, of_row, keys & ((1 << bits) - 1), (1 / np.sqrt(sizes[of_row])).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Layer:
    """Eight-bit weights, a scale and a bias per label."""

    weights: NDArray[np.int8]
    scales: Floats
    bias: Floats

    def __call__(self, rows: Rows) -> Floats:
        return rows.dot(self.weights) * self.scales + self.bias


@dataclass(frozen=True, slots=True)
class WordNetwork:
    """Reads a mail by one layer for its sentences and one for all of it."""

    sentences: Layer
    mail: Layer
    bits: int

    def read(self, mail: Sequence[str]) -> Reading:
        """The scores of one mail; nan for sentences after the part that is read."""
        ends = np.cumsum([len(sentence) for sentence in mail])
        first = max(1, int(np.searchsorted(ends, MOST_CHARACTERS, side="right")))
        rows, found = columns(read_words([mail[0][:MOST_CHARACTERS], *mail[1:first]]), self.bits)
        of_sentences = self.sentences(matrix(rows, found, len(mail), self.bits))
        of_sentences[first:] = np.nan
        return Reading(of_sentences, self.mail(matrix(rows * 0, found, 1, self.bits))[0])


def load(files: Mapping[str, bytes], settings: Mapping[str, Any]) -> WordNetwork:
    """The network that an artefact holds.

    Raises:
        ArtefactError: it was trained with other classes of words.
    """
    if settings["classes"] != classes_version():
        raise ArtefactError(f"{CLASSES.name} is not the file that encoder-ja needs: install the package again")
    with np.load(io.BytesIO(files[LAYERS]), allow_pickle=False) as stored:
        sentences, mail = (
            Layer(*(stored[f"{name}_{part}"] for part in ("weights", "scales", "bias")))
            for name in ("sentences", "mail")
        )
    return WordNetwork(sentences, mail, settings["bits"])
