"""Merging and converting records: nothing is lost, and everything that pointed at the old one points at the new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pipeline import errors
from pipeline.store.crm import deals
from pipeline.store.crm.links import link_past_mail, records_of_mail, set_link
from pipeline.store.crm.merging import convert_lead, merge
from pipeline.store.crm.records import get_record, load_records
from pipeline.store.mail.mails import list_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.organisation import audit
from pipeline.store.review.decisions import reject
from pipeline.store.review.suggestions import get_suggestion
from pipeline.store.tables import RejectionRow

DAY = timedelta(days=1)


@pytest.fixture
def twins(session, make, now):
    """Two records of one person, each with mail, a deal and values of its own."""
    kept = make.record(addresses=["rosa@lindgren.example"], fields={"full_name": "Rosa Lindgren", "job_title": "Buyer"})
    other = make.record(
        "R. Lindgren", addresses=["r@home.example"],
        fields={"full_name": "R. Lindgren", "department": "Purchasing", "phone": "+4681234567"},
    )  # fmt: skip
    return kept, other


def mails_of(session, reader, record_id):
    return {mail.id for mail in list_mails(session, reader, narrow=MailFilter(record_id=record_id)).items}


def test_a_merge_joins_values_addresses_mail_and_deals(session, office, make, twins, now):
    kept, other = twins
    deal = make.record("Plan", "deal", contact_ids=[kept.id, other.id])
    lone = make.record("Lone", "deal", contact_ids=[other.id])
    sender = {"from_": make.message().from_.__class__(None, "r@home.example")}
    mine, theirs = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2, **sender).mail_id
    for record in twins:
        link_past_mail(session, record.id, now)
    record = merge(session, office.aya, kept.id, [other.id], now + DAY)
    assert record.addresses == ("rosa@lindgren.example", "r@home.example")
    assert (record.fields["job_title"], record.fields["department"]) == ("Buyer", "Purchasing")
    assert (record.fields["phone"], record.name) == ("+4681234567", "Rosa Lindgren")
    assert mails_of(session, office.aya, kept.id) == {mine, theirs}
    assert [load_records(session, [one.id])[0].contact_ids for one in (deal, lone)] == [(kept.id,), (kept.id,)]
    assert deals.deals_of(session, kept.id, now + 2 * DAY) == tuple(sorted((deal.id, lone.id)))
    assert load_records(session, [other.id]) == ()
    assert get_record(session, office.aya, other.id).record.id == kept.id


def test_ids_lead_on_over_several_merges(session, office, make, twins, now):
    kept, other = twins
    third = make.record("Rosa L.")
    merge(session, office.aya, other.id, [third.id], now)
    merge(session, office.aya, kept.id, [other.id], now)
    assert get_record(session, office.aya, third.id).record.id == kept.id
    entries = audit.list_actions(session, office.admin, narrow=audit.AuditFilter(action="record.merge"))
    assert [entry.detail for entry in entries] == [{"merged": other.id}, {"merged": third.id}]


def test_what_was_unlinked_from_the_kept_record_stays_so(session, office, make, twins, now):
    kept, other = twins
    mail = make.store(office.aya_box).mail_id
    set_link(session, office.aya, mail, kept.id, False, now)
    set_link(session, office.aya, mail, other.id, True, now)
    merge(session, office.aya, kept.id, [other.id], now)
    assert records_of_mail(session, office.aya, mail) == ()


def test_suggestions_and_rejections_follow(session, office, make, twins, now):
    kept, other = twins
    mail = make.store(office.aya_box).mail_id
    title = make.update(1, other.id, job_title=(None, "Director"))
    make.propose(mail, title, make.update(2, other.id, department=("Purchasing", "Sales")))
    reject(session, office.aya, "update-2", now)
    merge(session, office.aya, kept.id, [other.id], now)
    assert get_suggestion(session, office.aya, "update-1", now).suggestion.record_id == kept.id
    make.propose(mail, make.update(3, kept.id, department=("Purchasing", "Sales")))
    with pytest.raises(errors.NotFound):
        get_suggestion(session, office.aya, "update-3", now)
    subjects = session.execute(select(RejectionRow.subject, func.count()).group_by(RejectionRow.subject)).all()
    assert subjects == [(f"record:{kept.id}", 1)]


def test_an_account_takes_over_its_peoples_places(session, office, make, now):
    kept, other = (make.record(name, "account") for name in ("Lindgren AB", "Lindgren"))
    contact = make.record(account_id=other.id)
    merge(session, office.aya, kept.id, [other.id], now)
    assert load_records(session, [contact.id])[0].account_id == kept.id


def test_only_what_is_alike_is_merged(session, office, other_office, make, twins, now):
    kept, other = twins
    account = make.record("Lindgren AB", "account")
    for others in ([], [kept.id], [account.id]):
        with pytest.raises(errors.UsageError):
            merge(session, office.aya, kept.id, others, now)
    with pytest.raises(errors.NotFound):
        merge(session, other_office.aya, kept.id, [other.id], now)


def test_a_lead_becomes_a_contact_with_account_and_deal_and_keeps_its_mail(session, office, make, now):
    lead = make.record(kind="lead", addresses=["rosa@lindgren.example"], fields={"company": "Lindgren AB"})
    mail = make.store(office.aya_box).mail_id
    link_past_mail(session, lead.id, now)
    made = convert_lead(session, office.aya, lead.id, now, deal="First order")
    assert (made.contact.kind, made.account.name, made.deal.name) == ("contact", "Lindgren AB", "First order")
    assert made.contact.account_id == made.account.id
    assert made.deal.contact_ids == (made.contact.id,)
    assert mails_of(session, office.aya, lead.id) == {mail}
    with pytest.raises(errors.Conflict):
        convert_lead(session, office.aya, lead.id, now)


def test_a_lead_whose_contact_exists_is_taken_in_by_it(session, office, make, now):
    account = make.record("Lindgren AB", "account")
    contact = make.record("Rosa", addresses=["rosa@lindgren.example"])
    lead = make.record(kind="lead", addresses=["rosa@lindgren.example"], fields={"company": "Lindgren"})
    made = convert_lead(session, office.aya, lead.id, now)
    assert (made.contact.id, made.account.id, made.deal) == (contact.id, account.id, None)
    assert get_record(session, office.aya, lead.id).record.id == contact.id
