"""Features: the same text gives the same columns alone, in a batch, in training and at run time."""

from __future__ import annotations

import numpy as np
import pytest

from models.features import Rows, Shape, mail_rows, normalise, sentence_rows

SHAPE = Shape(chars=4, tokens=3, bits=16, context=0.5)
MAILS = [
    ["Dear Ms Okafor,", "Could you send the drawings by Friday?", "Kind regards,"],
    ["いつもお世話になっております。", "見積書をお送りいただけますでしょうか。"],
    ["", "?", "🙂 ok"],
]


def row(rows: Rows, number: int) -> dict[int, float]:
    mine = rows.rows == number
    return dict(zip(rows.columns[mine].tolist(), rows.values[mine].tolist(), strict=True))


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ＡＢＣ　株式会社", "abc 株式会社"),
        ("お送りいただけ\nますでしょうか", "お送りいただけますでしょうか"),
        ("お送り\r\nください", "お送りください"),
        ("please send\nthe file", "please send the file"),
        ("Order 4711", "order 0000"),
        ("ﾃｽﾄ", "テスト"),
    ],
)
def test_spellings_that_mean_the_same_are_one(written: str, same: str) -> None:
    assert normalise(written) == same


def test_a_sentence_has_the_same_features_alone_and_in_a_batch() -> None:
    own, before = sentence_rows(MAILS, SHAPE)
    number = 0
    for mail in MAILS:
        alone_own, alone_before = sentence_rows([mail], SHAPE)
        for place in range(len(mail)):
            assert row(own, number) == row(alone_own, place)
            assert row(before, number) == row(alone_before, place)
            number += 1


def test_only_a_sentence_with_one_before_it_has_context() -> None:
    _, before = sentence_rows(MAILS, SHAPE)
    assert sorted(set(before.rows.tolist())) == [1, 2, 4, 6, 7]


def test_every_row_has_length_one_and_no_column_twice() -> None:
    own, _ = sentence_rows(MAILS, SHAPE)
    for number in range(own.count):
        mine = own.rows == number
        assert np.isclose(np.linalg.norm(own.values[mine]), 1.0, atol=1e-6)
        assert len(set(own.columns[mine].tolist())) == mine.sum()


def test_different_substrings_get_different_columns() -> None:
    """Every substring of one to four characters of a short text is a column, each token run another."""
    own, _ = sentence_rows([["abcd"]], Shape(4, 3, 24, 0.0))
    wrapped = "\x02abcd\x03"
    chars = {wrapped[at : at + n] for n in range(1, 5) for at in range(len(wrapped) - n + 1)}
    token_runs = 3 + 2 + 1
    assert len(own.columns) == len(chars) + token_runs


def test_dot_equals_the_plain_product() -> None:
    own, _ = sentence_rows(MAILS, SHAPE)
    weights = np.random.default_rng(7).normal(size=(1 << SHAPE.bits, 3)).astype(np.float32)
    plain = np.zeros((own.count, 3))
    for number, column, value in zip(own.rows, own.columns, own.values, strict=True):
        plain[number] += value * weights[column]
    assert np.allclose(own.dot(weights), plain, atol=1e-4)


def test_a_mail_has_the_features_of_its_sentences_wherever_they_stand() -> None:
    one = mail_rows([MAILS[0]], SHAPE)
    other = mail_rows([MAILS[1], list(reversed(MAILS[0]))], SHAPE)
    assert row(one, 0) == row(other, 1)


@pytest.mark.parametrize("text", ["\ud800", "\x00", "a" * 50_000, "　", "\U0001f9ff" * 9, "e\u0301" * 40])
def test_any_text_gives_features(text: str) -> None:
    own, _ = sentence_rows([[text]], SHAPE)
    assert len(own.columns) > 0
