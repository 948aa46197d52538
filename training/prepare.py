"""Stage 2: split by mail, keep near-duplicates on one side, add noisy copies.

A mail's side follows from a hash of its group's name, so adding mails does not reshuffle the others.

Usage: python -m training.prepare
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.features import normalise
from models.labels import LANGUAGES
from training import collect, noise, params
from training.rows import Row, read, write

OUT = params.ROOT / "training/build/prepare"
_SHINGLE = 5
_FEWEST_SHINGLES = 12


def prepare(rows: Sequence[Row], settings: dict[str, Any]) -> list[Row]:
    """Rows with their split and fold, each followed by its noisy copy if it has one."""
    out = []
    for row, group in zip(rows, groups(rows, settings["near_duplicate"]), strict=True):
        is_test = row.source == "written" and _draw(group, "split") % 100 < settings["test_percent"]
        fold = _draw(group, "fold") % settings["folds"]
        out.append(replace(row, split="test" if is_test else "train", fold=fold))
        if row.source == "written" and (is_test or _draw(row.id, "variant") % 100 < settings["variant_percent"]):
            out.append(noisy(out[-1]))
    return out


def noisy(row: Row) -> Row:
    """The same mail typed or transported badly, in a way that its id decides."""
    names = sorted(noise.VARIANTS)
    name = names[_draw(row.id, "noise") % len(names)]
    dice = random.Random(_draw(row.id, name))  # noqa: S311 (reproducible, not secret)
    change = noise.VARIANTS[name]
    changed = tuple(change(sentence, row.language, dice) for sentence in row.sentences)
    in_place = all(len(old) == len(new) for old, new in zip(row.sentences, changed, strict=True))
    return replace(row, variant=name, sentences=changed, entities=row.entities if in_place else ())


def _draw(key: str, purpose: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose} {key}".encode()).digest()[:8], "big")


def groups(rows: Sequence[Row], jaccard: float) -> list[str]:
    """The group of each row: the smallest id among the mails tied to it by near-duplicate tagged sentences."""
    leader = {row.id: row.id for row in rows}

    def find(key: str) -> str:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    sentences = [(row.id, shingles(text)) for row in rows for text, tags in _labelled(row) if tags]
    for one, other in near_duplicates(sentences, jaccard):
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    return [find(row.id) for row in rows]


def _labelled(row: Row) -> Iterable[tuple[str, tuple[str, ...]]]:
    return zip(row.sentences, row.tags, strict=True)


def shingles(text: str) -> frozenset[str]:
    """The character 5-grams of a text without blanks and digits."""
    bare = "".join(char for char in normalise(text) if not char.isspace() and char != "0")
    return frozenset(bare[at : at + _SHINGLE] for at in range(len(bare) - _SHINGLE + 1))


def near_duplicates(sentences: Sequence[tuple[str, frozenset[str]]], jaccard: float) -> Iterator[tuple[str, str]]:
    """Ids of sentences whose shingles overlap by ``jaccard`` or more; short sentences are formulas and do not count.

    Two sets that overlap so much share one of their rarest few members, so only those are indexed (prefix filter).
    """
    long = [(key, grams) for key, grams in sentences if len(grams) >= _FEWEST_SHINGLES]
    frequency = Counter(gram for _, grams in long for gram in grams)
    index: dict[str, list[int]] = defaultdict(list)
    for number, (key, grams) in enumerate(long):
        rarest = sorted(grams, key=lambda gram: (frequency[gram], gram))
        prefix = rarest[: len(grams) - int(jaccard * len(grams)) + 1]
        for other in sorted({n for gram in prefix for n in index[gram]}):
            other_key, other_grams = long[other]
            common = len(grams & other_grams)
            if other_key != key and common >= jaccard * (len(grams) + len(other_grams) - common):
                yield other_key, key
        for gram in prefix:
            index[gram].append(number)


def run(collected: Path, out: Path, settings: dict[str, Any]) -> None:
    """Prepare each language's file."""
    for language in LANGUAGES:
        write(out / f"{language}.jsonl", prepare(read(collected / f"{language}.jsonl"), settings))


def main() -> None:
    """Run the stage as dvc.yaml does."""
    run(collect.OUT, OUT, params.load("prepare"))


if __name__ == "__main__":
    main()
