"""Names in the newest text of a mail, by the trained tagger, where somebody asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from models import loading
from pipeline.records import Name, ScoredSentence

_MAYBE = 0.1  # the chance of a meeting or call from which names are looked for


def find(scored: Sequence[ScoredSentence]) -> tuple[Name, ...]:
    """The names in a mail that may be about a meeting; nothing in other mails, where nobody asks for them.

    Raises:
        models.artefact.ArtefactError: a shipped model is damaged.
    """
    if not any(max(one.scores["meeting"], one.scores["call"]) >= _MAYBE for one in scored):
        return ()
    found: list[Name] = []
    languages = [loading.route(one.sentence.language) for one in scored]
    for language in sorted(set(languages)):
        tagger = loading.name_model(language)
        if tagger is None:
            continue
        chosen = [one.sentence for one, its in zip(scored, languages, strict=True) if its == language]
        entities = tagger.find([sentence.text for sentence in chosen])
        for sentence, names in zip(chosen, entities, strict=True):
            found += [
                Name(n.label, sentence.start + n.start, sentence.start + n.end, sentence.text[n.start : n.end], n.score)
                for n in names
            ]
    return tuple(sorted(found, key=lambda name: name.start))
