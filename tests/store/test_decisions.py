"""Decisions: what accepting makes real, what a repeat or a conflict does."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from pipeline import errors
from pipeline.records import ProposedField, Slot
from pipeline.store.crm import links, records
from pipeline.store.crm.activities import list_activities
from pipeline.store.crm.record_writing import FieldValue, set_field
from pipeline.store.engine import sessions, transact
from pipeline.store.mail import mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.review import decisions
from pipeline.store.review.suggestions import get_suggestion, list_queue
from pipeline.store.tables import ActivityRow, DecisionRow, RecordRow


@pytest.fixture
def mail_id(office, make):
    return make.store(office.aya_box).mail_id


@pytest.fixture
def ask(session, office, make, mail_id, now):
    """Save suggestions of the mail and return the first one's id."""

    def save(*proposed):
        make.propose(mail_id, *proposed)
        session.commit()
        return proposed[0].id

    return save


def contacts(session, reader):
    return records.list_records(session, reader, kind="contact").items


def test_accepting_creates_the_contact_with_values_address_account_and_links(session, office, make, ask, mail_id, now):
    account = make.record("LINDGREN", "account")
    earlier = make.store(office.aya_box, 2).mail_id
    decision = decisions.accept(session, office.aya, ask(make.contact(job_title="Buyer")), now)
    (contact,) = contacts(session, office.aya)
    assert (decision.action, decision.after, decision.target_id) == ("accept", "accepted", contact.id)
    assert (contact.name, contact.addresses, contact.account_id) == (
        "Rosa Lindgren",
        ("rosa@lindgren.example",),
        account.id,
    )
    assert dict(contact.fields) == {"full_name": "Rosa Lindgren", "company": "Lindgren AB", "job_title": "Buyer"}
    assert contact.edited_fields == frozenset()
    detail = records.get_record(session, office.aya, contact.id)
    assert {(f.origin, f.edited_by, f.mail_id) for f in detail.fields} == {("suggestion", office.aya.id, mail_id)}
    page = mails.list_mails(session, office.aya, narrow=MailFilter(record_id=contact.id))
    assert {mail.id for mail in page.items} == {mail_id, earlier}
    assert list_queue(session, office.aya, now).items == ()


def test_accepting_a_lead_creates_a_lead(session, office, make, ask, now):
    decisions.accept(session, office.aya, ask(replace(make.contact(), record_kind="lead")), now)
    assert [record.kind for record in records.list_records(session, office.aya).items] == ["lead"]


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"family_name": "山田", "given_name": "太郎"}, "山田 太郎"),
        ({"given_name": "Rosa", "family_name": "Lindgren"}, "Rosa Lindgren"),
        ({"company": "Lindgren AB"}, "Lindgren AB"),
        ({"phone": "+4681234567"}, "rosa@lindgren.example"),
    ],
)
def test_a_contact_without_a_full_name_is_called_by_what_there_is(session, office, make, ask, now, values, name):
    fields = tuple(ProposedField(field, value, None, 0.9, None, None, "r") for field, value in values.items())
    decisions.accept(session, office.aya, ask(replace(make.contact(), fields=fields)), now)
    assert [contact.name for contact in contacts(session, office.aya)] == [name]


def test_editing_stores_what_was_typed_as_the_persons_own(session, office, make, ask, now):
    asked = ask(make.contact(job_title="Byuer"))
    typed = [FieldValue("full_name", "Rosa Lindgren"), FieldValue("job_title", "Buyer")]
    decision = decisions.accept(session, office.aya, asked, now, values=typed)
    (contact,) = contacts(session, office.aya)
    assert decision.action == "edit"
    assert dict(contact.fields) == {"full_name": "Rosa Lindgren", "job_title": "Buyer"}
    assert contact.edited_fields == {"job_title"}
    assert contact.addresses == ("rosa@lindgren.example",)


def test_what_an_edit_replaced_is_not_proposed_again(session, office, make, ask, mail_id, now):
    decision = decisions.accept(
        session,
        office.aya,
        ask(make.contact(job_title="Byuer")),
        now,
        values=[FieldValue("full_name", "Rosa Lindgren")],
    )
    assert make.propose(mail_id, make.update(1, decision.target_id, job_title=(None, "byuer"))) == 0
    assert make.propose(mail_id, make.update(2, decision.target_id, job_title=(None, "Buyer"))) == 1


