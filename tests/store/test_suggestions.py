"""Saving proposals and the review queue."""

from __future__ import annotations

import threading
from dataclasses import astuple, replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import errors
from pipeline.records import Activity, Address, Evidence, ProposedField, Slot, Suggestion
from pipeline.store.engine import sessions, transact
from pipeline.store.organisation import people
from pipeline.store.review import decisions
from pipeline.store.review.proposals import expire_suggestions, save_suggestions
from pipeline.store.review.suggestion_json import from_json, to_json
from pipeline.store.review.suggestions import (
    QueueCounts,
    count_pending,
    count_queue,
    get_suggestion,
    list_queue,
    list_suggestions,
)

DAY = timedelta(days=1)


@pytest.fixture
def mail_id(office, make):
    return make.store(office.aya_box).mail_id


def queue(session, reader, now, **asked):
    return [view.id for view in list_queue(session, reader, now, **asked).items]


texts = st.text(max_size=8)
options = st.none() | texts
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=offsets) | st.dates()
slots = st.builds(Slot, moments, st.none() | moments, st.booleans(), st.booleans())
evidence = st.tuples(st.builds(Evidence, st.integers(0, 9), st.integers(0, 9), texts))
activities = st.builds(
    Activity, st.just("meeting"), st.just("moved"), texts, st.floats(0, 1), evidence, st.tuples(slots),
    st.none() | moments, st.none() | moments, options, options, options, st.tuples(texts),
    options, options, options, st.none() | st.integers(0, 9),
)  # fmt: skip
proposed = st.builds(
    ProposedField, texts, texts, options, st.none() | st.floats(0, 1), st.none() | st.integers(0, 9), st.none(), texts
)


@settings(max_examples=50, deadline=None)
@given(
    st.builds(
        Suggestion,
        texts,
        st.just("create_meeting"),
        texts,
        st.floats(0, 1),
        st.tuples(proposed),
        evidence,
        options,
        st.none(),
        options,
        st.none() | activities,
        st.tuples(texts),
        options,
    )
)
def test_a_suggestion_comes_back_from_json_as_it_was(suggestion):
    found = from_json(to_json(suggestion))
    assert found == suggestion
    if suggestion.activity is not None:
        assert found.activity.slots[0].start.isoformat() == suggestion.activity.slots[0].start.isoformat()


def test_saving_again_changes_nothing(session, office, make, mail_id, now):
    assert make.propose(mail_id, make.contact(), make.meeting()) == 2
    before = list_queue(session, office.aya, now)
    assert make.propose(mail_id, make.contact(), make.meeting(), now=now + DAY) == 0
    assert list_queue(session, office.aya, now) == before


def test_a_pending_one_is_renewed_with_another_version_a_decided_one_is_not(session, office, make, mail_id, now):
    make.propose(mail_id, make.contact(), make.meeting())
    decisions.reject(session, office.aya, "meeting-1", now)
    better, other = replace(make.contact(), score=0.95), replace(make.meeting(), title="Other")
    make.propose(mail_id, better, other)
    view = get_suggestion(session, office.aya, "contact-1", now)
    assert (view.suggestion, view.version) == (better, 2)
    rejected = get_suggestion(session, office.aya, "meeting-1", now)
    assert (rejected.state, rejected.suggestion.title) == ("rejected", "Offer review")


def test_a_suggestion_is_shown_with_its_mails_subject_and_sender(session, office, make, now):
    sender = Address("湊 亜矢子", "minato@kisen.example")
    make.propose(make.store(office.aya_box, 1, from_=sender).mail_id, make.meeting(1, person=sender.address))
    make.propose(make.store(office.aya_box, 2, from_=None).mail_id, make.contact(2))
    known, unknown = list_queue(session, office.aya, now).items
    assert (known.mail_subject, known.mail_from_name, known.mail_from_address) == ("Offer 1", *astuple(sender))
    assert (unknown.mail_subject, unknown.mail_from_name, unknown.mail_from_address) == ("Offer 2", None, None)
    assert get_suggestion(session, office.aya, known.id, now) == known
    assert list_suggestions(session, office.aya, now).items == (known, unknown)


@pytest.mark.parametrize("action", [decisions.accept, decisions.reject])
def test_what_was_decided_does_not_come_back(session, office, make, mail_id, now, action):
    make.propose(mail_id, make.contact())
    action(session, office.aya, "contact-1", now)
    assert make.propose(mail_id, make.contact()) == 0
    assert queue(session, office.aya, now) == []


