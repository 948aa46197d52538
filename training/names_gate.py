"""Stage: may the name taggers replace the shipped ones? A written verdict by language; exit code 5 is a refusal.

Both read the held written mails, signatures too. A candidate is refused where F1 over all types falls by more than
``tolerance``, that of a type with ``fewest`` names or more by more than ``type_tolerance``, or where it is too large.

Usage: python -m training.names_gate
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models import artefact, loading
from models.labels import ENTITIES, LANGUAGES
from models.names import from_artefact
from training import encoder, names_corpora, params
from training.evaluate import REPORTS
from training.gate import REFUSED
from training.names import TASK
from training.names_measures import Counts, count
from training.rows import write_json

FILE = "gate_names.json"


def judge(candidate: Counts, shipped: Counts, settings: Mapping[str, float]) -> list[str]:
    """What speaks against a candidate."""
    new, old = candidate.figures(), shipped.figures()
    out = []
    if new["f1"] < old["f1"] - settings["tolerance"]:
        out.append(f"F1 of names falls by {old['f1'] - new['f1']:.3f}")
    for label, wanted in sorted(shipped.wanted.items()):
        if wanted >= settings["fewest"] and new[label] < old[label] - settings["type_tolerance"]:
            out.append(f"F1 of {label} falls by {old[label] - new[label]:.3f}")
    return out


def run(folder_written: Path, trained: Path, shipped: Path, settings: Mapping[str, float]) -> dict[str, Any]:
    """The verdict on the taggers in ``trained`` against those in ``shipped``; a language without one is left out."""
    refusals, candidates = [], {}
    for language in LANGUAGES:
        name = f"{TASK}-{language}"
        if not (trained / name / artefact.MANIFEST).exists():
            continue
        found = artefact.read(trained / name)
        candidates[name] = str(found.manifest["version"])
        size = sum(file["bytes"] for file in found.manifest["files"].values())
        against = [f"{size} bytes, more than {settings['size_bytes']}"] if size > settings["size_bytes"] else []
        if (shipped / name).is_dir():
            held = [text for text in names_corpora.written(folder_written, language) if text.is_held]
            new, old = (
                count(from_artefact(artefact.read(folder / name)), held, ENTITIES, with_signature=True)
                for folder in (trained, shipped)
            )
            against += judge(new, old, settings)
        refusals += [f"{name}: {reason}" for reason in against]
    return {"accepted": not refusals, "refusals": refusals, "candidates": candidates}


def main() -> int:
    """Run the stage as dvc.yaml does; 5 where a candidate is refused."""
    written = params.ROOT / params.load("collect")["written"]
    verdict = run(written, encoder.OUT, loading.ARTEFACTS, params.load("gate_names"))
    write_json(REPORTS / FILE, verdict)
    for refusal in verdict["refusals"]:
        sys.stderr.write(f"refused: {refusal}\n")
    return 0 if verdict["accepted"] else REFUSED


if __name__ == "__main__":
    sys.exit(main())
