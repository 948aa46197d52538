"""Telephone numbers: found, typed by the words beside them, read in the country the mail comes from."""

from __future__ import annotations

import pytest

from pipeline.extract import phones

JP, GB, US = (("JP",),), (("GB",),), (("US",),)


@pytest.mark.parametrize(
    ("text", "regions", "expected"),
    [
        ("TEL：03-5555-0110  FAX：03-5555-0199", JP, [("+81355550110", "work", None), ("+81355550199", "fax", None)]),
        ("電話（０５４）３５１−５５０６", JP, [("+81543515506", "work", None)]),
        ("TEL03-5555-0110", JP, [("+81355550110", "work", None)]),
        ("☎0555-55-8831", JP, [("+81555558831", "work", None)]),
        ("03ー5555ー0110", JP, [("+81355550110", "work", None)]),
        ("携帯 090-5555-0144", JP, [("+819055550144", "mobile", None)]),
        ("080-0555-0144", JP, [("+818005550144", "mobile", None)]),
        ("フリーダイヤル 0120-555-019", JP, [("+81120555019", "tollfree", None)]),
        ("電話&FAX 0765-55-2093", JP, [("+81765552093", "work", None), ("+81765552093", "fax", None)]),
        ("0474-55-8825（FAX同）", JP, [("+81474558825", "work", None), ("+81474558825", "fax", None)]),
        ("TEL 092-555-6125（内線 508）", JP, [("+81925556125", "work", "508")]),
        ("内線 7-4102 / 外線 086-555-7719", JP, [("+81865557719", "work", "7-4102")]),
        ("03-5555-0110（直通）", JP, [("+81355550110", "work", None)]),
        ("東町9-2-6 089-555-0158", JP, [("+81895550158", "work", None)]),
        (
            "O: (614) 555-0123   C: (614) 555-0167",
            US,
            [("+16145550123", "work", None), ("+16145550167", "mobile", None)],
        ),
        ("Office (512) 555-0148 x 204", US, [("+15125550148", "work", "204")]),
        ("801.555.0144 cell", US, [("+18015550144", "mobile", None)]),
        ("(866) 555-0112", US, [("+18665550112", "tollfree", None)]),
        ("T 0131 496 0455  F 0131 496 0456", GB, [("+441314960455", "work", None), ("+441314960456", "fax", None)]),
        ("+44 (0)7700 900123", (), [("+447700900123", "mobile", None)]),
        ("07700 900123", GB, [("+447700900123", "mobile", None)]),
        ("tel. +48 22 555 41 20 wew. 112", (), [("+48225554120", "work", "112")]),
        ("+90 212 555 63 08 (dahili 118)", (), [("+902125556308", "work", "118")]),
        ("0114 496 0345 (24 hours)", GB, [("+441144960345", "work", None)]),
    ],
)
def test_find(text: str, regions: phones.Regions, expected: list[tuple[str, str, str | None]]) -> None:
    found = phones.find(text, 0, len(text), regions)
    assert [(p.e164, kind, p.extension) for p in found for kind in p.types] == expected


@pytest.mark.parametrize(
    "text",
    [
        "24h-Hotline 0848 555 014",
        "Meeting ID: 123 4567 8901",
        "口座 普通 1234567",
        "受付番号：202506101234",
        "登録番号 T1234567890123",
        "2025-06-10 10:00",
        "10/06/2025",
        "Order no. 4500123456",
        "Registered in England 09990001",
        "https://shop.example/item/4500123456",
        "1,234,567,890 yen",
        "部品 AB-4711-2099-11",
        "3.14159265",
    ],
)
def test_numbers_that_are_no_phones(text: str) -> None:
    assert phones.find(text, 0, len(text), (("JP", "GB"),)) == []


def test_country_of_a_lower_tier_wins_only_by_validity_and_grouping() -> None:
    text = "044 555 21 70"
    assert phones.find(text, 0, len(text), (("DE", "CH"),))[0].e164 == "+41445552170"
    assert phones.find("020 7946 0123", 0, 13, (("GB",), ("NL", "DE")))[0].e164 == "+442079460123"


def test_offsets_are_of_the_whole_text() -> None:
    text = "あいう\nTEL 03-5555-0110\n"
    (phone,) = phones.find(text, 4, len(text), JP)
    assert text[phone.start : phone.end] == "03-5555-0110"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call (020) 7946-0123 now", ["(020) 7946-0123"]),
        ("my card number is 4929 1234 5678 9012", []),
        ("ring 020 7946 0123 ext. 12.", ["020 7946 0123 ext. 12"]),
        ("SSN 219-09-9999", []),
    ],
)
def test_spans(text: str, expected: list[str]) -> None:
    assert [p.text for p in phones.spans(text)] == expected


def test_linear_time() -> None:
    for text in ("1" * 100_000, "03-5555-0110 " * 5_000, "(" * 50_000, "+1 " * 40_000):
        assert isinstance(phones.spans(text), list)
