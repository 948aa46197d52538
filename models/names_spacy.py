"""The name tagger as a component of a spaCy pipeline: ``nlp.add_pipe("mail_insight_names")``.

It marks ``doc.ents`` with the types of ``models.labels.ENTITIES`` beside what is marked already. A blank pipeline is
enough; where sentences are set, it reads them as such, else lines. Needs the extra ``spacy``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from models import loading
from models.names import NameModel

FACTORY = "mail_insight_names"
_LINE = re.compile(r"[^\n]+")
SCORE = "name_score"


class NameMarker:
    """Marks the names of a document; ``span._.name_score`` is the probability of each."""

    def __init__(self, model: NameModel) -> None:
        self.model = model
        if not Span.has_extension(SCORE):
            Span.set_extension(SCORE, default=None)

    def __call__(self, doc: Doc) -> Doc:
        pieces = list(_pieces(doc))
        spans = []
        found = self.model.find([text for _, text in pieces])
        for (first, _), names in zip(pieces, found, strict=True):
            for name in names:
                span = doc.char_span(first + name.start, first + name.end, name.label, alignment_mode="expand")
                if span is not None:
                    span._.set(SCORE, name.score)
                    spans.append(span)
        taken = {token.i for ent in doc.ents for token in ent}
        doc.ents = [*doc.ents, *filter_spans([s for s in spans if taken.isdisjoint(range(s.start, s.end))])]
        return doc


def _pieces(doc: Doc) -> Iterator[tuple[int, str]]:
    """Where each sentence begins, and its text."""
    if doc.has_annotation("SENT_START"):
        for sentence in doc.sents:
            yield sentence.start_char, sentence.text
    else:
        for line in _LINE.finditer(doc.text):
            yield line.start(), line.group()


@Language.factory(FACTORY, assigns=["doc.ents"], default_config={"language": None})
def make(nlp: Language, name: str, language: str | None) -> NameMarker:
    """The component for the pipeline's language, or for ``language`` ("en" or "ja").

    Raises:
        ValueError: that language has no tagger.
    """
    chosen = language or loading.route(nlp.lang or "en")
    tagger = loading.name_model(chosen)
    if tagger is None:
        raise ValueError(f"no tagger of names for {chosen}: train and promote one (docs/training.md)")
    return NameMarker(tagger)
