"""Tuning of the name tagger in torch (models/names.py runs it in numpy), and its eight-bit export."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from models.names import BEGIN, COLUMNS, LABELS, OUTSIDE
from models.names_vectors import lookup
from models.names_words import BREAK, CUTTERS, ROWS, Form, Word, marks
from training.names_corpora import IGNORED, WRITTEN, Span, Text
from training.names_vectors import Vectors

_UNKNOWN = -100
_MOST_WORDS = 200  # of one stretch
_FAR = -1e4


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that see each other: their numbers among all forms, the wanted columns, and the source."""

    forms: NDArray[np.int64]
    wanted: NDArray[np.int64]
    source: int


class Tagger(nn.Module):
    """The network; each source has a small shift of its own, because each marks a little differently."""

    def __init__(self, vectors: int, width: int, layers: int, known: NDArray[np.bool_]) -> None:
        super().__init__()
        self.table = nn.Embedding(ROWS, width)
        nn.init.normal_(self.table.weight, std=0.1)
        self.project = nn.Linear(vectors, width, bias=False)
        self.of_source = nn.Embedding(len(known), width)
        self.out_of_source = nn.Embedding(len(known), COLUMNS)
        nn.init.zeros_(self.of_source.weight)
        nn.init.zeros_(self.out_of_source.weight)
        self.layers = nn.ModuleList(nn.Linear(3 * width, width) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers + 1))
        self.out = nn.Linear(width, COLUMNS)
        self.barred = torch.tensor(np.where(known, 0.0, _FAR), dtype=torch.float32)

    def forward(
        self, marks: Tensor, vectors: Tensor, place: Tensor, source: Tensor, real: Tensor, drop: float
    ) -> Tensor:
        """Scores of words laid end to end.

        Args:
            marks, vectors: rows of the table and vector of each different form.
            place: the form of each word. source: its source. real: 0 between stretches, else 1.
        """
        rows = self.table(marks)
        if self.training:
            rows = rows * (torch.rand(rows.shape[:2]) > drop / 2)[..., None]
        of_form = rows.sum(1) + self.project(vectors)
        states = self.norms[0](of_form[place] + self.of_source(source)) * real
        states = torch.dropout(states, drop, self.training)
        for layer, norm in zip(self.layers, list(self.norms)[1:], strict=True):
            wide = pad(states, (0, 0, 1, 1))
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
                more = torch.relu(layer(torch.cat([wide[:-2], states, wide[2:]], 1))).float()
            states = norm(states + torch.dropout(more, drop, self.training)) * real
        return self.out(states) + self.out_of_source(source) + self.barred[source]  # type: ignore[no-any-return]


@dataclass(slots=True)
class Corpus:
    """All texts as numbers: the marks and vectors of each different form, and the stretches."""

    language: str
    sources: list[str]
    known: NDArray[np.bool_]
    marks: Tensor
    vectors: Tensor
    stretches: list[Stretch]


def read(texts: Sequence[Text], vectors: Vectors, language: str) -> Corpus:
    """Cut texts into words and look everything up."""
    find = lookup(language, vectors.arrays, vectors.files)
    sources = sorted({text.source for text in texts} | {WRITTEN})
    of_source = {text.source: text.known for text in texts}
    known = np.ones((len(sources), COLUMNS), bool)
    for number, source in enumerate(sources):
        for place, label in enumerate(LABELS):
            known[number, 1 + 2 * place : 3 + 2 * place] = label in of_source.get(source, LABELS)
    numbers: dict[Form, int] = {}
    stretches: list[Stretch] = []
    for text in texts:
        forms: list[int] = []
        wanted: list[int] = []
        for sentence, names in zip(text.sentences, text.names, strict=True):
            words = list(CUTTERS[language](sentence))
            if forms and len(forms) + len(words) >= _MOST_WORDS:
                stretches.append(_stretch(forms, wanted, sources.index(text.source)))
                forms, wanted = [], []
            if forms:
                forms.append(numbers.setdefault(BREAK, len(numbers)))
                wanted.append(OUTSIDE)
            forms += [numbers.setdefault(word.form, len(numbers)) for word in words]
            wanted += columns(words, names)
        if forms:
            stretches.append(_stretch(forms, wanted, sources.index(text.source)))
    rows = np.array([marks(form) for form in numbers], np.int64)
    means = np.zeros((len(numbers), vectors.rows.shape[1]), np.float32)
    for number, form in enumerate(numbers):
        of_form = find.rows(form)
        if of_form:
            means[number] = vectors.rows[of_form].mean(axis=0)
    return Corpus(language, sources, known, torch.from_numpy(rows), torch.from_numpy(means), stretches)


def _stretch(forms: list[int], wanted: list[int], source: int) -> Stretch:
    return Stretch(np.array(forms, np.int64), np.array(wanted, np.int64), source)


