"""Is it somebody we know? By address, by name in any script with the firm, else a choice."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.suggest.directory import Directory
from pipeline.suggest.matching import Person, match, person

SPELLINGS = [
    "山田太郎",
    "山田 太郎",
    "やまだ たろう",
    "やまだたろう",
    "ヤマダ タロウ",
    "Taro Yamada",
    "YAMADA Taro",
    "Yamada, Tarō",
]


@pytest.mark.parametrize("known", SPELLINGS)
@pytest.mark.parametrize("named", SPELLINGS)
def test_one_person_in_every_script_at_one_firm(make, known, named):
    directory = Directory((make.record("c1", known, "ty@kita.example", company="株式会社キタ"),))
    found = match(Person((named,), ("new@kita.example",), "㈱キタ"), directory)
    assert (found.kind, found.record.id, found.candidates[0].reason) == ("same", "c1", "name_and_company")


def test_the_address_decides_first(make):
    directory = Directory((make.record("c1", "Ada North", "ada@north.example", "ada@home.example"),))
    for address in ("ada@north.example", "ada@home.example"):
        found = match(Person(("Ada North-Hill",), (address,)), directory)
        assert (found.kind, found.candidates[0].reason) == ("same", "address")


def test_another_persons_name_at_a_known_address_is_a_choice(make):
    directory = Directory((make.record("c1", "森 由美", "eigyo@kita.example"),))
    found = match(Person(("林 健太",), ("eigyo@kita.example",)), directory)
    assert (found.kind, found.record, found.candidates[0].reason) == ("ambiguous", None, "address_other_name")


def test_a_name_alone_is_a_choice_never_a_merge(make):
    directory = Directory((make.record("c1", "田中 一郎", "tanaka@kita.example", company="株式会社キタ"),))
    found = match(Person(("田中一郎",), ("tanaka@minami.example",), "株式会社ミナミ"), directory)
    assert (found.kind, [c.reason for c in found.candidates]) == ("ambiguous", ["name_only"])


def test_the_same_mobile_number_makes_a_name_sure(make):
    directory = Directory((make.record("c1", "田中 一郎", "tanaka@kita.example", phone="+819000000001"),))
    found = match(Person(("田中一郎",), ("tanaka@minami.example",), None, ("+819000000001",)), directory)
    assert (found.kind, found.candidates[0].reason) == ("same", "name_and_phone")


def test_two_namesakes_at_one_firm_are_a_choice(make):
    records = tuple(make.record(f"c{n}", "Ann Lee", f"ann{n}@mill.example", company="Mill Ltd") for n in (2, 1))
    found = match(Person(("Ann Lee",), ("lee@mill.example",), "Mill Ltd"), Directory(records))
    assert (found.kind, [c.record_id for c in found.candidates]) == ("ambiguous", ["c1", "c2"])


def test_a_shared_free_mail_domain_is_no_firm(make):
    directory = Directory((make.record("c1", "Ann Lee", "ann@gmail.com"),))
    assert match(Person(("Ann Lee",), ("ann.lee@gmail.com",)), directory).kind == "ambiguous"


def test_the_firm_may_be_the_accounts(make):
    account = make.record("a1", "キタ株式会社", kind="account")
    directory = Directory((account, make.record("c1", "森 由美", "old@x.example", account="a1")))
    assert match(Person(("森由美",), ("m@kita.example",), "㈱キタ"), directory).kind == "same"


@pytest.mark.parametrize("local", ["t-yamada", "yamada.t", "taro.yamada", "yamada-taro", "tyamada", "yamada_taro2"])
def test_an_address_without_a_name_may_spell_one(make, local):
    directory = Directory((make.record("c1", "山田太郎", "ty@kita.example"),))
    found = match(Person((), (f"{local}@kita.example",)), directory)
    assert (found.kind, found.candidates[0].reason) == ("same", "local_part")
    assert match(Person((), (f"{local}@other.example",)), directory).kind == "new"


@pytest.mark.parametrize("local", ["info", "k-yamada", "yamada", "t"])
def test_other_local_parts_spell_nobody(make, local):
    directory = Directory((make.record("c1", "山田太郎", "ty@kita.example"),))
    assert match(Person((), (f"{local}@kita.example",)), directory).kind == "new"


def test_accounts_and_deals_are_nobody(make):
    directory = Directory((make.record("a1", "Ann Lee", "ann@mill.example", kind="account"),))
    assert match(Person(("Ann Lee",), ("ann@mill.example",)), directory).kind == "new"


def test_a_person_is_read_from_a_contact(make):
    contact = make.contact(family_name="森", company="株式会社キタ", email="M@kita.example", phone="+81300000000")
    assert person(contact, "Mori@kita.example") == Person(
        ("森",), ("mori@kita.example", "m@kita.example"), "株式会社キタ", ("+81300000000",)
    )


NAMES = st.sampled_from(["Ann Lee", "Lee Ann", "森 由美", "Yumi Mori", "森", "田中 一郎", "A. Lee"])
PEOPLE = st.builds(
    Person,
    st.lists(NAMES, max_size=2).map(tuple),
    st.lists(st.sampled_from(["a@x.example", "b@y.example", "c@gmail.com"]), max_size=2).map(tuple),
    st.sampled_from([None, "X Ltd", "株式会社キタ"]),
)


@given(PEOPLE, st.lists(st.tuples(NAMES, st.sampled_from(["a@x.example", "b@y.example", "d@x.example"])), max_size=4))
def test_the_order_of_records_changes_nothing_and_same_means_one_record(make, who, known):
    records = [make.record(f"c{n}", name, address, company="X Ltd") for n, (name, address) in enumerate(known)]
    found = match(who, Directory(tuple(records)))
    assert found == match(who, Directory(tuple(reversed(records))))
    assert (found.record is not None) == (found.kind == "same")
    assert bool(found.candidates) == (found.kind != "new")


@pytest.mark.parametrize(
    ("named", "local", "known"),
    [("山田", "t-yamada", "山田太郎"), ("Taro", "yamada.taro", "山田 太郎"), ("Reed", "t.reed", "Tom Reed")],
)
def test_a_part_of_a_name_and_an_address_that_spells_it(make, named, local, known):
    directory = Directory((make.record("c1", known, "old@kita.example"),))
    found = match(Person((named,), (f"{local}@kita.example",)), directory)
    assert (found.kind, found.candidates[0].reason) == ("same", "local_part")


@pytest.mark.parametrize(("named", "known"), [("鈴木", "山田太郎"), ("Reed", "Taro Yamada")])
def test_an_address_that_spells_another_than_it_is_signed_by_is_nobodys(make, named, known):
    directory = Directory((make.record("c1", known, "old@kita.example"),))
    assert match(Person((named,), ("t-yamada@kita.example",)), directory).kind == "new"


PAIRS = tomllib.loads((Path(__file__).parent / "matching.toml").read_text(encoding="utf-8"))["pair"]


def _told(line: str) -> list[list[str]]:
    """Names, addresses, firm and number of one side of a pair."""
    parts = [part.strip() for part in line.split("|")] + [""] * 4
    return [parts[0].split(" / ") if parts[0] else [], parts[1].split(), parts[2:3], parts[3:4]]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["what"] for pair in PAIRS])
def test_same_new_or_a_choice(make, pair):
    names, addresses, (firm,), (phone,) = _told(pair["known"])
    spelled = {("name_kana" if "とう" in other else "name_latin"): other for other in names[1:]}
    fields = spelled | ({"company": firm} if firm else {}) | ({"phone": phone} if phone else {})
    directory = Directory((make.record("c1", names[0], *addresses, **fields),))
    names, addresses, (firm,), (phone,) = _told(pair["seen"])
    who = Person(tuple(names), tuple(a.lower() for a in addresses), firm or None, (phone,) if phone else ())
    found = match(who, directory)
    assert (found.kind, found.candidates[0].reason if found.candidates else None) == (pair["kind"], pair.get("reason"))
