"""Firms, departments and titles in both languages, with what they are not; links beside them."""

from __future__ import annotations

import pytest

from pipeline.extract import links, organisations


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Tanner Works Ltd", "Ltd"),
        ("TANNER PVT. LTD.", "PVT. LTD."),
        ("Tanner Fine Foods Co., Ltd.", "Co., Ltd."),
        ("Obras del Sur, S.A. de C.V.", "S.A. de C.V."),
        ("Holzbau Moser GmbH & Co. KG", "GmbH & Co. KG"),
        ("Nowak sp. z o.o.", "sp. z o.o."),
        ("Deniz Lojistik A.Ş.", "A.Ş."),
        ("Havn A/S", "A/S"),
        ("Tafel Cargo (Pty) Ltd", "(Pty) Ltd"),
        ("Come as you are", None),
        ("Sales and service", None),
        ("Head of Estates", None),
    ],
)
def test_legal_form(text: str, form: str | None) -> None:
    m = organisations.legal_form_western(text)
    assert (m.group() if m else None) == form


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Tanner Pte Ltd", "SG"),
        ("Havn A/S", "DK"),
        ("Obras S.A. de C.V.", "MX"),
        ("Novak s.r.o.", "CZ"),
        ("Tanner", ""),
    ],
)
def test_regions_of_form(text: str, region: str) -> None:
    assert (organisations.regions_of_form(text) or ("",))[0] == region


COMPANY_JA = [
    "株式会社潮見",
    "潮見陶器（株）",
    "㈱潮見",
    "海辺動物病院",
    "潮見会計事務所",
    "公益財団法人",
    "きらきら保育園",
]
DEPARTMENT_JA = ["営業部", "第二営業課", "経理", "大阪支店", "法務・知財部", "受付", "管理二部"]
TITLE_JA = ["課長", "代表取締役社長", "学芸課長", "支店長代理", "主任研究員", "マネージャー", "CTO", "税理士"]
NAMES_JA = ["阿部", "氷室", "仁科", "長谷部", "早乙女", "大西"]


@pytest.mark.parametrize("text", COMPANY_JA)
def test_company_japanese(text: str) -> None:
    assert organisations.company_japanese(text) > 0.5


@pytest.mark.parametrize("text", DEPARTMENT_JA)
def test_department_japanese(text: str) -> None:
    assert organisations.department_japanese(text) > 0.5
    assert organisations.title_japanese(text) == 0


@pytest.mark.parametrize("text", TITLE_JA)
def test_title_japanese(text: str) -> None:
    assert organisations.title_japanese(text) > 0.5


@pytest.mark.parametrize("text", NAMES_JA)
def test_family_names_are_no_departments_or_titles(text: str) -> None:
    assert organisations.department_japanese(text) == organisations.title_japanese(text) == 0


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("潮見リネンEC事業部", ("潮見リネン", "EC事業部")),
        ("あさひ歯科受付", ("あさひ歯科", "受付")),
        ("潮見陶器営業部", ("潮見陶器", "営業部")),
        ("海辺総合病院医事課", ("海辺総合病院", "医事課")),
        ("潮見自動車販売", ("潮見自動車販売", "")),
        ("海外営業部", ("海外営業部", "")),
    ],
)
def test_split_glued(text: str, cut: tuple[str, str]) -> None:
    assert organisations.split_glued(text) == cut


def test_domain_tells_the_firm() -> None:
    assert organisations.company_western("Tanner & Finch", "tannerfinch.example") >= 0.95
    assert organisations.company_western("Tanner & Finch", "otherplace.example") == 0
    assert organisations.own_label("mail.tanner.co.uk") == "tanner"


@pytest.mark.parametrize(
    "text", ["Head of Estates", "Senior Buyer", "Geschäftsführerin", "Directrice qualité", "daglig leder", "CEO"]
)
def test_title_western(text: str) -> None:
    assert organisations.title_western(text) >= 0.6


@pytest.mark.parametrize(
    "text", ["Quality Assurance Department", "Purchasing", "Wire Operations", "Einkauf", "Compras"]
)
def test_department_western(text: str) -> None:
    assert organisations.department_western(text) >= 0.5


@pytest.mark.parametrize(
    ("text", "emails", "urls", "handles"),
    [
        ("mail a.b+c@shop.example or see www.shop.example/x.", ["a.b+c@shop.example"], ["www.shop.example/x"], []),
        (
            "メールはabc@shop.exampleへ、サイトhttps://shop.example/です",
            ["abc@shop.example"],
            ["https://shop.example/"],
            [],
        ),
        ("Insta @shop_ludlow", [], [], ["@shop_ludlow"]),
        ("a@b, x..y@shop.example, at 7.am, M.Sc", [], [], []),
        ("ends here.Thanks for all", [], [], []),
    ],
)
def test_links(text: str, emails: list[str], urls: list[str], handles: list[str]) -> None:
    assert [p.text for p in links.emails(text)] == emails
    assert [p.text for p in links.urls(text)] == urls
    assert [p.text for p in links.handles(text)] == handles


def test_kinds_of_links() -> None:
    assert links.is_social("https://www.linkedin.com/in/amelia")
    assert not links.is_social("https://shop.example/linkedin.com")
    assert links.is_service("https://us02web.zoom.us/j/1")
    assert not links.is_service("https://zoomfactory.example")
