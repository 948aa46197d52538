"""From scored sentences to a mail's sentiment and emotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from models import loading
from pipeline.classify.reading import read
from pipeline.records import Emotion, EmotionLabel, Noise, ScoredSentence, Sentiment, SentimentLabel

NEUTRAL = Sentiment("neutral", 1.0, 0.0, 0.0), Emotion("neutral", 1.0)
_GLAD = frozenset({"joy", "enthusiasm", "gratitude", "trust"})
_CROSS = frozenset({"dissatisfaction", "frustration"})
EXCLUDED: Mapping[str, frozenset[str]] = {"negative": _GLAD, "positive": _CROSS, "neutral": frozenset()}


def decide(scored: Sequence[ScoredSentence], language: str, noise: Noise | None) -> tuple[Sentiment, Emotion]:
    """The mood of the newest text towards the recipient's side; machine mail and empty mail are neutral.

    Sentiment is decided first; emotions that cannot go with it (docs/labels.md section 4) are not chosen.
    """
    if noise or not scored:
        return NEUTRAL
    preferences = loading.mail_model(loading.route(language)).preferences
    found = read(scored, language)
    sentiment, emotion = decide_labels(found["sentiment"], found["emotion"], preferences)
    sentiments, emotions = found["sentiment"], found["emotion"]
    positive, negative = round(sentiments["positive"], 4), round(sentiments["negative"], 4)
    return (
        Sentiment(cast(SentimentLabel, sentiment), round(sentiments[sentiment], 4), positive, negative),
        Emotion(cast(EmotionLabel, emotion), round(emotions[emotion], 4)),
    )


def decide_labels(
    sentiments: Mapping[str, float], emotions: Mapping[str, float], preferences: Mapping[str, Mapping[str, float]]
) -> tuple[str, str]:
    """Sentiment and emotion that go together, from the probabilities of both."""
    sentiment = _choose(sentiments, preferences["sentiment"])
    possible = {label: p for label, p in emotions.items() if label not in EXCLUDED[sentiment]}
    return sentiment, _choose(possible, preferences["emotion"])


def _choose(probabilities: Mapping[str, float], preferences: Mapping[str, float]) -> str:
    """The label with the highest preferred probability; the earlier one of two equal ones."""
    return max(probabilities, key=lambda label: probabilities[label] * preferences[label])
