"""What a regular expression needs of a text, read from its parse tree.

Both answers are for case-blind expressions and about ``fold``ed text. They are on the safe side: where the tree does
not tell, any letter may begin a match and no word is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_ZERO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)
_MAX_RANGE = 100
_MAX_WORDS = 40
_MAX_SPELLINGS = 4


def fold(text: str) -> str:
    """The text with one letter for all those that are equal to a case-blind pattern."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def first_letters(expression: str) -> frozenset[str] | None:
    """The signs with which a match begins; None where they are too many, or a match can be empty."""
    letters, empty = _first(_parser.parse(expression, re.IGNORECASE))
    return None if letters is None or empty else frozenset(letters)


def is_anchored(expression: str) -> bool:
    """Whether every match is at the beginning of the text."""
    first, where = next(iter(_parser.parse(expression)), (None, None))
    return first is op.AT and where is op.AT_BEGINNING


def words_needed(expression: str) -> frozenset[str]:
    """Pieces of text of which every match has at least one; none where the expression does not tell."""
    return _needed(_parser.parse(expression, re.IGNORECASE))


def _first(items: Any) -> tuple[set[str] | None, bool]:
    """The letters at the beginning of a sequence (None: any) and whether the match can be empty."""
    found: set[str] = set()
    for kind, value in items:
        letters, empty = _first_of(kind, value)
        if letters is None:
            return None, empty
        found |= letters
        if not empty:
            return found, False
    return found, True


def _first_of(kind: Any, value: Any) -> tuple[set[str] | None, bool]:
    if kind is op.LITERAL:
        return {fold(chr(value))[:1]}, False
    if kind is op.IN:
        return _members(value), False
    if kind is op.SUBPATTERN:
        return _first(value[-1])
    if kind is op.BRANCH:
        firsts = [_first(branch) for branch in value[1]]
        letters = [found for found, _ in firsts if found is not None]
        return (set().union(*letters) if len(letters) == len(firsts) else None), any(empty for _, empty in firsts)
    if kind in _REPEATS:
        found, empty = _first(value[2])
        return found, empty or value[0] == 0
    return (set(), True) if kind in _ZERO_WIDTH else (None, True)


def _members(members: Iterable[tuple[Any, Any]]) -> set[str] | None:
    """The letters of a set, None if it holds more than a few."""
    found: set[str] = set()
    for kind, value in members:
        if kind is op.LITERAL:
            found.add(fold(chr(value))[:1])
        elif kind is op.RANGE and value[1] - value[0] < _MAX_RANGE:
            found.update(fold(chr(code))[:1] for code in range(value[0], value[1] + 1))
        else:
            return None
    return found


def _needed(items: Any) -> frozenset[str]:
    """The best of what the pieces of a sequence need: the longest words, of which one must be there."""
    best: frozenset[str] = frozenset()
    runs = [""]
    for kind, value in [*items, (None, None)]:
        letters = _spelled(kind, value)
        if letters and len(runs) * len(letters) <= _MAX_SPELLINGS:
            runs = [run + letter for run in runs for letter in letters]
            continue
        best = max(best, frozenset(map(fold, runs)), _needed_of(kind, value), key=_worth)
        runs = letters or [""]
    return best


def _spelled(kind: Any, value: Any) -> list[str]:
    """The letters of a literal or a small set, [] for all else."""
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.IN and len(value) <= _MAX_SPELLINGS and all(member is op.LITERAL for member, _ in value):
        return [chr(code) for _, code in value]
    return []


def _needed_of(kind: Any, value: Any) -> frozenset[str]:
    if kind is op.SUBPATTERN:
        return _needed(value[-1])
    if kind in _REPEATS and value[0] > 0:
        return _needed(value[2])
    if kind is op.BRANCH:
        found = [_needed(branch) for branch in value[1]]
        return frozenset().union(*found) if all(found) else frozenset()
    return frozenset()


def _worth(words: frozenset[str]) -> int:
    return min(map(len, words)) if 0 < len(words) <= _MAX_WORDS else 0
