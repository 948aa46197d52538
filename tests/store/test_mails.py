"""Lists of mail, threads, facets."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.records import Address, Intent, Noise, Sentiment
from pipeline.store.crm.links import link_mail
from pipeline.store.mail.facets import count_facets
from pipeline.store.mail.mails import get_mail, list_mails, list_thread
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.paging import decode_cursor, encode_cursor
from pipeline.store.sync.mailboxes import assign_mailbox


def subjects(session, reader, **asked):
    page = list_mails(session, reader, narrow=MailFilter(**asked))
    return [mail.subject for mail in page.items]


def test_a_list_shows_what_it_needs_newest_first(session, office, make):
    for n in (2, 3, 1):
        make.store(office.aya_box, n)
    items = list_mails(session, office.aya).items
    assert [mail.subject for mail in items] == ["Offer 3", "Offer 2", "Offer 1"]
    top = items[0]
    assert (top.from_name, top.from_address) == ("Rosa Lindgren", "rosa@lindgren.example")
    assert (top.language, top.intents, top.sentiment, top.gist) == ("en", ("request",), "neutral", "Please")
    assert (top.machine, top.attachment_count) == (None, 0)


def test_pages_hold_each_mail_once_also_with_equal_times_and_new_arrivals(session, office, make, now):
    for n in range(7):
        make.store(office.aya_box, n, date=now)
    first = list_mails(session, office.aya, limit=3)
    make.store(office.aya_box, 99, date=now, now=now)
    rest, cursor = [], first.next_cursor
    while cursor:
        page = list_mails(session, office.aya, limit=3, cursor=cursor)
        rest, cursor = [*rest, *page.items], page.next_cursor
    seen = [mail.subject for mail in (*first.items, *rest)]
    assert len(seen) == len(set(seen))
    assert {f"Offer {n}" for n in range(7)} <= set(seen)


@pytest.mark.parametrize(
    "cursor", ["", "x", "e30", encode_cursor("a"), encode_cursor("never", "id"), "ünï", encode_cursor(1.0, "x")]
)
def test_a_cursor_that_is_none_is_refused_with_advice(session, office, cursor):
    with pytest.raises(errors.UsageError, match="without a cursor"):
        list_mails(session, office.aya, cursor=cursor)


def test_cursors_come_back_as_they_were():
    assert decode_cursor(encode_cursor("é", 0.1), (str, float)) == ["é", 0.1]


def test_lists_narrow_by_what_was_found(session, office, make, now):
    make.store(office.aya_box, 1, language="ja", sentiment=Sentiment("negative", 0.9, 0.0, 0.9))
    make.store(office.aya_box, 2, intents=(Intent("question", 0.8, ()), Intent("purchase", 0.9, ())))
    linked = make.store(office.aya_box, 3, noise=Noise("newsletter", "header.list_id"), intents=()).mail_id
    make.store(office.ben_box, 4)
    assign_mailbox(session, office.ben_box.id, office.aya.id)
    account = make.record("Lindgren", "account")
    link_mail(session, linked, make.record(account_id=account.id).id, "primary_address", now)
    found = {
        "ja": subjects(session, office.aya, language="ja"),
        "negative": subjects(session, office.aya, sentiment="negative"),
        "purchase": subjects(session, office.aya, intent="purchase"),
        "machine": subjects(session, office.aya, machine=True),
        "people": subjects(session, office.aya, machine=False),
        "box": subjects(session, office.aya, mailbox_id=office.ben_box.id),
        "account": subjects(session, office.aya, record_id=account.id),
        "both": subjects(session, office.aya, language="ja", intent="purchase"),
    }
    assert found == {
        "ja": ["Offer 1"], "negative": ["Offer 1"], "purchase": ["Offer 2"], "machine": ["Offer 3"],
        "people": ["Offer 4", "Offer 2", "Offer 1"], "box": ["Offer 4"], "account": ["Offer 3"], "both": [],
    }  # fmt: skip
    assert list_mails(session, office.aya, narrow=MailFilter(intent="purchase")).items[0].intents == (
        "purchase",
        "question",
    )


@pytest.mark.parametrize(
    ("text", "count"), [("見積", 1), ("OFFER", 2), ("mori@", 1), ("森", 1), ("100%", 1), ("0%x", 0), ("_", 0)]
)
def test_text_is_found_in_subject_sender_and_body_and_wildcards_are_nothing(session, office, make, text, count):
    make.store(office.aya_box, 1, subject="お見積りの件 100%", from_=Address("森 健二", "mori@mori.example"))
    make.store(office.aya_box, 2, subject="Your offer", from_=Address(None, "x@x.example"))
    assert len(subjects(session, office.aya, text=text)) == count


def test_another_mailboxs_filter_tells_nothing(session, office, make):
    make.store(office.aya_box, 1)
    make.store(office.ben_box, 1)
    assert subjects(session, office.aya, mailbox_id=office.ben_box.id) == []


def test_a_thread_is_shown_oldest_first_and_only_as_far_as_visible(session, office, make):
    first = make.store(office.aya_box, 1, thread_id="t").mail_id
    make.store(office.ben_box, 2, thread_id="t")
    make.store(office.aya_box, 3, thread_id="t")
    make.store(office.aya_box, 4, thread_id="u")
    key = get_mail(session, office.aya, first).summary.thread_key
    assert [mail.subject for mail in list_thread(session, office.aya, key)] == ["Offer 1", "Offer 3"]
    assert [mail.subject for mail in list_thread(session, office.aya, key, limit=1)] == ["Offer 3"]


def test_facets_count_what_is_visible(session, office, make):
    make.store(office.aya_box, 1, language="ja")
    make.store(office.aya_box, 2, noise=Noise("bounce", "x"), intents=())
    make.store(office.ben_box, 2, noise=Noise("bounce", "x"), intents=())
    make.store(office.ben_box, 3)
    facets = count_facets(session, office.aya)
    assert facets.total == 2
    assert facets.counts == {
        "language": {"en": 1, "ja": 1},
        "machine": {"bounce": 1},
        "sentiment": {"neutral": 2},
        "intent": {"request": 1},
        "mailbox": {office.aya_box.id: 2},
    }
    assert count_facets(session, office.aya, MailFilter(language="ja")).total == 1


def test_an_unknown_mail_is_not_found(session, office):
    with pytest.raises(errors.NotFound):
        get_mail(session, office.aya, "nothing")