def test_a_rejected_person_is_not_asked_about_again_from_another_mail(session, office, make, mail_id, now):
    make.propose(mail_id, make.contact(1))
    decisions.reject(session, office.aya, "contact-1", now)
    other = make.store(office.ben_box, 2).mail_id
    assert make.propose(other, make.contact(2, company="Other AB", full_name="ROSA  LINDGREN")) == 0
    assert make.propose(other, make.contact(3, "other@lindgren.example")) == 1


def test_a_rejected_value_is_left_out_of_later_and_of_waiting_suggestions_for_everybody(
    session, office, make, mail_id, now
):
    record = make.record().id
    other = make.store(office.ben_box, 2).mail_id
    make.propose(other, make.update(2, record, company=(None, "Lindgren"), department=(None, "Buying")))
    make.propose(other, make.update(3, record, company=(None, "LINDGREN")))
    make.propose(mail_id, make.update(1, record, company=(None, "Lindgren")))
    decisions.reject(session, office.aya, "update-1", now)
    (waiting,) = list_queue(session, office.ben, now).items
    assert (waiting.id, [field.name for field in waiting.suggestion.fields]) == ("update-2", ["department"])
    assert waiting.version == 2
    assert make.propose(other, make.update(4, record, company=(None, "lindgren"))) == 0


def test_waiting_suggestions_that_ask_nothing_new_are_closed_by_an_accept(session, office, make, mail_id, now):
    other = make.store(office.aya_box, 2).mail_id
    make.propose(mail_id, make.contact(1))
    make.propose(other, make.contact(2, job_title="Buyer"))
    make.propose(other, replace(make.contact(3), kind="successor"))
    decisions.accept(session, office.aya, "contact-2", now)
    states = {n: get_suggestion(session, office.aya, f"contact-{n}", now).state for n in (1, 2, 3)}
    assert states == {1: "superseded", 2: "accepted", 3: "superseded"}


def test_the_newer_mails_suggestion_stands_whichever_is_stored_first(session, office, make, now):
    old, new = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2).mail_id
    make.propose(new, make.contact(2))
    make.propose(old, make.contact(1))
    assert queue(session, office.aya, now) == ["contact-2"]
    assert get_suggestion(session, office.aya, "contact-1", now).state == "superseded"


def test_nobody_loses_a_suggestion_to_one_they_may_not_see(session, office, make, now):
    shared, own = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2).mail_id
    make.store(office.ben_box, 1)
    make.propose(shared, make.contact(1), make.meeting(1))
    make.propose(own, make.contact(2), make.meeting(2, supersedes="meeting-1"))
    assert set(queue(session, office.ben, now)) == {"contact-1", "meeting-1"}


def test_a_continued_meeting_takes_the_place_of_the_one_it_continues(session, office, make, now):
    first, second = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2).mail_id
    make.propose(first, make.meeting(1))
    make.propose(second, make.meeting(2, supersedes="meeting-1", title="Moved"))
    assert queue(session, office.aya, now) == ["meeting-2"]
    with pytest.raises(errors.Conflict, match="newer"):
        decisions.accept(session, office.aya, "meeting-1", now)


def test_a_repeat_of_what_was_superseded_closes_nothing(session, office, make, now):
    """Another mailbox's copy of the older mail arrives after the newer one: what stands goes on standing."""
    first, second = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2).mail_id
    make.propose(first, make.meeting(1))
    make.propose(second, make.meeting(2, supersedes="meeting-1"))
    make.propose(first, make.meeting(1, supersedes="meeting-2"))
    assert queue(session, office.aya, now) == ["meeting-2"]


def test_what_repeats_a_rejected_meeting_of_a_hidden_mail_is_hidden(session, office, make, now):
    first, second = (make.store(office.aya_box, n, thread_id="t").mail_id for n in (1, 2))
    make.propose(first, make.meeting(1))
    decisions.reject(session, office.aya, "meeting-1", now)
    moved = replace(make.meeting().activity, status="moved", location="told in the first mail")
    make.propose(second, make.meeting(2, activity=moved))
    make.store(office.ben_box, 2, thread_id="t")
    assert (queue(session, office.aya, now), queue(session, office.ben, now)) == (["meeting-2"], [])


