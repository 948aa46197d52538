"""Fit the weights by which sentences about meetings, calls and tasks are told (``pipeline/extract/weighing.py``).

The scores are those of models that never saw the mail. A third of the mails, chosen by their ids, stays out.

Usage: python -m training.deeds
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np

from models.labels import LANGUAGES, TAGS
from pipeline.extract import clues, weighing
from pipeline.records import ScoredSentence, Sentence
from training import params, train
from training.fitting import fit_head
from training.prepare import OUT as PREPARED
from training.rows import CLEAN, read, read_json_lines

PENALTY = 30.0
WRITTEN = params.ROOT / "training/data/written"
TO = params.ROOT / "pipeline/extract"
DEEDS = {"meeting": {"meeting", "call"}, "task": {"task"}}


def is_held_out(mail: str) -> bool:
    """Whether a mail belongs to the third that no rule is fitted on."""
    return int(hashlib.sha256(mail.encode()).hexdigest(), 16) % 3 == 0


def fit(language: str) -> dict[str, dict[str, float]]:
    """The weights of each deed by feature, the bias among them."""
    found, wanted = zip(*_sentences(language), strict=True)
    names = sorted(found[0])
    matrix = np.array([[row[name] for name in names] for row in found])
    head = fit_head(matrix, np.array(wanted, float), "logistic", PENALTY)
    return {
        deed: {"bias": round(float(head.bias[column]), 3)}
        | {name: round(float(weight), 3) for name, weight in zip(names, head.weights[:, column], strict=True)}
        for column, deed in enumerate(DEEDS)
    }


def _sentences(language: str) -> Iterator[tuple[dict[str, float], list[bool]]]:
    """The features of each sentence of the mails to fit on, and whether it is evidence of each deed."""
    rows = {row.id: row for row in read(PREPARED / f"{language}.jsonl") if row.variant == CLEAN}
    dates = _dates(language)
    kinds = _kinds(language)
    with np.load(train.OUT / f"sentences-{language}" / train.OUT_OF_FOLD, allow_pickle=False) as scores:
        for mail in sorted(set(scores.files) & set(kinds)):
            if is_held_out(mail):
                continue
            items = [
                ScoredSentence(Sentence(0, len(text), text, language), dict(zip(TAGS, map(float, of), strict=True)))
                for text, of in zip(rows[mail].sentences, scores[mail], strict=True)
            ]
            for at, clue in enumerate(clues.read(items, dates[mail])):
                told = weighing.features(items, at, clue.cues, clue.spans)
                yield told, [bool(kinds[mail].get(at, set()) & deed) for deed in DEEDS.values()]


def _files(folder: Path, language: str) -> Iterator[Path]:
    yield from sorted(folder.glob(f"{language}_*.jsonl"))


def _dates(language: str) -> dict[str, datetime]:
    rows = (row for file in _files(WRITTEN, language) for row in read_json_lines(file))
    return {row["id"]: datetime.fromisoformat(row["date"]) for row in rows}


def _kinds(language: str) -> dict[str, dict[int, set[str]]]:
    """The kinds of activities that each sentence of each mail shows."""
    kinds: dict[str, dict[int, set[str]]] = {}
    for file in _files(WRITTEN / "activities", language):
        for row in read_json_lines(file):
            of_mail = kinds.setdefault(row["id"], {})
            for activity in row["activities"]:
                for at in activity["s"]:
                    of_mail.setdefault(at, set()).add(activity["kind"])
    return kinds


def main() -> None:
    """Write the weights of all languages."""
    for language in LANGUAGES:
        content = json.dumps(fit(language), indent=1, sort_keys=True)
        (TO / f"weights_{language}.json").write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
