"""Where a meeting takes place: an online address, a named room or place, as written."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files

_URL = re.compile(r"https?://[^\s<>\"'「」（）()、。]+")


@functools.cache
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads((files(__package__) / "places.toml").read_text(encoding="utf-8"))
    return table


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row})" for row in _table()[name]))


def online_url(text: str) -> str | None:
    """The first address of a meeting service in a text, without closing punctuation."""
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;:!?")
        if _pattern("online").search(url):
            return url
    return None


def location(sentences: Iterable[tuple[str, str]]) -> str | None:
    """The place that (text, language) pairs name: after its label first, else in the run of a sentence."""
    pairs = list(sentences)
    for kind in ("label", "place"):
        for text, language in pairs:
            if match := _pattern(f"{kind}_{'ja' if language == 'ja' else 'en'}").search(text):
                found = next((group for group in match.groups() if group), "").strip(" 　,、")
                if found:
                    return found
    return None
