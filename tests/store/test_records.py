"""Records: creating, changing, finding, and which may concern a mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from pipeline import errors
from pipeline.core.link import DealHistory
from pipeline.records import Record
from pipeline.store.access import sharing
from pipeline.store.access.standing import Settings
from pipeline.store.crm import record_changes
from pipeline.store.crm.record_changes import RecordChange
from pipeline.store.crm.record_writing import FieldValue, set_field
from pipeline.store.crm.records import deal_history, get_record, list_records, load_records, names_at, related
from pipeline.store.tables import LinkRow, RecordRow


def names(page):
    return [record.name for record in page.items]


def test_a_record_comes_back_as_the_rules_see_it(session, office, make):
    account = make.record("神田商事", "account")
    contact = make.record(
        "神田 澪", fields={"full_name": "神田 澪", "phone": "+81312345678"},
        addresses=["Mio@Kanda.example", "mio@home.example"], account_id=account.id,
    )  # fmt: skip
    deal = make.record("導入", "deal", fields={"stage": "提案"}, contact_ids=[contact.id], open=False)
    assert contact == Record(
        "contact", contact.id, "神田 澪", {"full_name": "神田 澪", "phone": "+81312345678"},
        ("mio@kanda.example", "mio@home.example"), frozenset(), account.id,
    )  # fmt: skip
    assert (deal.contact_ids, deal.open, deal.fields["stage"]) == ((contact.id,), False, "提案")


def test_a_page_of_a_record_shows_its_neighbours(session, office, make, now):
    account = make.record("Lindgren", "account")
    contact = make.record(account_id=account.id)
    deal = make.record("Plan A", "deal", contact_ids=[contact.id])
    detail = get_record(session, office.ben, contact.id)
    assert (detail.account, detail.deals, detail.created_at) == (account, (deal,), now)
    assert get_record(session, office.ben, account.id).contacts == (contact,)
    assert get_record(session, office.ben, deal.id).contacts == (contact,)


def test_another_organisations_records_are_unknown(session, office, other_office, make, now):
    record = make.record(addresses=["rosa@lindgren.example"])
    assert list_records(session, other_office.aya).items == ()
    assert related(session, other_office.organisation_id, ["rosa@lindgren.example"], ["Rosa Lindgren"]) == ()
    with pytest.raises(errors.NotFound):
        get_record(session, other_office.aya, record.id)
    with pytest.raises(errors.NotFound):
        set_field(session, other_office.aya, record.id, FieldValue("job_title", "x"), now)


def test_what_a_person_typed_counts_as_theirs(session, office, make, now):
    record = make.record(fields={"job_title": "Buyer", "company": "Lindgren"})
    changed = set_field(session, office.aya, record.id, FieldValue("job_title", "Director"), now)
    assert (changed.fields["job_title"], changed.edited_fields) == ("Director", {"job_title"})
    confirmed = set_field(session, office.aya, record.id, FieldValue("company", "Lindgren"), now)
    assert confirmed.edited_fields == {"job_title", "company"}


def test_numbers_stand_beside_each_other_unless_the_old_one_is_named(session, office, make, now):
    record = make.record(fields={"phone": "+1"})
    for value, old in (("+2", None), ("+3", "+1"), ("+2", None)):
        set_field(session, office.aya, record.id, FieldValue("phone", value, "mobile"), now, old)
    stored = [(field.value, field.type) for field in get_record(session, office.aya, record.id).fields]
    assert stored == [("+3", "mobile"), ("+2", "mobile")]


def test_an_address_in_place_of_an_old_one_becomes_the_primary_one(session, office, make, now):
    record = make.record(addresses=["a@x.example", "b@x.example"])
    added = set_field(session, office.aya, record.id, FieldValue("email", "C@x.example"), now)
    assert added.addresses == ("a@x.example", "b@x.example", "c@x.example")
    changed = set_field(session, office.aya, record.id, FieldValue("email", "b@x.example"), now, "a@x.example")
    assert changed.addresses == ("b@x.example", "a@x.example", "c@x.example")


def test_records_are_listed_by_name_kind_and_text_page_by_page(session, office, make):
    for name in ("Carl", "anna", "Bea"):
        make.record(name, addresses=[f"{name}@people.example"])
    make.record("株式会社アンナ", "account")
    assert names(list_records(session, office.aya, kind="contact")) == ["anna", "Bea", "Carl"]
    assert names(list_records(session, office.aya, text="アンナ")) == ["株式会社アンナ"]
    assert names(list_records(session, office.aya, text="BEA@peo")) == ["Bea"]
    first = list_records(session, office.aya, limit=3)
    second = list_records(session, office.aya, limit=3, cursor=first.next_cursor)
    assert (len(first.items), len(second.items), second.next_cursor) == (3, 1, None)
    with pytest.raises(errors.UsageError):
        list_records(session, office.aya, cursor="x")


def test_related_records_are_found_by_address_name_and_firm_with_their_accounts_and_deals(session, office, make):
    account = make.record("株式会社神田", "account")
    by_address = make.record("A", addresses=["a@x.example", "second@x.example"], account_id=account.id)
    by_name = make.record("髙田 洋", "lead")
    firm = make.record("Sandberg Ltd", "account")
    deal = make.record("Plan", "deal", contact_ids=[by_address.id])
    make.record("Someone else", addresses=["else@x.example"])
    found = related(
        session, office.organisation_id, ["Second@X.example"], ["髙田洋", ""], ["SANDBERG"]
    )  # fmt: skip
    assert {record.id for record in found} == {account.id, by_address.id, by_name.id, firm.id, deal.id}
    assert [record.id for record in found] == sorted(record.id for record in found)
    assert related(session, office.organisation_id) == ()


def test_a_deals_history_is_what_was_told_or_when_it_was_made(session, office, make, now):
    day = timedelta(days=1)
    old = make.record(
        "Old", "deal", opened_at=now - 9 * day, modified_at=now - 5 * day, closed_at=now - 5 * day, won=True, open=False
    )
    new, contact = make.record("New", "deal"), make.record()
    set_field(session, office.aya, new.id, FieldValue("stage", "won"), now + day)
    assert deal_history(session, [old.id, new.id, contact.id]) == {
        old.id: DealHistory(now - 9 * day, now - 5 * day, now - 5 * day, True),
        new.id: DealHistory(now, now + day),
    }


def test_records_load_in_the_order_asked_without_the_unknown(session, office, make):
    one, two = make.record("1"), make.record("2")
    assert load_records(session, [two.id, "nothing", one.id, two.id]) == (two, one)


def test_the_mail_a_value_came_from_is_named_only_to_who_may_see_it(session, office, make, now):
    from pipeline.store.review.decisions import accept

    mail_id = make.store(office.aya_box).mail_id
    make.propose(mail_id, make.contact())
    record_id = accept(session, office.aya, "contact-1", now).target_id
    told = {
        reader.name: {field.mail_id for field in get_record(session, reader, record_id).fields}
        for reader in (office.aya, office.ben, office.admin)
    }
    assert told == {"佐伯 彩": {mail_id}, "Ben Hollis": {None}, "Admin": {None}}


def test_long_and_broken_names_are_stored(session, office, make):
    long = "x\x00\ud800" * 3000
    record = make.record(long, addresses=[long], fields={"company": long})
    assert record.name == "x\ufffd\ufffd" * 3000
    assert related(session, office.organisation_id, [long])[0].id == record.id


def test_people_are_named_by_their_addresses_contacts_before_leads(session, office, other_office, make):
    make.record("Rosa (lead)", "lead", addresses=["rosa@lindgren.example"])
    make.record("Rosa Lindgren", addresses=["rosa@lindgren.example", "rosa@home.example"])
    make.record("Lindgren AB", "account", addresses=["info@lindgren.example"])
    asked = ["rosa@lindgren.example", "rosa@home.example", "info@lindgren.example", "nobody@x.example"]
    found = names_at(session, office.aya, asked)
    assert found == dict.fromkeys(asked[:2], "Rosa Lindgren")
    assert names_at(session, office.aya, []) == {}
    assert names_at(session, other_office.aya, asked) == {}


def test_a_record_closed_to_somebody_is_neither_changed_nor_named_nor_deleted_by_them(session, office, make, now):
    sharing.set_organisation(session, office.admin, Settings(records_by_owner=True), now)
    record = make.record(addresses=["rosa@lindgren.example"])
    session.execute(update(RecordRow).values(owner_id=office.ben.id))
    for work in (
        lambda: record_changes.change(session, office.aya, record.id, RecordChange(name="X"), now),
        lambda: record_changes.remove(session, office.aya, record.id, now),
    ):
        with pytest.raises(errors.NotFound):
            work()
    assert names_at(session, office.aya, ["rosa@lindgren.example"]) == {}
    assert names_at(session, office.ben, ["rosa@lindgren.example"]) == {"rosa@lindgren.example": "Rosa Lindgren"}
    record_changes.remove(session, office.ben, record.id, now)
    assert list_records(session, office.ben).items == ()


def test_a_last_mood_is_looked_for_a_page_of_records_at_a_time(session, office, make, monkeypatch, now):
    monkeypatch.setattr("pipeline.store.crm.records.MAX_ASKED", 1)
    for n in range(1, 4):
        make.record(f"Person {n}", addresses=[f"p{n}@x.example"])
    mail = make.store(office.aya_box, 1).mail_id
    wanted = list_records(session, office.aya, text="Person 3").items[0].id
    link = {"mail_id": mail, "record_id": wanted, "origin": "manual", "active": True, "at": now, "sorted_at": now}
    session.execute(insert(LinkRow).values(link))
    found, cursor = [], None
    for _ in range(3):
        page = list_records(session, office.aya, sentiment="neutral", cursor=cursor)
        found, cursor = [*found, *(one.id for one in page.items)], page.next_cursor
    assert found == [wanted]
    assert cursor is None
