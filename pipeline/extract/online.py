"""How to enter an online meeting: its address, its number, its passcode.

The number and passcode are read only where the text names a meeting service or the number of a meeting, behind a word
that says what they are ("Meeting ID:", パスコード：); the text is folded, which keeps its length.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from pipeline.extract import places
from pipeline.extract.times.folding import fold

_BEHIND = r"(?: ?\([^()\n]{1,24}\))?[ \t]*(?:[:=は]|\bis\b)[ \t]*\n?[ \t]*"
_NUMBER = r"(\d(?:[ -]?\d){7,14})(?![\d-])"
_WORD = r"([^\s。、,()「」]{3,24})"
_ENDS = ".,;:!?。、"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way into an online meeting, each part as written or None."""

    url: str | None = None
    meeting_id: str | None = None
    passcode: str | None = None


def entrance(text: str) -> Entrance:
    """What a text tells of the way into an online meeting; the first where it tells of several."""
    url = places.online_url(text)
    folded = fold(text)
    number_label, secret_label = _patterns()
    labelled = number_label.search(folded)
    if url is None and labelled is None:
        return Entrance()
    secrets = (_passcode(text[match.start(1) : match.end(1)]) for match in secret_label.finditer(folded))
    number = labelled.group(1) if labelled else _in_address(url or "")
    return Entrance(url, number, next(filter(None, secrets), None))


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = _words()
    number, secret = ("|".join(words[name]) for name in ("number", "passcode"))
    return (
        re.compile(rf"(?<![a-z])(?:{number}){_BEHIND}{_NUMBER}"),
        re.compile(rf"(?<![a-z?&])(?:{secret}){_BEHIND}{_WORD}"),
    )


@functools.cache
def _words() -> dict[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads((files(__package__) / "online.toml").read_text(encoding="utf-8"))
    return table


@functools.cache
def _address() -> re.Pattern[str]:
    return re.compile("|".join(_words()["address"]))


def _in_address(url: str) -> str | None:
    found = _address().search(url)
    return next(filter(None, found.groups()), None) if found else None


def _passcode(written: str) -> str | None:
    """A passcode; a plain word behind its label is none ("the password is coming by SMS")."""
    value = written.strip(_ENDS)
    return None if len(value) < 3 or (value.isalpha() and value.islower()) or "://" in value else value
