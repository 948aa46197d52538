"""Plain parts that only say "this mail is HTML"."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

_SHORT = 400
_MIN_TEXT = 15


def may_be_stub(text: str) -> bool:
    """Whether it is worth reading the HTML part as well."""
    return len(text) < _SHORT


def is_stub(text: str, full: str) -> bool:
    """Whether a plain text stands in for the fuller text of the HTML part instead of repeating it."""
    if len(text.strip()) < _MIN_TEXT:
        return len(full) > 2 * len(text)
    return len(full) > len(text) and bool(_phrases().search(text))


@cache
def _phrases() -> re.Pattern[str]:
    rows = resources.files(__package__).joinpath("data", "stub_phrases.txt").read_text(encoding="utf-8").splitlines()
    return re.compile("|".join(row for row in rows if row and not row.startswith("#")), re.IGNORECASE)
