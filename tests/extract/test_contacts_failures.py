"""The classic failures of signature readers, in both languages: nobody gets another person's details."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pipeline.records import Contact

JA = {"sender": "戸川 歩 <togawa@shiomi-toki.example>", "date": "Tue, 10 Jun 2025 09:30:00 +0900"}


def values(contact: Contact, name: str) -> list[str]:
    return [f.value for f in contact.fields if f.name == name]


def all_values(found: tuple[Contact, ...]) -> set[str]:
    return {f.value for c in found for f in c.fields}


QUOTED_EN = (
    "Thanks, that works.\n\nJane\n\nOn Mon, 9 Jun 2025 at 10:00, Olaf Berg <olaf@fjell.example> wrote:\n"
    "> Would Tuesday do?\n> \n> Regards\n> Olaf Berg\n> Plant Manager\n> Fjell Timber AS\n> +47 915 55 123\n"
)
QUOTED_JA = (
    "承知しました。\n\n戸川\n\n-----Original Message-----\nFrom: 大井 直樹 <oi@yamato-zai.example>\n"
    "Sent: Monday, June 9, 2025 10:00 AM\nTo: 戸川 歩\nSubject: 納期\n\n戸川様\n\n火曜でいかがでしょうか。\n\n"
    "大和材木株式会社\n工場長　大井 直樹\nTEL 0258-55-0199\n"
)


@pytest.mark.parametrize(("body", "extra"), [(QUOTED_EN, {}), (QUOTED_JA, JA)])
def test_signature_in_a_reply_is_not_the_senders(contacts_of: Any, body: str, extra: dict[str, str]) -> None:
    found = contacts_of(body, **extra)
    assert len(found) == 1
    foreign = ("Olaf", "Berg", "Fjell", "+4791555123", "Plant Manager", "大井", "大和材木", "+81258550199", "工場長")
    assert not any(word in value for value in all_values(found) for word in foreign)


FORWARD_EN = (
    "FYI.\n\nJane Archer\nBuyer\n\n---------- Forwarded message ---------\nFrom: Olaf Berg <olaf@fjell.example>\n"
    "Date: Mon, 9 Jun 2025\nSubject: Planks\nTo: Jane\n\nPlease see below.\n\nOlaf Berg\n"
    "Fjell Timber AS\n+47 915 55 123\n"
)
FORWARD_JA = (
    "転送いたします。\n\n戸川 歩\n\n---------- Forwarded message ---------\n差出人: 大井 直樹 <oi@yamato-zai.example>\n"
    "日時: 2025年6月9日\n件名: 材木\n宛先: 戸川\n\nご確認ください。\n\n大和材木株式会社\n大井 直樹\nTEL 0258-55-0199\n"
)


@pytest.mark.parametrize(("body", "extra", "name"), [(FORWARD_EN, {}, "Jane Archer"), (FORWARD_JA, JA, "戸川 歩")])
def test_signature_in_a_forward_is_not_the_senders(
    contacts_of: Any, body: str, extra: dict[str, str], name: str
) -> None:
    (sender,) = contacts_of(body, **extra)
    assert values(sender, "full_name") == [name]
    assert values(sender, "phone") == values(sender, "company") == []


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        ("Dear Ken Sato,\nKazemachi Trading Co., Ltd.\n\nthe crates left.\n\nRegards\nJane Archer\n", {}),
        ("風町商会株式会社\n物流部 部長\n佐藤 健様\n\n戸川です。発送しました。\n\n戸川 歩\n", JA),
    ],
)
def test_recipient_is_not_credited(contacts_of: Any, body: str, extra: dict[str, str]) -> None:
    found = contacts_of(body, **extra)
    assert len(found) == 1
    assert not any("azemachi" in v or "風町" in v or "佐藤" in v or "物流" in v for v in all_values(found))


@pytest.mark.parametrize(
    ("body", "extra", "expected"),
    [
        (
            "Could you send the plan by Friday?\n\nJane Archer, Site Manager\nBrightwell Homes Ltd\n01584 555101\n",
            {},
            ("Brightwell Homes Ltd", "Site Manager", "+441584555101"),
        ),
        (
            "図面を金曜までにいただけますか。\n\n戸川 歩\n株式会社潮見陶器　主任\nTEL 0258-55-0110\n",
            JA,
            ("株式会社潮見陶器", "主任", "+81258550110"),
        ),
    ],
)
def test_no_closing_word(contacts_of: Any, body: str, extra: dict[str, str], expected: tuple[str, ...]) -> None:
    (sender,) = contacts_of(body, **extra)
    assert (values(sender, "company")[0], values(sender, "job_title")[0], values(sender, "phone")[0]) == expected


@pytest.mark.parametrize(
    ("body", "extra", "company"),
    [
        (
            "Done.\n\nRegards\nJane Archer\nBrightwell Homes Ltd\n\nThis e-mail is confidential and intended for the "
            "addressee only. If you have received it in error please notify Mallory Group plc on 020 7946 0999.\n",
            {},
            "Brightwell Homes Ltd",
        ),
        (
            "完了しました。\n\n戸川 歩\n株式会社潮見陶器\n\n※本メールは宛先の方のみを対象とした機密情報を含みます。"
            "誤って受信された場合は 03-5555-0199 までご連絡のうえ、破棄してください。\n",
            JA,
            "株式会社潮見陶器",
        ),
    ],
)
def test_disclaimer_after_the_signature(contacts_of: Any, body: str, extra: dict[str, str], company: str) -> None:
    (sender,) = contacts_of(body, **extra)
    assert values(sender, "company") == [company]
    assert values(sender, "phone") == []


@pytest.mark.parametrize(
    "line",
    [
        "word " * 40_000,
        "1-2 " * 40_000,
        "A" * 200_000,
        "(" * 100_000,
        "03-1234-5678 " * 8_000,
        "山田の" * 50_000,
        "Our Manager Bob, our " * 8_000,
        "a@" * 60_000,
        "http://a." * 20_000,
        "〒" * 100_000,
        "Ltd, " * 30_000,
    ],
)
def test_very_long_lines_are_read_in_linear_time(contacts_of: Any, line: str) -> None:
    started = time.process_time()
    contacts_of(f"Hello,\n\n{line}\n\nRegards\nJane Archer\n{line}\n")
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        (
            "Hi,\n\nPlease note: the goods are here.\nHelpdesk: 020 7946 0111\nDial-in: +44 20 7946 0222\n\n"
            "Regards\nJane Archer\n",
            {},
        ),
        (
            "お世話になっております。\n場所：本社会議室\nお客様相談室：03-5555-0111\n受付番号：202506101234\n"
            "振込先：みずき銀行　普通　1234567\n\nよろしくお願いいたします。\n\n戸川 歩\n",
            JA,
        ),
    ],
)
def test_body_lines_with_colon_or_phone_are_nobodys(contacts_of: Any, body: str, extra: dict[str, str]) -> None:
    found = contacts_of(body, **extra)
    assert len(found) == 1
    assert values(found[0], "phone") == []


@pytest.mark.parametrize(
    ("body", "extra", "number"),
    [
        ("Hi,\n\nI am on the road, please call me on 07700 900321.\n\nRegards\nJane Archer\n", {}, "+447700900321"),
        ("外出中です。私の携帯 090-5555-0166 へお電話ください。\n\n戸川 歩\n", JA, "+819055550166"),
    ],
)
def test_a_number_the_sender_calls_his_own(contacts_of: Any, body: str, extra: dict[str, str], number: str) -> None:
    (sender,) = contacts_of(body, **extra)
    assert values(sender, "phone") == [number]


def test_mailing_list_rewrite_keeps_the_author(contacts_of: Any) -> None:
    (sender,) = contacts_of(
        "I agree.\n\nRegards\nJane Archer\n",
        sender='"Jane Archer via Timber Talk" <talk@lists.example>',
        Reply_To="Jane Archer <jane.archer@brightwell.example>",
    )
    assert values(sender, "full_name") == ["Jane Archer"]
    assert values(sender, "email") == ["jane.archer@brightwell.example"]


@pytest.mark.parametrize(
    ("body", "sender", "expected"),
    [
        (
            "Dear Ken,\n\nplease find the contract attached.\n\nFor and on behalf of Brightwell Homes Ltd\n\n"
            "Petra Holm\nLegal Secretary\n",
            "Brightwell Legal <legal@brightwell.example>",
            ("Petra Holm", "Brightwell Homes Ltd", "Legal Secretary"),
        ),
        (
            "佐藤様\n\n契約書をお送りします。\n\n株式会社潮見陶器　法務部\n秘書　堀 由美\n",
            "株式会社潮見陶器 法務部 <legal@shiomi-toki.example>",
            ("堀 由美", "株式会社潮見陶器", "秘書"),
        ),
    ],
)
def test_on_behalf_of_and_shared_mailbox(contacts_of: Any, body: str, sender: str, expected: tuple[str, ...]) -> None:
    (contact,) = contacts_of(body, sender=sender)
    got = tuple(values(contact, name)[0] for name in ("full_name", "company", "job_title"))
    assert got == expected


@pytest.mark.parametrize(
    ("body", "extra", "address", "code"),
    [
        (
            "Noted.\n\nRegards\nJane Archer\nBrightwell Homes Ltd\nLudlow: 14 Tanner Row, Ludlow SY8 1ZZ | "
            "Bath: 9 Quiet Street, Bath BA1 2ZZ\n",
            {},
            "14 Tanner Row, Ludlow",
            "SY8 1ZZ",
        ),
        (
            "承知しました。\n\n株式会社潮見陶器\n戸川 歩\n本社：〒999-0001 新潟県長岡市東坂町5-6-7\n"
            "大阪支店：〒999-0002 大阪府吹田市北浜町8-9\n",
            JA,
            "新潟県長岡市東坂町5-6-7",
            "999-0001",
        ),
    ],
)
def test_several_offices(contacts_of: Any, body: str, extra: dict[str, str], address: str, code: str) -> None:
    (sender,) = contacts_of(body, **extra)
    assert values(sender, "address") == [address]
    assert values(sender, "postal_code") == [code]


@pytest.mark.parametrize(
    ("body", "extra", "expected"),
    [
        ("Ok.\n\nRegards\nJane Archer\n01584 555101\n07700 900123\n", {}, ["work", "mobile"]),
        ("了解です。\n\n戸川 歩\n0258-55-0110\n080-0555-0123\n0120-555-019\n", JA, ["work", "mobile", "tollfree"]),
    ],
)
def test_phone_type_unknown(contacts_of: Any, body: str, extra: dict[str, str], expected: list[str]) -> None:
    (sender,) = contacts_of(body, **extra)
    assert [f.type for f in sender.fields if f.name == "phone"] == expected


@pytest.mark.parametrize(
    ("body", "sender", "name", "title"),
    [
        (
            "Dear Ken,\n\nMr Archer would like to see you on Friday.\n\nRegards\n\nPetra Holm\nPA to John Archer\n",
            "Petra Holm <petra.holm@brightwell.example>",
            "Petra Holm",
            "PA to John Archer",
        ),
        (
            "佐藤様\n\n社長の戸川がお目にかかりたいと申しております。\n\n株式会社潮見陶器\n秘書室　堀 由美\n",
            "堀 由美 <hori@shiomi-toki.example>",
            "堀 由美",
            "",
        ),
    ],
)
def test_assistants_signature(contacts_of: Any, body: str, sender: str, name: str, title: str) -> None:
    found = contacts_of(body, sender=sender)
    assert values(found[0], "full_name") == [name]
    assert values(found[0], "job_title") == ([title] if title else [])
    assert not any("Archer" in v for v in values(found[0], "family_name"))
    assert "戸川" not in values(found[0], "family_name")


@pytest.mark.parametrize(
    ("body", "extra", "numbers"),
    [
        (
            "Done.\n\nJane Archer\nBrightwell Ltd\nPhone: +44 20 7946 0123, ext. 5\nFax: +44 20 7946 0124, attn. Jane\n"
            "Hours: 9-12, 13-17\n",
            {},
            ["+442079460123", "+442079460124"],
        ),
        (
            "送付しました。\n\n戸川 歩\n汐見陶器株式会社 本店\n"
            "電話：0955-55-0101（本店、代表）\nFAX：0955-55-0102、24時間\n",
            JA,
            ["+81955550101", "+81955550102"],
        ),
    ],
    ids=["en", "ja"],
)
def test_labelled_lines_are_no_offices(contacts_of: Any, body: str, extra: dict[str, str], numbers: list[str]) -> None:
    (sender,) = contacts_of(body, **extra)
    assert values(sender, "phone") == numbers


UNKNOWN_HEADER_EN = (
    "Agreed, go ahead.\n\nJane\n\nOlaf Berg <olaf@fjell.example>, 2025-06-09 10:00 (+02:00):\n\nHello Jane,\n\n"
    "may we ship on Friday?\n\nOlaf Berg\nPlant Manager\nFjell Timber AS\n+47 915 55 123\n"
)
UNKNOWN_HEADER_JA = (
    "承知しました。\n\n戸川\n\n大井 直樹 さんからのメッセージ（2025/06/09 10:00）\n\n戸川様\n\n"
    "金曜に出荷してよろしいでしょうか。\n\n"
    "大和材木株式会社\n工場長　大井 直樹\nTEL 0258-55-0199\n"
)


@pytest.mark.parametrize(("body", "extra"), [(UNKNOWN_HEADER_EN, {}), (UNKNOWN_HEADER_JA, JA)], ids=["en", "ja"])
def test_quote_header_of_an_unknown_client(contacts_of: Any, body: str, extra: dict[str, str]) -> None:
    found = contacts_of(body, **extra)
    foreign = ("Olaf", "Berg", "Fjell", "+4791555123", "Plant Manager", "大井", "大和材木", "+81258550199", "工場長")
    assert not any(word in value for value in all_values(found) for word in foreign)


@pytest.mark.parametrize(
    ("body", "extra", "own"),
    [
        (
            "Prices attached.\n\nJane Archer\nBuyer\nBrightwell Ltd\n+44 20 7946 0123\n\n"
            "Leeds: 3 Mill Road, Leeds LS1 4AA, +44 113 496 0124\n"
            "Bristol: 8 Quay Street, Bristol BS1 6ZZ, +44 117 496 0125\n",
            {},
            ["+442079460123", "+441134960124"],
        ),
        (
            "見積書を添付いたします。\n\n汐見陶器株式会社 長崎営業所\n戸川 歩\n"
            "本社　〒848-0027 佐賀県伊万里市立花町9-9　TEL 0955-55-0101\n"
            "長崎営業所　〒850-0862 長崎県長崎市出島町9-9　TEL 095-555-0102\n",
            JA,
            ["+81955550102"],
        ),
    ],
    ids=["en", "ja"],
)
def test_numbers_of_other_offices_are_not_the_senders(
    contacts_of: Any, body: str, extra: dict[str, str], own: list[str]
) -> None:
    (sender,) = contacts_of(body, **extra)
    assert values(sender, "phone") == own
