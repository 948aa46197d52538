"""Links between mail and records."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.records import Address
from pipeline.store.links import link_mail, link_past_mail, records_of_mail, set_link
from pipeline.store.mails import MailFilter, list_mails


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
