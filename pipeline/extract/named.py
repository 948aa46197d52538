"""What names in a meeting's own sentences tell where no pattern does: who takes part, and where it is.

The names come from a trained tagger (models/names.py). A person named there, who is neither sender nor recipient,
takes part unless only spoken of; a place is only where a preposition puts the meeting there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.extract import names as forms
from pipeline.extract import participants, spoken_of
from pipeline.extract.clues import Clue
from pipeline.records import Message, Name

_SURE = 0.6
_AT_EN = re.compile(r"\b(?:at|in|to)\s(?P<the>the\s)?$")
_WHOLE_EN = re.compile(
    r"^\s?(?:[^\w\s]|$|(?:on|at|in|from|for|by|and|or|then|next|this|tomorrow|today|again|instead)\b)"
)
_ELSEWHERE_EN = re.compile(
    r"\b(?:am|was|were|been|being|not|never|back|only|fly|flying|drive|flight|from|now|currently|present|presenting)\b"
    r"(?:\s[\w’']+){0,3}\s*$|n[’']t\s[^,]*$|[’'](?:m|re|ve)\s(?:[\w’']+\s){0,3}$|\b(?:is|are)\s(?:in|back|away|out)\s$",
    re.IGNORECASE,
)
_IN_JA = re.compile(r"^(?:で|にて|に(?:て|お|伺|参|集|来|越)|へ(?:お|伺|参|来))(?!す)")


def participants_of(
    found: tuple[str, ...], given: Iterable[Name], clues: Sequence[Clue], message: Message
) -> tuple[str, ...]:
    """The participants that patterns ``found``, and the other people whom a meeting's sentences name."""
    out = list(found)
    for clue, name in _inside(given, clues, "person"):
        if clue.deed > clue.activity or spoken_of.is_spoken_of(*_around(clue, name), clue.sentence.language):
            continue
        text = forms.clean(" ".join(name.text.split()))
        if text and not participants.is_known(text, message) and not any(text in one or one in text for one in out):
            out.append(text)
    return tuple(out)


def location_of(given: Iterable[Name], clues: Sequence[Clue]) -> str | None:
    """The first place that a meeting's sentences put it at, as written."""
    for clue, name in _inside(given, clues, "place"):
        before, after = _around(clue, name)
        if clue.sentence.language == "ja":
            if _IN_JA.match(after):
                return name.text
        elif (
            (at := _AT_EN.search(before)) and _WHOLE_EN.match(after) and not _ELSEWHERE_EN.search(before[: at.start()])
        ):
            return (at.group("the") or "") + name.text
    return None


def _inside(given: Iterable[Name], clues: Sequence[Clue], label: str) -> Iterator[tuple[Clue, Name]]:
    for name in given:
        if name.label == label and name.score >= _SURE:
            for clue in clues:
                if clue.sentence.start <= name.start < clue.sentence.end:
                    yield clue, name


def _around(clue: Clue, name: Name) -> tuple[str, str]:
    first = clue.sentence.start
    return clue.sentence.text[: name.start - first], clue.sentence.text[name.end - first :]
