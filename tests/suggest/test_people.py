"""What is proposed about people: new, lacking, changed, moved on; and never about ourselves or machines."""

from __future__ import annotations

import pytest

from pipeline.records import Noise
from pipeline.suggest.directory import Directory, Earlier
from pipeline.suggest.suggestions import Options, propose

OURS = frozenset({"sato@ours.example", "sato.private@gmail.com"})

TEXT = "株式会社キタ\n購買部 係長 森 由美\nTEL 03-0000-0000\n"
MORI = {"full_name": "森 由美", "company": "株式会社キタ", "job_title": "係長", "phone": "+81300000000"}


def values(suggestion):
    return {field.name: field.value for field in suggestion.fields}


def test_a_new_person_with_evidence(make):
    contact = make.contact(text=TEXT, **MORI)
    (found,) = propose(make.dossier(contact, message=make.message(TEXT)), Directory(own_addresses=OURS))
    assert (found.kind, found.title, found.person) == ("create_contact", "森 由美", "mori@kita.example")
    assert (found.record_kind, found.record_id, found.duplicates) == ("contact", None, ())
    assert values(found) == MORI | {"email": "mori@kita.example"}
    assert [e.text for e in found.evidence] == ["株式会社キタ", "係長", "森 由美"]
    assert all(TEXT[e.start : e.end] == e.text for e in found.evidence)


@pytest.mark.parametrize("missing", ["full_name", "company"])
def test_below_the_minimum_evidence_nothing_is_asked(make, missing):
    known = {name: value for name, value in MORI.items() if name != missing}
    assert propose(make.dossier(make.contact(**known)), Directory(own_addresses=OURS)) == ()


@pytest.mark.parametrize("part", ["family_name", "given_name", "name_kana", "name_latin"])
def test_a_part_of_a_name_is_enough(make, part):
    contact = make.contact(**{part: "Mori", "company": "Kita Ltd"})
    (found,) = propose(make.dossier(contact), Directory(own_addresses=OURS))
    assert (found.kind, found.title) == ("create_contact", "Mori")


@pytest.mark.parametrize("sender", ["sato@ours.example", "colleague@ours.example", "SATO@ours.example"])
def test_we_are_no_contacts(make, sender):
    contact = make.contact(full_name="佐藤 恵", company="株式会社弊社")
    dossier = make.dossier(contact, message=make.message(sender=sender), direction="out")
    assert propose(dossier, Directory(own_addresses=OURS)) == ()


def test_another_person_at_our_free_mail_provider_is_one(make):
    contact = make.contact(**MORI)
    dossier = make.dossier(contact, message=make.message(sender="mori@gmail.com"))
    assert [s.kind for s in propose(dossier, Directory(own_addresses=OURS))] == ["create_contact"]


@pytest.mark.parametrize("kind", ["newsletter", "notification", "bounce", "calendar", "auto_reply"])
def test_the_sender_of_machine_mail_is_no_contact(make, kind):
    dossier = make.dossier(make.contact(**MORI), noise=Noise(kind, "test"))
    assert propose(dossier, Directory(own_addresses=OURS)) == ()


def test_what_a_record_lacks_is_asked_what_differs_only_by_choice(make):
    record = make.record("c1", "森 由美", "mori@kita.example", company="キタ（株）", department="営業部")
    contact = make.contact(**MORI, department="購買部")
    dossier, directory = make.dossier(contact), Directory((record,), OURS)
    (found,) = propose(dossier, directory)
    assert (found.kind, found.record_id, found.title) == ("update_contact", "c1", "森 由美")
    assert values(found) == {"job_title": "係長", "phone": "+81300000000"}
    (found,) = propose(dossier, directory, Options(if_different=True))
    (department,) = [field for field in found.fields if field.name == "department"]
    assert (department.value, department.old, department.old_edited) == ("購買部", "営業部", False)


def test_a_value_that_a_person_typed_is_marked(make):
    record = make.record("c1", "森 由美", "mori@kita.example", department="営業部", edited="department")
    dossier = make.dossier(make.contact(full_name="森由美", department="購買部"))
    (found,) = propose(dossier, Directory((record,), OURS), Options(if_different=True))
    assert [(f.name, f.old, f.old_edited) for f in found.fields] == [("department", "営業部", True)]


def test_another_spelling_of_what_is_known_is_no_news(make):
    record = make.record(
        "c1", "Yumi Mori", "mori@kita.example", company="㈱キタ", phone="+81300000000", job_title="係長"
    )
    dossier = make.dossier(make.contact(**MORI))
    assert propose(dossier, Directory((record,), OURS), Options(if_different=True)) == ()


