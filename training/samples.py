"""The sample mails of ``data/samples`` as training rows: their sentences with the intents that the labels prove.

The sentences are those that the product cuts; ``training/data/samples`` holds the outcome, so that a change of the
cutting retrains nothing.

Usage: python -m training.samples
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from models.labels import INTENTS, LANGUAGES
from pipeline.parse import sentences, zones
from pipeline.parse.message import parse
from training import collect, params
from training.rows import Row, write

SAMPLES = params.ROOT / "data/samples"
_BLANKS = re.compile(r"\s+")


def rows(folder: Path, language: str) -> Iterator[Row]:
    """The people's mails among the samples of one language, in order of their names."""
    for file in sorted((folder / language).glob("*.json")):
        labels = json.loads(file.read_text(encoding="utf-8"))
        if not labels["machine"]:
            yield _row(labels, file.with_suffix(".eml").read_bytes())


def _row(labels: Mapping[str, Any], raw: bytes) -> Row:
    message = parse(raw)
    sender = message.from_
    name = (sender.name or sender.address.partition("@")[0]) if sender else None
    found = [one.text for one in sentences.split(message.text, zones.split(message.text, name))]
    proofs = {intent: [_bare(text) for text in texts] for intent, texts in labels["intents"].items()}
    return Row(
        id=labels["id"],
        source=collect.SAMPLES,
        language=labels["language"],
        subject=message.subject,
        sentences=tuple(found),
        tags=tuple(tuple(x for x in INTENTS if _proves(_bare(text), proofs.get(x, []))) for text in found),
        sentiment=labels["sentiment"],
        emotion=labels["emotion"],
        known=INTENTS,
    )


def _bare(text: str) -> str:
    return _BLANKS.sub("", text)


def _proves(sentence: str, proofs: list[str]) -> bool:
    return any(sentence in proof or proof in sentence for proof in proofs)


def main() -> None:
    """Write ``LANGUAGE.jsonl`` into ``training/data/samples``."""
    for language in LANGUAGES:
        write(params.ROOT / params.load("collect")["samples"] / f"{language}.jsonl", rows(SAMPLES, language))


if __name__ == "__main__":
    main()
