"""Opaque cursors: where a page ended, so that the next one begins there however the list has changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipeline import errors

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list in its order, and the cursor of what follows, None at the end."""

    items: tuple[Item, ...]
    next_cursor: str | None


def encode_cursor(*position: str | float) -> str:
    """An opaque token for a position."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The position of a token made by ``encode_cursor``.

    Raises: errors.UsageError where it is none, or one of another list.
    """
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except ValueError:
        position = None
    if not isinstance(position, list) or [type(part) for part in position] != list(kinds):
        raise errors.UsageError("This cursor is not one of this list; start again without a cursor.")
    return position