def test_values_that_equal_the_proposed_ones_are_a_plain_accept(session, office, make, ask, now):
    asked = make.contact()
    typed = [FieldValue(field.name, field.value) for field in asked.fields]
    assert decisions.accept(session, office.aya, ask(asked), now, values=typed).action == "accept"


def test_an_edit_that_leaves_nothing_is_refused(session, office, make, ask, now):
    with pytest.raises(errors.UsageError, match="reject"):
        decisions.accept(session, office.aya, ask(make.contact()), now, values=[])


def test_a_contact_that_exists_meanwhile_is_completed_never_doubled_nor_overwritten(session, office, make, ask, now):
    known = make.record("R. Lindgren", addresses=["rosa@lindgren.example"], fields={"company": "Older AB"})
    decision = decisions.accept(session, office.aya, ask(make.contact(job_title="Buyer", phone="+4681234567")), now)
    (contact,) = contacts(session, office.aya)
    assert decision.target_id == contact.id == known.id
    assert contact.fields["company"] == "Older AB"
    assert (contact.fields["job_title"], contact.fields["phone"]) == ("Buyer", "+4681234567")


def test_updating_replaces_the_old_value_and_says_who_did(session, office, make, ask, mail_id, now):
    known = make.record(fields={"job_title": "Buyer", "phone": "+4681111111"}, addresses=["rosa@lindgren.example"])
    account = make.record("Sandberg", "account")
    asked = make.update(
        1, known.id, job_title=("Buyer", "Head of buying"), phone=(None, "+4682222222"),
        company=(None, "Sandberg AB"), email=("rosa@lindgren.example", "rosa@sandberg.example"),
    )  # fmt: skip
    decisions.accept(session, office.aya, ask(asked), now)
    (contact,) = records.load_records(session, [known.id])
    assert (contact.fields["job_title"], contact.account_id) == ("Head of buying", account.id)
    assert contact.addresses == ("rosa@sandberg.example", "rosa@lindgren.example")
    stored = records.get_record(session, office.aya, known.id).fields
    assert [f.value for f in stored if f.name == "phone"] == ["+4681111111", "+4682222222"]
    assert links.records_of_mail(session, office.aya, mail_id) == (contact,)


def test_one_of_several_numbers_is_replaced_where_the_old_one_is_named(session, office, make, ask, now):
    known = make.record(fields={"phone": "+4681111111"})
    source_id = ask(make.update(1, known.id, phone=("+4681111111", "+4682222222")))
    decisions.accept(session, office.aya, source_id, now)
    stored = records.get_record(session, office.aya, known.id).fields
    assert [f.value for f in stored] == ["+4682222222"]


def test_a_new_full_name_renames_the_record(session, office, make, ask, now):
    known = make.record(fields={"full_name": "Rosa Lindgren"})
    decisions.accept(session, office.aya, ask(make.update(1, known.id, full_name=("Rosa Lindgren", "Rosa Berg"))), now)
    assert records.related(session, office.organisation_id, names=["Rosa  BERG"])[0].name == "Rosa Berg"


def test_a_value_that_somebody_changed_meanwhile_is_not_overwritten(session, office, make, ask, now):
    known = make.record(fields={"job_title": "Buyer"})
    asked = ask(make.update(1, known.id, job_title=("Buyer", "Head of buying")))
    set_field(session, office.ben, known.id, FieldValue("job_title", "Director"), now)
    session.commit()
    with pytest.raises(errors.Conflict, match="changed since"):
        decisions.accept(session, office.aya, asked, now)
    session.rollback()
    assert get_suggestion(session, office.aya, asked, now).state == "pending"
    assert records.load_records(session, [known.id])[0].fields["job_title"] == "Director"


def test_a_record_that_is_gone_or_elsewhere_is_not_found(session, office, other_office, make, ask, now):
    theirs = make.clone(session)
    theirs.office = other_office
    for n, record_id in enumerate(["nothing", theirs.record().id]):
        with pytest.raises(errors.NotFound):
            decisions.accept(session, office.aya, ask(make.update(n, record_id, job_title=(None, "x"))), now)


