"""Every field of a contact, from signature, self-introduction, header, introduction, form; in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.records import Contact


def fields(contact: Contact) -> dict[str, Any]:
    """Field name to value, a list where there are several; phones as (E.164, type, extension)."""
    out: dict[str, Any] = {}
    for f in contact.fields:
        value = (f.value, f.type, f.extension) if f.name == "phone" else f.value
        if f.name in ("phone", "email", "website", "social"):
            out.setdefault(f.name, []).append(value)
        else:
            out[f.name] = value
    return out


def test_english_signature_gives_every_field(contacts_of: Any) -> None:
    (sender,) = contacts_of(
        "Hello Ken,\n\nthe crates left this morning.\n\nKind regards\n\nJane Archer MRICS\nHead of Estates\n"
        "Property Services Department\nBrightwell Homes Ltd\n14 Tanner Row, Ludlow SY8 1ZZ\n"
        "T 01584 555101 ext 12 | M 07700 900123 | F 01584 555102\nFreephone 0800 555 0199\n"
        "www.brightwell.example | linkedin.com/in/jane-archer-homes\n"
    )
    assert sender.role == "sender"
    assert fields(sender) == {
        "full_name": "Jane Archer",
        "family_name": "Archer",
        "given_name": "Jane",
        "company": "Brightwell Homes Ltd",
        "department": "Property Services Department",
        "job_title": "Head of Estates",
        "phone": [
            ("+441584555101", "work", "12"),
            ("+447700900123", "mobile", None),
            ("+441584555102", "fax", None),
            ("+448005550199", "tollfree", None),
        ],
        "email": ["jane.archer@brightwell.example"],
        "website": ["www.brightwell.example"],
        "social": ["linkedin.com/in/jane-archer-homes"],
        "postal_code": "SY8 1ZZ",
        "address": "14 Tanner Row, Ludlow",
    }


def test_japanese_signature_gives_every_field(contacts_of: Any) -> None:
    (sender,) = contacts_of(
        "風町商会 佐藤様\n\nお世話になっております。みさき精機の小野です。\n明日発送いたします。\n\n"
        "よろしくお願いいたします。\n\n--\nみさき精機株式会社\n営業本部　海外営業課　課長代理\n"
        "小野　健太（おの　けんた） / Kenta Ono\n〒999-0001 新潟県長岡市東坂町5-6-7 みさきビル3階\n"
        "ＴＥＬ：０２５８−５５−０１１１（内線31）　ＦＡＸ：0258-55-0112\n携帯 090-5555-0133\n"
        "ono@misaki-seiki.example\nhttps://www.misaki-seiki.example/\n",
        sender="小野 健太 <ono@misaki-seiki.example>",
        date="Tue, 10 Jun 2025 09:30:00 +0900",
    )
    assert fields(sender) == {
        "full_name": "小野　健太",
        "family_name": "小野",
        "given_name": "健太",
        "name_kana": "おの　けんた",
        "name_latin": "Kenta Ono",
        "company": "みさき精機株式会社",
        "department": "営業本部 海外営業課",
        "job_title": "課長代理",
        "phone": [
            ("+81258550111", "work", "31"),
            ("+81258550112", "fax", None),
            ("+819055550133", "mobile", None),
        ],
        "email": ["ono@misaki-seiki.example"],
        "website": ["https://www.misaki-seiki.example"],
        "postal_code": "999-0001",
        "address": "新潟県長岡市東坂町5-6-7 みさきビル3階",
    }


def test_spans_hold_the_values(contacts_of: Any) -> None:
    body = "Hi,\n\nnoted.\n\nRegards\nJane Archer\nBuyer\nBrightwell Homes Ltd\n"
    (sender,) = contacts_of(body)
    spans = {f.name: body[f.start : f.end] for f in sender.fields if f.start is not None}
    assert spans == {
        "full_name": "Jane Archer",
        "family_name": "Archer",
        "given_name": "Jane",
        "company": "Brightwell Homes Ltd",
        "job_title": "Buyer",
    }
    email = next(f for f in sender.fields if f.name == "email")
    assert (email.start, email.end, email.rule) == (None, None, "header.from")


@pytest.mark.parametrize(
    ("closing", "expected"),
    [("Jane", "Jane Archer"), ("J", "Jane Archer"), ("J. Archer", "J. Archer"), ("JANE ARCHER", "JANE ARCHER")],
)
def test_header_completes_a_short_signature(contacts_of: Any, closing: str, expected: str) -> None:
    (sender,) = contacts_of(f"Fine by me, see you there tomorrow.\n\nThanks\n{closing}\n")
    assert fields(sender)["full_name"] == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("お世話になっております。\n潮見陶器の戸川です。\n確認しました。\n\n戸川\n", ("戸川 歩", "潮見陶器")),
        ("初めまして。潮見陶器営業部の戸川と申します。\n\n戸川\n", ("戸川 歩", "潮見陶器")),
    ],
)
def test_japanese_self_introduction_names_the_firm(contacts_of: Any, body: str, expected: tuple[str, str]) -> None:
    (sender,) = contacts_of(body, sender="戸川 歩 <togawa@shiomi-toki.example>")
    assert (fields(sender)["full_name"], fields(sender)["company"]) == expected


def test_english_self_introduction(contacts_of: Any) -> None:
    (sender,) = contacts_of(
        "Hello,\n\nMy name is Jane Archer and I'm the warehouse manager of Brightwell Homes.\nDo you ship on Mondays?\n"
    )
    assert fields(sender)["company"] == "Brightwell Homes"
    assert fields(sender)["job_title"] == "warehouse manager"


def test_introduced_colleague_is_a_contact_of_his_own(contacts_of: Any) -> None:
    sender, third = contacts_of(
        "Hi Ken,\n\nI'm copying in Howard Blunt, our transport planner. You can reach him on 07700 900456 or "
        "howard.blunt@brightwell.example.\n\nRegards\nJane Archer\n"
    )
    assert fields(sender).get("phone") is None
    assert third.role == "third_party"
    assert fields(third) == {
        "full_name": "Howard Blunt",
        "family_name": "Blunt",
        "given_name": "Howard",
        "job_title": "transport planner",
        "phone": [("+447700900456", "mobile", None)],
        "email": ["howard.blunt@brightwell.example"],
    }


def test_japanese_successor_with_details(contacts_of: Any) -> None:
    _, third = contacts_of(
        "佐藤様\n\n潮見陶器の戸川です。\n私は6月末で異動となります。\n"
        "後任は販売課の森本 葵（もりもと あおい、morimoto@shiomi-toki.example、090-5555-0144）が務めます。\n\n戸川\n",
        sender="戸川 歩 <togawa@shiomi-toki.example>",
        date="Tue, 10 Jun 2025 09:30:00 +0900",
    )
    assert fields(third) == {
        "full_name": "森本 葵",
        "family_name": "森本",
        "given_name": "葵",
        "name_kana": "もりもと あおい",
        "department": "販売課",
        "phone": [("+819055550144", "mobile", None)],
        "email": ["morimoto@shiomi-toki.example"],
    }


def test_japanese_list_of_details_in_the_body(contacts_of: Any) -> None:
    sender, third = contacts_of(
        "佐藤様\n\n潮見陶器の戸川です。窓口をご紹介いたします。\n\n  品質管理課 主任\n  森本 葵（もりもと あおい）\n"
        "  電話：0258-55-0177\n  メール：morimoto@shiomi-toki.example\n\nよろしくお願いいたします。\n\n戸川 歩\n",
        sender="戸川 歩 <togawa@shiomi-toki.example>",
        date="Tue, 10 Jun 2025 09:30:00 +0900",
    )
    assert "phone" not in fields(sender)
    assert fields(third)["full_name"] == "森本 葵"
    assert fields(third)["job_title"] == "主任"
    assert fields(third)["phone"] == [("+81258550177", "work", None)]


def test_out_of_office_gives_sender_and_stand_in(contacts_of: Any) -> None:
    sender, third = contacts_of(
        "I am out of the office until 20 June. For urgent orders please contact Howard Blunt, "
        "Transport Planner, at howard.blunt@brightwell.example.\n",
        Auto_Submitted="auto-replied",
        subject="Automatic reply: Delivery",
    )
    assert fields(sender)["full_name"] == "Jane Archer"
    assert fields(third)["full_name"] == "Howard Blunt"
    assert fields(third)["email"] == ["howard.blunt@brightwell.example"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "New enquiry from your website.\n\nName: Ada Quill\nCompany: Quill Ceramics Ltd\nEmail: Ada@Quill.example\n"
            "Phone: +44 7700 900789\nCountry: United Kingdom\nMessage: Please call.\n",
            ("Ada Quill", "Quill Ceramics Ltd", "ada@quill.example", "+447700900789"),
        ),
        (
            "ウェブサイトからお問い合わせがありました。\n\nお名前：森本 葵\nフリガナ：モリモト アオイ\n"
            "会社名：株式会社潮見\n"
            "メールアドレス：morimoto@shiomi.example\n電話番号：0258-55-0177\n内容：資料希望\n",
            ("森本 葵", "株式会社潮見", "morimoto@shiomi.example", "+81258550177"),
        ),
    ],
)
def test_web_form_notice_gives_the_enquirer(contacts_of: Any, body: str, expected: tuple[str, ...]) -> None:
    (enquirer,) = contacts_of(
        body,
        sender="Web Form <no-reply@kazemachi.example>",
        date="Tue, 10 Jun 2025 09:30:00 +0900",
        Auto_Submitted="auto-generated",
    )
    got = fields(enquirer)
    assert enquirer.role == "third_party"
    assert (got["full_name"], got["company"], got["email"][0], got["phone"][0][0]) == expected


def test_newsletter_has_no_contact(contacts_of: Any) -> None:
    newsletter = "Our news this week.\n\nRegards\nThe Brightwell Team\n01584 555101\n"
    assert contacts_of(newsletter, List_Unsubscribe="<https://brightwell.example/u>", List_Id="news") == ()


def test_same_mail_gives_the_same_contacts(contacts_of: Any) -> None:
    body = "Hi,\n\nour planner Howard Blunt will come.\n\nRegards\nJane Archer\nBrightwell Homes Ltd\n"
    assert contacts_of(body) == contacts_of(body)


@pytest.mark.parametrize(
    "body",
    [
        "Hi,\n\nyour engineer Ravi was here on Monday and was kind.\n\nRegards\nJane Archer\n",
        "Hi,\n\nIris Vale, science correspondent, writes about it in the paper.\n\nRegards\nJane Archer\n",
        "Hi,\n\nI run the print workshop at Stonemoor and the chief wants it by Friday.\n\nRegards\nJane Archer\n",
        "Hi,\n\nHoward was at the fair, too.\n\nRegards\nJane Archer\n",
        "佐藤様\n\n社長の意向により、営業部の方針が変わりました。会議室の奥にあります。\n\n戸川\n",
        "佐藤様\n\n御社営業部の大西様にもお伝えください。\n\n戸川\n",
    ],
)
def test_persons_who_are_only_mentioned_are_no_contacts(contacts_of: Any, body: str) -> None:
    assert [c.role for c in contacts_of(body)] == ["sender"]


@pytest.mark.parametrize(
    ("sentence", "name", "field", "value"),
    [
        ("Our planner, Howard Blunt, will come along.", "Howard Blunt", "job_title", "planner"),
        ("Howard Blunt, our new planner, will come along.", "Howard Blunt", "job_title", "planner"),
        ("Howard Blunt (Logistics) will chair.", "Howard Blunt", "department", "Logistics"),
        ("I will bring Howard from our transport team.", "Howard", "department", "transport team"),
        ("明日は物流課の大西と伺います。", "大西", "department", "物流課"),
        ("当日は部長の大西も同席いたします。", "大西", "job_title", "部長"),
        ("出席　館長　大西、学芸員　戸川", "大西", "job_title", "館長"),
    ],
)
def test_colleagues_with_a_post(contacts_of: Any, sentence: str, name: str, field: str, value: str) -> None:
    sender = "戸川 歩 <togawa@shiomi-toki.example>" if name == "大西" else "Jane Archer <jane@brightwell.example>"
    _, third = contacts_of(f"Hello,\n\n{sentence}\n\nRegards\n", sender=sender)
    assert (fields(third)["full_name"], fields(third)[field]) == (name, value)
