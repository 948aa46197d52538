"""Which rows of the vectors of word use stand for a word: those of its pieces (English) or of its form (Japanese)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models import wordpiece
from models.names_words import Form
from models.network_ja import number_of
from models.transformer import VOCABULARY
from models.wordpiece import WordPiece


class Lookup(Protocol):
    """Finds rows of vectors."""

    def rows(self, form: Form) -> list[int]:
        """The rows whose mean stands for a word; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """English: the word pieces of MiniLM."""

    tokenizer: WordPiece

    def rows(self, form: Form) -> list[int]:
        """The rows of the word's pieces."""
        return [piece for word in self.tokenizer.words(form.surface) for piece in word.pieces]


@dataclass(frozen=True, slots=True)
class Keys:
    """Japanese: the upper halves of the words' numbers in order, and the row of each."""

    keys: NDArray[np.uint32]
    of_key: NDArray[np.uint16]

    def rows(self, form: Form) -> list[int]:
        """The row of the normal form, else of the word as written."""
        for text in (form.normal, form.surface):
            short = number_of(text) >> 32
            at = int(np.searchsorted(self.keys, short))
            if at < len(self.keys) and self.keys[at] == short:
                return [int(self.of_key[at])]
        return []


def lookup(language: str, arrays: Mapping[str, NDArray[Any]], files: Mapping[str, bytes]) -> Lookup:
    """The rows of a language, from an artefact's parts."""
    if language == "ja":
        return Keys(np.cumsum(arrays["key_steps"], dtype=np.uint32), arrays["key_rows"])
    return Pieces(wordpiece.from_lines(files[VOCABULARY]))
