"""Stage 4: figures and plots of the candidates on mails they never saw.

Usage: python -m training.evaluate
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import artefact, loading, mails, sentences
from models.heads import Array
from models.labels import EMOTIONS, INTENTS, LANGUAGES, SENTIMENTS, TAGS
from models.mails import MailModel, MailScores
from models.sentences import SentenceModel
from pipeline.classify.mood import decide_labels
from training import measures, params, prepare, train
from training.rows import CLEAN, Row, read, write_json

REPORTS = params.ROOT / "training/reports"
_RECALLS = [round(step / 20, 2) for step in range(1, 21)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What both models of one language said of the test mails, beside the truth."""

    rows: Sequence[Row]
    tags: Array
    scores: MailScores
    intents: NDArray[np.bool_]
    moods: Sequence[tuple[str, str]]
    evidence: Mapping[str, float]


def models_in(folder: Path, language: str) -> tuple[SentenceModel, MailModel]:
    """The two models of one language among artefacts in ``folder``."""
    encoder = loading.encoder_in(folder, language)
    sentence_model = sentences.from_artefact(artefact.read(folder / f"sentences-{language}"), encoder)
    return sentence_model, mails.from_artefact(artefact.read(folder / f"mails-{language}"), encoder)


def observe(rows: Sequence[Row], sentence_model: SentenceModel, mail_model: MailModel) -> Outcome:
    """Let the models read the rows and decide as the product does."""
    texts = [row.sentences for row in rows]
    tags = sentence_model.score(texts)
    scores = mail_model.score(texts, tags)
    limits = np.array([mail_model.thresholds[intent] for intent in INTENTS])
    moods = [
        decide_labels(
            dict(zip(SENTIMENTS, of_sentiment.tolist(), strict=True)),
            dict(zip(EMOTIONS, of_emotion.tolist(), strict=True)),
            mail_model.preferences,
        )
        for of_sentiment, of_emotion in zip(scores.sentiment, scores.emotion, strict=True)
    ]
    return Outcome(rows, np.concatenate(tags), scores, scores.intents >= limits, moods, sentence_model.evidence)


def figures(seen: Outcome, bins: int) -> dict[str, dict[str, float]]:
    """All figures of one language, one level per head: its macro F1, each label's F1, and calibration errors."""
    intents = _truth([row.intents for row in seen.rows], INTENTS)
    tags = _truth([tags for row in seen.rows for tags in row.tags], TAGS)
    tag_limits = np.array([seen.evidence[tag] for tag in TAGS])
    return {
        "intents": _multilabel(intents, seen.intents, INTENTS)
        | {"calibration_error": _round(measures.calibration_error(intents.ravel(), seen.scores.intents.ravel(), bins))},
        "sentences": _multilabel(tags, seen.tags >= tag_limits, TAGS)
        | {"calibration_error": _round(measures.calibration_error(tags.ravel(), seen.tags.ravel(), bins))},
        "sentiment": _classes([(r.sentiment or "", c[0]) for r, c in zip(seen.rows, seen.moods, strict=True)])
        | {"calibration_error": _calibration(seen.rows, seen.scores.sentiment, bins)},
        "emotion": _classes([(r.emotion or "", c[1]) for r, c in zip(seen.rows, seen.moods, strict=True)]),
    }


def _calibration(rows: Sequence[Row], sentiments: Array, bins: int) -> float:
    truth = _truth([{row.sentiment or ""} for row in rows], SENTIMENTS)
    return _round(measures.calibration_error(truth.ravel(), sentiments.ravel(), bins))


def _truth(sets: Sequence[Any], labels: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([[label in one for label in labels] for one in sets])


def _multilabel(truth: NDArray[Any], given: NDArray[Any], labels: Sequence[str]) -> dict[str, float]:
    each = {label: _round(measures.f1(truth[:, column], given[:, column])) for column, label in enumerate(labels)}
    return {"macro_f1": _round(float(np.mean(list(each.values())))), **each}


def _classes(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    truth, given = np.array([t for t, _ in pairs]), np.array([g for _, g in pairs])
    each = {label: _round(measures.f1(truth == label, given == label)) for label in sorted({*truth, *given})}
    return {
        "macro_f1": _round(float(np.mean(list(each.values())))),
        "accuracy": _round((truth == given).mean()),
        **each,
    }


def _round(value: float) -> float:
    return round(float(value), 4)


def curves(seen: Outcome, bins: int) -> dict[str, list[dict[str, Any]]]:
    """Tables behind the plots: precision by recall, reliability by bin, and the pairs of both confusion matrices."""
    intents = _truth([row.intents for row in seen.rows], INTENTS)
    moods = _truth([{row.sentiment or ""} for row in seen.rows], SENTIMENTS)
    return {
        "precision_recall": [
            {"recall": recall}
            | {x: _precision_at(recall, intents[:, c], seen.scores.intents[:, c]) for c, x in enumerate(INTENTS)}
            for recall in _RECALLS
        ],
        "reliability_intents": _reliability(intents.ravel(), seen.scores.intents.ravel(), bins),
        "reliability_sentiment": _reliability(moods.ravel(), seen.scores.sentiment.ravel(), bins),
        "confusion_sentiment": _pairs([(r.sentiment, c[0]) for r, c in zip(seen.rows, seen.moods, strict=True)]),
        "confusion_emotion": _pairs([(r.emotion, c[1]) for r, c in zip(seen.rows, seen.moods, strict=True)]),
    }


def _precision_at(recall: float, truth: NDArray[Any], probabilities: Array) -> float:
    """The best precision at which at least this recall is reached."""
    order = np.argsort(-probabilities, kind="stable")
    hits = np.cumsum(truth[order])
    reached = hits >= recall * max(1, truth.sum())
    precision = hits / np.arange(1, len(hits) + 1)
    return _round(float(precision[reached].max())) if reached.any() else 0.0


def _reliability(outcomes: NDArray[Any], probabilities: Array, bins: int) -> list[dict[str, Any]]:
    rows = measures.reliability(outcomes, probabilities, bins)
    return [{"predicted": _round(p), "observed": _round(o), "ideal": _round(p), "count": n} for p, o, n in rows]


def _pairs(pairs: Sequence[tuple[str | None, str]]) -> list[dict[str, Any]]:
    return [{"actual": actual, "predicted": predicted} for actual, predicted in pairs]


def run(prepared: Path, trained: Path, reports: Path, bins: int) -> None:
    """Write ``metrics.json`` and the tables of the plots."""
    metrics: dict[str, Any] = {}
    for language in LANGUAGES:
        rows = [row for row in read(prepared / f"{language}.jsonl") if row.split == "test"]
        models = models_in(trained, language)
        seen = observe([row for row in rows if row.variant == CLEAN], *models)
        noisy = figures(observe([row for row in rows if row.variant != CLEAN], *models), bins)
        metrics[language] = figures(seen, bins)
        metrics[language]["noisy"] = {head: noisy[head]["macro_f1"] for head in ("intents", "sentiment", "emotion")}
        for name, table in curves(seen, bins).items():
            _write_table(reports / "plots" / f"{name}_{language}.csv", table)
    write_json(reports / "metrics.json", metrics)


def _write_table(file: Path, table: list[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def main() -> None:
    """Run the stage as dvc.yaml does."""
    run(prepare.OUT, train.OUT, REPORTS, params.load("evaluate")["bins"])


if __name__ == "__main__":
    main()
