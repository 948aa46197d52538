"""Training: the same bytes each time, and features at run time that are those of training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import artefact
from models import sentences as sentence_models
from models.artefact import read
from models.features import Shape, sentence_rows
from models.labels import TAGS
from training import encoder, fitting, measures, rows, sentences, train
from training.rows import CLEAN, Row, write_json


@pytest.fixture
def prepared(slices: dict[str, list[Row]], tmp_path: Path) -> Path:
    for language, some in slices.items():
        rows.write(tmp_path / "prepared" / f"{language}.jsonl", some)
    write_json(tmp_path / "sources.json", [{"name": "written", "licence": "Apache-2.0", "origin": "here"}])
    return tmp_path


@pytest.mark.parametrize("language", ["en", "ja"])
def test_training_twice_gives_the_same_bytes(prepared: Path, quick: dict[str, Any], language: str) -> None:
    settings = {"sentences": quick, "mails": quick}
    for run in ("one", "two"):
        for task in settings:
            place = (prepared / "prepared", prepared / "sources.json", prepared / run)
            train.run(task, language, *place, settings)
    files = sorted(path.relative_to(prepared / "one") for path in (prepared / "one").rglob("*.*"))
    assert len(files) == 5
    for file in files:
        assert (prepared / "one" / file).read_bytes() == (prepared / "two" / file).read_bytes(), file


def test_what_runs_is_what_was_trained(prepared: Path, slices: dict[str, list[Row]], quick: dict[str, Any]) -> None:
    """The stored model's raw scores are the trained layer's on the training matrix, but for 8-bit rounding."""
    settings = {"sentences": {**quick, "iterations": 20}}
    train.run("sentences", "ja", prepared / "prepared", prepared / "sources.json", prepared / "out", settings)
    model = sentence_models.from_artefact(read(prepared / "out" / "sentences-ja"), None)
    some = [row for row in slices["ja"] if row.split == "train" and row.variant == CLEAN][:20]
    texts = [row.sentences for row in some]
    matrix = fitting.to_csr(sentence_rows(texts, Shape(**quick["shape"])))
    columns = matrix.shape[1]
    at_training = matrix @ (model.weights[:columns].astype(float) * model.scales) + model.bias
    one_by_one = np.concatenate([model.raw([mail]) for mail in texts])
    assert np.allclose(model.raw(texts), at_training, atol=1e-3)
    assert np.allclose(one_by_one, at_training, atol=1e-3)


def test_rounding_to_eight_bits_moves_little() -> None:
    weights = np.random.default_rng(3).normal(size=(500, 4))
    whole, scales = fitting.quantise(weights, 512)
    assert whole.shape == (512, 4)
    assert np.abs(whole[:500] * scales - weights).max() <= scales.max() / 2 + 1e-6


def test_training_learns(slices: dict[str, list[Row]], quick: dict[str, Any]) -> None:
    """Seventy mails are few, but on a fold it never saw the linear layer ranks questions above the rest."""
    mails = [row for row in slices["en"] if row.split == "train" and row.variant == CLEAN]
    matrix = fitting.to_csr(sentence_rows([row.sentences for row in mails], Shape(3, 2, 16, 0.3)))
    wanted = np.array([["question" in tags] for row in mails for tags in row.tags], float)
    folds = np.repeat([row.fold for row in mails], [len(row.sentences) for row in mails])
    linear = fitting.fit_with_folds(matrix, wanted, np.ones_like(wanted), folds, {**quick, "iterations": 60})
    for fold in np.unique(folds):
        truth, given = wanted[folds == fold, 0] > 0, linear.out_of_fold[folds == fold, 0]
        ranked_right = np.mean([(given[truth] > other).mean() for other in given[~truth]])
        assert ranked_right > 0.7


def test_unknown_tags_teach_nothing(slices: dict[str, list[Row]], quick: dict[str, Any]) -> None:
    """Sentences that know only requests teach the request column alone."""
    text = "Zzyzx qwrt!"
    mails = [row for row in slices["en"] if row.split == "train"]
    settings = {**quick, "iterations": 40}

    def raw(known: tuple[str, ...]) -> Any:
        extra = Row("x", "public", "en", "", (text,) * 30, ((),) * 30, None, None, known=known)
        trained = sentences.train([*mails, extra], settings)
        assert ("x" in trained.out_of_fold) == (known == TAGS)
        own, _ = sentence_rows([[text]], Shape(**quick["shape"]))
        return own.dot(trained.arrays["weights"])[0] * trained.arrays["scales"] + trained.arrays["bias"]

    partly, wholly = raw(("request",)), raw(TAGS)
    question = TAGS.index("question")
    assert partly[question] > wholly[question] + 0.5
    assert abs(partly[0] - wholly[0]) < 0.5


@pytest.mark.parametrize(
    ("truth", "given", "score"), [([1, 1, 0, 0], [1, 0, 1, 0], 0.5), ([0, 0], [0, 0], 0.0), ([1, 0], [1, 0], 1.0)]
)
def test_f1(truth: list[int], given: list[int], score: float) -> None:
    assert measures.f1(np.array(truth, bool), np.array(given, bool)) == score


def test_calibration_error_of_a_coin_that_says_so_is_small() -> None:
    dice = np.random.default_rng(5)
    p = dice.random(20_000)
    outcome = dice.random(20_000) < p
    assert measures.calibration_error(outcome, p, 10) < 0.02
    assert measures.calibration_error(outcome, np.clip(p + 0.3, 0, 1), 10) > 0.15


def test_best_threshold_separates() -> None:
    p = np.array([0.1, 0.2, 0.3, 0.7, 0.8])
    assert 0.3 < measures.best_threshold(p > 0.5, p, np.ones(len(p))) <= 0.7


def test_what_people_decided_has_no_mood_and_still_trains_sentences(tmp_path: Path) -> None:
    folder = tmp_path / "encoder-ja"
    artefact.write(folder, {"task": "encoder", "language": "ja"}, {}, {})
    tags, labels = np.ones((2, 11)), np.ones(15)
    suffix = encoder._SENTENCES
    np.savez_compressed(folder / encoder.OUT_OF_FOLD, **{"own": labels, f"own{suffix}": tags, f"decided{suffix}": tags})
    held = encoder.held_scores(tmp_path, "ja")
    assert sorted(held.sentences) == ["decided", "own"]
    assert sorted(held.mails) == ["own"]
