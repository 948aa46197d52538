"""Case-blind expressions, tried on the lower-case form of a text.

The engine of regular expressions skips a branch by its first letter only where case counts, so a long list of words is
several times faster to try this way.
"""

from __future__ import annotations

import re

_ESCAPE_OR_TEXT = re.compile(r"(\\.)|([^\\]+)", re.DOTALL)


class Caseless:
    """An expression that says whether it matches, whatever the case of the text."""

    def __init__(self, expression: str) -> None:
        self._lowers = "(?-i:" not in expression
        small = _ESCAPE_OR_TEXT.sub(lambda m: m[1] or m[2].lower(), expression)
        self._pattern = re.compile(small) if self._lowers else re.compile(expression, re.IGNORECASE)

    def match(self, text: str) -> bool:
        """Whether the text begins with a match."""
        return self._pattern.match(text.lower() if self._lowers else text) is not None

    def search(self, text: str) -> bool:
        """Whether the text holds a match."""
        return self._pattern.search(text.lower() if self._lowers else text) is not None

    def count(self, text: str) -> int:
        """How many matches the text holds."""
        return len(self._pattern.findall(text.lower() if self._lowers else text))
