"""Optional public sets: what each labels is data (public_sources.toml), reading them is the same for all."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from models.artefact import digest
from training.rows import Row

REGISTRY = Path(__file__).parent / "public_sources.toml"


def sources() -> list[dict[str, Any]]:
    """All sets that the collect stage knows how to use."""
    return list(tomllib.loads(REGISTRY.read_text(encoding="utf-8"))["source"])


def read(source: Mapping[str, Any], folder: Path) -> Iterator[Row]:
    """The sentences of one set, each a mail of its own; nothing where the set is not there."""
    for file in _files(source, folder):
        for line in gzip.decompress(file.read_bytes()).decode("utf-8").splitlines():
            row = _row(source, json.loads(line))
            if row:
                yield row


def describe(source: Mapping[str, Any], folder: Path | None) -> dict[str, str]:
    """Name, licence, origin and content hash of a set that was used."""
    data = b"".join(file.read_bytes() for file in _files(source, folder)) if folder else b""
    return {name: source[name] for name in ("name", "licence", "origin")} | {"sha256": digest(data)}


def _files(source: Mapping[str, Any], folder: Path) -> list[Path]:
    files = [folder / source["name"] / name for name in source["files"]]
    return files if all(file.exists() for file in files) else []


def _row(source: Mapping[str, Any], content: Mapping[str, Any]) -> Row | None:
    label: Any = content
    for key in source["label"].split("."):
        label = label.get(key) if isinstance(label, dict) else None
    if label not in source["tags"] or not content["text"].strip():
        return None
    return Row(
        id=f"{source['name']}-{content['id']}",
        source=source["name"],
        language=source["language"],
        subject="",
        sentences=(content["text"],),
        tags=(tuple(source["tags"][label]),),
        sentiment=None,
        emotion=None,
        known=tuple(source["known"]),
    )
