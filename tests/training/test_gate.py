"""The gate's verdict and what promotion makes of it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import artefact
from training import card, gate, params, promote

SETTINGS = params.load("gate")
HEAD = {"macro_f1": 0.8, "accuracy": 0.8, "calibration_error": 0.03, "request": 0.8, "negative": 0.7}
FIGURES = {language: {head: dict(HEAD) for head in gate.HEADS} for language in ("en", "ja")}


def changed(**by_path: float) -> dict[str, Any]:
    """Figures with some values moved: ``en__intents__request=-0.1``."""
    figures = copy.deepcopy(FIGURES)
    for path, change in by_path.items():
        language, head, label = path.split("__")
        figures[language][head][label] += change
    return figures


def test_equal_figures_are_accepted() -> None:
    verdict = gate.judge(FIGURES, FIGURES, SETTINGS)
    assert verdict["accepted"]
    assert verdict["comparisons"]["intents"]["ja"]["request"] == {"candidate": 0.8, "shipped": 0.8, "change": 0.0}


def test_the_first_model_has_nothing_to_beat() -> None:
    assert gate.judge(FIGURES, {}, SETTINGS)["accepted"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"en__intents__macro_f1": -0.004, "ja__emotion__macro_f1": 0.001}, "overall: the mean macro F1"),
        ({"en__intents__macro_f1": 0.09, "ja__intents__macro_f1": -0.03}, "intents, ja: macro F1 falls by 0.030"),
        ({"en__sentiment__negative": -0.2}, "sentiment, en: F1 of negative falls by 0.200"),
        ({"ja__emotion__macro_f1": -0.05}, "emotion, ja"),
    ],
)
def test_a_loss_is_refused_in_words(change: dict[str, float], reason: str) -> None:
    verdict = gate.judge(changed(**change), FIGURES, SETTINGS)
    assert not verdict["accepted"]
    assert any(reason in refusal for refusal in verdict["refusals"])


@pytest.mark.parametrize("label", ["calibration_error", "accuracy"])
def test_figures_that_are_no_label_refuse_nothing(label: str) -> None:
    assert gate.judge(changed(**{f"en__intents__{label}": -0.5}), FIGURES, SETTINGS)["accepted"]


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """A folder of trained candidates with one mail model in it."""
    manifest = {
        "task": "mails",
        "language": "ja",
        "shape": {"chars": 5, "tokens": 3, "bits": 4, "context": 0.0},
        "data": {"mails": 3, "sentences": 9, "sources": [{"name": "n", "licence": "Apache-2.0", "origin": "o"}]},
    }
    artefact.write(tmp_path / "trained" / "mails-ja", manifest, {"weights": np.zeros((16, 15), np.int8)})
    return tmp_path / "trained"


def verdict_on(candidate: Path, accepted: bool = True) -> dict[str, Any]:
    version = artefact.read_manifest(candidate / "mails-ja")["version"]
    refusals = [] if accepted else ["intents, ja: macro F1 falls by 0.030"]
    return {"accepted": accepted, "refusals": refusals, "candidates": {"mails-ja": version}}


METRICS = {"ja": {head: {"macro_f1": 0.8} for head in card.HEADS["mails"]}}


def test_promotion_copies_weights_and_writes_figures_and_card(candidate: Path, tmp_path: Path) -> None:
    version = promote.promote("mails-ja", candidate, tmp_path / "shipped", verdict_on(candidate), METRICS)
    folder = tmp_path / "shipped" / "mails-ja"
    shipped = artefact.read(folder)
    assert shipped.manifest["version"] == version
    assert shipped.manifest["metrics"] == METRICS["ja"]
    assert set(shipped.manifest["versions"]) == {"python", *promote.LIBRARIES}
    text = (folder / "card.md").read_text(encoding="utf-8")
    for part in (version, "Japanese", "Apache-2.0", "| macro f1 | 0.800 |", "## Limits"):
        assert part in text


def test_what_the_gate_refused_is_not_promoted(candidate: Path, tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match="macro F1 falls"):
        promote.promote("mails-ja", candidate, tmp_path / "shipped", verdict_on(candidate, False), METRICS)
    assert not (tmp_path / "shipped").exists()


def test_what_the_gate_never_saw_is_not_promoted(candidate: Path, tmp_path: Path) -> None:
    verdict = {**verdict_on(candidate), "candidates": {"mails-ja": "another"}}
    with pytest.raises(PermissionError, match="has not judged"):
        promote.promote("mails-ja", candidate, tmp_path / "shipped", verdict, METRICS)


def test_an_unknown_name_is_a_usage_error() -> None:
    command = [sys.executable, "-m", "training.promote", "sentences-fr"]
    ran = subprocess.run(command, cwd=params.ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "sentences-en" in ran.stderr


def test_manifests_are_readable_line_by_line() -> None:
    text = artefact.to_json({"b": {"y": [1, 2], "x": {"k": "日本"}}, "a": 1, "c": {}})
    assert json.loads(text) == {"b": {"y": [1, 2], "x": {"k": "日本"}}, "a": 1, "c": {}}
    assert text.splitlines()[1:4] == [' "a": 1,', ' "b": {', '  "x": {"k": "日本"},']
