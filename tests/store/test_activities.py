"""Accepted meetings, calls and tasks of a record: by its person, an account's contacts, a deal's mail."""

from __future__ import annotations

import pytest

from pipeline.store.crm import links
from pipeline.store.crm.activities import list_activities
from pipeline.store.crm.record_writing import FieldValue
from pipeline.store.review import decisions


def titles(session, reader, record):
    return [activity.title for activity in list_activities(session, reader, record_id=record.id)]


@pytest.fixture
def met(session, office, make, now):
    """Two accepted meetings: with Rosa from the first mail, with Mio from the second."""
    mail_ids = [make.store(office.aya_box, n).mail_id for n in (1, 2)]
    make.propose(mail_ids[0], make.meeting(1, person="rosa@home.example"))
    make.propose(mail_ids[1], make.meeting(2, person="mio@kanda.example"))
    session.commit()
    for n, title in ((1, "Rosa's"), (2, "Mio's")):
        decisions.accept(session, office.aya, f"meeting-{n}", now, values=[FieldValue("title", title)])
    return mail_ids


def test_a_record_has_those_of_its_addresses_an_account_those_of_its_contacts(session, office, make, met):
    account = make.record("Lindgren AB", "account")
    addresses = ["rosa@lindgren.example", "rosa@home.example"]
    rosa = make.record(addresses=addresses, account_id=account.id)
    mio = make.record("Mio Kanda", addresses=["mio@kanda.example"])
    nobody = make.record("Nobody")
    assert titles(session, office.aya, rosa) == titles(session, office.aya, account) == ["Rosa's"]
    assert titles(session, office.aya, mio) == ["Mio's"]
    assert titles(session, office.aya, nobody) == []
    assert len(list_activities(session, office.aya)) == 2
    assert list_activities(session, office.aya, record_id=rosa.id, kind="task") == ()
    assert list_activities(session, office.aya, record_id="unknown") == ()


def test_a_deal_has_those_of_its_mail_while_that_is_linked(session, office, make, met, now):
    deal, other = make.record("Plan A", "deal"), make.record("Plan B", "deal")
    links.set_link(session, office.aya, met[1], deal.id, True, now)
    assert titles(session, office.aya, deal) == ["Mio's"]
    assert titles(session, office.aya, other) == []
    links.set_link(session, office.aya, met[1], deal.id, False, now)
    assert titles(session, office.aya, deal) == []


def test_a_record_shows_nobody_what_comes_from_hidden_mail(session, office, other_office, make, met, now):
    rosa = make.record(addresses=["rosa@home.example"])
    deal = make.record("Plan A", "deal")
    links.set_link(session, office.aya, met[0], deal.id, True, now)
    for stranger in (office.ben, office.admin, other_office.aya):
        assert titles(session, stranger, rosa) == titles(session, stranger, deal) == []
    make.store(office.ben_box, 1)
    assert titles(session, office.ben, rosa) == titles(session, office.ben, deal) == ["Rosa's"]
