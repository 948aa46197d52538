"""Text to hashed n-grams, the same code in training and at run time.

A text becomes a set of substrings: character n-grams anywhere, and runs of one to three tokens, where a token is a run
of one script (a Latin word, a kanji run, a kana run) or a single sign. Each substring is a polynomial hash taken from
prefix sums, so a whole batch of texts is hashed by a few array operations and no string is ever built.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Uint64s = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

BEGIN, END = "\x02", "\x03"
_TOKEN_KIND, _BEFORE_KIND = 100, 777
_BASE = 0x9E3779B97F4A7C15 | 1
_BASE_INVERSE = pow(_BASE, -1, 2**64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_BREAK_IN_JAPANESE = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*|\s*\n[ \t]*(?={_WIDE})")
_BLANKS = re.compile(r"\s+")
_DIGITS = str.maketrans("123456789", "0" * 9)


@dataclass(frozen=True, slots=True)
class Shape:
    """Which substrings count, and how many columns they are hashed into.

    Character n-grams are up to ``chars`` long, token runs up to ``tokens``; there are ``2 ** bits`` columns.
    The tokens of the sentence before weigh ``context`` times as much as a sentence's own.
    """

    chars: int
    tokens: int
    bits: int
    context: float


@dataclass(frozen=True, slots=True)
class Grams:
    """Hashes of the substrings of a batch: ``hashes[k]`` belongs to text ``rows[k]``."""

    rows: Ints
    hashes: Uint64s


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix of ``count`` rows in coordinate form; entries are sorted by row."""

    count: int
    rows: Ints
    columns: Ints
    values: Floats

    def dot(self, weights: NDArray[Any]) -> Floats:
        """The product with a dense matrix that has a row for each column of this one."""
        out = np.zeros((self.count, weights.shape[1]), np.float32)
        if len(self.rows):
            firsts = np.flatnonzero(np.diff(self.rows, prepend=-1))
            products = weights[self.columns] * self.values[:, None]
            out[self.rows[firsts]] = np.add.reduceat(products, firsts, axis=0)
        return out


def normalise(text: str) -> str:
    """One spelling for what means the same: NFKC, lower case, any digit 0, line breaks and blanks joined."""
    text = _BREAK_IN_JAPANESE.sub("", unicodedata.normalize("NFKC", text))
    return _BLANKS.sub(" ", text).strip().lower().translate(_DIGITS)


@functools.cache
def _classes() -> NDArray[np.uint8]:
    """Script class of each code point of the basic plane: 0 blank, 1 letter, 2 digit, 3 to 5 kana and kanji, 6 sign."""
    table = np.full(0x10000, 6, np.uint8)
    for code in range(0x3000):
        char = chr(code)
        if char.isspace():
            table[code] = 0
        elif char.isalpha() or char in "'’":
            table[code] = 1
        elif char.isdigit():
            table[code] = 2
    table[0x3041:0x30A0] = 3
    table[0x30A1:0x3100] = 4
    table[0x3400:0xA000] = 5
    table[0x3005:0x3008] = 5
    table[0xAC00:0xD7A4] = 1
    table[0x3000] = 0
    return table


@dataclass(frozen=True, slots=True)
class _Batch:
    """Texts laid end to end: code points, the row of each, and prefix sums that give any substring's hash."""

    codes: NDArray[np.uint32]
    rows: Ints
    sums: Uint64s
    inverses: Uint64s

    def hash(self, start: Ints, end: Ints) -> Uint64s:
        return (self.sums[end] - self.sums[start]) * self.inverses[start]


def _powers(base: int, count: int) -> Uint64s:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def _lay_out(texts: Sequence[str]) -> _Batch:
    wrapped = [f"{BEGIN}{text}{END}" for text in texts]
    codes = np.frombuffer("".join(wrapped).encode("utf-32-le", "replace"), np.uint32)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in wrapped])
    size = len(codes)
    sums = np.zeros(size + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * _powers(_BASE, size), out=sums[1:])
    return _Batch(codes, rows, sums, _powers(_BASE_INVERSE, size + 1))


