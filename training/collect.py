"""Stage 1: gather labelled mails from all sources into one form, and say which sources there were.

Usage: python -m training.collect
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from models.artefact import digest
from models.labels import ENTITIES, LANGUAGES
from training import decisions, params, public
from training.rows import CLEAN, Row, read, read_json_lines, write, write_json

OUT = params.ROOT / "training/build/collect"
SAMPLES = "samples"
PUBLIC_VARIABLE = "MAIL_INSIGHT_PUBLIC_DATA"
DECISIONS_VARIABLE = "MAIL_INSIGHT_DECISIONS"
_MARK = re.compile(r"\[([^\[\]|]+)\|([a-z]+)\]")
_KINDS = {kind: kind for kind in ENTITIES} | {"org": "organisation"}


def collect(
    written: Path, samples: Path | None, public_sets: Path | None, out: Path, decided: Path | None = None
) -> None:
    """Write ``LANGUAGE.jsonl`` and ``sources.json`` into ``out``; ``decided`` is what people decided in the product."""
    rows: dict[str, list[Row]] = {language: list(read_written(written, language)) for language in LANGUAGES}
    sources = [describe_written(written)]
    if samples:
        for language in LANGUAGES:
            rows[language] += read(samples / f"{language}.jsonl")
        sources.append(describe_samples(samples))
    if decided:
        for language in LANGUAGES:
            rows[language] += decisions.read(decided, language)
        sources.append(decisions.describe(decided))
    for source in public.sources():
        found = list(public.read(source, public_sets)) if public_sets else []
        for row in found:
            rows[row.language].append(row)
        if found:
            sources.append(public.describe(source, public_sets))
        else:
            sys.stderr.write(f"without {source['name']} (optional, {source['licence']}): {source['origin']}\n")
    for language in LANGUAGES:
        write(out / f"{language}.jsonl", rows[language])
    write_json(out / "sources.json", sources)


def read_written(folder: Path, language: str) -> Iterator[Row]:
    """Our own written mails of one language, in order of file and line."""
    for file in sorted(folder.glob(f"{language}_*.jsonl")):
        for mail in read_json_lines(file):
            yield _row(mail)


def _row(mail: Mapping[str, Any]) -> Row:
    marked = [sentence for paragraph in mail["body"] for sentence in paragraph]
    return Row(
        id=mail["id"],
        source="written",
        language=mail["language"],
        subject=mail["subject"],
        sentences=tuple(_MARK.sub(r"\1", text) for text, _ in marked),
        tags=tuple(tuple(tags.split()) for _, tags in marked),
        entities=tuple(_entities(text) for text, _ in marked),
        sentiment=mail["sentiment"],
        emotion=mail["emotion"],
    )


def _entities(marked: str) -> tuple[tuple[int, int, str], ...]:
    """Where the names of a sentence are once the marks are gone."""
    out, gone = [], 0
    for mark in _MARK.finditer(marked):
        text, kind = mark.groups()
        start = mark.start() - gone
        gone += len(mark.group()) - len(text)
        if kind in _KINDS:
            out.append((start, start + len(text), _KINDS[kind]))
    return tuple(out)


def describe_written(folder: Path) -> dict[str, str]:
    """Name, licence, origin and content hash of the written mails."""
    data = b"".join(file.read_bytes() for file in sorted(folder.glob("*_*.jsonl")))
    origin = "written for this project, training/data/written/README.md"
    return {"name": "written", "licence": "Apache-2.0", "origin": origin, "sha256": digest(data)}


def describe_samples(folder: Path) -> dict[str, str]:
    """Name, licence, origin and content hash of the sample mails."""
    data = b"".join((folder / f"{language}.jsonl").read_bytes() for language in LANGUAGES)
    origin = "written for this project, data/samples, read by training/samples.py"
    return {"name": SAMPLES, "licence": "Apache-2.0", "origin": origin, "sha256": digest(data)}


def describe(rows: Sequence[Row], sources: Path) -> dict[str, Any]:
    """What a model was trained on: the sources with their licences, mails and sentences.

    Args:
        sources: the file ``sources.json`` that ``collect`` wrote.
    """
    used = {row.source for row in rows}
    known = json.loads(sources.read_text(encoding="utf-8"))
    return {
        "sources": [source for source in known if source["name"] in used],
        "mails": len({row.id for row in rows}),
        "sentences": sum(len(row.sentences) for row in rows if row.variant == CLEAN),
    }


def main() -> None:
    """Run the stage as dvc.yaml does."""
    settings = params.load("collect")
    where = os.environ.get(PUBLIC_VARIABLE) or settings["public"]
    decided = os.environ.get(DECISIONS_VARIABLE) or settings["decisions"]
    collect(
        params.ROOT / settings["written"],
        params.ROOT / settings["samples"] if settings["samples"] else None,
        Path(where) if where else None,
        OUT,
        Path(decided) if decided else None,
    )


if __name__ == "__main__":
    main()
