"""The labels that models give, in the order of their output columns.

Meanings: docs/labels.md. A sentence may carry any number of tags; a mail has one sentiment and one emotion.
"""

from __future__ import annotations

INTENTS = ("request", "question", "complaint", "purchase")
TAGS = (*INTENTS, "meeting", "call", "task", "promise", "pos", "neg", "gist")
SENTIMENTS = ("positive", "neutral", "negative")
EMOTIONS = (
    "joy",
    "enthusiasm",
    "gratitude",
    "trust",
    "confusion",
    "dissatisfaction",
    "frustration",
    "neutral",
)
LANGUAGES = ("en", "ja")
ENTITIES = ("person", "organisation", "department", "title", "place", "product", "event")
