"""Intents that people make from a few example sentences: fitted against ordinary sentences, and found in mail.

An intent is one direction in the space of sentence vectors, for each language that has examples: from the mean of
ordinary sentences to that of the examples, away from the counter-examples, divided by the ordinary spread (Fisher's
linear discriminant). Its threshold lets pass few ordinary sentences and most examples, each judged without itself.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import loading, vectors
from models.labels import LANGUAGES
from pipeline.parse.language import detect
from pipeline.records import Evidence, Sentence

FEWEST, MOST = 5, 20
"""How many examples a language needs to have any, and how many it may have."""
LONGEST = 500  # characters of an example
PREFIX = "custom:"
"""What the label of a custom intent begins with; its name follows."""
MOST_SENTENCES = 80  # of a mail that are looked at
_ALARMS = 0.998  # share of ordinary sentences that stay below the threshold
_AWAY = 0.5  # weight of the counter-examples

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """An intent in one language: the direction, where it begins, and how far a typical example lies beyond.

    ``found`` of ``examples`` are recognised by the others; ``alarms`` of ``ordinary`` sentences would be taken for it.
    ``version`` is that of the vectors it was fitted on.
    """

    version: str
    weights: tuple[float, ...]
    threshold: float
    scale: float
    examples: int
    found: int
    ordinary: int
    alarms: int


@dataclass(frozen=True, slots=True)
class CustomIntent:
    """A named intent with what it was fitted to, by language."""

    name: str
    fitted: Mapping[str, Fitted]

    @property
    def label(self) -> str:
        """As it stands in documents and lists."""
        return PREFIX + self.name


@dataclass(frozen=True, slots=True)
class Found:
    """A custom intent of a mail with the sentences that show it; ``score`` is one half at the threshold."""

    label: str
    score: float
    evidence: tuple[Evidence, ...]


def by_language(sentences: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Example sentences by the language whose network reads them, each once."""
    found: dict[str, dict[str, None]] = {}
    for text in sentences:
        plain = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
        if plain:
            found.setdefault(loading.route(detect(plain)), {})[plain] = None
    return {language: tuple(found[language]) for language in LANGUAGES if language in found}


def fit(examples: Iterable[str], counter_examples: Iterable[str] = ()) -> dict[str, Fitted]:
    """The intent in each language of which there are enough examples."""
    against = by_language(counter_examples)
    return {
        language: _fit(texts, against.get(language, ()), language)
        for language, texts in by_language(examples).items()
        if len(texts) >= FEWEST
    }


def find(intents: Sequence[CustomIntent], sentences: Sequence[Sentence]) -> tuple[Found, ...]:
    """The intents that any of these sentences shows, in the given order."""
    wanted = {language for intent in intents for language in intent.fitted}
    read = [(one, loading.route(one.language)) for one in sentences[:MOST_SENTENCES]]
    rows: dict[str, tuple[list[Sentence], Array]] = {}
    for language in sorted(wanted):
        some = [one for one, of in read if of == language]
        if some:
            rows[language] = some, vectors.vectors([one.text for one in some], language).astype(np.float64)
    return tuple(found for intent in intents if (found := _find(intent, rows)))


def is_current(fitted: Mapping[str, Fitted]) -> bool:
    """Whether an intent was fitted on the vectors that are in force."""
    return all(one.version == vectors.version(language) for language, one in fitted.items())


def _find(intent: CustomIntent, rows: Mapping[str, tuple[list[Sentence], Array]]) -> Found | None:
    shown: list[tuple[Sentence, float]] = []
    for language, fitted in intent.fitted.items():
        if language in rows:
            sentences, read = rows[language]
            margins = (read @ np.array(fitted.weights) - fitted.threshold) / fitted.scale
            shown += [(one, float(margin)) for one, margin in zip(sentences, margins, strict=True) if margin >= 0]
    if not shown:
        return None
    evidence = tuple(Evidence(one.start, one.end, one.text) for one, _ in sorted(shown, key=lambda each: each[0].start))
    return Found(intent.label, _sureness(max(margin for _, margin in shown)), evidence)


def _sureness(margin: float) -> float:
    return round(1 / (1 + float(np.exp(-2 * min(margin, 20)))), 4)


@functools.lru_cache(maxsize=32)
def _fit(texts: tuple[str, ...], against: tuple[str, ...], language: str) -> Fitted:
    mean, inverse = vectors.spread(language)
    own = vectors.vectors(texts, language) - mean
    other = (vectors.vectors(against, language) - mean).mean(axis=0) * _AWAY if against else np.zeros_like(mean)
    ordinary = (vectors.background(language) - mean) @ inverse
    direction = own.mean(axis=0) - other
    # Each example judged by the direction that the others give.
    alone = np.array([one @ inverse @ ((own.sum(axis=0) - one) / (len(own) - 1) - other) for one in own])
    scores = ordinary @ direction
    threshold = _threshold(scores, alone)
    weights = inverse @ direction
    return Fitted(
        version=vectors.version(language),
        weights=tuple(float(weight) for weight in weights),
        threshold=float(threshold + mean @ weights),
        scale=float(max(np.median(alone) - threshold, np.std(scores), 1e-6)),
        examples=len(texts),
        found=int((alone >= threshold).sum()),
        ordinary=len(scores),
        alarms=int((scores >= threshold).sum()),
    )


def _threshold(ordinary: Array, alone: Array) -> float:
    """Above nearly all ordinary sentences; half way to the examples where there is room between them."""
    low = float(np.quantile(ordinary, _ALARMS))
    return max(low, (float(ordinary.max()) + float(np.quantile(alone, 0.1))) / 2) if alone.size else low


def to_json(fitted: Mapping[str, Fitted]) -> dict[str, Any]:
    """What ``from_json`` reads, as plain values."""
    return {
        language: {name: getattr(one, name) for name in Fitted.__dataclass_fields__} | {"weights": list(one.weights)}
        for language, one in fitted.items()
    }


def from_json(data: Mapping[str, Any]) -> dict[str, Fitted]:
    """What ``to_json`` wrote."""
    return {language: Fitted(**{**one, "weights": tuple(one["weights"])}) for language, one in data.items()}
