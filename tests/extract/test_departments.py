"""Firms and departments: of people told of in English sentences, and of Japanese signatures."""

from __future__ import annotations

from typing import Any

import pytest

PROSE = """Dear Ken,

Thank you for your mail. {}

Best regards,
Jane Archer
Brightwell Ltd
"""
SIGNED = """佐藤様

お世話になっております。ひなたの城島です。

よろしくお願いいたします。

{}
主任 城島 律子
TEL 03-5550-0101
"""


@pytest.mark.parametrize(
    ("sentence", "name", "department"),
    [
        ("I have asked Lorna Pike from Accounts to send the statement.", "Lorna Pike", "Accounts"),
        ("Rob from maintenance says the pump is fine.", "Rob", "maintenance"),
        ("Please send it to Karen Holt, Accounts Payable.", "Karen Holt", "Accounts Payable"),
        ("Gavin Price, Customer Service, will ring you.", "Gavin Price", "Customer Service"),
        ("Ask for Nina Park at our Service Desk.", "Nina Park", "Service Desk"),
        ("Your new contact is Olga Reed in our Export Department.", "Olga Reed", "Export Department"),
        ("We will bring Elsa (engineering) and Omar (procurement).", "Elsa", "engineering"),
    ],
)
def test_a_person_of_a_department_is_a_contact(contacts_of: Any, sentence: str, name: str, department: str) -> None:
    others = [c for c in contacts_of(PROSE.format(sentence)) if c.role == "third_party"]
    assert (name, department) in [(c.value("full_name"), c.value("department")) for c in others]


@pytest.mark.parametrize(
    ("line", "firm", "department"),
    [
        ("Hinata Works株式会社　デザインチーム", "Hinata Works株式会社", "デザインチーム"),
        ("株式会社HINATA LAB", "株式会社HINATA LAB", None),
        ("株式会社 日向・システムズ　関西オフィス", "株式会社 日向・システムズ", "関西オフィス"),
        ("株式会社ひなた（ひなたグループ） 営業本部", "株式会社ひなた", "営業本部"),
        ("ひなたグループ 株式会社ひなた物流 配車センター", "株式会社ひなた物流", "配車センター"),
        ("ひなた町教育委員会 生涯学習課", "ひなた町教育委員会", "生涯学習課"),
    ],
)
def test_firm_and_department_of_a_signature(contacts_of: Any, line: str, firm: str, department: str | None) -> None:
    sender = contacts_of(SIGNED.format(line), sender="城島 律子 <jojima@sun.example>")[0]
    assert (sender.value("company"), sender.value("department")) == (firm, department)


def test_a_head_office_under_the_own_address_is_left_out(contacts_of: Any) -> None:
    block = "株式会社ひなた\n〒530-0001 大阪市北区梅田9-9-9\n本社：東京都港区芝9-9-9 TEL 03-5550-0120"
    sender = contacts_of(SIGNED.format(block), sender="城島 律子 <jojima@sun.example>")[0]
    assert sender.value("address") == "大阪市北区梅田9-9-9"
    assert [f.value for f in sender.fields if f.name == "phone"] == ["+81355500101"]
