"""Fit the weights by which sentences about meetings, calls and tasks are told (``pipeline/extract/weighing.py``), and
those by which a confirmed meeting is told from a proposed one (``pipeline/extract/agreeing.py``).

The scores are those of models that never saw the mail. A third of the mails, chosen by their ids, stays out.

Usage: python -m training.deeds [LANGUAGE ...]
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from models.labels import LANGUAGES, TAGS
from pipeline.extract import agreeing, clues, meeting_times, titles, weighing
from pipeline.extract.clues import Clue
from pipeline.records import ScoredSentence, Sentence
from training import params, train
from training.fitting import fit_head
from training.prepare import OUT as PREPARED
from training.rows import CLEAN, read, read_json_lines

PENALTY = 30.0
STATUS_PENALTY = 40.0
WRITTEN = params.ROOT / "training/data/written"
TO = params.ROOT / "pipeline/extract"
DEEDS = {"meeting": {"meeting", "call"}, "task": {"task"}}


def is_held_out(mail: str) -> bool:
    """Whether a mail belongs to the third that no rule is fitted on."""
    return int(hashlib.sha256(mail.encode()).hexdigest(), 16) % 3 == 0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to fit on: its sentences as scored and as read, and its activities as an annotator wrote them down."""

    date: datetime
    subject: str
    items: list[ScoredSentence]
    read: list[Clue]
    activities: list[dict[str, Any]]


def fit(mails: Sequence[Mail]) -> dict[str, dict[str, float]]:
    """The weights of each deed by feature, the bias among them."""
    examples = []
    for mail in mails:
        kinds: dict[int, set[str]] = {}
        for activity in mail.activities:
            for at in activity["s"]:
                kinds.setdefault(at, set()).add(activity["kind"])
        for at, clue in enumerate(mail.read):
            told = weighing.features(mail.items, at, clue.cues, clue.spans)
            examples.append((told, [bool(kinds.get(at, set()) & deed) for deed in DEEDS.values()]))
    return dict(zip(DEEDS, _fit(examples, PENALTY), strict=True))


def fit_status(mails: Sequence[Mail]) -> dict[str, float]:
    """The weights of "confirmed" against "proposed" by feature, the bias among them."""
    examples = []
    for mail in mails:
        for activity in mail.activities:
            group = [mail.read[at] for at in activity["s"] if at < len(mail.read)]
            if activity["kind"] != "task" and activity["status"] in ("confirmed", "proposed") and group:
                said, _ = meeting_times.of(group, None, mail.date, ())
                told = agreeing.features(group, [s.slot for s in said], titles.is_reply(mail.subject))
                examples.append((told, [activity["status"] == "confirmed"]))
    return _fit(examples, STATUS_PENALTY)[0]


def _fit(examples: Sequence[tuple[Mapping[str, float], list[bool]]], penalty: float) -> list[dict[str, float]]:
    """For each target the weights by feature, rounded, the bias among them."""
    names = sorted({name for told, _ in examples for name in told})
    matrix = np.array([[told.get(name, 0.0) for name in names] for told, _ in examples])
    head = fit_head(matrix, np.array([wanted for _, wanted in examples], float), "logistic", penalty)
    return [
        {"bias": round(float(bias), 3)}
        | {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
        for bias, weights in zip(head.bias, head.weights.T, strict=True)
    ]


def _mails(language: str) -> Iterator[Mail]:
    """The written mails to fit on, with scores of models that never saw them."""
    rows = {row.id: row for row in read(PREPARED / f"{language}.jsonl") if row.variant == CLEAN}
    dates = _dates(language)
    activities = {row["id"]: row["activities"] for row in _lines(WRITTEN / "activities", language)}
    with np.load(train.OUT / f"sentences-{language}" / train.OUT_OF_FOLD, allow_pickle=False) as scores:
        for mail in sorted(set(scores.files) & set(activities)):
            if is_held_out(mail):
                continue
            items = [
                ScoredSentence(Sentence(0, len(text), text, language), dict(zip(TAGS, map(float, of), strict=True)))
                for text, of in zip(rows[mail].sentences, scores[mail], strict=True)
            ]
            read_clues = clues.read(items, dates[mail])
            yield Mail(dates[mail], rows[mail].subject, items, read_clues, activities[mail])


def _lines(folder: Path, language: str) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(f"{language}_*.jsonl")):
        yield from read_json_lines(file)


def _dates(language: str) -> dict[str, datetime]:
    return {row["id"]: datetime.fromisoformat(row["date"]) for row in _lines(WRITTEN, language)}


def main() -> None:
    """Write the weights of the languages named, or of all and of the status, which all languages share."""
    named = sys.argv[1:]
    mails = {language: list(_mails(language)) for language in named or LANGUAGES}
    weights: dict[str, Any] = {language: fit(of_language) for language, of_language in mails.items()}
    if not named:
        weights["status"] = fit_status([mail for language in LANGUAGES for mail in mails[language]])
    for name, content in weights.items():
        (TO / f"weights_{name}.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
