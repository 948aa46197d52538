"""Sentences to scored sentences, each by the model of its own language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from models import loading
from models.labels import TAGS
from pipeline.records import ScoredSentence, Sentence


def score(batch: Sequence[tuple[str, tuple[Sentence, ...]]]) -> list[tuple[ScoredSentence, ...]]:
    """Give every sentence the calibrated probability of each tag.

    A sentence is read by the model of its language; other languages go to the English one. Its neighbours in the
    mail are its context whatever their language.

    Args:
        batch: subject and sentences of each mail.

    Raises:
        models.artefact.ArtefactError: a shipped model is missing or damaged.
    """
    mails = [[sentence.text for sentence in sentences] for _, sentences in batch]
    languages = [[loading.route(sentence.language) for sentence in sentences] for _, sentences in batch]
    scored: list[list[ScoredSentence | None]] = [[None] * len(mail) for mail in mails]
    for language in sorted({language for mail in languages for language in mail}):
        chosen = [number for number, mail in enumerate(languages) if language in mail]
        for number, rows in zip(
            chosen, loading.sentence_model(language).score([mails[n] for n in chosen]), strict=True
        ):
            for place, row in enumerate(rows.tolist()):
                if languages[number][place] == language:
                    sentence = batch[number][1][place]
                    scored[number][place] = ScoredSentence(sentence, dict(zip(TAGS, row, strict=True)))
    return [tuple(one for one in mail if one) for mail in scored]


def main_language(scored: Sequence[ScoredSentence]) -> str:
    """The language whose model speaks for the whole mail: that of most characters; English if there are none."""
    sizes: Counter[str] = Counter()
    for one in scored:
        sizes[loading.route(one.sentence.language)] += len(one.sentence.text)
    return max(sorted(sizes), key=lambda language: sizes[language]) if sizes else "en"
