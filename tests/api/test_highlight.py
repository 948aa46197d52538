"""Marks fall on the right characters, whatever stands before them, and nothing of the text is lost or live."""

from __future__ import annotations

import html
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from api.web.highlight import GROUPS, Mark, blocks, group
from pipeline.records import Segment

TEXT = '𠮷野家の👩‍👩‍👧です & <b>x</b>\nTEL 03-5550-0177 https://a.example/?q=1&b="2". 終\n> 引用\n'


def shown(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def marked(markup: str) -> list[str]:
    return [shown(piece) for piece in re.findall(r"<mark[^>]*>(.*?)</mark>", markup, re.DOTALL)]


def test_offsets_are_code_points() -> None:
    start = TEXT.index("03-5550-0177")
    (block,) = blocks(TEXT, (), [Mark(0, 3, "firm", "f0"), Mark(start, start + 12, "number", "f1")])
    assert marked(block.html) == ["𠮷野家", "03-5550-0177"]
    assert 'class="ev ev-number" data-keys="f1"' in block.html


def test_overlapping_marks_keep_both_keys() -> None:
    (block,) = blocks("abcdef", (), [Mark(0, 4, "intent", "e0"), Mark(2, 6, "person", "f0")])
    assert re.findall(r'data-keys="([^"]+)">([^<]+)<', block.html) == [("e0", "ab"), ("e0 f0", "cd"), ("f0", "ef")]


def test_a_mark_over_lines_does_not_hang_over_the_margin() -> None:
    (block,) = blocks("a\n\u3000b c\n  d", (), [Mark(0, 10, "time", "e0"), Mark(3, 4, "time", "f0")])
    assert re.findall(r"<mark[^>]*>(.*?)</mark>", block.html) == ["a", "b", " c", "d"]


def test_links_stop_before_punctuation_and_japanese() -> None:
    (block,) = blocks("見る（https://a.example/b）。 https://c.example/d. https://e.example/f、次", ())
    assert re.findall(r'href="([^"]+)"', block.html) == [
        "https://a.example/b",
        "https://c.example/d",
        "https://e.example/f",
    ]
    assert block.html.count('rel="noopener noreferrer nofollow"') == 3


def test_zones_become_blocks() -> None:
    cut = TEXT.index("> 引用")
    first, second = blocks(TEXT, (Segment("body", 0, cut, "ja"), Segment("quote", cut, len(TEXT), "ja")))
    assert (first.zone, second.zone, second.lines) == ("body", "quote", 1)
    assert shown(first.html) + "\n" + shown(second.html) + "\n" == TEXT


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.sampled_from(["person", "time"])), max_size=8),
)
def test_the_text_comes_back_whole(text: str, ranges: list[tuple[int, int, str]]) -> None:
    marks = [Mark(start, end, name, f"f{place}") for place, (start, end, name) in enumerate(ranges)]
    found = blocks(text, (), marks)
    whole = "".join(shown(block.html) for block in found)
    assert whole == text.lstrip("\n").rstrip() or whole == text.strip("\n") or whole.strip() == text.strip()


def test_every_group_is_drawn() -> None:
    assert {group(name) for name in (*GROUPS, "anything")} == {"person", "firm", "number", "time", "intent"}


def test_cost_is_about_linear() -> None:
    text = "あ" * 200_000 + "https://" * 20_000
    marks = [Mark(n * 10, n * 10 + 8, "person", f"f{n}") for n in range(10_000)]
    began = time.perf_counter()
    blocks(text, (), marks)
    assert time.perf_counter() - began < 3
