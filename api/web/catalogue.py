"""The words of the interface, in two catalogues with the same keys, one file for each group of screens."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")

FOR_SCRIPTS = (
    "toast.accept", "toast.edit", "toast.reject", "toast.snooze", "toast.mute", "toast.undone", "toast.nothing_to_undo",
    "toast.retrying", "toast.failed", "toast.conflict", "toast.signed_out", "toast.undo_failed", "toast.load_failed",
    "toast.dismiss",
    "action.undo",
)  # fmt: skip
"""Keys that the scripts need; the page carries them as data."""


@cache
def words(language: Language) -> dict[str, str]:
    """All strings of one language by key."""
    found: dict[str, str] = {}
    for file in sorted(files("api.web").joinpath("words").iterdir(), key=lambda file: file.name):
        if file.name.endswith(f"_{language}.json"):
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def translate(language: Language, key: str, **values: object) -> str:
    """The string of ``key`` with ``{name}`` places filled in.

    Raises:
        KeyError: no such key; a test holds templates and catalogues together.
    """
    text = words(language)[key]
    return text.format(**values) if values else text


def plural(language: Language, key: str, count: int, **values: object) -> str:
    """The string of ``key``, or of ``key.one`` where the language tells one from many and ``count`` is 1."""
    singular = f"{key}.one"
    chosen = singular if count == 1 and singular in words(language) else key
    return translate(language, chosen, count=count, **values)


def choose(accept_language: str | None, default: Language = "en") -> Language:
    """The language of the interface for a visitor, by the order of preference that the browser sends.

    Source: RFC 9110 section 12.5.4.
    """
    ranked = []
    for place, part in enumerate((accept_language or "")[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        ranked.append((-weight, place, tag.lower().split("-")[0]))
    for _, _, tag in sorted(ranked):
        for language in LANGUAGES:
            if tag == language:
                return language
    return default
