"""Stage: tune the name tagger of one language, measure it on texts it never saw, and write it as an artefact.

Usage: python -m training.names LANGUAGE
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from models import artefact
from models.labels import ENTITIES
from models.names import LABELS, NameModel, from_arrays
from training import collect, encoder, names_corpora, params
from training.names_corpora import ENRON, WRITTEN, Text
from training.names_measures import count
from training.rows import write_json

TASK = "names"
REPORTS = params.ROOT / "training/reports"
OF_ENRON = ("person", "organisation")
SIX = ("person", "organisation", "place", "facility", "date", "time")


def run(language: str, folder_written: Path, public_sets: Path | None, out: Path, settings: Mapping[str, Any]) -> None:
    """Write the artefact into ``out/names-LANGUAGE``; an empty folder where no epoch is wanted."""
    folder = out / f"{TASK}-{language}"
    folder.mkdir(parents=True, exist_ok=True)
    if not settings["epochs"]:
        return
    from training import names_network, names_vectors

    texts, used = gather(language, folder_written, public_sets)
    vectors = names_vectors.load(language, settings["vector"])
    learned = [text for text in texts if not text.is_held]
    corpus = names_network.read([*learned, *names_corpora.shouted(learned)], vectors, language)
    tagger = names_network.fit(corpus, settings, settings["seed"])
    about = {"task": TASK, "language": language, "shape": {"layers": settings["layers"]}}

    def model(source: str) -> NameModel:
        return from_arrays(about, names_network.export(tagger, vectors, corpus, source), vectors.files)

    manifest = {
        **about,
        "settings": settings,
        "bases": [vectors.base],
        "data": {"sources": used, "mails": len(learned), "sentences": sum(len(text.sentences) for text in learned)},
        "figures": figures({source: model(source) for source in corpus.sources}, texts),
    }
    write_json(folder / "figures.json", manifest["figures"])
    artefact.write(folder, manifest, names_network.export(tagger, vectors, corpus), vectors.files)


def gather(language: str, folder_written: Path, public_sets: Path | None) -> tuple[list[Text], list[dict[str, str]]]:
    """All texts of a language, and the sources that there were."""
    texts = list(names_corpora.written(folder_written, language))
    used = [collect.describe_written(folder_written)]
    for source in names_corpora.sources(language):
        found = list(names_corpora.public(source, public_sets)) if public_sets else []
        texts += found
        if found and public_sets:
            used.append(names_corpora.describe(source, public_sets))
        else:
            sys.stderr.write(f"without {source['name']} (optional, {source['licence']}): {source['origin']}\n")
    return texts, used


def figures(models: Mapping[str, NameModel], texts: Sequence[Text]) -> dict[str, dict[str, float]]:
    """Figures on held texts, each source read as it is marked."""
    return {
        name: count(models[source], some, labels, signature).figures()
        for name, source, some, labels, signature in _parts(models, texts)
    }


def _parts(
    models: Mapping[str, NameModel], texts: Sequence[Text]
) -> Iterator[tuple[str, str, list[Text], Sequence[str], bool]]:
    for source in models:
        some = [text for text in texts if text.is_held and text.source == source]
        if source == WRITTEN:
            yield "written", source, some, ENTITIES, False
            yield "written with signatures", source, some, ENTITIES, True
        elif source == ENRON:
            yield "enron", source, some, OF_ENRON, False
        elif some:
            yield "gsd, six types", source, some, SIX, False
            yield "gsd, all types", source, some, LABELS, False


def main(language: str) -> None:
    """Run the stage as dvc.yaml does."""
    of_collect = params.load("collect")
    where = os.environ.get(collect.PUBLIC_VARIABLE) or of_collect["public"]
    written = params.ROOT / of_collect["written"]
    try:
        run(language, written, Path(where) if where else None, encoder.OUT, params.load(TASK)[language])
    except ImportError as error:
        sys.exit(f"{error.name} is missing (docs/training.md); or set names.{language}.epochs to 0")


if __name__ == "__main__":
    typer.run(main)
