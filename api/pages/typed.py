"""What people type into small forms, as the values that the rules take."""

from __future__ import annotations

import re


def domains_of(text: str) -> list[str]:
    """Domains, one a line or parted by commas and spaces; an ``@`` before one is dropped."""
    return [part.lstrip("@") for part in re.split(r"[\s,、，]+", text) if part.lstrip("@")]


def addresses_of(text: str) -> list[str]:
    """Mail addresses, one a line or parted by commas and spaces, each once."""
    return list(dict.fromkeys(part.lower() for part in re.split(r"[\s,、，;]+", text) if part))
