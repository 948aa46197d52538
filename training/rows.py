"""The rows that travel between the stages: JSON lines, one mail each, in a fixed order with sorted keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.labels import TAGS

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Row:
    """One mail, or a noisy copy of it, with its labels.

    ``entities`` holds the names in each sentence as start, end and type; it is empty where nobody marked them.
    ``known`` lists the tags whose absence means something; a public set labels only some. ``sentiment`` and
    ``emotion`` are None where nobody labelled them. ``split``, ``fold`` and ``variant`` are the prepare stage's.
    """

    id: str
    source: str
    language: str
    subject: str
    sentences: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    sentiment: str | None
    emotion: str | None
    entities: tuple[tuple[tuple[int, int, str], ...], ...] = ()
    known: tuple[str, ...] = TAGS
    split: str = ""
    fold: int = 0
    variant: str = CLEAN

    @property
    def intents(self) -> frozenset[str]:
        """All tags found on any sentence."""
        return frozenset(tag for tags in self.tags for tag in tags)


def write(file: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    file.write_text("".join(lines), encoding="utf-8")


def read(file: Path) -> list[Row]:
    """Read what ``write`` wrote."""
    return [_row(content) for content in read_json_lines(file)]


def read_json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON lines file."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _row(content: Mapping[str, Any]) -> Row:
    fixed = {
        **content,
        "sentences": tuple(content["sentences"]),
        "tags": tuple(tuple(tags) for tags in content["tags"]),
        "entities": tuple(tuple((start, end, kind) for start, end, kind in of) for of in content["entities"]),
        "known": tuple(content["known"]),
    }
    return Row(**fixed)


def write_json(file: Path, content: Any) -> None:
    """Write one JSON document, sorted and indented, without anything that changes from run to run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
