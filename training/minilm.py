"""Tuning of the upper layers of MiniLM on tagged mails: the English encoder (training/encoder.py).

The embeddings and lower layers stay as they are, so their output is computed once. A network is tuned without each
of the first ``held_folds`` folds, for each of ``seeds`` orders of the mails. What the mean of a fold's networks says
of that fold is what heads and thresholds learn from; the mean of all ships. A finished epoch is kept as a checkpoint;
a run that was stopped goes on from there.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as yes_or_no
from torch.nn.functional import cross_entropy as one_of
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence

from models.labels import EMOTIONS, ENTITIES, INTENTS, SENTIMENTS, TAGS
from models.transformer import BEGIN, MODEL, OUTSIDE, VOCABULARY, Window, cutter, shares
from training import bert
from training.encoder import Tuned
from training.rows import CLEAN, Row

_USUAL_SENTENCES, _USUAL_WORDS = 7, 100  # of a mail; a long mail counts more
_UNKNOWN = -100  # torch's word for a target that does not count


@dataclass(frozen=True, slots=True)
class Example:
    """One window of a mail: what the frozen layers make of it, its letter case, and its labels."""

    row: Row
    states: Tensor
    cases: Tensor
    shares: Tensor
    places: Tensor
    tags: Tensor
    known: Tensor
    names: Tensor
    is_whole: bool


def tune(rows: Sequence[Row], settings: Mapping[str, Any], checkpoints: Path) -> Tuned:
    """The encoder, and its scores of mails it did not see."""
    torch.set_num_threads(1)
    bottom, _ = bert.pre_trained(settings["layers"], settings["frozen_layers"])
    some = list(examples([row for row in rows if row.sentiment], bottom, settings))
    sentences: dict[str, NDArray[Any]] = {}
    mails: dict[str, NDArray[Any]] = {}
    pairs = list(itertools.product(range(settings["seeds"]), range(settings["held_folds"])))
    tops = {(seed, fold): fit(some, fold, seed, checkpoints, settings) for seed, fold in pairs}
    for fold in range(settings["held_folds"]):
        of_fold = bert.mean_of([tops[seed, fold] for seed in range(settings["seeds"])])
        for mail, (tags, labels) in scores(of_fold, [one for one in some if one.row.fold == fold]).items():
            sentences[mail], mails[mail] = tags, labels
    top = bert.mean_of(list(tops.values()))
    about = {
        "network": "transformer",
        "pieces": settings["pieces"],
        "about": f"The first {settings['layers']} layers of {bert.BASE['name']}, those above layer "
        f"{settings['frozen_layers']} tuned, with eight-bit weights.",
    }
    return Tuned(about, [bert.BASE], {MODEL: bert.export(bottom, top), VOCABULARY: bert.vocabulary()}, sentences, mails)


def examples(rows: Sequence[Row], bottom: bert.Bottom, settings: Mapping[str, Any]) -> Iterator[Example]:
    """The windows of mails, the shortest first."""
    cut = cutter(bert.vocabulary(), settings["pieces"])
    found = [(row, list(cut.windows(row.sentences))) for row in rows]
    windows = [(row, *one) for row, of_row in found for one in _numbered(of_row)]
    windows.sort(key=lambda one: len(one[2].ids))
    for at in range(0, len(windows), settings["batch"]):
        some = windows[at : at + settings["batch"]]
        mask = bert.mask_of([len(window.ids) for _, _, window, _ in some])
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            states = bottom(pad_sequence([torch.tensor(w.ids) for _, _, w, _ in some], batch_first=True), mask)
        for (row, first, window, is_whole), state in zip(some, states, strict=True):
            yield _example(row, first, window, is_whole, state[: len(window.ids)].to(torch.bfloat16).clone())


def _numbered(windows: Sequence[Window]) -> Iterator[tuple[int, Window, bool]]:
    first = 0
    for window in windows:
        yield first, window, len(windows) == 1
        first += len(window.lengths)


def _example(row: Row, first: int, window: Window, is_whole: bool, states: Tensor) -> Example:
    tags = row.tags[first : first + len(window.lengths)]
    return Example(
        row,
        states,
        torch.tensor(window.cases),
        torch.from_numpy(shares(window.lengths)),
        torch.tensor([place for places in window.places for place in places]),
        torch.tensor([[float(tag in of) for tag in TAGS] for of in tags]),
        torch.tensor([float(tag in row.known) for tag in TAGS]),
        torch.tensor(list(_names(row, first, window))),
        is_whole,
    )


def _names(row: Row, first: int, window: Window) -> Iterator[int]:
    """The column of each word: outside, beginning or inside of a name."""
    for number, words in enumerate(window.words, first):
        if not row.entities:
            yield from [_UNKNOWN] * len(words)
            continue
        for word in words:
            inside = [(start, kind) for start, end, kind in row.entities[number] if start <= word.start < end]
            if not inside:
                yield OUTSIDE
                continue
            begins = word.start == inside[0][0]
            yield BEGIN + 2 * ENTITIES.index(inside[0][1]) + (0 if begins else 1)


def fit(some: Sequence[Example], fold: int, seed: int, checkpoints: Path, settings: Mapping[str, Any]) -> bert.Top:
    """The upper layers tuned on all folds but one; a mail with a noisy copy is read in that half the time.

    Every network begins with the same weights, whatever its seed, so that their mean means something.
    """
    clean = [one for one in some if one.row.fold != fold and one.row.variant == CLEAN]
    noisy = {one.row.id: one for one in some if one.row.fold != fold and one.row.variant != CLEAN and one.is_whole}
    torch.manual_seed(0)
    progress = Progress.begin(settings["epochs"] * -(-len(clean) // settings["batch"]), settings)
    checkpoint, key = checkpoints / f"en-{fold}-{seed}.pt", _key([one.row for one in some], fold, seed, settings)
    progress.resume(checkpoint, key)
    for epoch in range(progress.epochs, settings["epochs"]):
        began = time.monotonic()
        torch.manual_seed(1000 * seed + epoch)
        dice = random.Random(1000 * seed + epoch)  # noqa: S311 (reproducible, not secret)
        chosen = [noisy[one.row.id] if one.row.id in noisy and dice.random() < 0.5 else one for one in clean]
        for batch in batches(chosen, settings["batch"], dice):
            progress.step(batch, settings)
        progress.epochs = epoch + 1
        progress.save(checkpoint, key)
        sys.stderr.write(f"without fold {fold}, seed {seed}, epoch {epoch + 1}: {time.monotonic() - began:.0f} s\n")
    return progress.top.eval()


def batches(some: Sequence[Example], size: int, dice: random.Random) -> list[list[Example]]:
    """The examples in random batches, those of similar length together."""
    mixed = sorted(some, key=lambda one: len(one.states) + dice.randrange(40))
    out = [mixed[at : at + size] for at in range(0, len(mixed), size)]
    dice.shuffle(out)
    return out


def forward(top: bert.Top, some: Sequence[Example]) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Scores of the sentences, of the mail and of the words of each example."""
    mask = bert.mask_of([len(one.states) for one in some])
    states = pad_sequence([one.states for one in some], batch_first=True)
    cases = pad_sequence([one.cases for one in some], batch_first=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        upper = top.upper(states, cases, mask).float()
    out = []
    for one, of_one in zip(some, upper, strict=True):
        tags, labels, names = top.heads(of_one[: len(one.states)], one.shares)
        out.append((tags, labels, names[one.places]))
    return out


def loss_of(tags: Tensor, labels: Tensor, names: Tensor, one: Example, settings: Mapping[str, Any]) -> Tensor:
    """How wrong the scores of one example are: of its sentences, its words, and of a whole mail with known labels."""
    weights = one.known + (settings["positive_weight"] - 1) * one.tags
    loss: Tensor = (yes_or_no(tags, one.tags, reduction="none") * weights).sum() / _USUAL_SENTENCES
    if len(one.names) and one.names[0] != _UNKNOWN:
        loss = loss + settings["name_weight"] * one_of(names, one.names, reduction="sum") / _USUAL_WORDS
    row = one.row
    if not one.is_whole or row.sentiment is None or row.emotion is None:
        return loss
    intents = torch.tensor([float(intent in row.intents) for intent in INTENTS])
    intent, sentiment, emotion = torch.split(labels, [len(INTENTS), len(SENTIMENTS), len(EMOTIONS)])
    of_mail: Tensor = (
        yes_or_no(intent, intents, reduction="sum")
        + one_of(sentiment, torch.tensor(SENTIMENTS.index(row.sentiment)))
        + one_of(emotion, torch.tensor(EMOTIONS.index(row.emotion)))
    )
    return loss + float(settings["mail_weight"]) * of_mail


@dataclass(slots=True)
class Progress:
    """What tuning changes from step to step, kept in a checkpoint after each epoch."""

    top: bert.Top
    optimizer: torch.optim.AdamW
    schedule: torch.optim.lr_scheduler.LambdaLR
    epochs: int = 0

    @classmethod
    def begin(cls, steps: int, settings: Mapping[str, Any]) -> Progress:
        """A fresh top with its optimizer: the rate rises over the first tenth of the steps, then falls to 0."""
        _, top = bert.pre_trained(settings["layers"], settings["frozen_layers"])
        fresh = [part for name, part in top.named_parameters() if not name.startswith("layers.")]
        groups = [
            {"params": list(top.layers.parameters()), "lr": settings["rate"]},
            {"params": fresh, "lr": settings["head_rate"]},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        rate = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, 10 * (step + 1) / steps) * max(0.0, 1 - step / steps)
        )
        return cls(top, optimizer, rate)

    def step(self, batch: Sequence[Example], settings: Mapping[str, Any]) -> None:
        """Learn from a few examples."""
        self.top.train()
        self.optimizer.zero_grad()
        losses = [loss_of(*score, one, settings) for score, one in zip(forward(self.top, batch), batch, strict=True)]
        torch.stack(losses).mean().backward()  # type: ignore[no-untyped-call]
        clip_grad_norm_(self.top.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()

    def save(self, file: Path, key: str) -> None:
        """Write the checkpoint of these data and settings."""
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        states = {name: getattr(self, name).state_dict() for name in ("top", "optimizer", "schedule")}
        torch.save({"key": key, "epochs": self.epochs, **states}, unfinished)
        os.replace(unfinished, file)

    def resume(self, file: Path, key: str) -> None:
        """Go on from a checkpoint, if there is one of the same data and settings."""
        saved: dict[str, Any] = torch.load(file, weights_only=True) if file.exists() else {"key": None}
        if saved["key"] == key:
            for name in ("top", "optimizer", "schedule"):
                getattr(self, name).load_state_dict(saved[name])
            self.epochs = int(saved["epochs"])


def _key(rows: Sequence[Row], fold: int, seed: int, settings: Mapping[str, Any]) -> str:
    told = sorted({**{x: settings[x] for x in settings.keys() - {"held_folds", "seeds"}}, "seed": seed}.items())
    return hashlib.sha256(repr((rows, fold, told)).encode()).hexdigest()


def scores(top: bert.Top, some: Sequence[Example]) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Scores of the clean mails among the examples, as a product's reading gives them: of sentences, of the mail."""
    windows: dict[str, list[tuple[NDArray[Any], NDArray[Any]]]] = {}
    for one in some:
        if one.row.variant == CLEAN:
            with torch.no_grad():
                ((tags, labels, _),) = forward(top, [one])
            windows.setdefault(one.row.id, []).append((tags.numpy(), labels.numpy()))
    return {
        mail: (np.concatenate([tags for tags, _ in of_mail]), np.mean([labels for _, labels in of_mail], axis=0))
        for mail, of_mail in windows.items()
    }
