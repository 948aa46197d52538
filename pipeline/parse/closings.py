"""Closing phrases: the lines above a signature by which a message ends; the phrases are in closings_*.txt."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.parse.alternatives import Alternatives
from pipeline.parse.lines import phrases

_MARKS = " ,.!:;-–—*~　。！、…♪☆"
_COMMAS = (",", "，", "﹐", "︐")
_MAX_CHARS = 90
_MAX_FOLDED = 4000  # no piece of a signature is longer, and a hostile line may be a megabyte
_MAX_PIECES = 3
_JOINED = re.compile(r",? (?:and|&) |, ")
_LEAD = re.compile("(?:ok|okay|so|many|and|with),? ", re.IGNORECASE)
_SHORT_COMMA = re.compile(
    r"[^\W\d_]{2,14}(?:,? [^\W\d_]{1,14}){0,4}\s?,$|(?:yours|believe me|i remain|i am|ever)\b.{1,60},$", re.IGNORECASE
)
_NAME_AFTER = (
    r"(?:,? (?:for|on behalf of|for and on behalf of)\b.{0,60})?"
    r"(?:[,.!\s]*|\s?[,.!–-]\s(?-i:[A-ZÀ-Þ][\w'’.-]*(?:\s[A-ZÀ-Þ][\w'’.-]*){0,3}))$"
)


def fold(text: str) -> str:
    """Width-folded form in which digits and letters are ASCII."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text[:_MAX_FOLDED])


@lru_cache(maxsize=2048)
def is_closing(line: str) -> bool:
    """Whether the line is a closing phrase, or one in two languages, set off by a slash or bar."""
    bare = line.strip().strip(_MARKS).strip()
    if not bare or len(bare) > _MAX_CHARS:
        return False
    if _is_phrase(bare):
        return True
    pieces = _JOINED.split(bare)
    if 1 < len(pieces) <= _MAX_PIECES and all(map(_is_phrase, pieces)):
        return True
    if "/" not in bare and "|" not in bare:
        return False
    parts = re.split(r"\s*[/|]\s*", bare)
    # The other part may be in a language without phrases here, but is words only.
    return len(parts) == 2 and any(map(_is_phrase, parts)) and all(map(_is_words, parts))


def closes(line: str) -> bool:
    """Whether the line is a closing phrase, or short words with a comma, as closings of any language are."""
    return is_closing(line) or (line.rstrip().endswith(_COMMAS) and bool(_SHORT_COMMA.match(fold(line.strip()))))


def _is_phrase(bare: str) -> bool:
    closing, lead = _closing_en(), _LEAD.match(bare)
    if closing.match(bare) or (lead is not None and closing.match(bare[lead.end() :])):
        return True
    return not bare.isascii() and _closing_ja().match(bare)


def _is_words(text: str) -> bool:
    return len(text) < 40 and bool(text) and not re.search(r"[\d@:]", text)


@cache
def _closing_en() -> Alternatives:
    return Alternatives(phrases("closings_en.txt"), tail=_NAME_AFTER)


@cache
def _closing_ja() -> Alternatives:
    return Alternatives(phrases("closings_ja.txt"), tail=r"[。．！!、\s]*$")
