"""The chance that a sentence is about a meeting or call, and that it asks for or promises a deed.

A logistic regression over what the models say of the sentence and its neighbours, which cue lists and which of the word
lists in ``deeds_en.toml`` and ``deeds_ja.toml`` match, and which times it names. Its weights are in ``weights_en.json``
and ``weights_ja.json``, fitted by ``python -m training.deeds``.
"""

from __future__ import annotations

import functools
import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from models.labels import TAGS
from pipeline.extract.times import TimeSpan
from pipeline.extract.times.folding import fold
from pipeline.parse.expressions import first_letters
from pipeline.records import ScoredSentence

CUES = (
    "meeting", "call", "task", "promise", "cancelled", "moved", "unavailable", "confirmed", "proposed", "plan_fixed",
    "event", "past", "condition", "length_needed", "option",
)  # fmt: skip
_TOGETHER = (
    "cue.meeting", "cue.call", "cue.task", "cue.promise", "cue.confirmed", "cue.proposed", "cue.past", "cue.condition",
    "time.appointed", "time.deadline", "time.day", "time.clock", "time.any", "item", "asks",
)  # fmt: skip
_NEIGHBOURS = ("meeting", "call", "task", "promise")
_UNKNOWN = 0.35  # the score of a tag that no model has judged
_FAINTEST = 1e-3
_BRACES = re.compile(r"\{([a-z]+)\}")
_ITEM = re.compile(r"\s*(?:[-*・•●○■□◆▪–]|[(（]?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)．）、:]|[①-⑳])")


def features(
    items: Sequence[ScoredSentence], at: int, cues: frozenset[str], spans: Sequence[TimeSpan]
) -> dict[str, float]:
    """What speaks for and against each deed of the sentence at place ``at``."""
    own = items[at].scores
    found = {f"tag.{tag}": logit(own.get(tag, _UNKNOWN if tag in _NEIGHBOURS else 0.1)) for tag in TAGS}
    for side, place in (("before", at - 1), ("after", at + 1)):
        other = items[place].scores if 0 <= place < len(items) else {}
        found |= {f"{side}.{tag}": logit(other.get(tag, _FAINTEST)) for tag in _NEIGHBOURS}
    found |= {f"cue.{name}": float(any(cue.startswith(name) for cue in cues)) for name in CUES}
    text = items[at].sentence.text
    found |= {f"time.{name}": float(value) for name, value in _times(spans).items()}
    found |= {f"deed.{name}": value for name, value in deeds(text, items[at].sentence.language).items()}
    found["item"] = float(_ITEM.match(text) is not None)
    found["asks"] = float(text.rstrip().endswith(("?", "？")))
    found["length"] = math.log(len(text) + 1)
    for group, tags in (("meet", ("tag.meeting", "tag.call")), ("do", ("tag.task", "tag.promise"))):
        score = max(found[tag] for tag in tags)
        found |= {f"{group}.with.{name}": score * found[name] for name in _TOGETHER}
    return found


def deeds(text: str, language: str) -> dict[str, float]:
    """Which lists of ``deeds_*.toml`` match a text, as 1.0 or 0.0 by name."""
    folded = fold(text).replace("\n", " ")
    return {name: float(pattern.search(folded) is not None) for name, pattern in _patterns(language).items()}


@functools.cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    """The lists of a language by name, the words that their patterns name in braces filled in."""
    name = f"deeds_{'ja' if language == 'ja' else 'en'}.toml"
    table = tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
    words = {key: _quick(f"(?:{'|'.join(rows)})") for key, rows in table["words"].items()}
    return {
        key: re.compile("|".join(f"(?:{_BRACES.sub(lambda match: words[match[1]], row)})" for row in rows))
        for key, rows in table["patterns"].items()
    }


def _times(spans: Sequence[TimeSpan]) -> dict[str, bool]:
    named = [s for s in spans if s.slot and s.kind not in ("duration", "repetition")]
    ahead = [s for s in named if not s.past]
    return {
        "appointed": any(s.has_day and s.has_clock and s.part is None and not s.deadline for s in ahead),
        "deadline": any(s.deadline for s in ahead),
        "day": any(s.has_day and not s.vague_day and not s.deadline for s in ahead),
        "vague": any(s.vague_day for s in ahead),
        "clock": any(s.has_clock for s in ahead),
        "past": any(s.past for s in spans),
        "several": len(ahead) > 1,
        "any": bool(ahead),
    }


def _quick(words: str) -> str:
    """The words, with a look at the next letter before all of them are tried."""
    letters = first_letters(words)
    return words if letters is None else f"(?=[{''.join(map(re.escape, sorted(letters)))}]){words}"


def chance(deed: str, found: Mapping[str, float], language: str) -> float:
    """The probability of ``meeting`` (calls too) or ``task`` (promises too)."""
    weights = _weights(language)[deed]
    score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


@functools.cache
def _weights(language: str) -> dict[str, dict[str, float]]:
    name = f"weights_{'ja' if language == 'ja' else 'en'}.json"
    weights: dict[str, dict[str, float]] = json.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return weights


def logit(probability: float) -> float:
    """The log odds of a probability, kept from the ends."""
    p = min(max(probability, _FAINTEST), 1 - _FAINTEST)
    return math.log(p / (1 - p))
