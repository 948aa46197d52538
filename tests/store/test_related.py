"""A record's mail with its filters, the views of the inbox, and records by what their last mail says."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline import errors
from pipeline.records import Address, Intent, Sentiment
from pipeline.store.access import sharing
from pipeline.store.access.standing import Settings
from pipeline.store.crm import links
from pipeline.store.crm.records import get_record, list_records
from pipeline.store.crm.related import PAGE_SIZE, list_related
from pipeline.store.mail.mails import list_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.organisation import people
from pipeline.store.sync import mailboxes
from pipeline.store.tables import RecordRow


def subjects(page):
    return [int(mail.subject.split()[-1]) for mail in page.items]


@pytest.fixture
def rosa(session, office, make, now):
    """A contact whose mail lies in an IMAP mailbox of Aya, a POP mailbox of Ben and was once sent from the CRM."""
    pop = mailboxes.create_mailbox(session, office.organisation_id, "pop", ["ben@kita.example"], now, "pop3")
    imap = mailboxes.create_mailbox(session, office.organisation_id, "imap", ["aya@kita.example"], now, "imap")
    mailboxes.assign_mailbox(session, pop.id, office.ben.id)
    mailboxes.assign_mailbox(session, imap.id, office.aya.id)
    make.store(imap, 1)
    make.store(pop, 2)
    make.store(office.aya_box, 3, sent_by=office.aya.id)
    make.store(office.aya_box, 4, from_=Address(None, "somebody@else.example"))
    record = make.record(addresses=["rosa@lindgren.example", "rosa@home.example"])
    make.store(imap, 5, from_=Address(None, "aya@kita.example"), to=(Address(None, "rosa@home.example"),))
    links.link_past_mail(session, record.id, now)
    sharing.set_organisation(session, office.admin, Settings(mode="public", crm_mail="read"), now)
    return record.id


@pytest.mark.parametrize(
    ("source", "user", "expected"),
    [
        ("all", None, [5, 3, 2, 1]),
        ("crm", None, [3]),
        ("imap", None, [5, 1]),
        ("pop", None, [2]),
        ("user", "aya", [5, 3, 1]),
        ("user", "ben", [2]),
        ("user", "admin", []),
    ],
)
def test_the_five_filters_for_a_user_without_a_mailbox(session, office, rosa, source, user, expected):
    user_id = getattr(office, user).id if user else None
    assert subjects(list_related(session, office.admin, rosa, source=source, user_id=user_id)) == expected


def test_only_what_a_mailbox_shares_is_found_through_it(session, office, make, rosa, now):
    make.store(office.ben_box, 1)
    sharing.choose_mode(session, office.ben, "private", now)
    assert subjects(list_related(session, office.admin, rosa)) == [5, 3, 1]
    assert subjects(list_related(session, office.admin, rosa, source="pop")) == []
    assert subjects(list_related(session, office.admin, rosa, source="user", user_id=office.ben.id)) == []
    assert subjects(list_related(session, office.ben, rosa, source="user", user_id=office.ben.id)) == [2, 1]


def test_pages_of_ten_hold_every_mail_once_in_a_stable_order(session, office, make, now):
    record = make.record(addresses=["rosa@lindgren.example"])
    for n in range(2 * PAGE_SIZE + 3):
        make.store(office.aya_box, n, date=now if n % 2 else None)
    links.link_past_mail(session, record.id, now)
    pages, cursor = [], None
    while not pages or cursor is not None:
        page = list_related(session, office.aya, record.id, cursor=cursor)
        pages.append([mail.id for mail in page.items])
        cursor = page.next_cursor
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert len({mail for page in pages for mail in page}) == 2 * PAGE_SIZE + 3
    with pytest.raises(errors.UsageError):
        list_related(session, office.aya, record.id, cursor="nonsense")


@pytest.mark.parametrize(("source", "user_id"), [("user", None), ("all", "u"), ("imap", "u")])
def test_a_user_is_named_with_its_filter_only(session, office, rosa, source, user_id):
    with pytest.raises(errors.UsageError):
        list_related(session, office.aya, rosa, source=source, user_id=user_id)


def test_a_record_without_access_has_no_list_not_even_of_ones_own_mail(session, office, other_office, make, now):
    record = make.record(addresses=["rosa@lindgren.example"], owner_id=office.aya.id)
    make.store(office.ben_box)
    links.link_past_mail(session, record.id, now)
    assert len(list_related(session, office.ben, record.id).items) == 1
    sharing.set_organisation(session, office.admin, Settings(records_by_owner=True), now)
    for reader in (office.ben, other_office.aya):
        with pytest.raises(errors.NotFound):
            list_related(session, reader, record.id)
        with pytest.raises(errors.NotFound):
            get_record(session, reader, record.id)
        assert list_records(session, reader).items == ()
        assert list_mails(session, reader, narrow=MailFilter(record_id=record.id)).items == ()
    assert len(list_mails(session, office.ben).items) == 1


def test_an_account_gathers_the_mail_of_its_contacts(session, office, make, now):
    account = make.record("Lindgren AB", "account")
    make.store(office.aya_box)
    contact = make.record(addresses=["rosa@lindgren.example"], account_id=account.id)
    links.link_past_mail(session, contact.id, now)
    assert subjects(list_related(session, office.aya, account.id)) == [1]


def test_the_views_of_the_inbox(session, office, make, now):
    def mail(n, address, kind="contact", **known):
        make.store(office.aya_box, n, from_=Address(None, address))
        record = make.record(address, kind, addresses=[address], **known)
        links.link_past_mail(session, record.id, now)
        return record.id

    buyer, customer, late = mail(1, "buyer@x.example"), mail(2, "old@x.example"), mail(3, "late@x.example")
    mail(4, "lead@x.example", "lead")
    mail(5, "nobody@x.example")
    make.store(office.aya_box, 6, from_=Address(None, "unknown@x.example"))
    make.record("soon", "deal", contact_ids=[buyer], fields={"closing_date": "2026-03-31"})
    make.record("later", "deal", contact_ids=[late], fields={"closing_date": "2026-04-01"})
    make.record("won", "deal", contact_ids=[customer], open=False, won=True, closed_at=now)
    make.record("lost", "deal", contact_ids=[late], open=False, won=False, closed_at=now)
    expected = {
        "closing_this_month": [1], "open_deals": [3, 1], "customers": [2], "leads": [4], "others": [6, 5],
    }  # fmt: skip
    for view, numbers in expected.items():
        assert (
            subjects(list_mails(session, office.aya, narrow=MailFilter(view=view, today=date(2026, 3, 9)))) == numbers
        )
        assert list_mails(session, office.ben, narrow=MailFilter(view=view, today=date(2026, 3, 9))).items == ()


def test_records_by_what_their_last_visible_mail_says(session, office, make, now):
    record = make.record(addresses=["rosa@lindgren.example"])
    make.record("Other", addresses=["other@x.example"])
    make.store(office.aya_box, 1, sentiment=Sentiment("negative", 0.9, 0, 1), intents=())
    make.store(office.ben_box, 2, sentiment=Sentiment("positive", 0.9, 1, 0), intents=(Intent("purchase", 0.9, ()),))
    links.link_past_mail(session, record.id, now)

    def found(reader, **labels):
        return [one.id for one in list_records(session, reader, **labels).items]

    assert found(office.aya, sentiment="negative") == [record.id]
    assert found(office.aya, sentiment="positive") == found(office.aya, intent="purchase") == []
    assert found(office.ben, sentiment="positive", intent="purchase") == [record.id]
    assert found(office.ben, sentiment="negative") == found(office.admin, sentiment="negative") == []
    people.set_active(session, office.aya.id, False)
    assert found(office.aya, sentiment="negative") == []


@pytest.mark.parametrize("kind", ["contact", "account"])
def test_pages_that_look_through_few_links_lead_through_all_mail(session, office, make, monkeypatch, now, kind):
    monkeypatch.setattr("pipeline.store.mail.mails.MAX_LINKS", 3)
    account = make.record("Lindgren", kind="account")
    people_ = [make.record(f"P{n}", addresses=[f"p{n}@lindgren.example"]) for n in range(2)]
    for n in range(1, 13):
        box, writer = (office.ben_box, 0) if n in (4, 5, 6, 7) else (office.aya_box, n % 2 if kind == "account" else 0)
        make.store(box, n, from_=Address(None, f"p{writer}@lindgren.example"))
    for one in people_:
        session.get(RecordRow, one.id).account_id = account.id
        links.link_past_mail(session, one.id, now)
    asked, found, sizes, cursor = account.id if kind == "account" else people_[0].id, [], [], None
    while cursor or not sizes:
        page = list_related(session, office.aya, asked, cursor=cursor)
        found, cursor = [*found, *subjects(page)], page.next_cursor
        sizes.append(len(page.items))
    assert found == [12, 11, 10, 9, 8, 3, 2, 1]
    assert len(sizes) > 3
    assert list_mails(session, office.aya, narrow=MailFilter(record_id=asked)).items[0].subject == "Offer 12"
