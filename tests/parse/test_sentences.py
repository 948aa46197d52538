"""Sentences of the newest text: soft line breaks joined, list items apart, exact places."""

# ruff: noqa: E501 (a case reads best on one line)
from __future__ import annotations

import pytest

from pipeline.parse import sentences, zones
from pipeline.records import Segment


def texts(text: str) -> list[str]:
    segments = (Segment("body", 0, len(text), "ja" if "。" in text or "ます" in text else "en"),)
    return [" ".join(s.text.split()) for s in sentences.split(text, segments)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hi Tom,\n\nThe valves came. Could you check them? Thanks!\n", ["Hi Tom,", "The valves came.", "Could you check them?", "Thanks!"]),
        (
            "We still need the drawings for both of the pumps that you\nmentioned before Friday. Please send them.\n",
            ["We still need the drawings for both of the pumps that you mentioned before Friday.", "Please send them."],
        ),
        ("Ask Mr. Finch of Dale Ltd. about No. 5 at 3 p.m. today.\n", ["Ask Mr. Finch of Dale Ltd. about No. 5 at 3 p.m. today."]),
        ("It costs 3.50 at www.x.example now. Fine.\n", ["It costs 3.50 at www.x.example now.", "Fine."]),
        ("We need:\n- two pumps\n- one valve\n1. Send it\n2. Bill it\n", ["We need:", "- two pumps", "- one valve", "1. Send it", "2. Bill it"]),
        ("Kind regards,\nBen\n", ["Kind regards,", "Ben"]),
        ("森様\nお世話になっております。高橋です。\n", ["森様", "お世話になっております。", "高橋です。"]),
        (
            "先日ご依頼いただきました図面につきまして、本日中に\nお送りいたしますので、ご確認をお願いできますでしょうか。\n",
            ["先日ご依頼いただきました図面につきまして、本日中に お送りいたしますので、ご確認をお願いできますでしょうか。"],
        ),
        ("「間に合わない。」と聞きました。本当ですか？\n", ["「間に合わない。」と聞きました。", "本当ですか？"]),
        ("・図面2枚\n・部品表\n以上です！\n", ["・図面2枚", "・部品表", "以上です！"]),
        ("━━━━━━━\n■ 納期\n━━━━━━━\n", ["■ 納期"]),
    ],
)  # fmt: skip
def test_sentences(text: str, wanted: list[str]) -> None:
    assert texts(text) == wanted


def test_only_body_sentences_with_exact_places() -> None:
    text = "It came. Thanks.\n\nBest regards,\nBen Okafor\nBrookvale Ltd\n\nOn 3 Mar 2025, A <a@b.example> wrote:\n> Old. Text.\n"
    found = sentences.split(text, zones.split(text))
    assert [s.text for s in found] == ["It came.", "Thanks.", "Best regards,"]
    assert all(text[s.start : s.end] == s.text for s in found)


def test_a_sentence_speaks_its_own_language() -> None:
    text = "明日伺います。\n\nPlease prepare the meeting room for six people.\n"
    assert [s.language for s in sentences.split(text, zones.split(text))] == ["ja", "en"]


def test_the_number_of_sentences_is_limited() -> None:
    text = "One.\n\n" * 10_000
    assert len(sentences.split(text, (Segment("body", 0, len(text), "en"),))) == sentences.MAX_SENTENCES
