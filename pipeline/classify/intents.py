"""From scored sentences to a mail's intents, each with the sentences that show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from models import loading
from models.labels import INTENTS, TAGS
from pipeline.classify.sentences import main_language
from pipeline.records import Evidence, Intent, IntentLabel, Noise, ScoredSentence


def decide(scored: Sequence[ScoredSentence], noise: Noise | None) -> tuple[Intent, ...]:
    """The intents whose calibrated probability for the whole mail reaches the model's threshold, surest first.

    Machine mail has none.
    """
    if noise or not scored:
        return ()
    model = loading.sentence_model(main_language(scored))
    found = model.intents(np.array([[one.scores[tag] for tag in TAGS] for one in scored]))
    labels = [label for label in INTENTS if found[label] >= model.thresholds[label]]
    intents = [
        Intent(cast(IntentLabel, label), round(found[label], 4), show(scored, label, model.evidence[label]))
        for label in labels
    ]
    return tuple(sorted(intents, key=lambda intent: -intent.score))


def show(scored: Sequence[ScoredSentence], tag: str, threshold: float) -> tuple[Evidence, ...]:
    """The sentences that carry a tag, in the mail's order: all from ``threshold`` on, and always the surest one."""
    best = max(one.scores[tag] for one in scored)
    return tuple(
        Evidence(one.sentence.start, one.sentence.end, one.sentence.text)
        for one in scored
        if one.scores[tag] >= min(threshold, best)
    )
