"""Texts with marked names: the written mails with their signatures, and public sets (names_sources.toml)."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.artefact import digest
from models.labels import ENTITIES
from training.collect import _MARK, _entities
from training.rows import read_json_lines

REGISTRY = Path(__file__).parent / "names_sources.toml"
WRITTEN = "written"
IGNORED = "ignored"
ENRON = "enron_entity_coref_ner"
FIFTHS = 5

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Text:
    """Sentences (or lines) that belong together, with the names in each as start, end and type.

    ``known`` are the types whose absence means something. ``is_held`` texts are measured and never trained on.
    ``body`` counts the sentences before a signature.
    """

    id: str
    source: str
    sentences: tuple[str, ...]
    names: tuple[tuple[Span, ...], ...]
    known: tuple[str, ...]
    is_held: bool
    body: int


def fifth_of(key: str) -> int:
    """Which fifth a text belongs to, by a hash of its id."""
    return _draw("names", key) % FIFTHS


def _draw(purpose: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose} {key}".encode()).digest()[:4], "big")


def written(folder: Path, language: str) -> Iterator[Text]:
    """Our own mails, signatures included; a fifth of them is held."""
    for file in sorted(folder.glob(f"{language}_*.jsonl")):
        for mail in read_json_lines(file):
            body = [sentence for paragraph in mail["body"] for sentence, _ in paragraph]
            lines = [*body, *mail["signature"]]
            yield Text(
                mail["id"],
                WRITTEN,
                tuple(_MARK.sub(r"\1", line) for line in lines),
                tuple(_entities(line) for line in lines),
                ENTITIES,
                fifth_of(mail["id"]) == 0,
                len(body),
            )


def shouted(texts: Sequence[Text]) -> Iterator[Text]:
    """Some of the written training mails once more in capitals; letters whose capital is longer stay."""
    for text in texts:
        if text.source == WRITTEN and not text.is_held and fifth_of(f"capitals {text.id}") == 0:
            yield replace(text, id=f"{text.id}-capitals", sentences=tuple(_capitals(line) for line in text.sentences))


def _capitals(line: str) -> str:
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in line)


def sources(language: str) -> list[dict[str, Any]]:
    """The public sets of a language."""
    found = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))["source"]
    return [source for source in found if source["language"] == language]


def public(source: Mapping[str, Any], folder: Path) -> Iterator[Text]:
    """The texts of one set; nothing where it is not there."""
    for name in [*source["train"], *source.get("held", [])]:
        file = folder / source["name"] / name
        if not file.exists():
            return
        for content in _lines(file):
            if _draw("share", content["id"]) % 100 >= source.get("percent", 100):
                continue
            held = name in source.get("held", []) or (source["name"] == ENRON and fifth_of(content["id"]) == 0)
            yield _text(source, content, held)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    for line in data.decode("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _text(source: Mapping[str, Any], content: Mapping[str, Any], is_held: bool) -> Text:
    if "spans" in content:
        lines = [(content["text"], [(s["start"], s["end"], s["label"]) for s in content["spans"]])]
    else:
        lines = list(_from_tags(source, content))
    kinds = {**source["types"], **dict.fromkeys(source.get("ignored", ()), IGNORED)}
    return Text(
        f"{source['name']}-{content['id']}",
        source["name"],
        tuple(text for text, _ in lines),
        tuple(tuple((start, end, kinds[kind]) for start, end, kind in spans if kind in kinds) for _, spans in lines),
        tuple(source["known"]),
        is_held,
        len(lines),
    )


def _from_tags(source: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[tuple[str, list[Span]]]:
    """The lines of a set that marks tokens: one, or as many as it tells line breaks."""
    tokens, tags = content["tokens"], content[source.get("tags", "tags")]
    glue = "" if source["language"] == "ja" else " "
    edges = sorted({0, *content.get("line_breaks", ()), len(tokens)})
    for first, last in itertools.pairwise(edges):
        yield _joined(tokens[first:last], tags[first:last], glue)


def _joined(tokens: Sequence[str], tags: Sequence[str], glue: str) -> tuple[str, list[Span]]:
    spans: list[Span] = []
    at, open_ = 0, False
    for token, tag in zip(tokens, tags, strict=True):
        end = at + len(token)
        mark, _, kind = tag.partition("-")
        if mark == "I" and open_ and spans[-1][2] == kind:
            spans[-1] = (spans[-1][0], end, kind)
        elif mark != "O":
            spans.append((at, end, kind))
        open_ = mark != "O"
        at = end + len(glue)
    return glue.join(tokens), spans


def describe(source: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Name, licence, origin and content hash of a set that was used."""
    data = b"".join((folder / source["name"] / name).read_bytes() for name in source["train"])
    return {key: source[key] for key in ("name", "licence", "origin")} | {"sha256": digest(data)}
