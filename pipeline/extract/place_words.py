"""The word lists of ``places.toml`` as parts of patterns."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files

TIME = "\x00"  # stands for a time expression in the text that patterns of places run on


@functools.cache
def words() -> dict[str, list[str]]:
    """The word lists by name."""
    table: dict[str, list[str]] = tomllib.loads((files(__package__) / "places.toml").read_text(encoding="utf-8"))
    return table


def any_of(name: str) -> str:
    """One list as a group of alternatives, longest first."""
    return "(?:" + "|".join(sorted(words()[name], key=lambda row: (-len(row), row))) + ")"


@functools.cache
def one_of(name: str) -> re.Pattern[str]:
    """One list as a pattern for whole values, whatever their case."""
    return re.compile(any_of(name), re.IGNORECASE)
