"""The shape of a grammar: tables of patterns for one language, and the scanner that runs them in one pass."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from pipeline.extract.times import zones
from pipeline.extract.times.openings import opening_of, openings
from pipeline.extract.times.symbols import Relation, Symbol

_NAMED = re.compile(r"\(\?P<\w+>")
_TITLE_BEFORE = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Mx)\.?|\b(?:named|called)) $")
_NAME_BEHIND = re.compile(
    r" (?!I\b|Term|Bank|Week|Week-?end|Holiday|Day\b|Session|Meeting|Report)[A-Z][a-z]{3,}\b(?<!day)"
)
_PREPOSITION = re.compile(
    r"(?:\b(?:in|by|of|since|until|till|from|for|to|this|next|last|early|late|mid|end|before|after|and|or|the)"
    r"|\d(?:st|nd|rd|th)?|-|/|[,;:(]) ?$",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"\b(\w)[\w'’]*[,(]? $")
_ZONES = re.compile("«(abbreviation|country|city)»")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of time word: its pattern (on folded text) and what a match means (None: nothing after all).

    The pattern begins at the beginning of a word (Grammar.starts), unless it may begin ``inside`` one.
    A ``weak`` word ("sat", a bare "10") counts only beside a stronger one or after a word such as "at".
    A ``casual`` word ("now", "the day") counts only in a longer expression; who asks for loose reading gets it, and
    a word that is both weak and casual is then a strong one. A weak word that is ``proper`` ("May", "Sun") counts
    where it stands with a capital behind a word without. One that may be a ``person`` ("Mr Friday"; for
    ``named`` also "June Harlow") is left out where the words around it say so.
    """

    name: str
    pattern: str
    meaning: Callable[[Mapping[str, str | None]], Symbol | None]
    weak: bool = False
    inside: bool = False
    casual: bool = False
    proper: bool = False
    person: Literal["titled", "named"] | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A word before or after an expression that tells its relation; ``supports`` makes weak words count.

    ``days_only``: but no number that stands for a time of day ("on 3" is no clock time).
    ``inside``: the word belongs to the expression's span. ``approx``: it makes the expression vague.
    """

    pattern: str
    relation: Relation | None = None
    supports: bool = False
    days_only: bool = False
    inside: bool = False
    approx: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """The tables of one language.

    ``starts`` is where a time word may begin. ``glue``, ``to`` and ``either`` match the text between two words:

    ``glue`` joins parts of one moment, ``to`` the ends of a range, ``either`` two candidates;
    ``between`` makes ``either`` a range; ``closes`` ends a range and belongs to it (まで);
    ``free`` is what may follow a weak number that stands for a time; ``offset`` stands between a length and the day
    it is counted from, its group ``back`` where backwards ("two weeks before Christmas"). ``gate`` is found in every
    text with a time word: a cheap test that spares most sentences the tables. ``places`` is where a word, or a number
    inside one, may begin at all; ``ahead`` is by how many characters at a place the rules to try there are chosen.
    ``lasting`` stands between a clock time and how long it lasts from there (15時から30分間).
    """

    rules: tuple[Rule, ...]
    starts: str
    glue: str
    to: str
    either: str
    between: str
    free: str
    closes: str
    before: tuple[Cue, ...]
    after: tuple[Cue, ...]
    offset: str = r"(?!)"
    gate: str = ""
    places: str = ""
    ahead: int = 2
    lasting: str = r"(?!)"


@dataclass(frozen=True, slots=True)
class Word:
    """A time word found in the text."""

    start: int
    end: int
    symbol: Symbol
    weak: bool
    rule: str
    casual: bool = False


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A compiled pattern, kept; «city» and the like stand for the zone names of that use."""
    return re.compile(_number(_expand(pattern)))


def _number(pattern: str) -> str:
    """Group names made unique: a name used in several branches gets a number."""
    seen: dict[str, int] = {}

    def name(group: re.Match[str]) -> str:
        seen[group.group()] = seen.get(group.group(), 0) + 1
        return f"{group.group()[:-1]}_{seen[group.group()]}>"

    return _NAMED.sub(name, pattern)


