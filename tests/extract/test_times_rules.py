"""Every row of both grammars: texts in which it counts, with the exact meaning, and texts in which it must not."""

from datetime import datetime
from pathlib import Path

import pytest

from pipeline.extract.times import TimeSpan, find, grammar_en, grammar_ja, meanings_en, meanings_ja
from pipeline.extract.times.folding import fold
from pipeline.extract.times.grammar import scan

HERE = Path(__file__).parent
GRAMMARS = {"en": grammar_en.GRAMMAR, "ja": grammar_ja.GRAMMAR}
SENT = {
    "en": datetime.fromisoformat("2026-03-10T09:00:00+00:00"),
    "ja": datetime.fromisoformat("2026-03-10T09:00:00+09:00"),
}
NOTHING = (meanings_en.nothing, meanings_ja.nothing)


CASUAL = {language: {rule.name for rule in grammar.rules if rule.casual} for language, grammar in GRAMMARS.items()}


def examples():
    for language in GRAMMARS:
        for line in (HERE / f"times_{language}.tsv").read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                rule, text, wanted = line.split("\t")
                yield pytest.param(
                    language, rule, text, wanted, id=f"{language}-{rule}-{'no' if wanted == '-' else 'yes'}"
                )


def shown(span: TimeSpan) -> str:
    if span.length:
        return f"P{span.length.months}M{span.length.days}D{span.length.minutes}m" + "~" * span.length.approx
    slot = span.slot
    if slot is None:
        return "?"
    ends = [
        e.isoformat(timespec="minutes") if isinstance(e, datetime) else e.isoformat()
        for e in (slot.start, slot.end)
        if e
    ]
    return ("R:" if span.every else "") + "/".join(ends) + "~" * slot.approx


@pytest.mark.parametrize(("language", "rule", "text", "wanted"), list(examples()))
def test_rule(language, rule, text, wanted):
    loose = wanted != "-" and rule in CASUAL[language]
    spans = find(text, SENT[language], language, loose=loose)
    words = [word for word in scan(fold(text), GRAMMARS[language], loose) if word.rule == rule]
    counted = [word for word in words if any(s.start <= word.start < s.end for s in spans)]
    if wanted == "-":
        assert not counted
    else:
        assert counted
        assert " ; ".join(f"{text[s.start : s.end]} = {shown(s)}" for s in spans) == wanted


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_row_has_examples_of_both_kinds(language):
    kinds = {(p.values[1], p.values[3] == "-") for p in examples() if p.values[0] == language}
    for rule in GRAMMARS[language].rules:
        assert (rule.name, True) in kinds, f"{rule.name} has no text in which it must not count"
        assert (rule.name, False) in kinds or rule.meaning in NOTHING, f"{rule.name} has no text in which it counts"


@pytest.mark.parametrize("language", GRAMMARS)
def test_rule_names_are_unique(language):
    names = [rule.name for rule in GRAMMARS[language].rules]
    assert len(names) == len(set(names))
