"""With which characters a pattern can begin, so that a scanner need only try the rules that fit a place.

It reads the pattern as Python's own regex parser does. Where it cannot tell, anything may stand: slower, never wrong.
"""

from __future__ import annotations

from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_ANYTHING = "\0"  # stands for the rest that is not known
_WIDEST_RANGE = 200
_DIGITS = str.maketrans("123456789", "0" * 9)
_CATEGORIES = {sre.CATEGORY_DIGIT: "0", sre.CATEGORY_SPACE: " \t\n\r\f\v"}
_EMPTY = (sre.AT, sre.ASSERT, sre.ASSERT_NOT)


def opening_of(text: str, at: int, length: int) -> str:
    """The ``length`` characters at a place of a folded text, every digit as 0."""
    return text[at : at + length].translate(_DIGITS)


def openings(pattern: str, length: int) -> frozenset[str]:
    """The beginnings, of ``length`` characters or fewer, that a match on folded text can have ("" for any)."""
    return frozenset(opening.rstrip(_ANYTHING) for opening in _of_sequence(_parser.parse(pattern), length))


def _closed(opening: str, length: int) -> bool:
    return len(opening) == length or opening.endswith(_ANYTHING)


def _of_sequence(items: Any, length: int) -> set[str]:
    """Beginnings of items in a row; one shorter than ``length`` is the whole of what they match."""
    found = {""}
    for kind, argument in items:
        found = _continued(found, kind, argument, length)
        if all(_closed(opening, length) for opening in found):
            break
    return found


def _continued(found: set[str], kind: Any, argument: Any, length: int) -> set[str]:
    done = {opening for opening in found if _closed(opening, length)}
    for opening in found - done:
        done.update(opening + more for more in _of_item(kind, argument, length - len(opening)))
    return done


def _of_item(kind: Any, argument: Any, length: int) -> set[str]:
    if kind is sre.LITERAL:
        return {chr(argument).translate(_DIGITS)}
    if kind is sre.IN:
        return _of_class(argument)
    if kind is sre.SUBPATTERN:
        return _of_sequence(argument[3], length)
    if kind is sre.BRANCH:
        return set().union(*(_of_sequence(branch, length) for branch in argument[1]))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, most, repeated = argument
        found = _of_sequence(repeated, length)
        for _ in range(min(int(most), length) - 1):
            found |= _continued(found, sre.SUBPATTERN, (0, 0, 0, repeated), length)
        return found | ({""} if least == 0 else set())
    return {""} if kind in _EMPTY else {_ANYTHING}


def _of_class(members: Any) -> set[str]:
    found: set[str] = set()
    for kind, argument in members:
        if kind is sre.LITERAL:
            found.add(chr(argument).translate(_DIGITS))
        elif kind is sre.RANGE and argument[1] - argument[0] <= _WIDEST_RANGE:
            found.update("".join(map(chr, range(argument[0], argument[1] + 1))).translate(_DIGITS))
        elif kind is sre.CATEGORY and argument in _CATEGORIES:
            found.update(_CATEGORIES[argument])
        else:
            return {_ANYTHING}
    return found
