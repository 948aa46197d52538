"""The transformer: what becomes one run, and which names its scores mean."""

from __future__ import annotations

import time

import numpy as np
import pytest

from models import loading, transformer
from models.labels import ENTITIES, TAGS
from models.transformer import NAME_COLUMNS, Cutter, shares
from models.wordpiece import NO_CASE, TITLE, Word, WordPiece

WORDS = ["[CLS]", "[SEP]", "[UNK]", "one", "two", "three", "four", "five", "six", "##s"]
START, STOP = 0, 1
PERSON, ORGANISATION = ENTITIES.index("person"), ENTITIES.index("organisation")


@pytest.fixture
def tokenizer() -> WordPiece:
    """Six words, an ending and the marks."""
    return WordPiece({word: number for number, word in enumerate(WORDS)})


def test_a_mail_is_one_run_with_a_mark_after_each_sentence(tokenizer: WordPiece) -> None:
    (window,) = Cutter(tokenizer, 9, 99).windows(["one Twos", "three"])
    assert window.ids == [START, 3, 4, 9, STOP, 5, STOP]
    assert window.cases == [NO_CASE, 1, TITLE, TITLE, NO_CASE, 1, NO_CASE]
    assert window.lengths == [4, 2]
    assert window.places == [[1, 2], [5]]


def test_long_sentences_are_cut_and_long_mails_go_on_in_another_run(tokenizer: WordPiece) -> None:
    windows = list(Cutter(tokenizer, 2, 6).windows(["one two three", "four", "five", "six"]))
    assert [window.ids for window in windows] == [[START, 3, 4, STOP, 6, STOP], [START, 7, STOP, 8, STOP]]
    assert [window.lengths for window in windows] == [[3, 2], [2, 2]]


def test_a_sentence_without_words_still_has_its_row(tokenizer: WordPiece) -> None:
    (window,) = Cutter(tokenizer, 2, 6).windows(["one", " "])
    assert window.lengths == [2, 1]


def test_a_sentence_is_the_mean_of_its_own_pieces() -> None:
    taken = shares([2, 1]) @ np.array([[9.0], [1.0], [3.0], [5.0]])
    assert taken.tolist() == [[2.0], [5.0]]


def test_names_are_runs_of_one_type() -> None:
    """Mary Ann of Acme, Bo: the second person begins anew, and an inside without a beginning is one as well."""
    words = [Word(start, start + 2, (), TITLE) for start in range(0, 15, 3)]
    scores = np.zeros((5, NAME_COLUMNS), np.float32)
    for row, column in enumerate((1 + 2 * PERSON, 2 + 2 * PERSON, 0, 2 + 2 * ORGANISATION, 1 + 2 * PERSON)):
        scores[row, column] = 9
    found = transformer.names(words, scores)
    assert [(one.start, one.end, one.label) for one in found] == [
        (0, 5, "person"),
        (9, 11, "organisation"),
        (12, 14, "person"),
    ]
    assert all(0.9 < one.score <= 1 for one in found)


def test_a_sentence_without_words_has_no_names() -> None:
    assert transformer.names([], np.zeros((0, NAME_COLUMNS), np.float32)) == ()


def test_company_changes_no_score() -> None:
    """A mail is the same whatever is scored before it or with it (sums of the linear layer round by place)."""
    mails = [
        ["Dear Ms Okafor,", "The second pallet came in broken again.", "Please send somebody on Monday."],
        ["Hello,", "Do you have the blue one in stock?"],
        ["THE INVOICE IS WRONG", "we asked for ten\nnot twelve"],
    ]
    together = loading.sentence_model("en").score(mails)
    for cached in (loading.sentence_model, loading.shipped_encoder):
        cached.cache_clear()
    alone = [loading.sentence_model("en").score([mail])[0] for mail in reversed(mails)][::-1]
    for one, other in zip(together, alone, strict=True):
        assert np.abs(one - other).max() < 1e-5


@pytest.mark.parametrize(("sentences", "read"), [(60, 60), (600, 220)])
def test_a_very_long_mail_is_read_at_its_beginning_only(sentences: int, read: int) -> None:
    mail = [f"Please send box {number} of the long blue cable to Leeds." for number in range(sentences)]
    encoder = loading.shipped_encoder("en")
    assert encoder is not None
    reading = encoder.read(tuple(mail))
    assert reading.sentences.shape == (sentences, len(TAGS))
    assert len(reading.entities) == sentences
    assert int(np.isfinite(reading.sentences).all(axis=1).sum()) == pytest.approx(read, rel=0.1)
    assert np.isfinite(reading.mail).all()
    (scores,) = loading.sentence_model("en").score([mail])
    assert np.isfinite(scores).all()


def test_a_word_without_end_costs_little() -> None:
    encoder = loading.shipped_encoder("en")
    assert encoder is not None
    began = time.process_time()
    encoder.read(("x" * 3_000_000, "a," * 1_000_000, "Send it."))
    assert time.process_time() - began < 2
