"""From scored sentences to a mail's intents, each with the sentences that show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from models import loading
from models.labels import INTENTS
from pipeline.classify.reading import read
from pipeline.classify.sentences import main_language
from pipeline.records import Evidence, Intent, IntentLabel, Noise, ScoredSentence


def decide(scored: Sequence[ScoredSentence], noise: Noise | None) -> tuple[Intent, ...]:
    """The intents whose calibrated probability for the whole mail reaches the model's threshold, surest first.

    Machine mail has none.
    """
    if noise or not scored:
        return ()
    language = main_language(scored)
    evidence = loading.sentence_model(language).evidence
    thresholds = loading.mail_model(language).thresholds
    found = read(scored, language)["intents"]
    intents = [
        Intent(cast(IntentLabel, label), round(found[label], 4), show(scored, label, evidence[label]))
        for label in INTENTS
        if found[label] >= thresholds[label]
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