def columns(words: Sequence[Word], names: Sequence[Span]) -> list[int]:
    """The column of each word: outside, beginning or inside of a name."""
    out = []
    before: Span | None = None
    for word in words:
        inside = next((name for name in names if name[0] < word.end and word.start < name[1]), None)
        if inside is None:
            out.append(OUTSIDE)
        elif inside[2] == IGNORED:
            out.append(_UNKNOWN)
        else:
            out.append(BEGIN + 2 * LABELS.index(inside[2]) + (inside is before))
        before = inside
    return out


def fit(corpus: Corpus, settings: Mapping[str, Any], seed: int) -> Tagger:
    """Tune on all stretches of the corpus."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    dice = random.Random(seed)  # noqa: S311 (reproducible, not secret)
    tagger = Tagger(corpus.vectors.shape[1], settings["width"], settings["layers"], corpus.known)
    optimizer = torch.optim.AdamW(tagger.parameters(), lr=settings["rate"], weight_decay=settings["decay"], fused=True)
    weights = torch.tensor([float(settings["weights"].get(source, 1.0)) for source in corpus.sources])
    count = sum(len(stretch.forms) for stretch in corpus.stretches)
    steps = settings["epochs"] * (count // settings["batch"] + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, 20 * (step + 1) / steps) * max(0.02, 1 - step / steps)
    )
    for epoch in range(settings["epochs"]):
        began, total, seen = time.process_time(), 0.0, 0
        tagger.train()
        for batch in batches(corpus.stretches, settings["batch"], dice):
            optimizer.zero_grad()
            scores, wanted, source = forward(tagger, corpus, batch, settings["drop"])
            each = cross_entropy(scores, wanted, reduction="none", ignore_index=_UNKNOWN) * weights[source]
            loss = each.sum() / max(1, int((wanted != _UNKNOWN).sum()))
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total, seen = total + loss.item(), seen + 1
        sys.stderr.write(f"epoch {epoch + 1}: loss {total / seen:.4f}, {time.process_time() - began:.0f} s\n")
    return tagger.eval()


def batches(stretches: Sequence[Stretch], size: int, dice: random.Random) -> Iterator[list[Stretch]]:
    """All stretches in random order, about ``size`` words at a time."""
    order = list(stretches)
    dice.shuffle(order)
    batch: list[Stretch] = []
    count = 0
    for stretch in order:
        batch.append(stretch)
        count += len(stretch.forms)
        if count >= size:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def forward(tagger: Tagger, corpus: Corpus, batch: Sequence[Stretch], drop: float) -> tuple[Tensor, Tensor, Tensor]:
    """Scores, wanted columns and source of the words of a batch, with gaps between the stretches."""
    gap = len(tagger.layers)
    size = sum(len(stretch.forms) + gap for stretch in batch)
    forms, source = np.zeros(size, np.int64), np.zeros(size, np.int64)
    wanted, real = np.full(size, _UNKNOWN, np.int64), np.zeros((size, 1), np.float32)
    at = 0
    for stretch in batch:
        end = at + len(stretch.forms)
        forms[at:end], wanted[at:end], source[at:end], real[at:end] = stretch.forms, stretch.wanted, stretch.source, 1
        at = end + gap
    different, place = np.unique(forms, return_inverse=True)
    which, of_source = torch.from_numpy(different), torch.from_numpy(source)
    scores = tagger(
        corpus.marks[which], corpus.vectors[which], torch.from_numpy(place), of_source, torch.from_numpy(real), drop
    )
    return scores, torch.from_numpy(wanted), of_source


def export(tagger: Tagger, vectors: Vectors, corpus: Corpus, source: str = WRITTEN) -> dict[str, NDArray[Any]]:
    """The arrays of an artefact that reads as ``source`` was marked."""
    number = torch.tensor(corpus.sources.index(source))
    with torch.no_grad():
        uses = torch.from_numpy(vectors.rows) @ tagger.project.weight.T
        table, table_scale = _eight_bits(tagger.table.weight.numpy())
        rows, uses_scale = _eight_bits(uses.numpy())
        arrays: dict[str, NDArray[Any]] = {
            "table": table,
            "table_scale": table_scale,
            "uses": rows,
            "uses_scale": uses_scale,
            "start": tagger.of_source(number).numpy(),
            "out_weights": tagger.out.weight.T.numpy().astype(np.float16),
            "out_bias": (tagger.out.bias + tagger.out_of_source(number) + tagger.barred[number]).numpy(),
        }
        parts = tagger.state_dict()
        for place in range(len(tagger.layers)):
            arrays[f"weights{place}"] = parts[f"layers.{place}.weight"].T.numpy().astype(np.float16)
            arrays[f"bias{place}"] = parts[f"layers.{place}.bias"].numpy()
        for place in range(len(tagger.norms)):
            arrays[f"gain{place}"] = parts[f"norms.{place}.weight"].numpy()
            arrays[f"shift{place}"] = parts[f"norms.{place}.bias"].numpy()
    return {**arrays, **vectors.arrays}


def _eight_bits(rows: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scale = np.maximum(np.quantile(np.abs(rows), 0.9999, axis=0), 1e-9) / 127
    return np.clip(np.rint(rows / scale), -127, 127).astype(np.int8), scale.astype(np.float32)
