"""Postal addresses, Japanese and Western."""

from __future__ import annotations

import pytest

from pipeline.extract import addresses, addresses_ja
from pipeline.extract.words import Piece


def lines(text: str) -> list[Piece]:
    out, at = [], 0
    for line in text.split("\n"):
        out.append(Piece(at, at + len(line), line))
        at += len(line) + 1
    return out


@pytest.mark.parametrize(
    ("text", "value", "postal", "country"),
    [
        ("14 Tanner Row, Ludlow SY8 1ZZ", "14 Tanner Row, Ludlow", "SY8 1ZZ", None),
        ("250 Harbor Drive, Suite 410, Erie, PA 16501", "250 Harbor Drive, Suite 410, Erie, PA", "16501", None),
        ("Plot No. 9, Ring Road, Pune - 411001, India", "Plot No. 9, Ring Road, Pune", "411001", "India"),
        ("Havnegade 4, DK-8000 Aarhus C", "Havnegade 4, Aarhus C", "DK-8000", None),
        ("Lindenstraße 12 · 10437 Berlin", "Lindenstraße 12 · Berlin", "10437", None),
        ("ul. Lipowa 7, 14-100 Ostróda, Poland", "ul. Lipowa 7, Ostróda", "14-100", "Poland"),
        ("Oever 112-B\n5613 LE Eindhoven\nThe Netherlands", "Oever 112-B Eindhoven", "5613 LE", "The Netherlands"),
        ("PO Box 51772, Dubai, United Arab Emirates", "PO Box 51772, Dubai", None, "United Arab Emirates"),
        ("Quay Road, Ennis, Co. Clare V95 X2K4", "Quay Road, Ennis, Co. Clare", "V95 X2K4", None),
        ("3-24-1 Honcho, Naka-ku, Yokohama 231-0005, Japan", "3-24-1 Honcho, Naka-ku, Yokohama", "231-0005", "Japan"),
        ("Bath: 9 Quiet Street, Bath BA1 2ZZ", "9 Quiet Street, Bath", "BA1 2ZZ", None),
    ],
)
def test_western(text: str, value: str, postal: str | None, country: str | None) -> None:
    place = addresses.find(text, lines(text))
    assert place is not None
    assert place.value == value
    assert (place.postal.text if place.postal else None) == postal
    assert (place.country.text if place.country else None) == country
    if place.postal:
        assert text[place.postal.start : place.postal.end] == postal


@pytest.mark.parametrize(
    "text",
    [
        "Ludlow",
        "Head of Estates",
        "Brightwell Homes Ltd",
        "Charity no. 1093355",
        "Wine shippers since 1871",
        "Class of 2026",
    ],
)
def test_no_western_address(text: str) -> None:
    assert addresses.find(text, lines(text)) is None


def test_address_after_the_firm_on_one_line() -> None:
    text = "Brightwell Homes Ltd, 14 Tanner Row, Ludlow SY8 1ZZ"
    place = addresses.find(text, lines(text), lambda part: part.endswith("Ltd"))
    assert place is not None
    assert place.value == "14 Tanner Row, Ludlow"


@pytest.mark.parametrize(
    ("text", "value", "postal"),
    [
        ("〒999-0035 大阪府箕面市船場東2丁目5番8号", "大阪府箕面市船場東2丁目5番8号", "999-0035"),
        ("横浜市青葉区あざみ野南3-14-5", "横浜市青葉区あざみ野南3-14-5", None),
        ("〒３９４−０００４ 長野県岡谷市神明町４−１−２６", "長野県岡谷市神明町４−１−２６", "394-0004"),
        ("798-0031 愛媛県宇和島市栄町港2-4-5", "愛媛県宇和島市栄町港2-4-5", "798-0031"),
        ("静岡県富士市蓼原9-200　〒416-0000", "静岡県富士市蓼原9-200", "416-0000"),
        ("本社 〒999-0047 東京都千代田区内神田2-7-12", "東京都千代田区内神田2-7-12", "999-0047"),
    ],
)
def test_japanese(text: str, value: str, postal: str | None) -> None:
    place = addresses_ja.find(text, Piece(0, len(text), text))
    assert place is not None
    assert place.value == value
    assert (place.postal.text if place.postal else None) == postal


@pytest.mark.parametrize(
    "text", ["北方市水道局 浄水課", "町田 一郎", "営業部 第二営業課", "村上市 商工会", "090-5555-0144"]
)
def test_no_japanese_address(text: str) -> None:
    assert addresses_ja.find(text, Piece(0, len(text), text)) is None


@pytest.mark.parametrize(
    ("text", "pref", "city", "town"),
    [
        ("〒999-0001 大阪府大阪市北区梅田1-2-3", "大阪府", "大阪市北区", "梅田"),
        ("富山県黒部市三日市3417", "富山県", "黒部市", "三日市"),
        ("横浜市青葉区あざみ野南3-14-5", "神奈川県", "横浜市青葉区", "あざみ野南"),
        ("大阪府箕面市船場東2丁目5番8号", "大阪府", "箕面市", "船場東2丁目"),
    ],
)
def test_parts(text: str, pref: str, city: str, town: str) -> None:
    assert addresses_ja.parts(text) == {"pref": pref, "city": city, "town": town}


def test_regions_of() -> None:
    assert addresses.regions_of("Havnegade 4, Aarhus\nDenmark") == ("DK",)
    assert addresses.regions_of("14 Tanner Row, Ludlow SY8 1ZZ") == ("GB",)
    assert addresses.regions_of("14 Tanner Row") == ()
