"""Text to word pieces as uncased BERT models read it: letters without case and accents, then the longest known parts.

Source: Devlin et al., BERT (2019); Wu et al., Google's Neural Machine Translation System (2016), section 4.1.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

START, STOP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
NO_CASE, LOWER, TITLE, UPPER, MIXED = range(5)
CASES = 5
_CHUNK = re.compile(r"\S+")
_LONGEST_WORD = 100
_ASCII_SIGNS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_REMEMBERED_CHUNKS = 50_000


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters or a single sign: characters ``start`` to ``end``, its pieces' numbers, its letter case."""

    start: int
    end: int
    pieces: tuple[int, ...]
    case: int


class WordPiece:
    """A tokenizer over one vocabulary: each piece's text to its number."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self.start, self.stop, self._unknown = (vocabulary[mark] for mark in (START, STOP, UNKNOWN))
        self._chunk = functools.lru_cache(_REMEMBERED_CHUNKS)(self._read_chunk)

    def words(self, text: str) -> Iterator[Word]:
        """The words of a text in order."""
        for found in _CHUNK.finditer(text):
            at = found.start()
            for word in self._chunk(found.group()):
                yield Word(at + word.start, at + word.end, word.pieces, word.case)

    def _read_chunk(self, chunk: str) -> tuple[Word, ...]:
        return tuple(
            Word(start, end, self._pieces(bare), letter_case(chunk[start:end])) for start, end, bare in _split(chunk)
        )

    def _pieces(self, bare: str) -> tuple[int, ...]:
        """The longest known beginning, then the longest known continuation, and so on; unknown if one is missing."""
        if len(bare) > _LONGEST_WORD:
            return (self._unknown,)
        out, at = [], 0
        while at < len(bare):
            lead = "##" if at else ""
            for end in range(len(bare), at, -1):
                number = self._vocabulary.get(lead + bare[at:end])
                if number is not None:
                    break
            else:
                return (self._unknown,)
            out.append(number)
            at = end
        return tuple(out)


def from_lines(data: bytes) -> WordPiece:
    """The tokenizer of a vocabulary file: one piece a line, numbered from 0."""
    return WordPiece({piece: number for number, piece in enumerate(data.decode("utf-8").splitlines())})


def letter_case(word: str) -> int:
    """How a word is capitalised; a single capital is a title."""
    if word.islower():
        return LOWER
    if not any(char.isalpha() for char in word):
        return NO_CASE
    if word[0].isupper() and (len(word) == 1 or not any(char.isupper() for char in word[1:])):
        return TITLE
    return UPPER if word.isupper() else MIXED


def _split(chunk: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and bare letters of each word in text without blanks; a sign or a kanji is a word of its own."""
    start, end, bare = 0, 0, ""
    for at, char in enumerate(chunk):
        letters = _bare(char)
        if not letters:
            continue
        if _stands_alone(char):
            if bare:
                yield start, end, bare
            yield at, at + 1, letters
            bare = ""
            continue
        if not bare:
            start = at
        bare, end = bare + letters, at + 1
    if bare:
        yield start, end, bare


@functools.lru_cache(4096)
def _bare(char: str) -> str:
    """A character in lower case and without its accents; nothing for accents and control characters."""
    if unicodedata.category(char).startswith("C") or char == "\ufffd":
        return ""
    return "".join(c for c in unicodedata.normalize("NFD", char.lower()) if unicodedata.category(c) != "Mn")


@functools.lru_cache(4096)
def _stands_alone(char: str) -> bool:
    if char in _ASCII_SIGNS:
        return True
    code = ord(char)
    is_kanji = 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x2FA1F
    return is_kanji or unicodedata.category(char).startswith("P")
