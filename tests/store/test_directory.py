"""What ``suggest`` is told about the people of a mail, and that it is nothing a reader may not know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from pipeline.records import Contact, ContactField
from pipeline.store.crm.directory import directory_for
from pipeline.store.review import decisions


def dossier(make, n, *contacts):
    return make.dossier(make.message(n), contacts=contacts)


def told(directory):
    return [(earlier.suggestion.id, earlier.state) for earlier in directory.earlier]


@pytest.fixture
def asked(make):
    """Mail 2 of the thread, from Rosa, as the stages read it."""
    fields = (ContactField("full_name", "Mio Kanda", 0.9, 0, 3, "r"), ContactField("company", "神田", 0.9, 0, 3, "r"))
    return dossier(make, 2, Contact("third_party", fields))


def test_records_own_addresses_and_deals_history_are_found(session, office, make, now, asked):
    mail_id = make.store(office.aya_box, 2, thread_id="t").mail_id
    contact = make.record(addresses=["rosa@lindgren.example"])
    expected = {contact.id, make.record("Mio Kanda").id, make.record("株式会社神田", "account").id}
    deal = make.record("Plan", "deal", contact_ids=[contact.id])
    make.record("Nobody asked for")
    directory = directory_for(session, office.aya_box, mail_id, asked)
    assert {record.id for record in directory.records} == expected | {deal.id}
    assert set(directory.history) == {deal.id}
    assert directory.own_addresses == {"aya@kita.example"}


def test_earlier_suggestions_come_oldest_first_with_their_state_and_what_they_made(session, office, make, now, asked):
    make.propose(make.store(office.aya_box, 3, thread_id="t").mail_id, make.meeting(1))
    make.propose(make.store(office.aya_box, 1, thread_id="t").mail_id, make.contact(1))
    made = decisions.accept(session, office.aya, "meeting-1", now)
    same = make.store(office.aya_box, 2, thread_id="t").mail_id
    make.propose(same, make.meeting(2))
    directory = directory_for(session, office.aya_box, same, asked)
    assert told(directory) == [("contact-1", "pending"), ("meeting-1", "accepted")]
    assert {earlier.suggestion.id: earlier.made_id for earlier in directory.earlier} == {
        "contact-1": None,
        "meeting-1": made.target_id,
    }
    decisions.undo(session, office.aya, now)
    assert [e.state for e in directory_for(session, office.aya_box, same, asked).earlier] == ["pending", "pending"]


def test_suggestions_about_others_in_other_threads_are_not_told(session, office, make, asked):
    make.propose(make.store(office.aya_box, 1).mail_id, make.contact(1, "other@other.example"))
    assert (
        told(directory_for(session, office.aya_box, make.store(office.aya_box, 2, thread_id="t").mail_id, asked)) == []
    )


def test_a_calendar_event_is_told_in_any_thread_but_not_when_it_was_rejected(session, office, make, now):
    told_of = replace(make.meeting().activity, uid="7@north.example", sequence=0)
    for n in (1, 3):
        shown = make.meeting(n, activity=replace(told_of, uid=f"{6 + n}@north.example"))
        make.propose(make.store(office.aya_box, n, thread_id=f"t{n}").mail_id, shown)
    mail_id = make.store(office.aya_box, 2, thread_id="t").mail_id
    update = make.dossier(make.message(2), activities=(replace(told_of, sequence=1),))
    assert told(directory_for(session, office.aya_box, mail_id, update)) == [("meeting-1", "pending")]
    session.commit()
    decisions.reject(session, office.aya, "meeting-1", now)
    assert told(directory_for(session, office.aya_box, mail_id, update)) == []


def test_what_a_reader_of_this_mail_may_not_see_is_not_told(session, office, make, now, asked):
    make.propose(make.store(office.ben_box, 1, thread_id="t").mail_id, make.contact(1))
    mail_id = make.store(office.aya_box, 2, thread_id="t").mail_id
    assert told(directory_for(session, office.aya_box, mail_id, asked)) == []
    make.store(office.aya_box, 1, thread_id="t")
    assert told(directory_for(session, office.aya_box, mail_id, asked)) == [("contact-1", "pending")]
    make.store(office.ben_box, 2, thread_id="t")
    assert told(directory_for(session, office.aya_box, mail_id, asked)) == [("contact-1", "pending")]


def test_the_number_of_statements_does_not_grow_with_the_crm(session, office, make, now, asked):
    mail_id = make.store(office.aya_box, 2, thread_id="t").mail_id
    make.record(addresses=["rosa@lindgren.example"])
    before = _statements(session, lambda: directory_for(session, office.aya_box, mail_id, asked))
    for n in range(50):
        make.record(f"P {n}", addresses=[f"p{n}@people.example"])
    assert _statements(session, lambda: directory_for(session, office.aya_box, mail_id, asked)) == before


def test_what_a_suggestion_repeats_of_a_hidden_mail_is_not_told_either(session, office, make, asked):
    first, second = (
        make.store(office.aya_box, 1, thread_id="t").mail_id,
        make.store(office.aya_box, 3, thread_id="t").mail_id,
    )
    make.store(office.ben_box, 3, thread_id="t")
    make.propose(first, make.meeting(1))
    make.propose(second, make.meeting(3, supersedes="meeting-1"))
    shared = make.store(office.aya_box, 2, thread_id="t").mail_id
    assert [each for each, _ in told(directory_for(session, office.aya_box, shared, asked))] == ["meeting-3"]
    make.store(office.ben_box, 2, thread_id="t")
    assert told(directory_for(session, office.aya_box, shared, asked)) == []


def test_the_contacts_of_an_account_are_told_for_one_may_be_written_in_another_script(session, office, make, asked):
    account = make.record("株式会社神田", "account")
    colleague = make.record("神田 澪", account_id=account.id)
    directory = directory_for(session, office.aya_box, make.store(office.aya_box, 2, thread_id="t").mail_id, asked)
    assert {record.id for record in directory.records} == {account.id, colleague.id}


def _statements(session, work):
    counted = []
    note = lambda *args: counted.append(args[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", note)
    work()
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(counted)