def test_a_rejected_meeting_that_the_readers_could_not_see_hides_nothing_from_them(session, office, make, now):
    hers, his = (
        make.store(office.aya_box, 1, thread_id="t").mail_id,
        make.store(office.ben_box, 2, thread_id="t").mail_id,
    )
    make.propose(hers, make.meeting(1))
    decisions.reject(session, office.aya, "meeting-1", now)
    make.propose(his, make.meeting(2, activity=replace(make.meeting().activity, status="moved")))
    assert queue(session, office.ben, now) == ["meeting-2"]


def test_a_mail_of_another_organisation_cannot_be_proposed_for(session, office, other_office, make, mail_id, now):
    with pytest.raises(errors.NotFound):
        save_suggestions(session, other_office.organisation_id, mail_id, [make.contact()], now)
    with pytest.raises(errors.NotFound):
        make.propose("nothing", make.contact())


def test_two_organisations_may_have_the_same_suggestion(session, office, other_office, make, mail_id, now):
    theirs = make.store(other_office.aya_box).mail_id
    make.propose(mail_id, make.contact())
    assert save_suggestions(session, other_office.organisation_id, theirs, [make.contact()], now) == 1
    decisions.reject(session, office.aya, "contact-1", now)
    assert queue(session, other_office.aya, now) == ["contact-1"]


def test_the_queue_begins_with_the_most_valuable(session, office, make, mail_id, now):
    low = replace(make.contact(9, "b@b.example"), score=0.2)
    make.propose(mail_id, low, make.contact(1), make.meeting())
    assert queue(session, office.aya, now) == ["meeting-1", "contact-1", "contact-9"]
    assert count_queue(session, office.aya, now) == QueueCounts(3, 0, {"create_contact": 2, "create_meeting": 1})


def test_pages_go_on_where_the_last_one_ended_also_when_something_was_decided(session, office, make, mail_id, now):
    made = [make.contact(n, f"p{n}@people.example", full_name=f"P {n}") for n in range(7)]
    make.propose(mail_id, *(replace(one, score=0.9 if n < 4 else 0.8) for n, one in enumerate(made)))
    first = list_queue(session, office.aya, now, limit=3)
    decisions.reject(session, office.aya, first.items[0].id, now)
    second = list_queue(session, office.aya, now, limit=3, cursor=first.next_cursor)
    third = list_queue(session, office.aya, now, limit=3, cursor=second.next_cursor)
    seen = [view.id for page in (first, second, third) for view in page.items]
    assert (len(seen), len(set(seen)), third.next_cursor) == (7, 7, None)
    with pytest.raises(errors.UsageError):
        list_queue(session, office.aya, now, cursor="bm9uc2Vuc2U")


def test_a_snoozed_one_is_away_for_its_reader_only_until_the_time(session, office, make, mail_id, now):
    make.store(office.ben_box)
    make.propose(mail_id, make.contact())
    decisions.snooze(session, office.aya, "contact-1", now + DAY, now)
    assert queue(session, office.aya, now) == []
    assert queue(session, office.ben, now) == ["contact-1"]
    assert queue(session, office.aya, now + DAY) == ["contact-1"]
    assert count_queue(session, office.aya, now) == QueueCounts(0, 1, {})
    asleep = list_suggestions(session, office.aya, now, state="snoozed").items[0]
    assert (asleep.state, asleep.snoozed_until) == ("snoozed", now + DAY)
    assert get_suggestion(session, office.ben, "contact-1", now).state == "pending"
    assert decisions.accept(session, office.aya, "contact-1", now).before == "snoozed"


def test_a_snooze_can_be_set_anew_but_not_into_the_past(session, office, make, mail_id, now):
    make.propose(mail_id, make.contact())
    decisions.snooze(session, office.aya, "contact-1", now + DAY, now)
    decisions.snooze(session, office.aya, "contact-1", now + 3 * DAY, now)
    assert get_suggestion(session, office.aya, "contact-1", now).snoozed_until == now + 3 * DAY
    with pytest.raises(errors.UsageError):
        decisions.snooze(session, office.aya, "contact-1", now, now)


def test_a_muted_person_is_silent_for_everybody_until_unmuted(session, office, make, mail_id, now):
    make.store(office.ben_box)
    make.propose(mail_id, make.contact(), make.meeting(), make.contact(2, "b@b.example"))
    decisions.mute_person(session, office.aya, "contact-1", now)
    later = make.store(office.ben_box, 2).mail_id
    make.propose(later, make.contact(3))
    assert queue(session, office.aya, now) == queue(session, office.ben, now) == ["contact-2"]
    assert decisions.list_muted(session, office.ben) == ("rosa@lindgren.example",)
    decisions.unmute_person(session, office.ben, "Rosa@lindgren.example")
    assert "meeting-1" in queue(session, office.ben, now)


