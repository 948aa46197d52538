"""Whether a text without any mark of a machine is an out-of-office note: it says so, and it says nothing else."""

from __future__ import annotations

import re
from functools import cache

from pipeline.parse.lines import phrases

_MAX_CHARS = 800
_MAX_SENTENCES = 16
_SHORT_CHARS = 24
_BLANK = " \t\u3000-=*"
_SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+|\n+")
_WRAPPED = re.compile(r"(?<=[^\n]{18})(?<=[\w、,])\n(?=[a-z\u3041-\u9fff])")
_DETAIL = re.compile(r"@|https?:|(?:\d[\d() -]{7,})")
_VERB = re.compile(r"[?？]|ます|です|ください|\b(?:i|we|you|please|can|could|is|are|will)\b", re.IGNORECASE)


def is_one(text: str) -> bool:
    """Whether each sentence belongs to an out-of-office note, and one tells of absence, another what comes of mail."""
    if len(text) > _MAX_CHARS or not any(p.search(text) for part, p in _parts() if part == "away"):
        return False
    sentences = [sentence for sentence in _SENTENCE.split(_WRAPPED.sub(" ", text)) if sentence.strip(_BLANK)]
    parts = {_part(sentence) for sentence in sentences[: _MAX_SENTENCES + 1]}
    told = None not in parts and "away" in parts and bool(parts & {"thanks", "later"})
    return told and len(sentences) <= _MAX_SENTENCES


def _part(sentence: str) -> str | None:
    """The part of such a note that a sentence is; None for anything else."""
    sentence = sentence.strip()
    for part, expression in _parts():
        if expression.search(sentence):
            return None if part == "no" else part
    fragment = _DETAIL.search(sentence) or len(sentence) <= _SHORT_CHARS
    return "detail" if fragment and not _VERB.search(sentence) else None


@cache
def _parts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (row.split("\t") for row in phrases("away_notes.tsv"))
    return tuple((part, re.compile(expression, re.IGNORECASE)) for part, expression in rows)
