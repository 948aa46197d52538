"""What stands beside a Japanese name: its reading and its Latin form, as signatures write them."""

from __future__ import annotations

from typing import Any

import pytest

BODY = """佐藤様

お世話になっております。ひなた商会の城島です。

よろしくお願いいたします。

株式会社ひなた商会 総務部
{}
TEL 03-5550-0101
"""


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        ("城島 律子（じょうじま・りつこ）", "じょうじま・りつこ"),
        ("城島 律子 じょうじまりつこ", "じょうじまりつこ"),
        ("城島 律子【じょうじま りつこ】", "じょうじま りつこ"),
        ("城島 律子 <ジョウジマ リツコ>", "ジョウジマ リツコ"),
        ("城島　律子　ジョウジマ　リツコ", "ジョウジマ　リツコ"),
        ("城島 律子 / ジョウジマ リツコ", "ジョウジマ リツコ"),
        ("城島 律子 ｼﾞｮｳｼﾞﾏ ﾘﾂｺ", "ｼﾞｮｳｼﾞﾏ ﾘﾂｺ"),
        ("城島 律子（読み：じょうじま りつこ）", "じょうじま りつこ"),
        ("城島 律子（じょうじま りつこ / Ritsuko Jojima）", "じょうじま りつこ"),
        ("城島 律子\nじょうじま りつこ / Ritsuko JOJIMA", "じょうじま りつこ"),
        ("〔じょうじま りつこ〕城島 律子", "じょうじま りつこ"),
        ("城島 律子 ひなた会", None),
        ("城島 律子（リーダー）", None),
    ],
)
def test_a_reading_is_found_wherever_it_stands_beside_the_name(
    contacts_of: Any, written: str, reading: str | None
) -> None:
    sender = contacts_of(BODY.format(written), sender="城島 律子 <jojima@hinata.example>")[0]
    assert sender.value("full_name") == "城島 律子".replace(" ", "　" if "城島　" in written else " ")
    assert sender.value("name_kana") == reading


def test_a_latin_form_is_found_behind_a_reading(contacts_of: Any) -> None:
    written = "城島 律子（じょうじま りつこ / Ritsuko Jojima）"
    sender = contacts_of(BODY.format(written), sender="城島 律子 <jojima@hinata.example>")[0]
    assert sender.value("name_latin") == "Ritsuko Jojima"
