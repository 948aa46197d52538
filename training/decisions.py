"""What people decided in the product, as rows: the files that ``mail-insight training export`` wrote.

Each sentence stands alone and knows only the tags that the decision was about.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.artefact import digest
from models.labels import LANGUAGES
from training.rows import Row, read_json_lines

SOURCE = "decisions"


def read(folder: Path, language: str) -> Iterator[Row]:
    """The sentences of one language; nothing where there is no such file."""
    file = folder / f"{language}.jsonl"
    for content in read_json_lines(file) if file.exists() else ():
        yield Row(
            id=content["id"],
            source=SOURCE,
            language=language,
            subject="",
            sentences=(content["text"],),
            tags=(tuple(content["tags"]),),
            sentiment=None,
            emotion=None,
            known=tuple(content["known"]),
        )


def describe(folder: Path) -> dict[str, str]:
    """Name, licence, origin and content hash."""
    files = (folder / f"{language}.jsonl" for language in LANGUAGES)
    data = b"".join(file.read_bytes() for file in files if file.exists())
    origin = "decisions of this organisation's people, docs/retraining.md"
    return {"name": SOURCE, "licence": "private: not to be passed on", "origin": origin, "sha256": digest(data)}
