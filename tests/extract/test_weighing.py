"""How likely a sentence is about a meeting or a task, from the models' scores, telling words and times together."""

from datetime import datetime

import pytest

from models.labels import TAGS
from pipeline.extract import clues
from pipeline.records import ScoredSentence, Sentence


def judged(language, *texts, **scores):
    """The clues of sentences that the models score alike."""
    given = {tag: scores.get(tag, 0.03) for tag in TAGS}
    items = [ScoredSentence(Sentence(0, len(text), text, language), given) for text in texts]
    return clues.read(items, datetime.fromisoformat("2026-03-10T09:00:00+00:00"))


@pytest.mark.parametrize(
    ("language", "plain", "telling"),
    [
        ("en", "The pump on line four is green.", "The meeting on Thursday at 10 is confirmed."),
        ("ja", "四番のポンプは緑色のものです。", "木曜10時の打合せで承知いたしました。"),
    ],
)
def test_words_and_times_raise_the_same_score_of_the_model(language, plain, telling):
    without, with_them = judged(language, plain, telling, meeting=0.3)
    assert without.activity < clues.SURE < with_them.activity


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Please send us the plans by Friday."), ("ja", "金曜までに図面をお送りください。")]
)
def test_the_model_still_decides_between_deeds(language, text):
    (asked,) = judged(language, text, task=0.9, request=0.8)
    (plain,) = judged(language, text)
    assert plain.deed < asked.deed
    assert asked.activity < clues.SURE < asked.deed


def test_a_line_with_a_telephone_number_is_no_deed():
    (clue,) = judged("en", "Tel: +44 1632 960 123", call=0.9)
    assert (clue.activity, clue.deed) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("language", "deed", "words"),
    [
        ("en", "Could you send us the signed contract?", "Could you tell us what the contract says?"),
        ("en", "Please return the pump to us.", "Please accept the pump as it is."),
        ("ja", "契約書をお送りいただけますか。", "契約書の内容を教えていただけますか。"),
        ("ja", "ポンプを交換してください。", "ポンプの遅れをご容赦ください。"),
    ],
)
def test_a_concrete_deed_weighs_more_than_an_answer_or_a_courtesy(language, deed, words):
    concrete, other = (judged(language, text, task=0.4, request=0.5)[0] for text in (deed, words))
    assert other.deed < concrete.deed
