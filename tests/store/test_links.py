"""Links between mail and records."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.core.share_bulk import Wanted
from pipeline.records import Address
from pipeline.store.access import shares, sharing
from pipeline.store.access.standing import Settings
from pipeline.store.crm import merging
from pipeline.store.crm.links import (
    change_link,
    link_mail,
    link_past_mail,
    links_of_mail,
    records_of_mail,
    set_link,
    set_links,
)
from pipeline.store.mail.mails import list_mails
from pipeline.store.mail.narrowing import MailFilter


def test_linking_is_repeatable_and_seen_from_both_sides(session, office, make, now):
    mail_id, record = make.store(office.aya_box).mail_id, make.record()
    assert [link_mail(session, mail_id, record.id, "primary_address", now) for _ in range(2)] == [True, False]
    assert records_of_mail(session, office.aya, mail_id) == (record,)
    assert [m.id for m in list_mails(session, office.aya, narrow=MailFilter(record_id=record.id)).items] == [mail_id]


def test_what_a_person_unlinked_stays_unlinked_until_a_person_links_it(session, office, make, now):
    mail_id, record = make.store(office.aya_box).mail_id, make.record(addresses=["rosa@lindgren.example"])
    link_mail(session, mail_id, record.id, "primary_address", now)
    set_link(session, office.aya, mail_id, record.id, False, now)
    assert not link_mail(session, mail_id, record.id, "only_open_deal", now)
    assert link_past_mail(session, record.id, now) == 0
    assert records_of_mail(session, office.aya, mail_id) == ()
    set_link(session, office.aya, mail_id, record.id, True, now)
    assert records_of_mail(session, office.aya, mail_id) == (record,)


def test_past_mail_is_found_by_every_address_in_both_directions_within_the_organisation(
    session, office, other_office, make, now
):
    record = make.record(addresses=["rosa@lindgren.example", "second@lindgren.example"])
    make.store(office.aya_box, 1)
    make.store(
        office.aya_box, 2, from_=Address(None, "aya@kita.example"), to=(Address(None, "second@lindgren.example"),)
    )
    both = (Address(None, "second@lindgren.example"),)
    make.store(office.ben_box, 3, cc=both)
    make.store(office.ben_box, 4, from_=Address(None, "x@x.example"))
    make.store(other_office.aya_box, 5)
    assert link_past_mail(session, record.id, now) == 3
    assert link_past_mail(session, record.id, now) == 0
    listed = list_mails(session, office.aya, narrow=MailFilter(record_id=record.id))
    assert [mail.subject for mail in listed.items] == ["Offer 2", "Offer 1"]


def test_only_mail_and_records_one_may_see_can_be_linked(session, office, other_office, make, now):
    hers, record = make.store(office.aya_box).mail_id, make.record()
    theirs = make.clone(session)
    theirs.office = other_office
    for reader, mail_id, record_id in (
        (office.ben, hers, record.id),
        (office.aya, "nothing", record.id),
        (office.aya, hers, "nothing"),
        (office.aya, hers, theirs.record().id),
    ):
        with pytest.raises(errors.NotFound):
            set_link(session, reader, mail_id, record_id, True, now)


def test_an_address_that_two_records_have_is_left_to_choose(session, office, make, now):
    mail_id = make.store(office.aya_box).mail_id
    first = make.record(addresses=["rosa@lindgren.example"])
    second = make.record("Rosa L", "lead", addresses=["old@lindgren.example", "rosa@lindgren.example"])
    assert link_past_mail(session, first.id, now) == 0
    found = links_of_mail(session, office.aya, mail_id)
    assert found.links == ()
    ((choice,), candidates) = (found.choices, [one.record_id for one in found.choices[0].candidates])
    assert (choice.address, candidates) == ("rosa@lindgren.example", [first.id, second.id])
    set_link(session, office.aya, mail_id, second.id, True, now)
    found = links_of_mail(session, office.aya, mail_id)
    assert ([one.record_id for one in found.links], found.choices) == ([second.id], ())
    assert (found.links[0].origin, found.links[0].user_id) == ("manual", office.aya.id)


def test_a_link_is_changed_to_another_record_once(session, office, make, now):
    mail_id, first, second = make.store(office.aya_box).mail_id, make.record("A"), make.record("B")
    set_link(session, office.aya, mail_id, first.id, True, now)
    change_link(session, office.aya, mail_id, first.id, second.id, now)
    assert records_of_mail(session, office.aya, mail_id) == (second,)
    with pytest.raises(errors.Conflict):
        change_link(session, office.aya, mail_id, first.id, second.id, now)


def test_many_links_at_once_have_a_code_each(session, office, make, now):
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    mine, bens, record = make.store(office.aya_box, 1).mail_id, make.store(office.ben_box, 2).mail_id, make.record()
    pairs = [(mine, record.id), (bens, record.id), (mine, "nothing"), ("nothing", record.id), (mine, record.id)]
    codes = ["SUCCESS", "NO_PERMISSION", "INVALID_DATA", "INVALID_DATA", "DUPLICATE_DATA"]
    assert set_links(session, office.aya, pairs, True, now) == codes
    assert records_of_mail(session, office.aya, mine) == (record,)
    assert records_of_mail(session, office.aya, bens) == ()
    assert set_links(session, office.aya, pairs[:1], False, now) == ["SUCCESS"]
    assert records_of_mail(session, office.aya, mine) == ()


def test_links_and_shares_follow_a_merge(session, office, make, now):
    mail_id, kept, other = make.store(office.aya_box).mail_id, make.record("A"), make.record("B")
    set_link(session, office.aya, mail_id, other.id, True, now)
    sharing.choose_mode(session, office.aya, "custom", now)
    shares.share(session, office.aya, [Wanted(other.id)], now)
    merging.merge(session, office.admin, kept.id, [other.id], now)
    assert [record.id for record in records_of_mail(session, office.ben, mail_id)] == [kept.id]
    assert shares.list_shares(session, office.aya) == (shares.Share(kept.id, office.aya.id, ("all",)),)
