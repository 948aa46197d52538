"""Words and marks of the name tagger, and how names are read from scores."""

from __future__ import annotations

import numpy as np
import pytest

from models.names import BEGIN, COLUMNS, LABELS, OUTSIDE, runs
from models.names_words import MARKS, ROWS, marks, shape, words_en, words_ja


def texts(text: str, cut: object = words_en) -> list[str]:
    return [text[word.start : word.end] for word in cut(text)]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ask Ana O'Hara's team.", ["Ask", "Ana", "O'Hara", "'", "s", "team", "."]),
        ("k..lund@oak.example, R&D", ["k..lund@oak.example", ",", "R&D"]),
        ("see https://oak.example/a?b=1 now", ["see", "https://oak.example/a?b=1", "now"]),
        ("Hale-Moss\nLtd", ["Hale", "-", "Moss", "Ltd"]),
        ("", []),
    ],
)
def test_english_words(text: str, words: list[str]) -> None:
    assert texts(text) == words


def test_a_line_break_between_japanese_characters_parts_no_word() -> None:
    whole = texts("北見製作所の佐藤様へ", words_ja)
    broken = texts("北見製\n作所の佐\n藤様へ", words_ja)
    assert [word.replace("\n", "") for word in broken] == whole
    assert "佐\n藤" in broken


def test_full_width_letters_look_like_plain_ones() -> None:
    assert [word.form for word in words_ja("ＡＢＣ商事")] == [word.form for word in words_ja("ABC商事")]


def test_a_hostile_text_costs_no_more_than_its_length() -> None:
    assert len(list(words_en("a@" * 40_000))) > 1
    assert len(list(words_ja("あ\n" * 20_000))) > 1


def test_shapes() -> None:
    assert [shape(x) for x in ("Houston", "IBM", "R2", "k@x.example", "佐藤", "ソフト")] == [
        "Xxx",
        "XX",
        "Xd",
        "@",
        "cc",
        "kk",
    ]


def test_marks_are_rows_of_the_table() -> None:
    (word,) = words_en("Houston")
    assert len(marks(word.form)) == MARKS
    assert all(0 <= row < ROWS for row in marks(word.form))


def scores(*columns: int) -> np.ndarray:
    rows = np.zeros((len(columns), COLUMNS), np.float32)
    rows[np.arange(len(columns)), columns] = 5.0
    return rows


def test_runs_of_one_type_are_one_name_until_the_next_begins() -> None:
    person, place = BEGIN + 2 * LABELS.index("person"), BEGIN + 2 * LABELS.index("place")
    found = runs(scores(person, person + 1, person, OUTSIDE, place + 1, person + 1))
    assert [(first, end, label) for first, end, label, _ in found] == [
        (0, 2, "person"),
        (2, 3, "person"),
        (4, 5, "place"),
        (5, 6, "person"),
    ]
    assert all(0.8 < sure < 1 for *_, sure in found)


def test_nothing_is_found_in_nothing() -> None:
    assert runs(scores()) == []
    assert runs(scores(OUTSIDE, OUTSIDE)) == []
