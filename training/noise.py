"""Noisy copies of clean training mails: what real mail does to sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_LATIN_MARKS = re.compile(r"[.,;:!?'’\"]")
_JAPANESE_MARKS = re.compile(r"[、。，．,.？?！!]")


def wrap(text: str, language: str, dice: random.Random) -> str:
    """Break a sentence into lines as mail programs do: at blanks in English, anywhere in Japanese."""
    width = dice.randint(30, 38) if language == "ja" else dice.randint(60, 76)
    if language == "ja":
        return "\n".join(text[at : at + width] for at in range(0, len(text), width))
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


def capitals(text: str, language: str, dice: random.Random) -> str:
    """Everything in capitals; in Japanese, the Latin letters in it."""
    return text.upper()


def unmarked(text: str, language: str, dice: random.Random) -> str:
    """Punctuation left out, as in mail typed on a telephone."""
    bare = (_JAPANESE_MARKS if language == "ja" else _LATIN_MARKS).sub("", text)
    return bare if bare.strip() else text


def hasty(text: str, language: str, dice: random.Random) -> str:
    """No punctuation, no capitals, now and then a letter lost."""
    bare = unmarked(text, language, dice).lower()
    if len(bare) > 12 and dice.random() < 0.3:
        at = dice.randrange(1, len(bare) - 1)
        bare = bare[:at] + bare[at + 1 :]
    return bare


VARIANTS: dict[str, Callable[[str, str, random.Random], str]] = {
    "wrapped": wrap,
    "capitals": capitals,
    "unmarked": unmarked,
    "hasty": hasty,
}