def test_accepting_a_meeting_stores_it_with_its_slots(session, office, make, ask, mail_id, now):
    decision = decisions.accept(session, office.aya, ask(make.meeting()), now)
    (meeting,) = list_activities(session, office.aya)
    start = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)
    assert (meeting.id, meeting.kind, meeting.status) == (decision.target_id, "meeting", "proposed")
    assert meeting.slots == (Slot(start, start + timedelta(hours=1), False, False),)
    assert (meeting.starts_at, meeting.mail_id, meeting.participants) == (start, mail_id, ("Rosa Lindgren",))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"title": "Planning"}, {"title": "Planning"}),
        ({"title": ""}, {"title": "Offer review"}),
        ({"location": "東京 本社"}, {"location": "東京 本社"}),
        ({"participants": "A, B,, "}, {"participants": ("A", "B")}),
        ({"participants": ""}, {"participants": ()}),
        ({"due": "2026-03-20"}, {"due": date(2026, 3, 20)}),
        ({"start": ""}, {"slots": (), "starts_at": None}),
        ({"start": "2026-03-13"}, {"slots": (Slot(date(2026, 3, 13), None, True, False),)}),
        (
            {"start": "2026-03-13T10:00:00+09:00", "end": "2026-03-13T11:00:00+09:00"},
            {"starts_at": datetime(2026, 3, 13, 1, 0, tzinfo=UTC)},
        ),
    ],
)
def test_a_meeting_can_be_edited_before_it_is_accepted(session, office, make, ask, now, typed, expected):
    values = [FieldValue(name, value) for name, value in typed.items()]
    decisions.accept(session, office.aya, ask(make.meeting()), now, values=values)
    (meeting,) = list_activities(session, office.aya)
    assert {name: getattr(meeting, name) for name in expected} == expected


@pytest.mark.parametrize(
    "typed",
    [
        {"start": "tomorrow"},
        {"start": "2026-03-13T10:00:00"},
        {"start": "2026-03-13T10:00:00+09:00", "end": "2026-03-13T09:00:00+09:00"},
        {"start": "2026-03-13T10:00:00+09:00", "end": "2026-03-13"},
        {"due": "99999999999"},
        {"colour": "blue"},
    ],
)
def test_an_edit_that_cannot_be_read_is_refused(session, office, make, ask, now, typed):
    values = [FieldValue(name, value) for name, value in typed.items()]
    with pytest.raises(errors.UsageError):
        decisions.accept(session, office.aya, ask(make.meeting()), now, values=values)


def test_a_moved_meeting_changes_the_accepted_one(session, office, make, ask, now):
    made = decisions.accept(session, office.aya, ask(make.meeting(1)), now)
    moved = replace(make.meeting().activity, status="moved", slots=(Slot(date(2026, 3, 20), None, True, False),))
    asked = ask(make.meeting(2, kind="change_meeting", activity=moved, record_id=made.target_id))
    decisions.accept(session, office.aya, asked, now)
    (meeting,) = list_activities(session, office.aya)
    assert (meeting.id, meeting.status, meeting.starts_at.date()) == (made.target_id, "moved", date(2026, 3, 20))


