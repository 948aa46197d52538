"""What one sentence tells about meetings, calls and tasks: its times, its model scores and its telling words."""

from __future__ import annotations

import functools
import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files

from pipeline.extract import times, weighing
from pipeline.extract.times import TimeSpan
from pipeline.extract.times.folding import fold
from pipeline.extract.times.symbols import ZoneName
from pipeline.records import Evidence, ScoredSentence, Sentence, Slot

SURE = 0.42  # the chance from which a sentence counts: where precision and recall of the written mails balance
_CUE_WEIGHT = 1.0  # logits that a telling word adds to a model's score, or its absence takes away
_WITHOUT_MODEL = 0.35  # the score of a tag that no model has judged
_LIMIT = 1e-4


@dataclass(frozen=True, slots=True)
class Clue:
    """A sentence with its times, the chance that it is about each deed, and the cues found in it.

    ``day`` is the day to come that an earlier sentence named last, ``timed`` the time of day that one did.
    """

    sentence: Sentence
    spans: tuple[TimeSpan, ...]
    scores: dict[str, float]
    cues: frozenset[str]
    day: date | None = None
    timed: Slot | None = None

    @property
    def activity(self) -> float:
        """The chance that the sentence is about a meeting or call."""
        return max(self.scores["meeting"], self.scores["call"])

    @property
    def deed(self) -> float:
        """The chance that the sentence asks for or promises a deed."""
        return max(self.scores["task"], self.scores["promise"])

    @property
    def evidence(self) -> Evidence:
        """The sentence as evidence."""
        return Evidence(self.sentence.start, self.sentence.end, self.sentence.text)

    def text_of(self, span: TimeSpan) -> str:
        """The words of a time span."""
        return self.sentence.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class _Named:
    """The day and the time to come that were named last: what "that day" and "by then" mean."""

    day: date | None = None
    time: Slot | None = None
    timed: Slot | None = None


def read(scored: Iterable[ScoredSentence], reference: datetime) -> list[Clue]:
    """The clues of the sentences in their order.

    A day named in one sentence is what "the day before" counts from in the next; a zone stated for all times
    ("all times are Pacific") holds in every sentence.
    """
    items = list(scored)
    zone = _zone_of_all(items)
    named = _Named()
    found: list[Clue] = []
    for at in range(len(items)):
        clue = _clue(items, at, reference, named, zone)
        found.append(clue)
        named = _last_named(clue.spans, named)
    return found


def _zone_of_all(items: list[ScoredSentence]) -> ZoneName | None:
    for item in items:
        if matches("zone_of_all", item.sentence.text, item.sentence.language):
            zone = times.stated_zone(item.sentence.text, item.sentence.language)
            if zone:
                return zone
    return None


def _last_named(spans: Sequence[TimeSpan], named: _Named) -> _Named:
    for span in spans:
        if span.slot and span.has_clock and span.relation == "except":
            named = replace(named, timed=span.slot)
        elif span.slot and not span.vague_day and not span.past and span.relation != "except":
            if span.has_day:
                named = _Named(_day(span.slot), span.slot, span.slot if span.has_clock else named.timed)
            elif span.has_clock:
                named = _Named(named.day, span.slot, span.slot)
    return named


def _day(slot: Slot) -> date:
    return slot.start.date() if isinstance(slot.start, datetime) else slot.start


def _clue(items: Sequence[ScoredSentence], at: int, reference: datetime, named: _Named, zone: ZoneName | None) -> Clue:
    sentence = items[at].sentence
    found = cues(sentence.text, sentence.language)
    day = named.day or (_day(named.time) if named.time else None)
    spans = times.find(sentence.text, reference, sentence.language, day, zone)
    spans = tuple(_then(span, _last_named(spans[:i], named)) for i, span in enumerate(spans))
    scores = _scores(items, at, found, spans)
    return Clue(sentence, spans, scores, found, named.day, named.timed)


def _scores(
    items: Sequence[ScoredSentence], at: int, found: frozenset[str], spans: tuple[TimeSpan, ...]
) -> dict[str, float]:
    """The chance of each deed: that of its group, shared out by what the models and the cues say of its members."""
    item = items[at]
    told = weighing.features(items, at, found, spans)
    scores = {
        "request": item.scores.get("request", 0.5 if "task" in found or "proposed" in found else 0.1),
        "question": item.scores.get("question", 0.1),
    }
    for group, members in (("meeting", ("meeting", "call")), ("task", ("task", "promise"))):
        chance = 0.0 if "phone_line" in found else weighing.chance(group, told, item.sentence.language)
        shares = {tag: _combined(item.scores.get(tag), tag in found) for tag in members}
        most = max(shares.values())
        scores |= {tag: chance * share / most for tag, share in shares.items()}
    return scores


def _then(span: TimeSpan, named: _Named) -> TimeSpan:
    """The span; "by then" with the time named last, where no nearer day was named since."""
    if not span.with_time or named.time is None or span.slot is None:
        return span
    return replace(span, slot=named.time) if span.slot.start == (named.day or _day(named.time)) else span


def _combined(score: float | None, cue: bool) -> float:
    """A model's score moved by whether a telling word stands in the sentence; without a model the word decides."""
    score = min(max(_WITHOUT_MODEL if score is None else score, _LIMIT), 1 - _LIMIT)
    logit = math.log(score / (1 - score)) + (_CUE_WEIGHT if cue else -_CUE_WEIGHT)
    return 1 / (1 + math.exp(-logit))


def cues(text: str, language: str) -> frozenset[str]:
    """The names of the cue lists of which something stands in the text."""
    folded = fold(text).replace("\n", " ")
    return frozenset(name for name, pattern in patterns(language).items() if pattern.search(folded))


def matches(name: str, text: str, language: str) -> bool:
    """Whether something of one cue list stands in the text."""
    return patterns(language)[name].search(fold(text).replace("\n", " ")) is not None


@functools.cache
def patterns(language: str) -> dict[str, re.Pattern[str]]:
    """The cue lists of a language by name, each as one pattern on folded text."""
    name = "cues_ja.toml" if language == "ja" else "cues_en.toml"
    table = tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return {key: re.compile("|".join(f"(?:{row})" for row in rows)) for key, rows in table.items()}
