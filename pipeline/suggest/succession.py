"""Whether a mail names somebody as the sender's successor."""

from __future__ import annotations

import re
from functools import cache

from pipeline.records import Contact, Dossier, Message
from pipeline.suggest.values import lines

_NEAR = 1  # a signature-like block often follows the sentence that introduces it


def names_successor(contact: Contact, dossier: Dossier, message: Message) -> bool:
    """Whether a sentence about this person, or the one before, speaks of taking over (後任, successor, …)."""
    places = [field.start for field in contact.fields if field.start is not None]
    if not places:
        return False
    spans = [(s.start, s.end) for s in dossier.sentences] or _line_spans(message.text)
    about = [n for n, (start, end) in enumerate(spans) if any(start <= place < end for place in places)]
    if not about:
        about = [n for n, (_, end) in enumerate(spans) if end <= min(places)][-1:]
    first = max(0, min(about, default=0) - _NEAR)
    told = [message.text[start:end] for start, end in spans[first : max(about, default=-1) + 1]]
    return any(_phrases().search(text) for text in told)


def _line_spans(text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]


@cache
def _phrases() -> re.Pattern[str]:
    """The words of ``succession.txt``; Latin ones as whole words, across line breaks."""
    terms = sorted(lines("succession.txt"), key=lambda term: (-len(term), term))
    spaced = [re.escape(term).replace(r"\ ", r"\s+") for term in terms]
    return re.compile("|".join(rf"\b{t}\b" if t[0].isascii() else t for t in spaced), re.IGNORECASE)
