"""Sentences of invented mails, made into records by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipeline.classify import sentences
from pipeline.records import ScoredSentence, Sentence

Read = Callable[[str, Sequence[str]], tuple[ScoredSentence, ...]]


def lay_out(language: str, texts: Sequence[str], at: int = 0) -> tuple[Sentence, ...]:
    """Sentences one below the other in a text that starts at ``at``."""
    out = []
    for text in texts:
        out.append(Sentence(at, at + len(text), text, language))
        at += len(text) + 1
    return tuple(out)


@pytest.fixture
def read() -> Read:
    """Score the sentences of one mail with the shipped model."""

    def one(language: str, texts: Sequence[str]) -> tuple[ScoredSentence, ...]:
        return sentences.score([("", lay_out(language, texts))])[0]

    return one
