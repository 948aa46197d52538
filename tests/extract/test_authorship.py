"""Nobody gets another person's details: forwards, copied letters, cards, forms, delivery addresses, two signatures."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract import authorship
from pipeline.extract.located import Hints
from pipeline.records import Contact, ContactField

MAILS = tomllib.loads((Path(__file__).parent / "authorship.toml").read_text(encoding="utf-8"))["mail"]
SENDER = Hints("桑原 悟", "桑原", "kuwahara@hidamari-shoji.example", (("JP",),))


def of(found: tuple[Contact, ...], role: str) -> list[ContactField]:
    return [f for c in found if c.role == role for f in c.fields]


def having(fields: list[ContactField], parts: list[str]) -> list[tuple[str, str]]:
    # the From address is the sender's whatever it holds
    told = [f for f in fields if f.name != "email" or f.start is not None]
    return [(f.name, f.value) for f in told if any(part in f.value for part in parts)]


@pytest.mark.parametrize("mail", MAILS, ids=[m["id"] for m in MAILS])
def test_values_go_to_no_wrong_person(contacts_of: Any, mail: dict[str, Any]) -> None:
    found = contacts_of(
        mail["body"],
        sender=mail["sender"],
        to="片岡 望 <kataoka@tanaoroshi.example>",
        date="Tue, 10 Jun 2025 09:30:00 +0900",
        **mail.get("headers", {}),
    )
    nobody = mail.get("nobody", [])
    assert not having(of(found, "sender"), mail.get("other", []) + nobody)
    assert not having(of(found, "third_party"), [*mail.get("own", []), *nobody, "片岡"])


@pytest.mark.parametrize("mail", [m for m in MAILS if m.get("own")], ids=lambda m: m["id"])
def test_the_sender_keeps_the_own_name(contacts_of: Any, mail: dict[str, Any]) -> None:
    found = contacts_of(mail["body"], sender=mail["sender"], **mail.get("headers", {}))
    assert any(mail["own"][0] in f.value for f in of(found, "sender") if f.name == "full_name")


FORMS = (
    "kuwahara@hidamari-shoji.example",
    "Satoru Kuwahara <s-kuwahara@hidamari-shoji.example>",
    "KUWAHARA Satoru <k@hidamari-shoji.example>",
    "桑原 <skw12@hidamari-shoji.example>",
    "ひだまり商事　桑原 <eigyo@hidamari-shoji.example>",
    "桑原悟 <k@hidamari-shoji.example>",
)


@pytest.mark.parametrize("sender", FORMS)
def test_however_the_header_names_the_sender(contacts_of: Any, sender: str) -> None:
    for mail in (m for m in MAILS if m["sender"].startswith("桑原 悟 <")):
        found = contacts_of(mail["body"], sender=sender, **mail.get("headers", {}))
        assert not having(of(found, "sender"), mail.get("other", []) + mail.get("nobody", [])), mail["id"]


def test_own_block_between_two_foreign_ones_is_left() -> None:
    text = "【納品先】\n若草工業株式会社\n\nひだまり商事株式会社\n桑原 悟\n\n【請求先】\n若草工業株式会社 経理部\n"
    own = authorship.without(text, authorship.foreign(text, 0, len(text), SENDER))
    assert len(own) == len(text)
    assert own.split() == ["ひだまり商事株式会社", "桑原", "悟"]


@pytest.mark.parametrize(
    ("hints", "text"),
    [
        (SENDER, "Satoru Kuwahara\nTEL 06-6555-0101\n"),
        (Hints("Satoru Kuwahara", None, "info@hidamari.example", (("JP",),)), "桑原 悟\nTEL 06-6555-0101\n"),
        (Hints("受注センター", None, "order@hidamari.example", (("JP",),)), "三枝 陽一\nTEL 06-6555-0133\n"),
        (Hints("Samuel Frost", None, "s.frost@larkhill.example", (("GB",),)), "Sam Frost\nLarkhill Ltd\n"),
        (Hints(None, None, "", ()), "Tom Reed\n+44 20 7946 0188\n"),
    ],
)
def test_another_form_of_the_senders_name_is_his(hints: Hints, text: str) -> None:
    assert authorship.foreign(text, 0, len(text), hints) == []


def test_a_colleague_in_the_signatures_place_is_a_third_person(contacts_of: Any) -> None:
    card = "技術部 課長\n三枝 陽一\nTEL 06-6555-0133\nsaegusa@hidamari-shoji.example\n"
    found = contacts_of(
        f"片岡様\n\n担当者をご紹介します。\n\n{card}", sender="桑原 悟 <kuwahara@hidamari-shoji.example>"
    )
    assert [c.value("full_name") for c in found] == ["桑原 悟", "三枝 陽一"]
    assert found[1].value("phone") == "+81665550133"


def test_a_list_of_several_people_gives_each_his_own_number(contacts_of: Any) -> None:
    body = "片岡様\n\n連絡網です。\n\n三枝 陽一 080-5555-0162\n江口 真理 080-5555-0163\n"
    found = contacts_of(body, sender="桑原 悟 <kuwahara@hidamari-shoji.example>")
    numbers = {c.value("full_name"): c.value("phone") for c in found}
    assert numbers == {"桑原 悟": None, "三枝 陽一": "+818055550162", "江口 真理": "+818055550163"}
