"""First day back and stand-in of out-of-office replies, in both languages. The mail is of Tuesday 4 March 2025."""

# ruff: noqa: E501 (a case reads best on one line)
from __future__ import annotations

from datetime import date

import pytest

from pipeline.extract import out_of_office
from pipeline.parse import message, zones
from pipeline.records import Noise, OutOfOffice

AUTO_REPLY = Noise("auto_reply", "test")


def find(body: str, noise: Noise | None = AUTO_REPLY) -> OutOfOffice | None:
    head = "From: Aiko Mori <aiko@kita.example>\nDate: Tue, 4 Mar 2025 09:00:00 +0900\nContent-Type: text/plain; charset=utf-8\n\n"
    parsed = message.parse((head + body + "\n").encode())
    return out_of_office.find(parsed, zones.split(parsed.text, "Aiko Mori"), noise)


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ("I am away and will be back on Monday, 10 March 2025.", date(2025, 3, 10)),
        ("I am out of the office until Friday 7 March.", date(2025, 3, 10)),
        ("I'm on leave from 3 March to 6 March.", date(2025, 3, 7)),
        ("We are closed from 1 March to 7 March. I will answer your mail from Monday, 10 March.", date(2025, 3, 10)),
        ("I return to the office on 12 March and will reply then.", date(2025, 3, 12)),
        ("3月7日（金）まで不在にしております。", date(2025, 3, 10)),
        ("3月3日から3月6日まで休暇をいただいております。3月7日（金）より順次ご返信いたします。", date(2025, 3, 7)),
        ("出張のため、10日（月）以降のご返信となります。", date(2025, 3, 10)),
        ("I have left the company.", None),
    ],
)
def test_first_day_back(body: str, until: date | None) -> None:
    found = find(body)
    assert found is not None
    assert found.until == until


@pytest.mark.parametrize(
    ("body", "stand_in"),
    [
        ("I am away. For urgent matters please contact Ben Okafor at ben@kita.example.", "ben@kita.example"),
        ("I am away. In my absence please call Ben Okafor.", "Ben Okafor"),
        (
            "不在にしております。お急ぎの場合は高橋（takahashi@kita.example）までご連絡ください。",
            "takahashi@kita.example",
        ),
        ("不在にしております。緊急の場合は、営業部の高橋宛にお電話ください。", "高橋"),
        ("I am away until Friday.", None),
        ("不在にしております。", None),
    ],
)
def test_stand_in(body: str, stand_in: str | None) -> None:
    found = find(body)
    assert found is not None
    assert found.stand_in == stand_in


def test_only_out_of_office_replies_count() -> None:
    assert find("I will be back on 10 March.", None) is None
    assert find("I will be back on 10 March.", Noise("newsletter", "test")) is None
