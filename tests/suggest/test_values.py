"""When two spellings are one value."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.suggest.values import company_key, compare, is_free_mail, normalise

FIELDS = [
    "full_name", "family_name", "name_kana", "name_latin", "company", "department", "job_title", "phone", "email",
    "website", "social", "postal_code", "address", "country",
]  # fmt: skip


@pytest.mark.parametrize(
    "spellings",
    [
        ["株式会社キタ", "㈱キタ", "キタ（株）", "キタ株式会社", "(株) キタ", "ｷﾀ㈱"],
        ["North Mill Ltd", "NORTH MILL LTD.", "North Mill Co., Ltd.", "Ｎｏｒｔｈ Mill", "North Mill Inc"],
        ["髙島製作所", "有限会社 高島製作所"],
        ["Brandt GmbH & Co. KG", "Brandt GmbH", "brandt"],
    ],
)
def test_one_firm_in_many_spellings(spellings):
    assert len({company_key(each) for each in spellings}) == 1
    assert {compare("company", spellings[0], each) for each in spellings} == {"same"}


@pytest.mark.parametrize(("a", "b"), [("株式会社キタ", "株式会社ミナミ"), ("North Mill Ltd", "South Mill Ltd")])
def test_two_firms(a, b):
    assert compare("company", a, b) == "different"


@pytest.mark.parametrize(
    ("field", "a", "b"),
    [
        ("company", "株式会社キタ", "Kita Corporation"),
        ("company", "株式会社キタ", "キタ大阪支店"),
        ("job_title", "営業部長", "Sales Director"),
        ("department", "営業部", "営業部 第一課"),
    ],
)
def test_what_cannot_be_compared_is_neither_same_nor_different(field, a, b):
    assert compare(field, a, b) == "unknown"


@pytest.mark.parametrize("form", ["有限会社", "Limited", "株式会社", "Co., Ltd."])
def test_a_bare_legal_form_keeps_a_key(form):
    assert company_key(form)


@pytest.mark.parametrize(
    ("field", "a", "b"),
    [
        ("phone", "+81-3-1234-5678", "+81312345678"),
        ("email", "Mori@Kita.example", "mori@kita.example"),
        ("website", "https://www.kita.example/", "www.kita.example"),
        ("postal_code", "５３０-０００１", "530-0001"),
        ("address", "大阪市北区梅田９丁目９番", "大阪市北区 梅田9丁目9番"),
        ("name_kana", "モリ ユミ", "もりゆみ"),
        ("full_name", "森　由美", "森由美"),
        ("full_name", "森 由美", "Yumi MORI"),
        ("full_name", "髙橋 健", "高橋健"),
    ],
)
def test_same_values(field, a, b):
    assert compare(field, a, b) == "same"


@pytest.mark.parametrize(
    ("domain", "free"),
    [("gmail.com", True), ("mail.docomo.ne.jp", True), ("kita.example", False), ("notgmail.com", False), ("", False)],
)
def test_free_mail(domain, free):
    assert is_free_mail(domain) is free


@given(st.sampled_from(FIELDS), st.text(max_size=60))
def test_normalising_twice_changes_nothing_and_a_value_is_itself(field, value):
    once = normalise(field, value)
    assert normalise(field, once) == once or field == "company"
    assert compare(field, value, value) == "same"


@given(st.sampled_from(FIELDS), st.text(max_size=30), st.text(max_size=30))
def test_comparing_is_symmetric(field, a, b):
    assert compare(field, a, b) == compare(field, b, a)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("unit", ["ltd ", " ", "株式会社", "1", "(株)", "http://", "ア"])
def test_hostile_values_take_no_longer_than_their_length(field, unit):
    began = time.process_time()
    compare(field, unit * 50_000, unit * 50_000 + "x")
    assert time.process_time() - began < 2
