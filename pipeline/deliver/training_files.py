"""Training rows as files, one a language, as ``training/decisions.py`` reads them.

What is no longer held is taken out of them by ``forget``: after somebody was erased, a decision taken back, or a
mailbox that does not allow it any more.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path

from pipeline.core.training_rows import LANGUAGES, TrainingRow

FOLDER = "training"
"""Below the home folder, where nothing else is said."""


def write(rows: Iterable[TrainingRow], folder: Path) -> dict[str, int]:
    """Write all rows anew, for their owner's eyes only, and tell how many there are of each language."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for row in rows:
        lines[row.language].append(json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) + "\n")
    for language, of in lines.items():
        _replace(folder / f"{language}.jsonl", "".join(of))
    return dict(Counter({language: len(of) for language, of in lines.items()}))


def forget(held: Collection[str], folder: Path) -> int:
    """Take out the rows whose ids are not among those held, and tell how many these were."""
    gone = 0
    for file in (folder / f"{language}.jsonl" for language in LANGUAGES):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
        kept = [line for line in lines if json.loads(line)["id"] in held]
        if len(kept) < len(lines):
            _replace(file, "".join(kept))
            gone += len(lines) - len(kept)
    return gone


def _replace(file: Path, text: str) -> None:
    unfinished = file.with_suffix(".part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(unfinished, file)
