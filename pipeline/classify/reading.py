"""One mail's scored sentences to probabilities for the whole mail, asked by both intents and mood."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from models import loading
from models.labels import TAGS
from models.mails import HEADS
from pipeline.records import ScoredSentence

Probabilities = dict[str, dict[str, float]]


def read(scored: Sequence[ScoredSentence], language: str) -> Probabilities:
    """Calibrated probability of each label, by head: ``intents``, ``sentiment``, ``emotion``."""
    texts = tuple(one.sentence.text for one in scored)
    tags = tuple(tuple(one.scores[tag] for tag in TAGS) for one in scored)
    return _read(loading.route(language), texts, tags)


@functools.lru_cache(maxsize=64)
def _read(language: str, texts: tuple[str, ...], tags: tuple[tuple[float, ...], ...]) -> Probabilities:
    """Remembers more mails than a batch has: intents are decided for a whole batch, then moods for the same mails."""
    scores = loading.mail_model(language).score([texts], [np.array(tags)])
    return {head: dict(zip(labels, getattr(scores, head)[0].tolist(), strict=True)) for head, labels in HEADS.items()}