def groups(match: re.Match[str]) -> dict[str, str | None]:
    """What each name matched, in whichever branch it stands."""
    found: dict[str, str | None] = {}
    for name, value in match.groupdict().items():
        plain = name.rpartition("_")[0]
        found[plain] = found.get(plain) or value
    return found


def _expand(pattern: str) -> str:
    return _ZONES.sub(lambda use: zones.words(cast(zones.Use, use.group(1))), pattern)


@functools.cache
def _index(grammar: Grammar) -> Mapping[str, list[int]]:
    """The places of the rules in the grammar by what a match of them can begin with."""
    found: dict[str, list[int]] = {}
    for place, rule in enumerate(grammar.rules):
        for opening in openings(_NAMED.sub("(?:", _expand(rule.pattern)), grammar.ahead):
            found.setdefault(opening, []).append(place)
    return found


@functools.cache
def _places(grammar: Grammar) -> re.Pattern[str]:
    """Where a rule may begin to match: as the grammar tells, else wherever the character can begin one."""
    if grammar.places:
        return re.compile(grammar.places)
    known = {opening[:1] for opening in _index(grammar)}
    known |= set("123456789") if "0" in known else set()
    return re.compile(r"\S" if "" in known else f"[{re.escape(''.join(sorted(known)))}]")


@functools.lru_cache(maxsize=32768)
def _rules_for(grammar: Grammar, opening: str, begins: bool) -> tuple[tuple[Rule, re.Pattern[str]], ...]:
    """The rules that fit an opening, in their order; ``begins``: at the beginning of a word."""
    fitting = {place for n in range(grammar.ahead + 1) for place in _index(grammar).get(opening[:n], ())}
    rules = (grammar.rules[place] for place in sorted(fitting))
    return tuple((rule, compiled(rule.pattern)) for rule in rules if begins or rule.inside)


def scan(text: str, grammar: Grammar, loose: bool = False, written: str = "") -> Iterator[Word]:
    """The time words of a folded text, in order, without overlap; the first rule that matches at a place wins.

    ``written`` is the text before folding, where its capitals are to count.
    """
    text = text.replace("\n", " ")
    starts, end = compiled(grammar.starts), 0
    for place in _places(grammar).finditer(text):
        at = place.start()
        if at < end:
            continue
        for rule, pattern in _rules_for(
            grammar, opening_of(text, at, grammar.ahead), starts.match(text, at) is not None
        ):
            if match := pattern.match(text, at):
                end = match.end()
                symbol = None if rule.person and _is_person(rule, written, match) else rule.meaning(groups(match))
                if symbol is not None:
                    yield _word(match, symbol, rule, loose, written)
                break


def _is_person(rule: Rule, written: str, match: re.Match[str]) -> bool:
    """Whether a month or weekday is somebody's name: behind a title or "named", or before a family name."""
    start, end = match.span()
    if not written[start : start + 1].isupper() or not written[start + 1 : end].islower():
        return False
    if _TITLE_BEFORE.search(written, max(0, start - 12), start):
        return True
    if rule.person == "titled":
        return False
    return bool(_NAME_BEHIND.match(written, end)) and not _PREPOSITION.search(written, max(0, start - 12), start)


def _word(match: re.Match[str], symbol: Symbol, rule: Rule, loose: bool, written: str) -> Word:
    weak, casual = rule.weak and not (loose and rule.casual), rule.casual and not (loose or rule.weak)
    weak = weak and not (rule.proper and _capital(written, match.start()))
    return Word(match.start(), match.end(), symbol, weak, rule.name, casual)


def _capital(written: str, at: int) -> bool:
    """Whether a capital stands at a place, and behind a word that begins with none."""
    before = _WORD_BEFORE.search(written, max(0, at - 24), at)
    return written[at : at + 1].isupper() and before is not None and not before[1].isupper()