def test_who_is_nobody_cannot_be_muted(session, office, make, mail_id, now):
    make.propose(mail_id, replace(make.contact(), person=None))
    with pytest.raises(errors.UsageError):
        decisions.mute_person(session, office.aya, "contact-1", now)


def test_after_thirty_days_a_suggestion_is_over_also_before_it_is_marked(session, office, make, mail_id, now):
    make.propose(mail_id, make.contact(), make.meeting())
    decisions.accept(session, office.aya, "meeting-1", now)
    late = now + 30 * DAY
    assert queue(session, office.aya, late - timedelta(seconds=1)) == ["contact-1"]
    assert queue(session, office.aya, late) == []
    assert [v.id for v in list_suggestions(session, office.aya, late, state="expired").items] == ["contact-1"]
    assert expire_suggestions(session, office.organisation_id, late) == 1
    assert expire_suggestions(session, office.organisation_id, late) == 0
    assert [v.state for v in list_suggestions(session, office.aya, now, state="expired").items] == ["expired"]
    assert get_suggestion(session, office.aya, "meeting-1", late).state == "accepted"


def test_suggestions_are_listed_by_state_mail_and_record(session, office, make, mail_id, now):
    other, record = make.store(office.aya_box, 2).mail_id, make.record().id
    make.propose(mail_id, make.contact())
    make.propose(other, make.update(1, record, company=(None, "X")))
    listed = {
        name: [view.id for view in list_suggestions(session, office.aya, now, **asked).items]
        for name, asked in {
            "all": {}, "mail": {"mail_id": other}, "record": {"record_id": record}, "accepted": {"state": "accepted"},
        }.items()
    }  # fmt: skip
    assert listed == {"all": ["contact-1", "update-1"], "mail": ["update-1"], "record": ["update-1"], "accepted": []}


def test_hostile_text_is_saved_cleaned(session, office, make, mail_id, now):
    make.propose(mail_id, make.contact(person="a\x00@" + "x" * 5000, full_name="R\x00\ud800"))
    assert list_queue(session, office.aya, now).items[0].suggestion.title == "R\ufffd\ufffd"


def test_importers_who_propose_at_once_double_nothing(engine, session, office, make, now):
    mails = [make.store(office.aya_box, n).mail_id for n in range(4)]
    session.commit()

    def work(order):
        for n in order:
            transact(
                sessions(engine), lambda own, n=n: make.clone(own).propose(mails[n], make.contact(n), make.meeting(n))
            )

    threads = [threading.Thread(target=work, args=(order,)) for order in (range(4), range(3, -1, -1)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list_suggestions(session, office.aya, now).items) == 8
    assert [view.id for view in list_queue(session, office.aya, now).items if "contact" in view.id] == ["contact-3"]


def test_a_daily_cap_leaves_the_most_valuable_ones_and_counts_what_was_decided(session, office, make, mail_id, now):
    make.propose(mail_id, *(make.contact(n, f"p{n}@lindgren.example", full_name=f"Person {n}") for n in range(5)))
    everything = [one.id for one in list_queue(session, office.aya, now).items]
    assert len(everything) == 5
    aya = people.set_preferences(session, office.aya.id, daily_cap=3)
    page = list_queue(session, aya, now, limit=2)
    rest = list_queue(session, aya, now, limit=2, cursor=page.next_cursor)
    assert [one.id for one in (*page.items, *rest.items)] == everything[:3]
    assert rest.next_cursor is None
    assert count_pending(session, aya, now) == count_queue(session, aya, now).pending == 3
    decided = decisions.reject(session, aya, everything[0], now)
    assert [one.id for one in list_queue(session, aya, now).items] == everything[1:3]
    decisions.undo(session, aya, now, decision_id=decided.id)
    assert count_pending(session, aya, now) == 3
    for one in everything[:3]:
        decisions.reject(session, aya, one, now)
    assert list_queue(session, aya, now).items == ()
    assert len(list_queue(session, aya, now + timedelta(days=1)).items) == 2
    assert count_pending(session, people.set_preferences(session, aya.id, daily_cap=0), now) == 2
