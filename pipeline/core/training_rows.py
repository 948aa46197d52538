"""What a decision on a meeting, call or task teaches: each evidence sentence with or without its tag, without names.

Addresses, links, numbers, and the people and firms that the mail names are replaced; the sentence stays what it was.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.records import Suggestion

Taught = Literal["accept", "edit", "reject"]
LANGUAGES = ("en", "ja")
_STAND_INS = {
    "en": {"person": "Smith", "firm": "Acme"},
    "ja": {"person": "山田", "firm": "甲社"},
}
_PEOPLE = frozenset({"full_name", "family_name", "given_name", "name_kana", "name_latin"})
_FIRMS = frozenset({"company", "department"})
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LINK = re.compile(r"https?://[^\s<>「」（）、。]{1,2000}|www\.[^\s<>「」（）、。]{1,2000}")
_NUMBER = re.compile(r"\d(?:[\d ().-]{3,30})\d")
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A sentence with the tags that it has and those that are known of it (``models.labels.TAGS``)."""

    id: str
    language: str
    text: str
    tags: tuple[str, ...]
    known: tuple[str, ...]


def rows_of(
    organisation_id: str, suggestion: Suggestion, action: Taught, document: Mapping[str, Any]
) -> Iterator[TrainingRow]:
    """The rows of one decision; none where the suggestion is no activity, or its language has no model."""
    activity, language = suggestion.activity, document.get("language")
    if activity is None or language not in LANGUAGES:
        return
    tag = "promise" if activity.kind == "task" and activity.owner == "sender" else activity.kind
    for place, piece in enumerate(activity.evidence):
        number = hashlib.sha256("\0".join((organisation_id, suggestion.id, str(place))).encode()).hexdigest()[:32]
        text = redact(piece.text, names_in(document), language)
        yield TrainingRow(f"decision-{number}", language, text, () if action == "reject" else (tag,), (tag,))


def names_in(document: Mapping[str, Any]) -> dict[str, str]:
    """The names that a mail's headers and contacts tell, each a ``person`` or a ``firm``."""
    found: dict[str, str] = {}
    for one in (document.get("from"), *(document.get("to") or ()), *(document.get("cc") or ())):
        if one and one["name"]:
            found[one["name"]] = "person"
    for contact in document.get("contacts") or ():
        for field in contact["fields"]:
            kind = "person" if field["name"] in _PEOPLE else "firm" if field["name"] in _FIRMS else ""
            if kind:
                found[field["value"]] = kind
    return {name: kind for name, kind in found.items() if len(name) >= _FEWEST_LETTERS}


def redact(text: str, names: Mapping[str, str], language: str) -> str:
    """The sentence with other names, addresses, links and numbers, on one line."""
    text = _LINK.sub("https://example.com", _ADDRESS.sub("name@example.com", text))
    text = _NUMBER.sub(lambda found: re.sub(r"\d", "0", found[0]), text)
    for name in _longest_first(names):
        text = _named(name).sub(_STAND_INS[language][names[name]], text)
    return " ".join(text.split())


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _named(name: str) -> re.Pattern[str]:
    """The name as a whole word where its script has words."""
    edge = r"\b" if name.isascii() and name[0].isalnum() and name[-1].isalnum() else ""
    return re.compile(f"{edge}{re.escape(name)}{edge}")
