"""Numbers behind the plots of the shipped models, in ``models/plots.json``: the page "Models" draws them.

Not a stage of the pipeline: a promotion does it. Only figures of the shipped versions are kept.

Usage: python -m training.plots
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from models import artefact, loading
from models.labels import EMOTIONS, LANGUAGES, SENTIMENTS
from training.evaluate import REPORTS

PLOTS = Path(loading.__file__).with_name("plots.json")
HEADS: Mapping[str, Sequence[str]] = {"sentiment": SENTIMENTS, "emotion": EMOTIONS}
CURVES = ("intents", "sentiment")


def plots_of(folder: Path, language: str) -> dict[str, Any]:
    """Reliability by bin, and of both classes how often each label was taken for each, from the tables of a run."""
    curves = {head: _reliability(folder / f"reliability_{head}_{language}.csv") for head in CURVES}
    tables = {head: _confusion(folder / f"confusion_{head}_{language}.csv", HEADS[head]) for head in HEADS}
    return {"reliability": curves, "confusion": tables}


def _reliability(path: Path) -> list[dict[str, float]]:
    names = ("predicted", "observed", "count")
    return [{name: float(row[name]) for name in names} for row in _rows(path)]


def _confusion(path: Path, labels: Sequence[str]) -> dict[str, Any]:
    counts = Counter((row["actual"], row["predicted"]) for row in _rows(path))
    return {"labels": list(labels), "counts": [[counts[actual, given] for given in labels] for actual in labels]}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write() -> list[str]:
    """Write the numbers of each language whose shipped mail model is the one of the reports; tell which these are."""
    judged = json.loads((REPORTS / "gate.json").read_text(encoding="utf-8"))["candidates"]
    found: dict[str, Any] = {}
    for language in LANGUAGES:
        name = f"mails-{language}"
        version = artefact.read_manifest(loading.ARTEFACTS / name)["version"]
        if judged.get(name) == version:
            found[name] = {"version": version, **plots_of(REPORTS / "plots", language)}
    PLOTS.write_text(artefact.to_json(found), encoding="utf-8")
    return list(found)


def main() -> None:
    """Write them and tell whose they are."""
    typer.echo(f"plots of {', '.join(write()) or 'no shipped model'}")


if __name__ == "__main__":
    typer.run(main)
