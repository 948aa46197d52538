"""Word pieces: where words begin and end, and what the vocabulary makes of them."""

from __future__ import annotations

import pytest

from models import wordpiece
from models.wordpiece import LOWER, MIXED, NO_CASE, TITLE, UPPER, WordPiece

PIECES = ["[CLS]", "[SEP]", "[UNK]", "order", "##s", "cafe", "12", "##5", ".", ",", "'", "請", "求", "a"]


@pytest.fixture
def tokenizer() -> WordPiece:
    """Fourteen pieces."""
    return wordpiece.from_lines("\n".join(PIECES).encode())


def pieces(tokenizer: WordPiece, text: str) -> list[str]:
    return [PIECES[number] for word in tokenizer.words(text) for number in word.pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders", ["order", "##s"]),
        ("ORDER", ["order"]),
        ("Café,", ["cafe", ","]),
        ("Cafe\u0301.", ["cafe", "."]),
        ("125", ["12", "##5"]),
        ("orderx a", ["[UNK]", "a"]),
        ("請求a", ["請", "求", "a"]),
        ("or\u200bder", ["order"]),
        ("x" * 101, ["[UNK]"]),
        (" \n\t", []),
        ("", []),
    ],
)
def test_the_longest_known_parts(tokenizer: WordPiece, text: str, expected: list[str]) -> None:
    assert pieces(tokenizer, text) == expected


def test_words_stand_where_they_are_in_the_text(tokenizer: WordPiece) -> None:
    text = "A  Café's\norders."
    assert [text[word.start : word.end] for word in tokenizer.words(text)] == ["A", "Café", "'", "s", "orders", "."]


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("order", LOWER),
        ("Order", TITLE),
        ("I", TITLE),
        ("ORDER", UPPER),
        ("McKay", MIXED),
        ("eBay", MIXED),
        ("12", NO_CASE),
    ],
)
def test_letter_case(word: str, case: int) -> None:
    assert wordpiece.letter_case(word) == case
