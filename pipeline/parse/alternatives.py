"""Long lists of expressions, of which only those are tried that can match at all.

A data file of a hundred phrases is one pattern of a hundred branches, and a regular expression tries each on each
line. The letter with which a row must begin leaves a few of them; the rows that may begin with anything are
left out of a text without a word that they need. The answer is the same (expressions.py reads both from the rows).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.parse.caseless import Caseless
from pipeline.parse.expressions import first_letters, fold, words_needed


class Alternatives:
    """Case-blind expressions between ``head`` and ``tail``, known by their first letter.

    ``head`` may not match a letter or digit.
    """

    def __init__(self, rows: Iterable[str], head: str = "", tail: str = "") -> None:
        led: dict[str, list[str]] = {}
        self._others: list[tuple[frozenset[str], Caseless]] = []
        for row in rows:
            letters = first_letters(row)
            if letters is None or (head and not all(map(str.isalnum, letters))):
                self._others.append((words_needed(row), Caseless(f"{head}(?:{row}){tail}")))
            else:
                for letter in letters:
                    led.setdefault(letter, []).append(row)
        lists = {tuple(rows): Caseless(f"{head}(?:{'|'.join(rows)}){tail}") for rows in led.values()}
        self._led = {letter: lists[tuple(rows)] for letter, rows in led.items()}

    def led_by(self, letter: str) -> Caseless | None:
        """The rows that begin with this letter, None if there is none."""
        return self._led.get(fold(letter)[:1])

    def others(self, folded: str) -> tuple[Caseless, ...]:
        """The other rows that can match somewhere in a folded text, one by one."""
        return tuple(row for words, row in self._others if _may_match(words, folded))

    def match(self, text: str) -> bool:
        """Whether a row matches at the beginning of a text; for lists without ``head``."""
        led = self.led_by(text[:1])
        if led is not None and led.match(text):
            return True
        return bool(self._others) and any(other.match(text) for other in self.others(fold(text)))


class Sought:
    """Case-blind expressions that are looked for anywhere in a text."""

    def __init__(self, rows: Iterable[str]) -> None:
        self._rows = [(words_needed(row), Caseless(row)) for row in rows]

    def search(self, text: str) -> bool:
        """Whether a row matches somewhere."""
        folded = fold(text)
        return any(_may_match(words, folded) and row.search(text) for words, row in self._rows)


def _may_match(words: frozenset[str], folded: str) -> bool:
    for word in words:  # a generator would cost more than the search
        if word in folded:
            return True
    return not words
