"""What one sentence tells about meetings, calls and tasks: its times, its model scores and its telling words."""

from __future__ import annotations

import functools
import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
    """A sentence with its times, the chance that it is about each deed, and the cues found in it."""

    sentence: Sentence
    spans: tuple[TimeSpan, ...]
    scores: dict[str, float]
    cues: frozenset[str]

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


def read(scored: Iterable[ScoredSentence], reference: datetime) -> list[Clue]:
    """The clues of the sentences in their order.

    A day named in one sentence is what "the day before" counts from in the next; a zone stated for all times
    ("all times are Pacific") holds in every sentence.
    """
    items = list(scored)
    zone = _zone_of_all(items)
    anchor: Slot | None = None
    found: list[Clue] = []
    for at in range(len(items)):
        clue = _clue(items, at, reference, anchor, zone)
        found.append(clue)
        anchor = _last_day(clue.spans) or anchor
    return found


def _zone_of_all(items: list[ScoredSentence]) -> ZoneName | None:
    for item in items:
        if matches("zone_of_all", item.sentence.text, item.sentence.language):
            zone = times.stated_zone(item.sentence.text, item.sentence.language)
            if zone:
                return zone
    return None


def _last_day(spans: tuple[TimeSpan, ...]) -> Slot | None:
    for span in reversed(spans):
        if span.slot and span.has_day and not span.vague_day and not span.past and span.relation != "except":
            return span.slot
    return None


def _clue(
    items: Sequence[ScoredSentence], at: int, reference: datetime, anchor: Slot | None, zone: ZoneName | None
) -> Clue:
    sentence = items[at].sentence
    found = cues(sentence.text, sentence.language)
    day = anchor.start.date() if anchor and isinstance(anchor.start, datetime) else anchor.start if anchor else None
    spans = times.find(sentence.text, reference, sentence.language, day, zone)
    spans = tuple(replace(s, slot=anchor) if s.with_time and anchor and _same_day(s, anchor) else s for s in spans)
    scores = _scores(items, at, found, spans)
    return Clue(sentence, spans, scores, found)


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


def _same_day(span: TimeSpan, anchor: Slot) -> bool:
    """Whether "by then" means the time of an earlier sentence: no nearer day was named since."""
    day = anchor.start.date() if isinstance(anchor.start, datetime) else anchor.start
    return span.slot is not None and span.slot.start == day


def _combined(score: float | None, cue: bool) -> float:
    """A model's score moved by whether a telling word stands in the sentence; without a model the word decides."""
    score = min(max(_WITHOUT_MODEL if score is None else score, _LIMIT), 1 - _LIMIT)
    logit = math.log(score / (1 - score)) + (_CUE_WEIGHT if cue else -_CUE_WEIGHT)
    return 1 / (1 + math.exp(-logit))


def cues(text: str, language: str) -> frozenset[str]:
    """The names of the cue lists of which something stands in the text."""
    folded = fold(text).replace("\n", " ")
    return frozenset(name for name, pattern in _patterns(language).items() if pattern.search(folded))


def matches(name: str, text: str, language: str) -> bool:
    """Whether something of one cue list stands in the text."""
    return _patterns(language)[name].search(fold(text).replace("\n", " ")) is not None


@functools.cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    name = "cues_ja.toml" if language == "ja" else "cues_en.toml"
    table = tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return {key: re.compile("|".join(f"(?:{row})" for row in rows)) for key, rows in table.items()}
