"""How well our English encoder learns what others call a request: Parakweet's sentences of mails, a fifth held out.

Their "intent" is wider than our request (proposals and some promises count), so the encoder is tuned on their other
four fifths, by our recipe. The set does not say which document a sentence is from: instead all sentences that are
near-duplicates of each other stay on one side.

Usage: python -m training.parakweet FOLDER_OF_PUBLIC_SETS [--seeds 3]
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import mean, pstdev
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray

from models.labels import TAGS
from training import bert, encoder, minilm, params, prepare, public
from training.rows import Row

NAME = "parakweet_email_intent"
PARTS = 5
"""The last is held out; of the others each is held from one of the networks whose mean is measured."""


def rows(folder: Path) -> list[Row]:
    """Their sentences in five parts, near-duplicates together.

    Raises: FileNotFoundError where the folder does not hold the set.
    """
    source = next(one for one in public.sources() if one["name"] == NAME)
    found = list(public.read(source, folder))
    if not found:
        raise FileNotFoundError(f"{folder} does not hold {NAME}; it comes from {source['origin']}")
    return prepare.prepare(found, {**params.load("prepare"), "folds": PARTS})


def measure(some: list[minilm.Example], seed: int) -> float:
    """F1 of the requests in the last part."""
    learned = [one for one in some if one.row.fold != PARTS - 1]
    settings = params.load("encoder")["en"]
    tops = [minilm.fit(learned, fold, seed, encoder.CHECKPOINTS / NAME, settings) for fold in range(PARTS - 1)]
    unseen = [_scores(top, [one for one in learned if one.row.fold == fold]) for fold, top in enumerate(tops)]
    threshold = _best(np.concatenate([of for of, _ in unseen]), np.concatenate([truth for _, truth in unseen]))
    scores, wanted = _scores(bert.mean_of(tops), [one for one in some if one.row.fold == PARTS - 1])
    return f1(scores >= threshold, wanted)


def _scores(top: bert.Top, some: list[minilm.Example]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """How surely each sentence is a request, and whether it is."""
    truth = {one.row.id: "request" in one.row.intents for one in some}
    scores = {mail: tags[:, TAGS.index("request")].max() for mail, (tags, _) in minilm.scores(top, some).items()}
    return np.array(list(scores.values())), np.array([truth[mail] for mail in scores])


def _best(scores: NDArray[np.float32], wanted: NDArray[np.bool_]) -> float:
    return max(map(float, np.unique(scores)), key=lambda threshold: f1(scores >= threshold, wanted))


def f1(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """F1 of yes or no."""
    return float(2 * (found & wanted).sum() / max(1, found.sum() + wanted.sum()))


def main(
    folder: Annotated[Path, typer.Argument(help="Holds one folder for each public set (docs/training.md).")],
    seeds: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Print the F1 of each seed, their mean and spread."""
    torch.set_num_threads(1)
    settings = params.load("encoder")["en"]
    try:
        found = rows(folder)
    except FileNotFoundError as error:
        sys.exit(str(error))
    bottom, _ = bert.pre_trained(settings["layers"], settings["frozen_layers"])
    some = list(minilm.examples(found, bottom, settings))
    values = [measure(some, seed) for seed in range(seeds)]
    each = ", ".join(f"{value:.3f}" for value in values)
    print(f"{len(found)} sentences; request F1 {mean(values):.3f} ± {pstdev(values):.3f} ({each})")


if __name__ == "__main__":
    typer.run(main)
