"""Stage 3: train one task for one language.

Usage: python -m training.train TASK LANGUAGE
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import typer

from models import artefact
from training import collect, mails, params, prepare, sentences
from training.rows import Row, read

OUT = params.ROOT / "training/build/train"
OUT_OF_FOLD = "out_of_fold.npz"


def run(task: str, language: str, prepared: Path, sources: Path, out: Path, settings: dict[str, Any]) -> None:
    """Write the artefact of one task and language into ``out/TASK-LANGUAGE``."""
    rows = [row for row in read(prepared / f"{language}.jsonl") if row.split == "train"]
    folder = out / f"{task}-{language}"
    if task == "sentences":
        trained = sentences.train(rows, settings[task])
        manifest, arrays = trained.manifest, trained.arrays
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / OUT_OF_FOLD, allow_pickle=False, **trained.out_of_fold)
    else:
        manifest, arrays = mails.train(rows, _out_of_fold(out / f"sentences-{language}"), settings[task])
    about = {"task": task, "language": language, "settings": settings[task], "data": _data(rows, sources)}
    artefact.write(folder, {**about, **manifest}, arrays)


def _out_of_fold(folder: Path) -> dict[str, Any]:
    with np.load(folder / OUT_OF_FOLD, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _data(rows: list[Row], sources: Path) -> dict[str, Any]:
    """What the model was trained on: the sources with their licences, mails and sentences."""
    used = {row.source for row in rows}
    known = json.loads(sources.read_text(encoding="utf-8"))
    return {
        "sources": [source for source in known if source["name"] in used],
        "mails": len({row.id for row in rows}),
        "sentences": sum(len(row.sentences) for row in rows if row.variant == "clean"),
    }


def main(task: str, language: str) -> None:
    """Run the stage as dvc.yaml does."""
    run(task, language, prepare.OUT, collect.OUT / "sources.json", OUT, params.load("train"))


if __name__ == "__main__":
    typer.run(main)