def test_a_change_without_a_named_meeting_finds_the_threads_one_and_a_cancelled_keeps_its_time(
    session, office, make, ask, now
):
    made = decisions.accept(session, office.aya, ask(make.meeting(1)), now)
    cancelled = replace(make.meeting().activity, status="cancelled", slots=(), title="")
    decisions.accept(session, office.aya, ask(make.meeting(2, kind="change_meeting", activity=cancelled)), now)
    (meeting,) = list_activities(session, office.aya)
    assert (meeting.id, meeting.status, meeting.title) == (made.target_id, "cancelled", "Offer review")
    assert meeting.starts_at == datetime(2026, 3, 12, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("first", ["accept", "edit", "reject"])
@pytest.mark.parametrize("second", ["accept", "edit", "reject", "snooze", "mute"])
def test_a_repeat_changes_nothing_and_anything_else_conflicts(session, office, make, ask, now, first, second):
    asked = ask(make.contact())
    act = {
        "accept": lambda: decisions.accept(session, office.aya, asked, now, version=1),
        "edit": lambda: decisions.accept(
            session, office.aya, asked, now, version=1, values=[FieldValue("full_name", "R. L.")]
        ),
        "reject": lambda: decisions.reject(session, office.aya, asked, now, version=1),
        "snooze": lambda: decisions.snooze(session, office.aya, asked, now + timedelta(days=1), now, version=1),
        "mute": lambda: decisions.mute_person(session, office.aya, asked, now, version=1),
    }
    decided = act[first]()
    session.commit()
    if first == second:
        assert act[second]() == replace(decided, repeated=True)
    else:
        with pytest.raises(errors.Conflict):
            act[second]()
    assert session.scalar(select(func.count()).select_from(DecisionRow)) == 1


def test_an_edit_with_other_values_conflicts(session, office, make, ask, now):
    asked = ask(make.contact())
    decisions.accept(session, office.aya, asked, now, values=[FieldValue("full_name", "R. L.")])
    with pytest.raises(errors.Conflict):
        decisions.accept(session, office.aya, asked, now, values=[FieldValue("full_name", "R. B.")])


def test_a_suggestion_that_changed_since_it_was_shown_conflicts(session, office, make, ask, mail_id, now):
    asked = ask(make.contact())
    make.propose(mail_id, replace(make.contact(), score=0.5))
    with pytest.raises(errors.Conflict, match="since it was shown"):
        decisions.accept(session, office.aya, asked, now, version=1)
    assert decisions.accept(session, office.aya, asked, now, version=2).version_shown == 2


def test_what_expired_or_was_superseded_cannot_be_decided(session, office, make, ask, now):
    asked = ask(make.contact())
    with pytest.raises(errors.Conflict, match="expired"):
        decisions.accept(session, office.aya, asked, now + timedelta(days=30))
    later = make.store(office.aya_box, 2).mail_id
    make.propose(later, make.contact(2))
    with pytest.raises(errors.Conflict, match="newer"):
        decisions.accept(session, office.aya, asked, now)


def test_of_deciders_who_race_one_decides_and_the_others_are_told(engine, session, office, make, ask, now):
    make.store(office.ben_box)
    asked, answers = ask(make.contact(), make.meeting()), []

    def decide(reader, act):
        try:
            transact(sessions(engine), lambda own: act(own, reader, asked, now))
            answers.append("decided")
        except errors.Conflict:
            answers.append("conflict")

    acts = [(office.aya, decisions.accept), (office.ben, decisions.reject)] * 3
    _together([lambda each=each: decide(*each) for each in acts])
    assert sorted(answers) == ["conflict"] * 3 + ["decided"] * 3
    state = get_suggestion(session, office.aya, asked, now).state
    assert len(contacts(session, office.aya)) == (1 if state == "accepted" else 0)
    assert session.scalar(select(func.count()).select_from(DecisionRow)) == 1


def test_two_suggestions_about_one_person_accepted_at_once_make_one_contact(engine, session, office, make, now):
    mine, theirs = make.store(office.aya_box, 1).mail_id, make.store(office.ben_box, 2).mail_id
    make.propose(mine, make.contact(1, job_title="Buyer"))
    make.propose(theirs, make.contact(2, department="Purchasing"))
    session.commit()
    pairs = [(office.aya, "contact-1"), (office.ben, "contact-2")]
    _together(
        [
            lambda reader=reader, asked=asked: transact(
                sessions(engine), lambda own: decisions.accept(own, reader, asked, now)
            )
            for reader, asked in pairs
        ]
    )
    (contact,) = contacts(session, office.aya)
    assert (contact.fields["job_title"], contact.fields["department"]) == ("Buyer", "Purchasing")


def test_meetings_accepted_many_times_at_once_are_one(engine, session, office, make, ask, now):
    asked = ask(make.meeting())
    work = lambda: transact(sessions(engine), lambda own: decisions.accept(own, office.aya, asked, now))  # noqa: E731
    _together([work] * 6)
    assert session.scalar(select(func.count()).select_from(ActivityRow)) == 1
    assert session.scalar(select(func.count()).select_from(RecordRow)) == 0


def _together(works):
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
