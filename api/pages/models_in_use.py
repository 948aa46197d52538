"""The models in use, for administrators: versions, figures, how far their scores can be trusted, and the way back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Request, Response

from api.deps import Admin, Db, Now, SignedIn
from api.pages.frame import page
from api.web import charts
from api.web.charts import Dot
from models.labels import EMOTIONS, ENTITIES, SENTIMENTS, TAGS

router = APIRouter(prefix="/admin")
LABELS = tuple(dict.fromkeys((*TAGS, *SENTIMENTS, *EMOTIONS, *ENTITIES)))
TASKS = ("sentences", "mails", "encoder", "names")
HEADS = ("sentences", "intents", "sentiment", "emotion", "names")
MEASURES = ("macro_f1", "accuracy", "calibration_error")
SIDE = 160
COMMANDS = (
    ("list", "git log --oneline -- models/artifacts"),
    ("take", "git checkout REVISION -- models/artifacts models/plots.json"),
    ("rescore", "mail-insight rescore --out changes --apply"),
)
"""The way back to an earlier model; what each does is said in the catalogues."""


@dataclass(frozen=True, slots=True)
class Model:
    """An artefact as its manifest tells of it."""

    name: str
    task: str
    language: str
    version: str
    size_bytes: int
    mails: int
    sentences: int
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Figures of one task, each with one value a language: by measure, and F1 by label."""

    name: str
    languages: tuple[str, ...]
    measures: tuple[tuple[str, tuple[float | None, ...]], ...]
    labels: tuple[tuple[str, tuple[float | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn of the mail model of a language: reliability of a head, or how its labels were confused."""

    language: str
    head: str
    dots: tuple[Dot, ...] = ()
    labels: tuple[str, ...] = ()
    counts: tuple[tuple[tuple[int, int], ...], ...] = ()


@router.get("/models")
def show(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now) -> Response:
    """Every shipped model, read from its folder."""
    manifests = _manifests()
    return page(
        request, "admin_models.html", who, db, now, here="settings", tab="models", side=SIDE, labels=LABELS,
        models=[_model(name, one) for name, one in manifests.items()], heads=_heads(manifests),
        plots=_plots(manifests), tasks=TASKS, commands=COMMANDS,
    )  # fmt: skip


def _manifests() -> dict[str, Mapping[str, Any]]:
    from models import artefact, loading  # numpy, which no other page needs

    folders = sorted(path.parent for path in loading.ARTEFACTS.glob(f"*/{artefact.MANIFEST}"))
    return {folder.name: artefact.read_manifest(folder) for folder in folders}


def _model(name: str, manifest: Mapping[str, Any]) -> Model:
    data = manifest.get("data", {})
    made_of = [*data.get("sources", ()), *manifest.get("bases", ())]
    return Model(
        name, manifest["task"], manifest["language"], manifest["version"],
        sum(int(file["bytes"]) for file in manifest["files"].values()), int(data.get("mails", 0)),
        int(data.get("sentences", 0)), tuple((one["name"], one.get("licence", "")) for one in made_of),
    )  # fmt: skip


def _heads(manifests: Mapping[str, Mapping[str, Any]]) -> list[Head]:
    """The figures side by side: a head's languages are those of the models that have it."""
    found = []
    for head in HEADS:
        told = {one["language"]: one["metrics"][head] for one in manifests.values() if head in one.get("metrics", {})}
        languages = tuple(sorted(told, reverse=True))
        names = dict.fromkeys(name for figures in told.values() for name in figures)
        rows = [(name, tuple(_number(told[language].get(name)) for language in languages)) for name in names]
        rows = [row for row in rows if any(value is not None for value in row[1])]
        if rows:
            measures = tuple((name, row) for measure in MEASURES for name, row in rows if name == measure)
            found.append(Head(head, languages, measures, tuple(row for row in rows if row[0] not in MEASURES)))
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _plots(manifests: Mapping[str, Mapping[str, Any]]) -> Sequence[Plot]:
    """The plots whose numbers belong to the version in use."""
    stored = json.loads(files("models").joinpath("plots.json").read_text(encoding="utf-8"))
    plots: list[Plot] = []
    for name, manifest in sorted(manifests.items(), reverse=True):
        told = stored.get(name)
        if told is None or told["version"] != manifest["version"]:
            continue
        language = manifest["language"]
        plots += [
            Plot(language, head, dots=charts.reliability_dots(bins, SIDE)) for head, bins in told["reliability"].items()
        ]
        plots += [
            Plot(language, head, labels=tuple(one["labels"]), counts=charts.shares(one["counts"]))
            for head, one in told["confusion"].items()
        ]
    return plots
