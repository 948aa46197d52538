"""dvc.yaml for real, on a tiny slice in a folder of its own: every stage, then promotion, then a second run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from training import params

TRAIN = ["train@sentences-en", "train@sentences-ja", "train@mails-en", "train@mails-ja"]
STAGES = ["collect", "prepare", "encoder-en", "encoder-ja", *TRAIN, "names-en", "names-ja"]
GATES = ["gate", "gate-names"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pipeline needs of the repository, with 60 mails a language and a quick training."""
    root = tmp_path_factory.mktemp("checkout")
    skip = shutil.ignore_patterns(
        "__pycache__", "build", "reports", "*.jsonl", "sentences-*", "mails-*", "encoder-*", "names-*"
    )
    for name in ("models", "pipeline", "training"):
        shutil.copytree(params.ROOT / name, root / name, ignore=skip)
    shutil.copy(params.ROOT / "dvc.yaml", root)
    for language in ("en", "ja"):
        for name, mails in ((f"written/{language}_a.jsonl", 60), (f"samples/{language}.jsonl", 5)):
            lines = (params.ROOT / "training/data" / name).read_text(encoding="utf-8").splitlines(keepends=True)
            (root / "training/data" / name).write_text("".join(lines[:mails]), encoding="utf-8")
    settings = yaml.safe_load((root / "training/params.yaml").read_text(encoding="utf-8"))
    for task in settings["train"].values():
        task |= {"iterations": 8, "shape": task["shape"] | {"bits": 12, "chars": 3}}
    settings["encoder"]["en"] |= {"epochs": 1, "layers": 1, "frozen_layers": 0, "held_folds": 2, "seeds": 1}
    settings["encoder"]["ja"] |= {"epochs": 8, "bits": 12}
    for language in ("en", "ja"):
        settings["names"][language]["epochs"] = 0  # tests/training/test_names.py trains one
    settings["gate"]["milliseconds_per_mail"] = 1000.0
    (root / "training/params.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    run(root, "dvc", "init", "--no-scm", "--quiet")
    return root


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout with this interpreter's tools first in the path."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "DVC_NO_ANALYTICS": "1",
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def executed(output: str) -> list[str]:
    """The stages that a repro ran, in order."""
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]


def test_the_whole_loop(checkout: Path) -> None:
    first = run(checkout, "dvc", "repro")
    assert first.returncode == 0, first.stderr
    assert sorted(executed(first.stdout)) == sorted([*STAGES, "evaluate", *GATES])
    metrics = json.loads((checkout / "training/reports/metrics.json").read_text(encoding="utf-8"))
    assert all(0 <= metrics[language]["intents"]["macro_f1"] <= 1 for language in ("en", "ja"))
    assert len(list((checkout / "training/reports/plots").glob("*.csv"))) == 10

    promoted = run(checkout, "python", "-m", "training.promote")
    assert promoted.returncode == 0, promoted.stderr
    shown = run(checkout, "dvc", "metrics", "show", "--json")
    assert "macro_f1" in shown.stdout
    plots = run(checkout, "dvc", "plots", "show", "--out", "plots")
    assert plots.returncode == 0, plots.stderr
    assert (checkout / "plots/index.html").exists()

    second = run(checkout, "dvc", "repro")
    assert sorted(executed(second.stdout)) == GATES, "promotion must not make anything train again"
    assert run(checkout, "dvc", "status").stdout.strip() == "Data and pipelines are up to date."

    verdict_file = checkout / "training/reports/gate.json"
    verdict = json.loads(verdict_file.read_text(encoding="utf-8"))
    assert verdict["comparisons"]["intents"]["en"]["macro_f1"]["change"] == 0.0
    verdict_file.write_text(json.dumps({**verdict, "accepted": False, "refusals": ["too slow"]}), encoding="utf-8")
    refused = run(checkout, "python", "-m", "training.promote", "mails-en")
    assert refused.returncode == 5
    assert "too slow" in refused.stderr


def test_a_refusal_ends_with_its_own_exit_code(checkout: Path) -> None:
    """A limit that no model can meet."""
    file = checkout / "training/params.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["gate"]["size_bytes"] = 1
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    refused = run(checkout, "python", "-m", "training.gate")
    assert refused.returncode == 5, refused.stderr
    assert "more than 1" in refused.stderr
    verdict = json.loads((checkout / "training/reports/gate.json").read_text(encoding="utf-8"))
    assert not verdict["accepted"]
