"""The scanner leaves out only rules that cannot match where it stands."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.times import grammar_en, grammar_ja
from pipeline.extract.times.folding import fold
from pipeline.extract.times.grammar import compiled, scan
from pipeline.extract.times.openings import openings

HERE = Path(__file__).parent
GRAMMARS = {"en": grammar_en.GRAMMAR, "ja": grammar_ja.GRAMMAR}


def texts(language):
    lines = (HERE / f"times_{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [fold(line.split("\t")[1]) for line in lines if not line.startswith("#")]


def tried_everywhere(text, grammar):
    """The words that a scanner finds which tries every rule at every place."""
    found, at = [], 0
    starts = compiled(grammar.starts)
    while at < len(text):
        rules = (r for r in grammar.rules if r.inside or starts.match(text, at))
        match = next(((m, r) for r in rules if (m := compiled(r.pattern).match(text, at))), None)
        if match:
            found.append((at, match[1].name))
        at = max(match[0].end(), at + 1) if match else at + 1
    return found


@pytest.mark.parametrize("language", GRAMMARS)
def test_no_word_is_missed(language):
    grammar = GRAMMARS[language]
    for text in texts(language):
        meant = [(w.start, w.rule) for w in scan(text, grammar)]
        everywhere = tried_everywhere(text, grammar)
        assert set(meant) <= set(everywhere), text
        silent = {place for place in everywhere if place not in meant}
        assert all(says_nothing(text, grammar, *place) for place in silent), text


def says_nothing(text, grammar, at, name):
    from pipeline.extract.times.grammar import groups

    rule = next(r for r in grammar.rules if r.name == name)
    return rule.meaning(groups(compiled(rule.pattern).match(text, at))) is None


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("abc", {"ab"}),
        ("a(?:b|cd)?", {"ab", "ac", "a"}),
        (r"(?<=x)\d", {"0"}),
        ("(?:the )?day", {"th", "da"}),
        (".a", {""}),
        ("a[^b]", {"a"}),
        ("x+y", {"xx", "xy"}),
        ("[1-3]5?a", {"00", "0a"}),
        ("", {""}),
    ],
)
def test_openings(pattern, wanted):
    assert openings(pattern, 2) == wanted


@given(st.text("abc", max_size=6))
def test_a_match_begins_with_an_opening(text):
    for pattern in ("a?b+c", "(?:ab|b)(?:c|a)*", "[ab]{1,3}c?", "(?:a|bc)?b"):
        if compiled(pattern).match(text):
            for length in (2, 3):
                assert any(text[:n] in openings(pattern, length) for n in range(length + 1))
