"""Japanese time words and what they mean, from words_ja.tsv; eras from eras.tsv."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.resources import files

from pipeline.extract.times import festivals, zones


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word means: a unit, a portion or a part of the day, and how many units from now."""

    name: str
    count: int = 0


def _lines(name: str) -> list[str]:
    lines = (files(__package__) / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


@functools.cache
def _table() -> dict[str, dict[str, Meaning]]:
    found: dict[str, dict[str, Meaning]] = {}
    for line in _lines("words_ja.tsv"):
        kind, word, name, count = line.split("\t")
        found.setdefault(kind, {})[word] = Meaning(name, int(count or 0))
    return found


def meaning(word: str, *kinds: str) -> Meaning | None:
    """What a word of one of these kinds means."""
    return next((found for kind in kinds if (found := _table()[kind].get(word))), None)


def either(*kinds: str) -> str:
    """A pattern for the words of these kinds, longest first."""
    return _alternatives([word for kind in kinds for word in _table()[kind]])


def named_days() -> str:
    """A pattern for the days and seasons known by a Japanese name, save 連休, which has rules of its own."""
    return _alternatives(
        [name for name in festivals.names() if (not name.isascii() or name == "gw") and name != "連休"]
    )


def false_friends() -> str:
    """A pattern for words in which a time word stands that is none."""
    return _alternatives(_lines("false_friends_ja.txt"))


@functools.cache
def eras() -> dict[str, int]:
    """The year before the first of an era, by its name and its letter."""
    rows = [line.split("\t") for line in _lines("eras.tsv")]
    return {name: int(year) for full, letter, year in rows for name in (full, letter)}


def first_letters() -> str:
    """The letters with which the words of the tables, the named days and the zones begin, save hiragana."""
    letters = {word[0] for word in _all_words()}
    return "".join(sorted(c for c in letters if not c.isascii() and not "ぁ" <= c <= "ん"))


def kana_beginnings() -> str:
    """A pattern for the first two letters of the words that begin with hiragana."""
    return "|".join(sorted({word[:2] for word in _all_words() if "ぁ" <= word[0] <= "ん"}))


def _all_words() -> list[str]:
    words = [word for table in _table().values() for word in table] + _lines("false_friends_ja.txt")
    return [*words, *festivals.names(), *zones.names("abbreviation", "country", "city")]


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
