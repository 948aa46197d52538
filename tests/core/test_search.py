"""Search words: what is one, what a question asks for, and where in a text it stands."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.search import MAX_BYTES, MAX_TOKENS, Phrase, phrases, snippet, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please send it", ["please", "send", "it"]),
        ("m.sato@kita-seiki.example", ["m", "sato", "kita", "seiki", "example"]),
        ("お見積書", ["お見", "見積", "積書", "書"]),
        ("A社の件", ["a", "社の", "の件", "件"]),
        ("ﾄﾞﾗｲﾊﾞｰ", ["どら", "らい", "いば", "ばー", "ー"]),
        ("髙橋", ["高橋", "橋"]),
        ("Müller ÉTÉ straße", ["muller", "ete", "strasse"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("snake_case don't", ["snake", "case", "don", "t"]),
        ("…! 、。", []),
    ],
)
def test_tokens(text, expected):
    assert tokens([text]) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("offer", (Phrase(("offer",), True),)),
        ("見積書", (Phrase(("見積", "積書"), False),)),
        ("書", (Phrase(("書",), True),)),
        ("見積書 Mori", (Phrase(("見積", "積書"), False), Phrase(("mori",), True))),
        ("見積書PDF", (Phrase(("見積", "積書", "書", "pdf"), True),)),
        ("m.sato@kita", (Phrase(("m", "sato", "kita"), True),)),
        ("  、 ", ()),
        ("", ()),
    ],
)
def test_what_a_question_asks_for(question, expected):
    assert phrases(question) == expected


def test_long_and_hostile_texts_stay_within_bounds_and_time():
    start = time.perf_counter()
    many = tokens([" ".join(f"w{n}" for n in range(100_000))])
    wide = tokens([" ".join(chr(0x4E00 + n) * 60 for n in range(3_000))])
    assert len(many) == MAX_TOKENS
    assert sum(len(token.encode()) for token in wide) <= MAX_BYTES
    assert max(map(len, tokens(["x" * 100_000]))) == 64
    snippet("a" * 1_000_000, "b " * 1_000)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("text", "question", "marked"),
    [
        ("Please send the offer by Friday.", "OFF", ["off"]),
        ("来週までに御見積書をお送りください。", "見積書", ["見積書"]),
        ("㈱北精機の髙橋です。", "高橋", ["髙橋"]),
        ("担当はスズキです。", "すずき", ["スズキ"]),
        ("Write to m.sato@kita-seiki.example", "sato@kita", ["sato@kita"]),
        ("Two words, two marks", "two words", ["Two", "words", "two"]),
        ("the end of coffers", "offer", []),
        ("nothing", "else", []),
        ("", "else", []),
    ],
)
def test_a_snippet_marks_what_was_asked_for(text, question, marked):
    found = snippet(text, question)
    assert [found.text[start:end] for start, end in found.marks] == marked


def test_a_snippet_of_a_long_text_is_short_and_around_the_place():
    found = snippet("x " * 5_000 + "見積書\n" + "y " * 5_000, "見積書")
    assert len(found.text) <= 160
    assert [found.text[start:end] for start, end in found.marks] == ["見積書"]
    assert "\n" not in found.text


@given(st.text(), st.text(max_size=30))
def test_marks_lie_within_the_snippet_and_every_piece_of_a_text_is_found_in_it(text, question):
    found = snippet(text, question)
    assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
    held = tokens([text])
    for phrase in phrases(text[:40]):
        width = len(phrase.tokens)
        assert (
            any(
                tuple(held[place : place + width - 1]) == phrase.tokens[:-1]
                and held[place + width - 1].startswith(phrase.tokens[-1])
                for place in range(len(held) - width + 1)
            )
            or text[:40] != text[:40].strip()
            or len(text) > 40
        )
