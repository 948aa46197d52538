"""Words for full-text search, the same for every database: what a mail is found by, and what a question asks for.

Latin and other spaced scripts are split into words. Japanese and Chinese have no spaces: each run of such characters
becomes its overlapping pairs, and its last character stands alone, so that any piece of two or more characters is found
as a phrase and a single one as the beginning of a pair. Width, case, accents, variant kanji and the kind of kana do not
count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.kana import hiragana, unify

# Positions beyond this cannot be told apart by PostgreSQL, and nobody looks for the 16,000th word.
MAX_TOKENS = 16_000
MAX_TOKEN_LENGTH = 64
# A tsvector of PostgreSQL holds 1 MB.
MAX_BYTES = 400_000
MAX_CHUNKS = 12
SNIPPET_LENGTH = 160
_LONGEST_TEXT = 50_000

_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
_CJK = rf"\u3005-\u3007{_KANA}\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W_])+")
_WORD_BEGINS = rf"(?<!(?![{_CJK}])[^\W_])"
_IS_CJK = re.compile(rf"[{_CJK}]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand one after the other; with ``prefix`` the last one may be the beginning of a token."""

    tokens: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text around what was found; ``marks`` are half-open ranges of code points in it."""

    text: str
    marks: tuple[tuple[int, int], ...]


def fold(text: str) -> str:
    """The text without differences of width, case, accent, variant kanji and kana."""
    plain = unify(hiragana(unicodedata.normalize("NFKC", text).casefold()))
    if plain.isascii():
        return plain
    return "".join(_without_accent(char) for char in plain)


def tokens(texts: Iterable[str]) -> list[str]:
    """The tokens of these texts in order, at most ``MAX_TOKENS`` of them and ``MAX_BYTES`` of UTF-8."""
    found: list[str] = []
    left_bytes = MAX_BYTES
    for text in texts:
        for run in _RUN.findall(fold(text[:MAX_BYTES])):
            for token in _tokens_of(run):
                left_bytes -= len(token.encode())
                if left_bytes < 0 or len(found) == MAX_TOKENS:
                    return found
                found.append(token)
    return found


def phrases(question: str) -> tuple[Phrase, ...]:
    """What a mail must hold, all of it, in any order; empty where the question holds no word."""
    found = (_phrase(_RUN.findall(chunk)) for chunk in fold(question).split()[:MAX_CHUNKS])
    return tuple(phrase for phrase in found if phrase is not None)


def snippet(text: str, question: str) -> Snippet:
    """The text around the first place that the question asks for, all such places in it marked; else its beginning."""
    text = text[:_LONGEST_TEXT]
    pattern = _pattern(question)
    folded, places = _folded(text)
    found = [(places[m.start()], places[m.end() - 1] + 1) for m in pattern.finditer(folded)] if pattern else []
    start = max(0, found[0][0] - SNIPPET_LENGTH // 3) if found else 0
    end = min(len(text), start + SNIPPET_LENGTH)
    inside = tuple((left - start, right - start) for left, right in found if start <= left and right <= end)
    return Snippet(text[start:end].replace("\n", " "), inside)


@lru_cache(maxsize=8192)
def _fold_one(char: str) -> str:
    return fold(char)


def _without_accent(char: str) -> str:
    if char < "\u00c0" or char >= "\u3000":
        return char
    return "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))


def _tokens_of(run: str) -> list[str]:
    if not _IS_CJK.match(run):
        return [run[:MAX_TOKEN_LENGTH]]
    return [run[place : place + 2] for place in range(len(run))]


def _phrase(runs: list[str]) -> Phrase | None:
    """A piece of the question without spaces; of its last run the end may lie within longer words."""
    if not runs:
        return None
    last = _tokens_of(runs[-1])
    prefix = len(last) == 1
    inner = [token for run in runs[:-1] for token in _tokens_of(run)]
    return Phrase((*inner, *(last if prefix else last[:-1])), prefix)


def _pattern(question: str) -> re.Pattern[str] | None:
    pieces = []
    for chunk in fold(question).split()[:MAX_CHUNKS]:
        if runs := _RUN.findall(chunk):
            edge = "" if _IS_CJK.match(runs[0]) else _WORD_BEGINS
            pieces.append(edge + r"[\W_]{0,9}".join(map(re.escape, runs)))
    return re.compile("|".join(pieces)) if pieces else None


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in the text that it came from."""
    parts: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        folded = char.lower() if char < "\x80" else _fold_one(char)
        parts.append(folded)
        places += [place] * len(folded)
    return "".join(parts), places
