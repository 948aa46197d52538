"""Intents from a few examples, in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from models import vectors
from pipeline.classify import custom
from pipeline.classify.custom import CustomIntent
from pipeline.records import Evidence, Sentence

INTENTS = tomllib.loads((Path(__file__).parents[1] / "bench" / "custom_intents.toml").read_text(encoding="utf-8"))
EXAMPLES = {one["name"]: one for one in INTENTS["intent"]}["cancel"]
SAID = {
    "en": ("We hereby cancel our subscription.", "Thank you for the pleasant lunch."),
    "ja": ("来月末で契約を解約いたします。", "先日はお昼をご一緒いただき、ありがとうございました。"),
}


def sentence(text: str, language: str) -> Sentence:
    return Sentence(7, 7 + len(text), text, language)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_means_the_examples_is_found_and_what_does_not_is_not(language: str) -> None:
    intent = CustomIntent("leaving", custom.fit(EXAMPLES[language]))
    meant, other = SAID[language]
    (found,) = custom.find([intent], [sentence(other, language), sentence(meant, language)])
    assert (found.label, found.evidence) == ("custom:leaving", (Evidence(7, 7 + len(meant), meant),))
    assert 0.5 <= found.score <= 1
    assert custom.find([intent], [sentence(other, language)]) == ()
    one = intent.fitted[language]
    assert (one.examples, one.ordinary) == (14, len(vectors.background(language)))
    assert one.found >= 5
    assert one.alarms <= one.ordinary * 0.005


def test_examples_of_one_language_say_nothing_of_the_other() -> None:
    intent = CustomIntent("leaving", custom.fit([*EXAMPLES["ja"], *EXAMPLES["en"][: custom.FEWEST - 1]]))
    assert set(intent.fitted) == {"ja"}
    assert custom.find([intent], [sentence(SAID["en"][0], "en")]) == ()


def test_a_counter_example_is_pushed_away() -> None:
    plain = custom.fit(EXAMPLES["ja"])["ja"]
    against = "契約を更新いたします。"
    pushed = custom.fit(EXAMPLES["ja"], [against])["ja"]
    row = vectors.vectors([against], "ja")[0]

    def margin(one: custom.Fitted) -> float:
        return float((row @ one.weights - one.threshold) / one.scale)

    assert margin(pushed) < margin(plain)


def test_what_was_fitted_survives_its_json_and_knows_its_vectors() -> None:
    fitted = custom.fit(EXAMPLES["ja"])
    assert custom.from_json(custom.to_json(fitted)) == fitted
    assert custom.is_current(fitted)
    old = {"ja": custom.from_json({"ja": custom.to_json(fitted)["ja"] | {"version": "older"}})["ja"]}
    assert not custom.is_current(old)


def test_a_sentence_means_the_same_whatever_stands_beside_it() -> None:
    for language, texts in SAID.items():
        together, alone = vectors.vectors(texts, language), vectors.vectors(texts[:1], language)
        assert (together[0] == alone[0]).all()
        assert abs(float((together[0] ** 2).sum()) - 1) < 1e-5
