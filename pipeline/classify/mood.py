"""From scored sentences to a mail's sentiment and emotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from models import loading
from models.labels import EMOTIONS, SENTIMENTS, TAGS
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
    model = loading.mood_model(loading.route(language))
    tags = np.array([[one.scores[tag] for tag in TAGS] for one in scored])
    by_sentiment, by_emotion = model.score([[one.sentence.text for one in scored]], [tags])
    sentiments = dict(zip(SENTIMENTS, by_sentiment[0].tolist(), strict=True))
    emotions = dict(zip(EMOTIONS, by_emotion[0].tolist(), strict=True))
    mood = choose(sentiments, model.preferences["sentiment"])
    possible = {label: p for label, p in emotions.items() if label not in EXCLUDED[mood]}
    emotion = choose(possible, model.preferences["emotion"])
    positive, negative = round(sentiments["positive"], 4), round(sentiments["negative"], 4)
    return (
        Sentiment(cast(SentimentLabel, mood), round(sentiments[mood], 4), positive, negative),
        Emotion(cast(EmotionLabel, emotion), round(emotions[emotion], 4)),
    )


def choose(probabilities: Mapping[str, float], preferences: Mapping[str, float]) -> str:
    """The label with the highest preferred probability; the earlier one of two equal ones."""
    return max(probabilities, key=lambda label: probabilities[label] * preferences[label])
