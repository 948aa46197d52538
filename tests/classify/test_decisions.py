"""From scores to decisions: what the functions promise whatever the model says."""

from __future__ import annotations

import pytest

from models.labels import EMOTIONS, INTENTS, SENTIMENTS, TAGS
from pipeline.classify import gist, intents, mood, sentences
from pipeline.records import Noise, ScoredSentence, Sentence

NEWSLETTER = Noise("newsletter", "header.list_id")
EN = ["Hello Tom,", "Could you send me the test report by Friday?", "Best regards,"]
JA = [
    "お世話になっております。",
    "金曜日までに検査成績書をお送りいただけますでしょうか。",
    "よろしくお願いいたします。",
]


def test_a_batch_gives_what_each_mail_gives_alone(read) -> None:
    mails = [("en", EN), ("ja", JA), ("en", []), ("ja", JA[:1])]
    batch = [("", tuple(one.sentence for one in read(language, texts))) for language, texts in mails]
    together = sentences.score(batch)
    assert [len(mail) for mail in together] == [3, 3, 0, 1]
    for (language, texts), scored in zip(mails, together, strict=True):
        alone = read(language, texts)
        assert [one.sentence for one in scored] == [one.sentence for one in alone]
        for one, other in zip(scored, alone, strict=True):
            assert one.scores == pytest.approx(other.scores, abs=1e-6)


def test_scores_are_probabilities_of_all_tags(read) -> None:
    for one in read("ja", JA):
        assert tuple(one.scores) == TAGS
        assert all(0 <= p <= 1 for p in one.scores.values())


def test_each_sentence_is_read_by_the_model_of_its_language() -> None:
    texts = [("en", EN[1]), ("ja", JA[1])]
    mixed = tuple(Sentence(n, n + 1, text, language) for n, (language, text) in enumerate(texts))
    scored = sentences.score([("", mixed)])[0]
    assert [one.scores["request"] > 0.5 for one in scored] == [True, True]


def test_unknown_latin_language_is_read_by_the_english_model(read) -> None:
    assert [x.scores for x in read("de", EN)] == [x.scores for x in read("en", EN)]


def test_machine_mail_has_no_intents_no_mood_and_no_gist(read) -> None:
    scored = read("en", EN)
    assert intents.decide(scored, None)
    assert intents.decide(scored, NEWSLETTER) == ()
    assert gist.choose("Report", scored, NEWSLETTER) == ()
    assert mood.decide(scored, "en", NEWSLETTER) == mood.NEUTRAL


def test_a_mail_without_sentences_is_neutral_and_wants_nothing() -> None:
    assert sentences.score([]) == []
    assert intents.decide((), None) == ()
    assert gist.choose("", (), None) == ()
    assert mood.decide((), "ja", None) == mood.NEUTRAL


@pytest.mark.parametrize(("language", "texts"), [("en", EN), ("ja", JA)])
def test_evidence_is_copied_with_its_place(read, language: str, texts: list[str]) -> None:
    scored = read(language, texts)
    text = "\n".join(texts)
    found = intents.decide(scored, None)
    assert [intent.label for intent in found] == ["request"]
    for evidence in (*found[0].evidence, *gist.choose("", scored, None)):
        assert text[evidence.start : evidence.end] == evidence.text == texts[1]


def test_evidence_is_never_empty_and_in_order() -> None:
    def one(start: int, request: float) -> ScoredSentence:
        return ScoredSentence(Sentence(start, start + 1, "x", "en"), {**dict.fromkeys(TAGS, 0.0), "request": request})

    low = [one(0, 0.1), one(5, 0.2), one(9, 0.05)]
    assert [e.start for e in intents.show(low, "request", 0.6)] == [5]
    high = [one(0, 0.7), one(5, 0.2), one(9, 0.95)]
    assert [e.start for e in intents.show(high, "request", 0.6)] == [0, 9]


def test_intents_come_surest_first_with_their_probability(read) -> None:
    scored = read("en", ["How much is the larger pump?", "Please send a quotation for two of them by Friday."])
    found = intents.decide(scored, None)
    assert {intent.label for intent in found} <= set(INTENTS)
    assert [i.score for i in found] == sorted((i.score for i in found), reverse=True)
    assert all(0 < i.score <= 1 for i in found)


def test_the_gist_is_at_most_two_sentences_in_the_order_of_the_mail(read) -> None:
    asks = [f"Could you please send us the drawing of part {n} by Monday?" for n in range(5)]
    chosen = gist.choose("", read("en", asks), None)
    assert 1 <= len(chosen) <= 2
    assert [e.start for e in chosen] == sorted(e.start for e in chosen)


@pytest.mark.parametrize("label", SENTIMENTS)
def test_an_emotion_never_contradicts_the_sentiment(label: str) -> None:
    preferences = {"sentiment": dict.fromkeys(SENTIMENTS, 1.0), "emotion": dict.fromkeys(EMOTIONS, 1.0)}
    sure = {sentiment: float(sentiment == label) for sentiment in SENTIMENTS}
    for excluded in EMOTIONS:
        emotions = {emotion: 0.9 if emotion == excluded else 0.01 for emotion in EMOTIONS}
        sentiment, emotion = mood.decide_labels(sure, emotions, preferences)
        assert sentiment == label
        assert (emotion == excluded) == (excluded not in mood.EXCLUDED[label])


def test_preferences_tip_the_balance() -> None:
    even = {"positive": 0.45, "neutral": 0.55, "negative": 0.0}
    emotions = dict.fromkeys(EMOTIONS, 0.125)
    preferences = {"sentiment": dict.fromkeys(SENTIMENTS, 1.0), "emotion": dict.fromkeys(EMOTIONS, 1.0)}
    assert mood.decide_labels(even, emotions, preferences)[0] == "neutral"
    preferences["sentiment"]["positive"] = 1.5
    assert mood.decide_labels(even, emotions, preferences)[0] == "positive"


def test_both_poles_are_given_beside_the_label(read) -> None:
    sentiment, emotion = mood.decide(read("en", ["Thank you so much, the new pump works perfectly!"]), "en", None)
    assert sentiment.label == "positive"
    assert sentiment.score == sentiment.positive > sentiment.negative
    assert emotion.label in ("joy", "gratitude")