def test_a_role_address_in_a_signature_is_no_address_of_the_person(make):
    record = make.record("c1", "Ann Lee", "ann@mill.example", phone="+441234567890", company="Mill Ltd")
    contact = make.contact(full_name="Ann Lee", email=["ann@mill.example", "info@mill.example", "a.lee@mill.example"])
    dossier = make.dossier(contact, message=make.message(sender="ann@mill.example"))
    (found,) = propose(dossier, Directory((record,), OURS))
    assert values(found) == {"email": "a.lee@mill.example"}


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"company": "株式会社キタ"}, {"company": "ミナミ商事株式会社"}),
        ({"company": "North Mill Ltd"}, {"company": "South Forge Inc."}),
        ({"job_title": "係長"}, {"job_title": "課長"}),
        ({"job_title": "Buyer"}, {"job_title": "Head of Purchasing"}),
    ],
)
def test_another_firm_or_title_is_a_changed_job(make, known, told):
    record = make.record("c1", "森 由美", "mori@kita.example", **known)
    (found,) = propose(make.dossier(make.contact(full_name="森由美", **told)), Directory((record,), OURS))
    assert (found.kind, found.record_id) == ("changed_job", "c1")
    assert [(f.name, f.value, f.old) for f in found.fields] == [(*told.items().__iter__().__next__(), *known.values())]


def test_a_known_person_at_a_new_firms_domain_changed_jobs(make):
    record = make.record("c1", "Ann Lee", "ann@mill.example", company="Mill Ltd", phone="+441234567890")
    contact = make.contact(full_name="Ann Lee", company="Forge Inc", phone="+441234567890")
    dossier = make.dossier(contact, message=make.message(sender="ann.lee@forge.example"))
    (found,) = propose(dossier, Directory((record,), OURS))
    assert (found.kind, values(found)) == ("changed_job", {"email": "ann.lee@forge.example", "company": "Forge Inc"})


def test_private_addresses_are_no_changed_job(make):
    record = make.record("c1", "Ann Lee", "ann@mill.example", phone="+441234567890")
    contact = make.contact(full_name="Ann Lee", phone="+441234567890")
    dossier = make.dossier(contact, message=make.message(sender="ann.lee@gmail.com"))
    (found,) = propose(dossier, Directory((record,), OURS))
    assert (found.kind, values(found)) == ("update_contact", {"email": "ann.lee@gmail.com"})


def test_possible_duplicates_are_listed(make):
    records = (
        make.record("c1", "Yumi Mori", "y.mori@east.example", company="East Ltd"),
        make.record("c2", "Tom Reed", "tom@reed.example"),
    )
    (found,) = propose(make.dossier(make.contact(**MORI)), Directory(records, OURS))
    assert (found.kind, found.duplicates) == ("create_contact", ("c1",))


SUCCESSIONS = [
    "4月より後任として林 健太（hayashi@kita.example）が担当いたします。",
    "今後は新しい担当の林 健太 hayashi@kita.example までご連絡ください。",
    "林 健太（hayashi@kita.example）に引き継ぎます。",
    "My successor is 林 健太, hayashi@kita.example.",
    "林 健太 (hayashi@kita.example) will be taking over from me in April.",
]


@pytest.mark.parametrize("text", SUCCESSIONS)
@pytest.mark.parametrize("noise", [None, Noise("auto_reply", "test")])
def test_a_successor_is_a_new_contact_at_the_senders_firm(make, text, noise):
    sender = make.contact(company="株式会社キタ")
    heir = make.contact("third_party", text, full_name="林 健太", email="hayashi@kita.example")
    (found,) = propose(make.dossier(sender, heir, message=make.message(text), noise=noise), Directory((), OURS))
    assert (found.kind, found.person, found.record_id) == ("successor", "hayashi@kita.example", None)
    assert values(found)["company"] == "株式会社キタ"
    assert "林 健太" in [e.text for e in found.evidence]


@pytest.mark.parametrize(
    "text", ["同席する林 健太 hayashi@kita.example を紹介します。", "Please copy 林 健太, hayashi@kita.example."]
)
def test_who_is_introduced_is_no_successor(make, text):
    contact = make.contact("third_party", text, full_name="林 健太", email="hayashi@kita.example")
    record = make.record("c1", "森 由美", "mori@kita.example", company="株式会社キタ")
    (found,) = propose(make.dossier(contact, message=make.message(text)), Directory((record,), OURS))
    assert (found.kind, values(found)["company"]) == ("create_contact", "株式会社キタ")


def test_a_third_person_at_another_domain_gets_no_firm(make):
    contact = make.contact("third_party", full_name="Ann Lee", email="ann@mill.example")
    sender = make.contact(company="株式会社キタ")
    assert propose(make.dossier(sender, contact), Directory((), OURS)) == ()


