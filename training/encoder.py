"""Stage: tune the network of one language and write it as an artefact, with its scores of mails it did not see.

Usage: python -m training.encoder LANGUAGE
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import typer
from numpy.typing import NDArray

from models import artefact
from models.loading import ENCODER
from training import collect, params, prepare
from training.rows import Row, read

OUT = params.ROOT / "training/build/train"
CHECKPOINTS = params.ROOT / "training/build/checkpoints"
OUT_OF_FOLD = "out_of_fold.npz"
TRAINERS = {"en": "training.minilm", "ja": "training.network_ja"}
_SENTENCES = "/sentences"


@dataclass(frozen=True, slots=True)
class Tuned:
    """A tuned network.

    ``about`` becomes the manifest's ``encoder`` (models/encoder.py), with one sentence for the card under ``about``;
    ``bases`` are the pre-trained parts with name, licence and origin. ``sentences`` and ``mails`` hold, by the id of
    each clean mail of the ``train`` split, the log odds that a network tuned without that mail's fold gives.
    """

    about: Mapping[str, Any]
    bases: Sequence[Mapping[str, str]]
    files: Mapping[str, bytes]
    sentences: Mapping[str, NDArray[Any]]
    mails: Mapping[str, NDArray[Any]]


class Trainer(Protocol):
    """What a module of ``TRAINERS`` offers."""

    def tune(self, rows: Sequence[Row], settings: Mapping[str, Any], checkpoints: Path) -> Tuned:
        """A network tuned on rows of the ``train`` split; ``checkpoints`` is where an unfinished run is kept."""


def run(
    language: str, prepared: Path, sources: Path, out: Path, checkpoints: Path, settings: Mapping[str, Any]
) -> None:
    """Write the artefact and the scores into ``out/encoder-LANGUAGE``; an empty folder where no epoch is wanted."""
    folder = out / f"{ENCODER}-{language}"
    folder.mkdir(parents=True, exist_ok=True)
    if not settings["epochs"]:
        return
    rows = [row for row in read(prepared / f"{language}.jsonl") if row.split == "train"]
    tuned = cast(Trainer, importlib.import_module(TRAINERS[language])).tune(rows, settings, checkpoints)
    about = {"task": ENCODER, "language": language, "settings": settings, "data": collect.describe(rows, sources)}
    artefact.write(folder, {**about, "encoder": tuned.about, "bases": tuned.bases}, {}, tuned.files)
    scores = {**tuned.mails, **{f"{mail}{_SENTENCES}": rows for mail, rows in tuned.sentences.items()}}
    np.savez_compressed(folder / OUT_OF_FOLD, allow_pickle=False, **scores)


@dataclass(frozen=True, slots=True)
class Held:
    """What a finished stage left: the encoder's version and its scores of unseen mails; empty if it tuned none."""

    version: str = ""
    sentences: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    mails: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def held_scores(out: Path, language: str) -> Held:
    """Read what ``run`` wrote."""
    folder = out / f"{ENCODER}-{language}"
    if not (folder / OUT_OF_FOLD).exists():
        return Held()
    scores = arrays(folder / OUT_OF_FOLD)
    sentences = {name.removesuffix(_SENTENCES): rows for name, rows in scores.items() if name.endswith(_SENTENCES)}
    version = str(artefact.read_manifest(folder)["version"])
    return Held(version, sentences, {name: scores[name] for name in sentences if name in scores})


def arrays(file: Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file of them."""
    with np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def main(language: str) -> None:
    """Run the stage as dvc.yaml does."""
    try:
        run(language, prepare.OUT, collect.OUT / "sources.json", OUT, CHECKPOINTS, params.load(ENCODER)[language])
    except ImportError as error:
        sys.exit(f"{error.name} is missing (docs/training.md); or set encoder.{language}.epochs to 0")


if __name__ == "__main__":
    typer.run(main)
