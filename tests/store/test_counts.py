"""What the pages count: what awaits of each mail, what was decided, when mail last came in. Only what is visible."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.store.crm.record_writing import FieldValue
from pipeline.store.mail.facets import count_facets
from pipeline.store.mail.mails import last_imported_at
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.organisation import people
from pipeline.store.review import decisions
from pipeline.store.review.suggestions import pending_by_mail
from pipeline.store.sync import mailboxes

DAY = timedelta(days=1)


@pytest.fixture
def mail_id(office, make):
    return make.store(office.aya_box).mail_id


def test_what_awaits_is_counted_by_mail(session, office, make, mail_id, now):
    other, quiet = (make.store(office.aya_box, n).mail_id for n in (2, 3))
    make.propose(mail_id, make.contact(), make.meeting(), make.contact(2, "mio@kanda.example", full_name="Mio Kanda"))
    make.propose(other, make.contact(3, "jan@smid.example", full_name="Jan Smid"))
    asked = [mail_id, other, quiet]
    assert pending_by_mail(session, office.aya, asked, now) == {mail_id: 3, other: 1}
    assert pending_by_mail(session, office.aya, [other], now) == {other: 1}
    assert pending_by_mail(session, office.aya, [], now) == {}
    decisions.reject(session, office.aya, "contact-1", now)
    decisions.snooze(session, office.aya, "contact-3", now + DAY, now)
    assert pending_by_mail(session, office.aya, asked, now) == {mail_id: 2}
    assert pending_by_mail(session, office.aya, asked, now + DAY) == {mail_id: 2, other: 1}
    decisions.mute_person(session, office.aya, "contact-2", now)
    assert pending_by_mail(session, office.aya, asked, now) == {mail_id: 1}
    assert pending_by_mail(session, office.aya, asked, now + 31 * DAY) == {}


def test_what_awaits_on_hidden_mail_is_not_counted(session, office, other_office, make, mail_id, now):
    make.propose(mail_id, make.contact())
    for stranger in (office.ben, office.admin, other_office.aya):
        assert pending_by_mail(session, stranger, [mail_id], now) == {}
    make.store(office.ben_box)
    assert pending_by_mail(session, office.ben, [mail_id], now) == {mail_id: 1}


def test_own_decisions_that_stand_are_counted_by_state(session, office, make, mail_id, now):
    make.store(office.ben_box)
    make.propose(mail_id, *(make.contact(n, f"p{n}@lindgren.example", full_name=f"Person {n}") for n in range(6)))
    session.commit()
    assert decisions.counts_since(session, office.aya, now) == {}
    decisions.reject(session, office.aya, "contact-0", now - DAY)
    decisions.accept(session, office.aya, "contact-1", now)
    decisions.accept(session, office.aya, "contact-2", now, values=[FieldValue("full_name", "Somebody")])
    decisions.reject(session, office.aya, "contact-3", now)
    decisions.snooze(session, office.aya, "contact-4", now + DAY, now)
    decisions.reject(session, office.ben, "contact-5", now)
    counts = {"accepted": 1, "edited": 1, "rejected": 1, "snoozed": 1}
    assert decisions.counts_since(session, office.aya, now) == counts
    assert decisions.counts_since(session, office.aya, now - DAY) == counts | {"rejected": 2}
    assert decisions.counts_since(session, office.aya, now + DAY) == {}
    assert decisions.counts_since(session, office.ben, now) == {"rejected": 1}
    decisions.undo(session, office.aya, now)
    del counts["snoozed"]
    assert decisions.counts_since(session, office.aya, now) == counts
    mailboxes.unassign_mailbox(session, office.aya_box.id, office.aya.id)
    assert decisions.counts_since(session, office.aya, now) == {}


def test_when_mail_last_came_into_a_mailbox_of_ones_own(session, office, other_office, make, now):
    assert last_imported_at(session, office.aya) is None
    make.store(office.aya_box, 1, now=now)
    make.store(office.aya_box, 2, now=now - DAY)
    make.store(office.ben_box, 2, now=now + DAY)
    assert last_imported_at(session, office.aya) == now
    assert last_imported_at(session, office.ben) == now + DAY
    assert last_imported_at(session, office.admin) is None
    assert last_imported_at(session, other_office.aya) is None
    people.set_active(session, office.aya.id, False)
    assert last_imported_at(session, office.aya) is None


def test_facets_of_frequent_words_count_among_the_newest_mails(session, office, make, monkeypatch):
    monkeypatch.setattr("pipeline.store.mail.search.PROBED", 1)
    for n in range(1, 6):
        make.store(office.aya_box, n, subject="Offer of tea" if n != 4 else "Nothing")
    whole = count_facets(session, office.aya, MailFilter(text="tea"))
    assert (whole.total, whole.more) == (4, False)
    monkeypatch.setattr("pipeline.store.mail.narrowing.MAX_LOOKED", 3)
    newest = count_facets(session, office.aya, MailFilter(text="tea"))
    assert (newest.total, newest.more) == (2, True)