@pytest.mark.parametrize("state", ["pending", "snoozed", "rejected"])
def test_a_person_is_asked_about_once(make, state):
    dossier = make.dossier(make.contact(**MORI))
    (first,) = propose(dossier, Directory((), OURS))
    again = make.dossier(make.contact(**MORI), message=make.message("another mail"))
    assert propose(again, Directory((), OURS, (Earlier(first, state),))) == ()


def test_what_a_second_mail_adds_takes_the_first_ones_place(make):
    (first,) = propose(make.dossier(make.contact(text=TEXT, **MORI), message=make.message(TEXT)), Directory((), OURS))
    more = make.contact(full_name="森 由美", company="㈱キタ", department="購買部", phone="+819000000000")
    dossier = make.dossier(more, message=make.message("another mail"))
    (second,) = propose(dossier, Directory((), OURS, (Earlier(first, "pending"),)))
    assert second.supersedes == first.id != second.id
    assert [f.value for f in second.fields if f.name == "phone"] == ["+819000000000", "+81300000000"]
    assert values(second)["job_title"] == "係長"
    assert [(f.start, f.end) for f in second.fields if f.name == "job_title"] == [(None, None)]
    (expired,) = propose(dossier, Directory((), OURS, (Earlier(first, "expired"),)))
    assert expired.supersedes is None
    assert "job_title" not in values(expired)


def test_a_value_is_asked_for_a_record_once(make):
    record = make.record("c1", "森 由美", "mori@kita.example", company="株式会社キタ")
    (first,) = propose(make.dossier(make.contact(**MORI)), Directory((record,), OURS))
    more = make.dossier(make.contact(**MORI, department="購買部"), message=make.message("another mail"))
    for state in ("pending", "rejected"):
        (second,) = propose(more, Directory((record,), OURS, (Earlier(first, state),)))
        assert values(second) == {"department": "購買部"}


def test_ids_do_not_hang_on_what_a_model_found(make):
    (one,) = propose(make.dossier(make.contact(**MORI)), Directory((), OURS))
    (two,) = propose(make.dossier(make.contact(**MORI, department="購買部")), Directory((), OURS))
    (other,) = propose(make.dossier(make.contact(**MORI), message=make.message("x")), Directory((), OURS))
    assert one.id == two.id != other.id


def scores(suggestion):
    return {field.name: field.score for field in suggestion.fields}


@pytest.mark.parametrize(("title", "other"), [("係長", "部長"), ("Head of Sales", "Warehouse Clerk")], ids=["ja", "en"])
def test_two_mails_that_agree_are_surer_and_two_that_do_not_less_sure(make, title, other):
    person = {"full_name": "森 由美", "company": "株式会社キタ", "job_title": title}
    (first,) = propose(make.dossier(make.contact(**person)), Directory((), OURS))
    alone = scores(first)["job_title"]
    for told, surer in ((title, True), (other, False)):
        more = make.contact(**(person | {"job_title": told, "department": "購買部"}))
        dossier = make.dossier(more, message=make.message("another mail"))
        (second,) = propose(dossier, Directory((), OURS, (Earlier(first, "pending"),)))
        assert (scores(second)["job_title"] > alone) is surer
        assert (scores(second)["job_title"] < alone) is not surer
        assert scores(second)["job_title"] <= 1


def test_a_value_still_asked_for_a_record_weighs_against_another(make):
    record = make.record("c1", "森 由美", "mori@kita.example", company="株式会社キタ")
    (first,) = propose(make.dossier(make.contact(job_title="係長")), Directory((record,), OURS))
    dossier = make.dossier(make.contact(job_title="部長"), message=make.message("another mail"))
    (alone,) = propose(dossier, Directory((record,), OURS))
    (second,) = propose(dossier, Directory((record,), OURS, (Earlier(first, "pending"),)))
    assert scores(second)["job_title"] < scores(alone)["job_title"]


@pytest.mark.parametrize(
    ("name", "company", "title"),
    [("森 由美", "株式会社キタ", "係長"), ("Tom Reed", "North Mill Ltd", "Buyer")],
    ids=["ja", "en"],
)
def test_a_person_created_after_the_mail_is_not_created_again(make, name, company, title):
    record = make.record("c1", name, "mori@kita.example", company=company)
    contact = make.contact(full_name=name, company=company, job_title=title)
    (found,) = propose(make.dossier(contact), Directory((record,), OURS))
    assert (found.kind, found.record_id, values(found)) == ("update_contact", "c1", {"job_title": title})
    complete = make.record("c1", name, "mori@kita.example", company=company, job_title=title)
    assert propose(make.dossier(contact), Directory((complete,), OURS)) == ()
