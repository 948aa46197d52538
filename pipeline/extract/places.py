"""Where a meeting takes place: an online address, a labelled place, or one that its sentence ties to its time.

A place is given only where the words leave little doubt, and silence is the rule for the rest: behind a label
("Venue:", 場所：), beside the meeting's time ("on Thursday at our depot"), or behind a word of meeting
("come over to …", …で打合せ).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Protocol

from pipeline.extract import places_en, places_ja
from pipeline.extract.clues import Clue
from pipeline.extract.place_words import TIME, any_of

_URL = re.compile(r"https?://[^\s<>\"'「」（）()、。]+")
_LABEL_REACH = 3  # sentences between the lines of an announcement and its line of the place


@functools.cache
def _online() -> re.Pattern[str]:
    return re.compile(any_of("online"))


def online_url(text: str) -> str | None:
    """The first address of a meeting service in a text, without closing punctuation."""
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;:!?")
        if _online().search(url):
            return url
    return None


def location(own: Iterable[Clue], everything: list[Clue]) -> str | None:
    """The place of a meeting whose sentences are ``own`` among those of its mail, as written, or None."""
    mine = list(own)
    for clue in (*mine, *_near(mine, everything, _LABEL_REACH)):
        if place := _of_language(clue).labelled(clue.sentence.text):
            return place
    found = [place for clue in mine for place in _of_language(clue).tied(_without_times(clue), beside=False)]
    if not found:
        near = [clue for clue in _near(mine, everything, 1) if not any(span.slot for span in clue.spans)]
        found = [place for clue in near for place in _of_language(clue).tied(clue.sentence.text, beside=True)]
    return min(found, key=lambda place: place[0])[1] if found else None


class _Language(Protocol):
    """What each language's module offers."""

    def labelled(self, text: str, /) -> str | None: ...

    def tied(self, text: str, /, beside: bool) -> list[tuple[int, str]]: ...


def _of_language(clue: Clue) -> _Language:
    return places_ja if clue.sentence.language == "ja" else places_en


def _near(mine: list[Clue], everything: list[Clue], reach: int) -> list[Clue]:
    """The other sentences that are at most ``reach`` away from one of the meeting's."""
    own = {id(clue) for clue in mine}
    at = {i for i, clue in enumerate(everything) if id(clue) in own}
    around = {i + step for i in at for step in range(-reach, reach + 1)} - at
    return [clue for i, clue in enumerate(everything) if i in around]


def _without_times(clue: Clue) -> str:
    """The sentence with one sign in place of each time expression that may be the meeting's."""
    text, at = "", 0
    for span in sorted(clue.spans, key=lambda s: s.start):
        if span.start >= at:
            text += clue.sentence.text[at : span.start] + (" " if span.past or span.deadline else TIME)
            at = span.end
    return text + clue.sentence.text[at:]
