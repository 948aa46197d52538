"""Whether a person named in a meeting's sentence is only spoken to or spoken of, or takes part."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.resources import files

_CALLED_EN = re.compile(
    r"^\s?[,–-](?!\s(?:who|whose|which|our|my|his|her|their|the|an?)\b).*\b(?:you|your)\b", re.DOTALL
)
_CALLED_JA = re.compile(r"^(?:様|さん|さま|殿)?[、，]")
_HONORIFIC_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s$")


def is_spoken_of(before: str, after: str, language: str) -> bool:
    """Whether the words around a name tell that the person does not take part: "as Ann suggested", Annからの連絡.

    ``before`` and ``after`` are the rest of its sentence.
    """
    called = _CALLED_JA if language == "ja" else _CALLED_EN
    if not before.strip() and called.match(after):
        return True
    ahead, behind = _patterns("ja" if language == "ja" else "en")
    return bool(behind.match(after) or (ahead and ahead.search(_HONORIFIC_BEFORE.sub("", before))))


@functools.cache
def _patterns(language: str) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    lists = tomllib.loads((files(__package__) / "spoken_of.toml").read_text(encoding="utf-8"))[language]
    ahead, behind = ("|".join(lists[side]) for side in ("before", "after"))
    return re.compile(f"(?:{ahead})$", re.IGNORECASE) if ahead else None, re.compile(behind, re.IGNORECASE | re.DOTALL)
