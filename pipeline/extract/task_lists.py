"""Lists in a mail: the heading over each item, and whether the items are what is asked for or only its details."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract.clues import SURE, Clue

_ITEM = re.compile(
    r"\s*(?:[-*・•●○■□◆▪–]|[(（]?(?:[qQ]?\d{1,2}|[a-zA-Z]|[ivx]{1,4}|[０-９])[.)．）、]|[①-⑳](?![のはがでをもにと、]))"
)
_COLONS = (":", "：")


def is_item(clue: Clue) -> bool:
    """Whether a sentence is an item of a list by the sign before it."""
    return _ITEM.match(clue.sentence.text) is not None


def headings(all_clues: Sequence[Clue]) -> list[int | None]:
    """For each sentence the place of the heading over it: the line with a colon, or the sentence before its list."""
    found: list[int | None] = []
    colon: int | None = None
    for i, clue in enumerate(all_clues):
        before = found[i - 1] if i and is_item(all_clues[i - 1]) else (i - 1 if i else None)
        found.append((colon if colon is not None else before) if is_item(clue) else None)
        if clue.sentence.text.rstrip().endswith(_COLONS) and not is_item(clue):
            colon = i
        elif not is_item(clue) and i and is_item(all_clues[i - 1]):
            colon = None
    return found


def asks_for_items(heading: Clue) -> bool:
    """Whether a heading asks for whatever its items name ("We need from you:", 以下を求めます), and nothing itself."""
    return "asks_for_items" in heading.cues


def is_asked(item: Clue) -> bool:
    """Whether an item under such a heading is a deed or thing, not a question, a meeting or a remark."""
    return item.activity < SURE and not item.cues & {"asks_in_list"}


def is_detail(item: Clue, heading: Clue) -> bool:
    """Whether an item only says more of what its heading asks for: an article, a document, a point to answer."""
    own = item.cues & {"task", "promise"}
    return heading.deed >= SURE and not own and not asks_for_items(heading)
