"""The quick ways to try long lists of expressions give the answer of the plain pattern."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.parse import message
from pipeline.parse.alternatives import Alternatives, Sought
from pipeline.parse.caseless import Caseless
from pipeline.parse.expressions import first_letters, fold, is_anchored, words_needed
from pipeline.parse.lines import phrases

FILES = ("footers.txt", "join_blocks.txt", "list_footers.txt", "quote_openings.txt", "closings_en.txt")
HEAD = r"[\s*(]{0,6}"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """Lines of the sample mails, upper case as well, and of layouts and boilerplate."""
    mails = sorted(Path("data/samples").glob("*/*.eml"))
    rows = [row for mail in mails for row in message.parse(mail.read_bytes()).text.split("\n")]
    rows += [row for file in sorted(Path(__file__).parent.joinpath("data").glob("*.txt"))
             for row in file.read_text(encoding="utf-8").split("\n")]  # fmt: skip
    return list(dict.fromkeys([*rows, *(row.upper() for row in rows), *("* " + row for row in rows)]))


@pytest.mark.parametrize("file", FILES)
def test_alternatives_answer_as_one_pattern_does(file, lines):
    rows = phrases(file)
    quick, plain = Alternatives(rows), re.compile("|".join(rows), re.IGNORECASE)
    matched = [line for line in lines if plain.match(line)]
    assert [line for line in lines if quick.match(line)] == matched


def test_a_head_is_skipped_before_the_first_letter(lines):
    rows = phrases("footers.txt")
    quick, plain = Alternatives(rows, HEAD), re.compile(f"{HEAD}(?:{'|'.join(rows)})", re.IGNORECASE)

    def match(line: str) -> bool:
        first = re.sub(rf"^{HEAD}", "", line)[:1]
        led = quick.led_by(first)
        return (led is not None and led.match(line)) or any(other.match(line) for other in quick.others(fold(line)))

    matched = [line for line in lines if plain.match(line)]
    assert matched
    assert [line for line in lines if match(line)] == matched


def test_rows_sought_anywhere_answer_as_one_pattern_does(lines):
    rows = phrases("footer_words.txt")
    quick, plain = Sought(rows), re.compile("|".join(rows), re.IGNORECASE)
    matched = [line for line in lines if plain.search(line)]
    assert matched
    assert [line for line in lines if quick.search(line)] == matched


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        ("best|kind(?:est)?", {"b", "k"}),
        ("(?:the )?end", {"t", "e"}),
        ("a?b*", None),
        (r"[ab]c\b", {"a", "b"}),
        (r"\w+", None),
        (".x", None),
        ("İx", {"i"}),
        ("[^a]", None),
    ],
)
def test_first_letters(expression, first):
    assert first_letters(expression) == first


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (".{2,80} mailing list$", {" mailing list"}),
        ("(?:no )?virus|scanned by", {"virus", "scanned by"}),
        (".{0,9}author[is]ed", {"authoried", "authorsed"}),
        ("(?:sent )?", set()),
        ("x*", set()),
        ("(?:Sent ){2}", {"sent "}),
    ],
)
def test_words_needed(expression, words):
    assert words_needed(expression) == words


def test_only_an_expression_whose_branches_all_begin_the_text_is_anchored():
    assert is_anchored(r"^\s*to:")
    assert not is_anchored(r"^a|b")
    assert not is_anchored("a")
    assert not is_anchored("")


def test_case_counts_only_where_an_expression_says_so():
    assert Caseless(r"Best\S+ REGARDS").match("bestest Regards")
    assert Caseless(r"best (?-i:[A-Z])").match("BEST Ann")
    assert not Caseless(r"best (?-i:[A-Z])").search("best ann")
    assert Caseless(r"\bthe\b").count("The end of the other") == 2
