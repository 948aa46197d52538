"""The page of the models in use says what their manifests say, and draws only numbers that are of the same version."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from api.pages import models_in_use
from api.web import charts
from models import artefact
from models.loading import ARTEFACTS, versions


def test_every_shipped_model_is_shown_with_its_figures(sign_in: Any) -> None:
    page = sign_in("admin").get("/admin/models").text
    for name, version in versions().items():
        assert version in page, name
    figures = artefact.read_manifest(ARTEFACTS / "mails-ja")["metrics"]
    for value in (figures["intents"]["request"], figures["sentiment"]["calibration_error"]):
        assert f"{value:.3f}" in page
    assert page.count('class="chart curve"') == 4
    assert page.count('class="mixed"') == 4


def test_plots_of_another_version_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = {"mails-ja": {"language": "ja", "version": "another"}}
    assert not models_in_use._plots(manifests)
    version = artefact.read_manifest(ARTEFACTS / "mails-ja")["version"]
    assert len(models_in_use._plots({"mails-ja": {"language": "ja", "version": version}})) == 4


def test_the_numbers_of_the_plots_are_those_of_the_figures() -> None:
    stored = json.loads(files("models").joinpath("plots.json").read_text(encoding="utf-8"))
    for name, told in stored.items():
        manifest = artefact.read_manifest(ARTEFACTS / name)
        assert told["version"] == manifest["version"], "`python -m training.plots` was not run after a promotion"
        counts = told["confusion"]["sentiment"]["counts"]
        right = sum(counts[place][place] for place in range(3))
        assert right / sum(map(sum, counts)) == pytest.approx(manifest["metrics"]["sentiment"]["accuracy"], abs=1e-4)
        bins = told["reliability"]["sentiment"]
        off = sum(one["count"] * abs(one["predicted"] - one["observed"]) for one in bins)
        error = off / sum(one["count"] for one in bins)
        assert error == pytest.approx(manifest["metrics"]["sentiment"]["calibration_error"], abs=1e-3)


def test_a_figure_that_one_language_lacks_is_left_open(monkeypatch: pytest.MonkeyPatch, sign_in: Any) -> None:
    manifests = {
        "names-ja": {
            "task": "names", "language": "ja", "version": "1", "files": {}, "metrics": {"names": {"new_kind": 0.5}},
        },
        "names-en": {
            "task": "names", "language": "en", "version": "2", "files": {}, "metrics": {"names": {"person": 0.25}},
        },
    }  # fmt: skip
    monkeypatch.setattr(models_in_use, "_manifests", lambda: manifests)
    page = sign_in("admin").get("/admin/models").text
    rows = re.findall(r'<th scope="row">(new_kind|人名)</th><td>(.*?)</td><td>(.*?)</td>', page)
    told = {name: [re.sub(r"<.*", "", value).strip() for value in values] for name, *values in rows}
    assert told == {"new_kind": ["0.500", "–"], "人名": ["–", "0.250"]}
    assert "グラフ用の数値がありません" in page


def test_reliability_lies_on_the_diagonal_where_scores_are_right() -> None:
    dots = charts.reliability_dots([{"predicted": 0.25, "observed": 0.25, "count": 4}], 100)
    assert [(dot.x, dot.y, dot.radius) for dot in dots] == [(25.0, 75.0, 6.0)]
    assert charts.shares([[3, 1], [0, 0]]) == (((3, 3), (1, 1)), ((0, 0), (0, 0)))
