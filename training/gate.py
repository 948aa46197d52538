"""Stage 5: may the candidates replace the shipped artefacts? A written verdict; exit code 5 is a refusal.

Both are scored on the same test mails. Candidates must be better or equal overall (mean macro F1 of all heads and
languages), no head of a language and no label may lose more than its tolerance, and size and speed must be within
their limits.

Usage: python -m training.gate
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models import artefact, loading
from models.labels import LANGUAGES
from training import evaluate, params, prepare, train
from training.rows import CLEAN, Row, read, write_json

REFUSED = 5
HEADS = ("emotion", "intents", "sentiment")
_LABELS_OF = {"intents", "sentiment"}
_NO_LABEL = {"macro_f1", "accuracy", "calibration_error"}

Figures = Mapping[str, Mapping[str, float]]


def judge(
    candidate: Mapping[str, Figures], shipped: Mapping[str, Figures], settings: Mapping[str, float]
) -> dict[str, Any]:
    """Compare figures by language; ``shipped`` lacks the languages that have no shipped artefact yet."""
    refusals = []
    comparisons: dict[str, Any] = {}
    for head in HEADS:
        rows = {x: _compare(candidate[x][head], shipped[x][head]) for x in LANGUAGES if x in shipped}
        comparisons[head] = rows
        refusals += _refusals(head, rows, settings)
    changes = [row["macro_f1"]["change"] for rows in comparisons.values() for row in rows.values()]
    overall = round(sum(changes) / max(1, len(changes)), 4)
    if overall < -settings["overall_tolerance"]:
        refusals.insert(0, f"overall: the mean macro F1 of all heads and languages falls by {-overall:.4f}")
    return {"accepted": not refusals, "refusals": refusals, "overall_change": overall, "comparisons": comparisons}


def _compare(new: Mapping[str, float], old: Mapping[str, float]) -> dict[str, Any]:
    return {
        label: {"candidate": new[label], "shipped": old[label], "change": round(new[label] - old[label], 4)}
        for label in sorted(new.keys() & old.keys())
    }


def _refusals(head: str, rows: Mapping[str, Any], settings: Mapping[str, float]) -> list[str]:
    out = []
    for language, row in rows.items():
        change = row["macro_f1"]["change"]
        if change < -settings["language_tolerance"]:
            out.append(f"{head}, {language}: macro F1 falls by {-change:.3f}")
    for language, row in rows.items():
        for label, figure in row.items() if head in _LABELS_OF else ():
            if label not in _NO_LABEL and figure["change"] < -settings["label_tolerance"]:
                out.append(f"{head}, {language}: F1 of {label} falls by {-figure['change']:.3f}")
    return out


def measure_limits(trained: Path, rows: Mapping[str, list[Row]], settings: Mapping[str, float]) -> list[str]:
    """Complaints about size on disk and time per mail of the candidates, one core."""
    out = []
    for language in LANGUAGES:
        for name in names_in(trained, language):
            size = sum(file["bytes"] for file in artefact.read_manifest(trained / name)["files"].values())
            if size > settings["size_bytes"]:
                out.append(f"{name} has {size} bytes, more than {settings['size_bytes']}")
        models = evaluate.models_in(trained, language)
        evaluate.observe(rows[language][:5], *models)
        began = time.process_time()
        for row in rows[language]:
            evaluate.observe([row], *models)
        spent_ms = 1000 * (time.process_time() - began) / len(rows[language])
        sys.stderr.write(f"{language}: {spent_ms:.2f} ms a mail, one by one\n")
        if spent_ms > settings["milliseconds_per_mail"]:
            out.append(f"{language}: a mail takes longer than {settings['milliseconds_per_mail']} ms")
    return out


def names_in(folder: Path, language: str) -> list[str]:
    """The artefacts of one language: those of ``loading.TASKS``, and the encoder that they name."""
    names = [f"{task}-{language}" for task in loading.TASKS]
    has_encoder = loading.ENCODER in artefact.read_manifest(folder / names[0])
    return [f"{loading.ENCODER}-{language}", *names] if has_encoder else names


def run(prepared: Path, trained: Path, shipped: Path, settings: Mapping[str, Any], bins: int) -> dict[str, Any]:
    """The verdict on the candidates in ``trained`` against the artefacts in ``shipped``."""
    candidate, present, rows = {}, {}, {}
    for language in LANGUAGES:
        test = [row for row in read(prepared / f"{language}.jsonl") if row.split == "test"]
        rows[language] = [row for row in test if row.variant == CLEAN]
        candidate[language] = _figures(trained, language, rows[language], bins)
        if all((shipped / f"{task}-{language}").is_dir() for task in loading.TASKS):
            present[language] = _figures(shipped, language, rows[language], bins)
    verdict = judge(candidate, present, settings)
    verdict["refusals"] += measure_limits(trained, rows, settings)
    verdict["accepted"] = not verdict["refusals"]
    verdict["candidates"] = {
        name: artefact.read_manifest(trained / name)["version"]
        for name in (name for language in LANGUAGES for name in names_in(trained, language))
    }
    return verdict


def _figures(folder: Path, language: str, rows: list[Row], bins: int) -> Figures:
    return evaluate.figures(evaluate.observe(rows, *evaluate.models_in(folder, language)), bins)


def main() -> int:
    """Run the stage as dvc.yaml does; 5 where the candidates are refused."""
    bins = params.load("evaluate")["bins"]
    verdict = run(prepare.OUT, train.OUT, loading.ARTEFACTS, params.load("gate"), bins)
    write_json(evaluate.REPORTS / "gate.json", verdict)
    for refusal in verdict["refusals"]:
        sys.stderr.write(f"refused: {refusal}\n")
    sys.stderr.write("accepted\n" if verdict["accepted"] else "The shipped models stay; see docs/training.md.\n")
    return 0 if verdict["accepted"] else REFUSED


if __name__ == "__main__":
    sys.exit(main())
