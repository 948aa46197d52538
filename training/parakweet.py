"""How well our English models learn what others call a request: Parakweet's sentences of mails, a fifth held out.

Their "intent" is wider than our request (proposals and some promises count), so the encoder and the linear layer that
reads beside it learn from their other four fifths, by our recipe. The set does not say which document a sentence is
from: instead all sentences that are near-duplicates of each other stay on one side.

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

from models import heads
from models.features import Shape, sentence_rows
from models.labels import TAGS
from training import bert, encoder, fitting, minilm, params, prepare, public
from training.rows import CLEAN, Row

NAME = "parakweet_email_intent"
PARTS = 5
"""The last is held out; of the others each is held from one of the networks whose mean is measured."""
Scores = dict[str, float]


def rows(folder: Path) -> list[Row]:
    """Their sentences in five parts, near-duplicates together.

    Raises: FileNotFoundError where the folder does not hold the set.
    """
    source = next(one for one in public.sources() if one["name"] == NAME)
    found = list(public.read(source, folder))
    if not found:
        raise FileNotFoundError(f"{folder} does not hold {NAME}; it comes from {source['origin']}")
    return prepare.prepare(found, {**params.load("prepare"), "folds": PARTS})


def measure(some: list[minilm.Example], words: Scores, seed: int) -> float:
    """F1 of the requests in the last part; ``words`` is what the linear layer says of each sentence."""
    learned = [one for one in some if one.row.fold != PARTS - 1]
    settings = params.load("encoder")["en"]
    tops = [minilm.fit(learned, fold, seed, encoder.CHECKPOINTS / NAME, settings) for fold in range(PARTS - 1)]
    unseen: Scores = {}
    for fold, top in enumerate(tops):
        unseen |= _both(top, [one for one in learned if one.row.fold == fold], words)
    held = _both(bert.mean_of(tops), [one for one in some if one.row.fold == PARTS - 1], words)
    truth = {one.row.id: "request" in one.row.intents for one in some}
    threshold = _best(*_columns(unseen, truth))
    scores, wanted = _columns(held, truth)
    return f1(scores >= threshold, wanted)


def linear(found: list[Row]) -> Scores:
    """What the linear layer over pieces of words says of each sentence that it did not learn from."""
    settings = params.load("train")["sentences"]
    matrix = fitting.to_csr(sentence_rows([row.sentences for row in found], Shape(**settings["shape"])))
    targets = np.array([["request" in row.intents] for row in found], float)
    folds = np.array([row.fold for row in found])
    importance = np.where(targets > 0, settings["positive_weight"], 1.0)
    last = folds == PARTS - 1
    fit = fitting.fit_with_folds(matrix[~last], targets[~last], importance[~last], folds[~last], settings)
    scores = np.zeros(len(found))
    scores[~last] = fit.out_of_fold[:, 0]
    scores[last] = (matrix[last] @ fit.weights + fit.bias)[:, 0]
    return {row.id: float(score) for row, score in zip(found, scores, strict=True)}


def _both(top: bert.Top, some: list[minilm.Example], words: Scores) -> Scores:
    """The mean of both, as the product takes it."""
    encoded = {mail: tags[:, [TAGS.index("request")]] for mail, (tags, _) in minilm.scores(top, some).items()}
    return {mail: float(heads.average(np.array([[words[mail]]]), of).max()) for mail, of in encoded.items()}


def _columns(scores: Scores, truth: dict[str, bool]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array(list(scores.values())), np.array([truth[mail] for mail in scores])


def _best(scores: NDArray[np.float64], wanted: NDArray[np.bool_]) -> float:
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
    words = linear([row for row in found if row.variant == CLEAN])
    values = [measure(some, words, seed) for seed in range(seeds)]
    each = ", ".join(f"{value:.3f}" for value in values)
    print(f"{len(found)} sentences; request F1 {mean(values):.3f} ± {pstdev(values):.3f} ({each})")


if __name__ == "__main__":
    typer.run(main)
