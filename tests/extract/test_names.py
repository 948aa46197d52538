"""Names: cleaned, split in both orders and scripts, compared across scripts."""

from __future__ import annotations

import pytest

from pipeline.extract import headers, names
from pipeline.records import Address


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("Dr. Amelia Frost", "Amelia Frost"),
        ("Amelia Frost MRICS", "Amelia Frost"),
        ("Ing. Pavel Dvorak, Ph.D.", "Pavel Dvorak"),
        ("Amelia Frost, MBA", "Amelia Frost"),
        ("Amelia Frost (Ms.)", "Amelia Frost"),
        ("Amelia Frost via Growers List", "Amelia Frost"),
        ("M. Frost", "M. Frost"),
        ("Miko ITO", "Miko ITO"),
        ("大西 徹様", "大西 徹"),
        ("大西徹さん", "大西徹"),
        ("大西徹（大西商会）", "大西徹"),
    ],
)
def test_clean(written: str, clean: str) -> None:
    assert names.clean(written) == clean


@pytest.mark.parametrize(
    ("name", "address", "family", "given"),
    [
        ("Amelia Frost", "", "Frost", "Amelia"),
        ("Frost, Amelia", "", "Frost", "Amelia"),
        ("Pieter van den Berg", "", "van den Berg", "Pieter"),
        ("Maria Lopez Duran", "mlopez@fruta.example", "Lopez Duran", "Maria"),
        ("Hans Peter Moser", "moser@holz.example", "Moser", "Hans Peter"),
        ("Park Ji-woo", "jw.park@hanok.example", "Park", "Ji-woo"),
        ("Chen Mei Ling", "meiling@tea.example", "Chen", "Mei Ling"),
        ("Kovács Dóra", "dora.kovacs@duna.example", "Kovács", "Dóra"),
        ("Lee Marlow", "lee.marlow@shop.example", "Marlow", "Lee"),
        ("ITO Miko", "", "ITO", "Miko"),
        ("Miko ITO", "", "ITO", "Miko"),
        ("A. Frost", "", "Frost", "A."),
        ("Amelia", "", None, "Amelia"),
        ("大西 徹", "", "大西", "徹"),
        ("大西　徹", "", "大西", "徹"),
        ("大西徹", "", "大西", "徹"),
        ("長谷川さくら", "", "長谷川", "さくら"),
        ("日野原恭子", "", "日野原", "恭子"),
        ("森進一", "", "森", "進一"),
        ("佐々木", "", "佐々木", None),
    ],
)
def test_split(name: str, address: str, family: str | None, given: str | None) -> None:
    parts = names.split(name, address)
    assert (parts.family, parts.given) == (family, given)


def test_known_family_name_decides() -> None:
    assert names.split("小野寺恵", family="小野").given == "寺恵"
    assert names.split("小野寺恵").family == "小野寺"


SAME = [
    ("大西 徹", "大西　徹"),
    ("大西徹", "大西 徹様"),
    ("大西 徹", "おおにし とおる"),
    ("大西 徹", "オオニシ トオル"),
    ("大西 徹", "Toru Onishi"),
    ("大西 徹", "ONISHI Tōru"),
    ("大西 徹", "Ohnishi, Toru"),
    ("髙橋 一郎", "高橋一郎"),
    ("Ｊｏｈｎ　Ｄｏｅ", "john doe"),
    ("Amelia Frost", "Frost, Amelia"),
    ("Zoë Müller", "Zoe Muller"),
    ("Dr Amelia Frost", "Amelia Frost PhD"),
]
DIFFERENT = [
    ("大西 徹", "大西 透子"),
    ("大西 徹", "大西"),
    ("Toru Onishi", "Toru Konishi"),
    ("Amelia Frost", "Amelia"),
    ("Amelia Frost", "Emilia Frost"),
    ("", ""),
    ("大西", ""),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_same_name(a: str, b: str) -> None:
    assert names.same_name(a, b)
    assert names.same_name(b, a)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_names(a: str, b: str) -> None:
    assert not names.same_name(a, b)
    assert not names.same_name(b, a)


@pytest.mark.parametrize(
    ("shown", "address", "name"),
    [
        ("Amelia Frost", "a.frost@x.example", "Amelia Frost"),
        ("Frost, Amelia", "a.frost@x.example", "Frost, Amelia"),
        ("Accounts Payable", "ap@x.example", None),
        ("Office of the Director", "office@x.example", None),
        ("Frost Timber Ltd", "hello@x.example", None),
        ("amelia@x.example", "amelia@x.example", None),
        ("大西 徹", "onishi@x.example", "大西 徹"),
        ("大西徹(大西商会)", "onishi@x.example", "大西徹"),
        ("海辺動物病院 院長 大西", "info@x.example", "大西"),
        ("経理 大西", "onishi@x.example", "大西"),
        ("阿部 佑", "abe@x.example", "阿部 佑"),
        ("氷室", "himuro@x.example", "氷室"),
        ("海辺商会 受付", "uketsuke@x.example", None),
        ("海辺商会株式会社", "info@x.example", None),
        ("お客様サポート", "support@x.example", None),
    ],
)
def test_header_name(shown: str, address: str, name: str | None) -> None:
    assert headers.header_name(Address(shown, address)) == name


def test_western_parts() -> None:
    parts = names.parts('Dr. Amelia Rose Frost PhD ("Mel")')
    assert parts == {
        "title": "Dr.", "first": "Amelia", "middle": "Rose", "last": "Frost", "suffix": "PhD", "nickname": "Mel",
    }  # fmt: skip
