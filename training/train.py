"""Stage 3: train one task for one language.

Usage: python -m training.train TASK LANGUAGE
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import typer

from models import artefact
from models.loading import ENCODER
from training import collect, encoder, mails, params, prepare, sentences
from training.rows import read

OUT = encoder.OUT
OUT_OF_FOLD = encoder.OUT_OF_FOLD


def run(task: str, language: str, prepared: Path, sources: Path, out: Path, settings: dict[str, Any]) -> None:
    """Write the artefact of one task and language into ``out/TASK-LANGUAGE``, where its encoder lies too."""
    rows = [row for row in read(prepared / f"{language}.jsonl") if row.split == "train"]
    folder = out / f"{task}-{language}"
    encoded = encoder.held_scores(out, language)
    if task == "sentences":
        trained = sentences.train(rows, settings[task], encoded.sentences)
        manifest, arrays = trained.manifest, trained.arrays
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / OUT_OF_FOLD, allow_pickle=False, **trained.out_of_fold)
    else:
        tags = encoder.arrays(out / f"sentences-{language}" / OUT_OF_FOLD)
        manifest, arrays = mails.train(rows, tags, settings[task], encoded.mails)
    about = {"task": task, "language": language, "settings": settings[task], "data": collect.describe(rows, sources)}
    named = {ENCODER: encoded.version} if encoded.version else {}
    artefact.write(folder, {**about, **named, **manifest}, arrays)


def main(task: str, language: str) -> None:
    """Run the stage as dvc.yaml does."""
    run(task, language, prepare.OUT, collect.OUT / "sources.json", OUT, params.load("train"))


if __name__ == "__main__":
    typer.run(main)
