"""The transformer: what becomes one run, and which names its scores mean."""

from __future__ import annotations

import numpy as np
import pytest

from models import transformer
from models.labels import ENTITIES
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
