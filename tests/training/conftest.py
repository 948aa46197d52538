"""A tiny slice of the written mails, and settings small enough for a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from training import collect, params, prepare
from training.rows import Row

SHAPE = {"chars": 3, "tokens": 2, "bits": 12, "context": 0.3}
QUICK: dict[str, Any] = {
    "shape": SHAPE,
    "strength": 5.0,
    "positive_weight": 2.0,
    "variant_weight": 0.3,
    "iterations": 5,
    "head_penalty": 10.0,
    "sample_weight": 2.0,
}


@pytest.fixture
def quick() -> dict[str, Any]:
    """Settings of a train stage that takes a second."""
    return dict(QUICK)


@pytest.fixture(scope="session")
def written() -> Path:
    """The folder of written mails."""
    return params.ROOT / "training/data/written"


@pytest.fixture(scope="session")
def slices(written: Path) -> dict[str, list[Row]]:
    """Eighty prepared mails of each language, with their noisy copies."""
    settings = params.load("prepare")
    return {x: prepare.prepare(list(collect.read_written(written, x))[:80], settings) for x in ("en", "ja")}
