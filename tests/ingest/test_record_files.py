"""Contacts from CSV and vCard files as people export them, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.ingest.records.files import phone, read_csv, read_vcards
from pipeline.store.crm.record_writing import FieldValue

JAPANESE = (
    "氏名,フリガナ,会社名,部署,役職,メールアドレス,電話番号,携帯電話,誕生日\r\n"
    "髙田 ㈱子,タカダ カブコ,㈱北野製作所,営業部,課長,Takada@Kitano.example,03-5550-0101,090-5550-0102,1月\r\n"
)


def values(draft):
    return {value.name: value.value for value in draft.values}


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_japanese_export_is_read_in_every_charset_it_comes_in(charset):
    (draft,), unknown = read_csv(JAPANESE.encode(charset))
    assert (draft.name, draft.addresses, draft.place) == ("髙田 ㈱子", ("takada@kitano.example",), "line 2")
    assert draft.account == "㈱北野製作所"
    assert values(draft)["job_title"] == "課長"
    assert [value for value in draft.values if value.name == "phone"] == [
        FieldValue("phone", "+81355500101", "work"), FieldValue("phone", "+819055500102", "mobile"),
    ]  # fmt: skip
    assert unknown == ("誕生日",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_an_english_export_with_any_delimiter_and_quoted_lines(delimiter):
    rows = [
        ["First Name", "Last Name", "E-mail Address", "Street"],
        ["Ada", "Quill", "ada@quill.example", '"1 High St\nFlat 2"'],
    ]
    (draft,), _ = read_csv("\n".join(delimiter.join(row) for row in rows).encode(), region="GB")
    assert (draft.name, values(draft)["full_name"], draft.addresses) == (
        "Ada Quill",
        "Ada Quill",
        ("ada@quill.example",),
    )
    assert values(draft)["address"] == "1 High St\nFlat 2"


def test_japanese_name_parts_are_put_together_family_name_first():
    (draft,), _ = read_csv("姓,名,メール\n佐伯,彩,a@b.example\n".encode())
    assert draft.name == "佐伯 彩"


def test_broken_lines_are_told_and_stop_nothing():
    drafts, _ = read_csv(b"name,email\nAda,ada@quill.example,extra\n\nBo,bo@quill.example\n,\n")
    assert [(draft.place, draft.problem is None) for draft in drafts] == [("line 2", False), ("line 4", True)]


def test_a_file_without_known_columns_is_refused():
    for raw in (b"", b"\n\n", b"foo,bar\n1,2\n", b"\x00\xff\x93"):
        with pytest.raises(SourceError, match="first line"):
            read_csv(raw)


def test_deals_and_accounts_have_their_own_columns():
    drafts, _ = read_csv("id,name,account,stage,won\nD-1,Plan,北野,提案,\nD-2,Old,北野,受注,yes\n".encode(), "deal")
    assert [(one.external_id, one.name, one.account, one.open, one.won) for one in drafts] == [
        ("D-1", "Plan", "北野", True, None), ("D-2", "Old", "北野", False, True),
    ]  # fmt: skip
    (account,), _ = read_csv("会社名,国\n北野製作所,日本\n".encode(), "account")
    assert (account.name, values(account)) == ("北野製作所", {"country": "日本"})


CARD = """BEGIN:VCARD
VERSION:3.0
UID:u-1
FN:佐伯 彩
N:佐伯;彩;;;
ORG:北野製作所;営業本部;第一課
TITLE:主任
TEL;TYPE=CELL:090-5550-0102
TEL;TYPE=WORK,VOICE:03-5550-0101
EMAIL;TYPE=INTERNET:Saeki@Kitano.example
ADR;TYPE=WORK:;;東大通2-4;新潟市中央区;新潟県;950-0087;日本
END:VCARD
"""


def test_a_vcard_is_read_whole():
    (draft,) = read_vcards(CARD.encode())
    assert (draft.name, draft.external_id, draft.addresses) == ("佐伯 彩", "u-1", ("saeki@kitano.example",))
    found = values(draft)
    assert (found["company"], found["department"], found["job_title"]) == ("北野製作所", "営業本部 第一課", "主任")
    assert (found["postal_code"], found["address"]) == ("950-0087", "新潟県新潟市中央区東大通2-4")
    phones = [(value.type, value.value) for value in draft.values if value.name == "phone"]
    assert phones == [("mobile", "+819055500102"), ("work", "+81355500101")]


def test_an_old_card_in_quoted_printable_and_one_that_is_broken():
    name = "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E4=BD=90=E4=BC=AF"
    old = f"BEGIN:VCARD\r\nVERSION:2.1\r\n{name}\r\nN:x\r\nEND:VCARD\r\n"
    broken, good = "BEGIN:VCARD\r\nthis is no card\r\nEND:VCARD\r\n", CARD.replace("\n", "\r\n")
    drafts = read_vcards((old + broken + good).encode())
    assert [draft.place for draft in drafts] == ["card 1", "card 2", "card 3"]
    assert (drafts[0].name, drafts[2].name) == ("佐伯", "佐伯 彩")
    assert drafts[1].problem is not None or not drafts[1].name


@given(st.binary(max_size=300))
def test_any_bytes_give_drafts_or_the_one_error(raw):
    read_vcards(b"BEGIN:VCARD\r\n" + raw + b"\r\nEND:VCARD\r\n")
    drafts, _ = read_csv(b"name,email\n" + raw)
    assert all(draft.problem or draft.place for draft in drafts)


def test_phones_are_dialled_from_the_region_given():
    assert (phone("020 7946 0321", "GB"), phone("０３－５５５０－０１０１", "JP")) == ("+442079460321", "+81355500101")
    assert phone("ext. 5", "JP") == "ext. 5"
