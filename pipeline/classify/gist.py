"""The at most two sentences of a mail that say what it wants."""

from __future__ import annotations

from collections.abc import Sequence

from models import loading
from pipeline.classify.sentences import main_language
from pipeline.records import Evidence, Noise, ScoredSentence

MOST = 2


def choose(subject: str, scored: Sequence[ScoredSentence], noise: Noise | None) -> tuple[Evidence, ...]:
    """The sentences most probably the gist, in the mail's order: the surest one, and a second if it is sure enough.

    Machine mail has none; of a person's mail at least one sentence is copied if there is any.
    """
    if noise or not scored:
        return ()
    threshold = loading.sentence_model(main_language(scored)).evidence["gist"]
    ranked = sorted(scored, key=lambda one: (-one.scores["gist"], one.sentence.start))
    chosen = ranked[:1] + [one for one in ranked[1:MOST] if one.scores["gist"] >= threshold]
    ordered = sorted(chosen, key=lambda one: one.sentence.start)
    return tuple(Evidence(one.sentence.start, one.sentence.end, one.sentence.text) for one in ordered)