def _tokens(batch: _Batch) -> tuple[Ints, Ints]:
    """Start and end of each token; blanks are none."""
    kinds = _classes()[np.minimum(batch.codes, 0xFFFF)]
    fresh = np.ones(len(kinds) + 1, bool)
    fresh[1:-1] = (kinds[1:] != kinds[:-1]) | (kinds[1:] == 6)
    edges = np.flatnonzero(fresh)
    starts, ends = edges[:-1], edges[1:]
    solid = kinds[starts] != 0
    return starts[solid], ends[solid]


def _char_spans(batch: _Batch, longest: int) -> list[tuple[Ints, Ints, int]]:
    spans = []
    for n in range(1, longest + 1):
        starts = np.arange(len(batch.codes) - n + 1)
        starts = starts[batch.rows[starts] == batch.rows[starts + n - 1]]
        spans.append((starts, starts + n, n))
    return spans


def _token_spans(batch: _Batch, longest: int) -> list[tuple[Ints, Ints, int]]:
    starts, ends = _tokens(batch)
    spans = []
    for n in range(1, min(longest, len(starts)) + 1):
        first, last = starts[: len(starts) - n + 1], ends[n - 1 :]
        whole = batch.rows[first] == batch.rows[last - 1]
        spans.append((first[whole], last[whole], _TOKEN_KIND + n))
    return spans


def _gather(batch: _Batch, spans: list[tuple[Ints, Ints, int]]) -> Grams:
    rows = np.concatenate([batch.rows[start] for start, _, _ in spans])
    hashes = np.concatenate([salt(batch.hash(start, end), kind) for start, end, kind in spans])
    return Grams(rows, hashes)


def salt(hashes: Uint64s, kind: int) -> Uint64s:
    """The same substrings in another role (n-gram kind, neighbour), as other features."""
    mixed = (hashes ^ np.uint64(kind * 0x632BE59BD9B4E019 & (2**64 - 1))) * _MIX
    return mixed ^ (mixed >> np.uint64(32))


def _matrix(grams: Grams, count: int, bits: int, weight: float) -> Rows:
    """Each gram once per row; a row's values are equal and its length is ``weight``."""
    columns = (grams.hashes >> np.uint64(64 - bits)).astype(np.int64)
    keys = np.unique((grams.rows << bits) | columns)
    rows = keys >> bits
    sizes = np.bincount(rows, minlength=count)
    return Rows(count, rows, keys & ((1 << bits) - 1), (weight / np.sqrt(sizes[rows])).astype(np.float32))


def sentence_rows(mails: Sequence[Sequence[str]], shape: Shape) -> tuple[Rows, Rows]:
    """What the sentence model sees of each sentence: its own substrings, and the tokens of the one before it."""
    texts = [normalise(text) for mail in mails for text in mail]
    first = np.cumsum([0] + [len(mail) for mail in mails])
    batch = _lay_out(texts)
    tokens = _gather(batch, _token_spans(batch, shape.tokens))
    chars = _gather(batch, _char_spans(batch, shape.chars))
    own = Grams(np.concatenate([chars.rows, tokens.rows]), np.concatenate([chars.hashes, tokens.hashes]))
    has_next = ~np.isin(tokens.rows + 1, first)
    before = Grams(tokens.rows[has_next] + 1, salt(tokens.hashes[has_next], _BEFORE_KIND))
    count = len(texts)
    return _matrix(own, count, shape.bits, 1.0), _matrix(before, count, shape.bits, shape.context)


def mail_rows(mails: Sequence[Sequence[str]], shape: Shape) -> Rows:
    """What the mail model sees of each mail: the substrings of all its sentences together."""
    batch = _lay_out([normalise(text) for mail in mails for text in mail])
    grams = _gather(batch, _char_spans(batch, shape.chars) + _token_spans(batch, shape.tokens))
    mail_of = np.repeat(np.arange(len(mails)), [len(mail) for mail in mails])
    return _matrix(Grams(mail_of[grams.rows], grams.hashes), len(mails), shape.bits, 1.0)
