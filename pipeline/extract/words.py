"""Word lists from ``data/`` and the width folding that all recognisers of this room share.

Everything here keeps offsets: ``fold`` maps one code point to one code point.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

_DASHES = "‐‑‒–—―−－﹣ｰ"
_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t"
_FOLDED = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SPACES, " ")
    | {"・": "·", "•": "·", "∙": "·", "｡": "。", "､": "、", "’": "'", "‘": "'"}
)
# pictures at the ends of a word are ornament: zero-width signs, arrows to dingbats, emoji
_ORNAMENTS = frozenset(map(chr, (*range(0x200B, 0x2010), *range(0x2600, 0x27C0), *range(0x1F000, 0x1FB00), 0xFE0F)))
_LINE = 200  # characters
_LONG_MARK = re.compile(r"(?<=\d)ー(?=\d)")
JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff々〆ｦ-ﾟ\uf900-\ufaff]")
_DATA = resources.files("pipeline.extract") / "data"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the canonical text, ``text == whole[start:end]``."""

    start: int
    end: int
    text: str


def fold(text: str) -> str:
    """The text with full-width letters, digits, dashes and spaces as ASCII; same length, same offsets."""
    if text.isascii():
        return text.replace("\t", " ")
    return _folded(text) if len(text) <= _LINE else _translated(text)


def _translated(text: str) -> str:
    folded = text.translate(_FOLDED)
    return _LONG_MARK.sub("-", folded) if "ー" in folded else folded


_folded = lru_cache(maxsize=16384)(_translated)  # lines and words of a mail are folded again and again


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """A form to compare by: case-folded, without accents, widths and white space."""
    if text.isascii():
        return "".join(text.casefold().split())
    decomposed = unicodedata.normalize("NFKD", fold(text).casefold().replace("ı", "i").replace("ø", "o"))
    return "".join(c for c in decomposed if not unicodedata.combining(c) and not c.isspace())


def digit_count(text: str) -> int:
    """How many decimal digits the text has."""
    return sum(map(str.isdigit, text))


def piece(text: str, start: int, end: int, strip: str = "") -> Piece:
    """The stretch ``[start, end)`` without white space and the characters of ``strip`` at its ends."""
    while start < end and (text[start].isspace() or text[start] in strip or text[start] in _ORNAMENTS):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in strip or text[end - 1] in _ORNAMENTS):
        end -= 1
    return Piece(start, end, text[start:end])


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The tab-separated rows of a data file; lines that start with ``# `` are remarks."""
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("# "))


@cache
def words(name: str) -> frozenset[str]:
    """The first column of a data file, case-folded."""
    return frozenset(row[0].casefold() for row in rows(name))


def alternation(terms: list[str] | tuple[str, ...]) -> str:
    """A regular expression for any of the terms, longest first."""
    return "|".join(re.escape(t) for t in sorted(set(terms), key=lambda t: (-len(t), t)))


def is_japanese(text: str) -> bool:
    """Does the text hold kana or kanji?"""
    return JAPANESE.search(text) is not None
