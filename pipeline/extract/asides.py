"""Times that sentences about a meeting name only in passing: reasons, journeys, other people's clocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract import clues
from pipeline.extract.clues import Clue
from pipeline.extract.times import TimeSpan

_REACH = 200  # characters beside a time in which its clause is looked for
_NEAR = 40  # and in which words tell whose clock it is by
_BREAK_EN = re.compile(r"\s*[,;:–—]\s+|\s-\s|\s(?=(?:but|so)\s)|\s(?=(?:and|then)\s(?:I|we|you|he|she|they)\b)")
_BREAK_JA = re.compile(r"[、。；]|(?<=ので)|(?<=ため)")
_OTHER_CLOCK_EN = re.compile(
    r"\b(?:which|that|it)(?:['’](?:s|d be|ll be)|\s(?:is|will be|would be))\s(?:only\s)?"
    r"(?:my|your|our|his|her|their|already)?\b\W*$",
    re.I,
)
_HERS_EN = re.compile(
    r"^[^.;?!]{0,12}\b(?:yours|mine|for (?:me|you|her|him|us|them)|(?:your|my|our) (?:end|side|time))\b", re.I
)


def without(told: Sequence[tuple[Clue, TimeSpan]]) -> list[TimeSpan]:
    """The times of a meeting's sentences without those named in passing, where any others with a day are left."""
    kept = [(clue, span) for clue, span in told if not repeats(clue, span)]
    own = [(clue, span) for clue, span in kept if not is_aside(clue, span)]
    if any(span.slot and span.has_day and not span.past for _, span in own):
        kept = own
    return [span for _, span in kept]


def is_aside(clue: Clue, span: TimeSpan) -> bool:
    """Whether the clause around a time tells a reason or a circumstance and offers nothing."""
    clause = clause_of(clue, span)
    language = clue.sentence.language
    return clues.matches("aside", clause, language) and not clues.matches("offers", clause, language)


def clause_of(clue: Clue, span: TimeSpan) -> str:
    """The part of a sentence between the breaks around a time, a comma inside the time being none."""
    text = clue.sentence.text
    start, end = max(0, span.start - _REACH), min(len(text), span.end + _REACH)
    for found in (_BREAK_JA if clue.sentence.language == "ja" else _BREAK_EN).finditer(text, start, end):
        if found.end() <= span.start:
            start = found.end()
        elif found.start() >= span.end:
            end = found.end()
            break
    return text[start:end]


def repeats(clue: Clue, span: TimeSpan) -> bool:
    """Whether a time only says again, for somebody else's zone, what stands before it in the sentence."""
    first = next((s for s in clue.spans if s.has_clock), span)
    if clue.sentence.language == "ja" or not span.has_clock or first.start >= span.start:
        return False
    before, after = (
        clue.sentence.text[max(0, span.start - _NEAR) : span.start],
        clue.sentence.text[span.end : span.end + _NEAR],
    )
    return bool(_OTHER_CLOCK_EN.search(before) or _HERS_EN.match(after))
