"""Make accepted candidates the shipped artefacts, each with its manifest and card.

Not a stage of the pipeline: a person decides it. Go back with git.

Usage: python -m training.promote
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from models import artefact, loading
from models.artefact import MANIFEST
from training import card, evaluate, gate, names_gate, names_measures, plots, train

LIBRARIES = ("numpy", "scipy")


def promote(name: str, trained: Path, shipped: Path, verdict: dict[str, Any], metrics: dict[str, Any]) -> str:
    """Copy one candidate; returns its version.

    Raises:
        PermissionError: the gate refused, or judged another candidate.
    """
    manifest = artefact.read_manifest(trained / name)
    if not verdict["accepted"]:
        raise PermissionError("the gate refused the candidates: " + "; ".join(verdict["refusals"]))
    if verdict["candidates"].get(name) != manifest["version"]:
        raise PermissionError(f"the gate has not judged this {name}: run `dvc repro` first")
    if "figures" in manifest:  # names are measured by their own stage
        manifest["metrics"] = names_measures.for_manifest(manifest.pop("figures"))
    else:
        of_language = metrics[manifest["language"]]
        manifest["metrics"] = {head: of_language[head] for head in card.HEADS[manifest["task"]]}
    manifest["versions"] = {"python": platform.python_version()} | {x: importlib.metadata.version(x) for x in LIBRARIES}
    folder = shipped / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in manifest["files"]:
        shutil.copyfile(trained / name / file, folder / file)
    (folder / MANIFEST).write_text(artefact.to_json(manifest), encoding="utf-8")
    (folder / "card.md").write_text(card.render(manifest), encoding="utf-8")
    artefact.read(folder)
    return str(manifest["version"])


def _verdict_files() -> tuple[Path, ...]:
    return evaluate.REPORTS / "gate.json", evaluate.REPORTS / names_gate.FILE


def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="Artefacts such as sentences-en; all if none is named.")
    ] = None,
) -> None:
    """Copy the candidates that the gate accepted into models/artifacts/."""
    verdicts = [json.loads(file.read_text(encoding="utf-8")) for file in _verdict_files() if file.exists()]
    metrics = json.loads((evaluate.REPORTS / "metrics.json").read_text(encoding="utf-8"))
    verdict_on = {name: verdict for verdict in verdicts for name in verdict["candidates"]}
    judged = list(verdict_on)
    for name in names or judged:
        if name not in judged:
            raise typer.BadParameter(f"there is no {name}; the artefacts are {', '.join(judged)}")
        try:
            version = promote(name, train.OUT, loading.ARTEFACTS, verdict_on[name], metrics)
        except PermissionError as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(gate.REFUSED) from refusal
        typer.echo(f"{name} is now version {version}")
    plots.write()


if __name__ == "__main__":
    typer.run(main)
