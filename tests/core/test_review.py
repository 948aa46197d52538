"""The life of a suggestion and the memory of rejections, as plain decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.core import review
from pipeline.core.review import Memory, is_over, memories, next_state, topic, without_rejected, worth
from pipeline.records import Activity, ProposedField, Slot, Suggestion, SuggestionKind

STATES = get_args(review.State)
ACTIONS = get_args(review.Action)


def field(name, value, old=None):
    return ProposedField(name, value, old, 0.9, None, None, "rule")


def person(*fields, **changes):
    made = Suggestion("s1", "create_contact", "Mio Kanda", 0.9, fields, (), "mio@kanda.example", "contact")
    return replace(made, **changes)


def activity(kind="meeting", status="proposed", title="Review", **changes):
    made = Activity(kind, status, title, 0.9, (), **changes)
    return Suggestion("a1", f"create_{kind}", title, 0.9, (), (), "mio@kanda.example", activity=made)


NAME, FIRM, PHONE = field("full_name", "Mio Kanda"), field("company", "株式会社神田"), field("phone", "+81312345678")


@pytest.mark.parametrize("state", ["pending", "snoozed"])
@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("accept", "accepted"),
        ("edit", "edited"),
        ("reject", "rejected"),
        ("snooze", "snoozed"),
        ("mute", "pending"),
        ("supersede", "superseded"),
        ("expire", "expired"),
    ],
)
def test_what_is_open_may_go_anywhere(state, action, after):
    assert next_state(state, action) == after


@pytest.mark.parametrize("state", sorted(review.FINAL))
@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_closed_stays_closed(state, action):
    with pytest.raises(errors.Conflict):
        next_state(state, action)


def test_only_what_sleeps_wakes():
    assert next_state("snoozed", "wake") == "pending"
    with pytest.raises(errors.Conflict):
        next_state("pending", "wake")


def test_the_table_speaks_of_known_states_and_every_state_has_its_words():
    assert {state for pair in review.TRANSITIONS for state in pair[:1]} | set(review.TRANSITIONS.values()) <= set(
        STATES
    )
    assert set(review._REASONS) == set(STATES)


@given(st.sampled_from(get_args(SuggestionKind)), st.floats(0, 1))
def test_worth_is_a_share_of_the_score(kind, score):
    assert 0 <= worth(kind, score) <= score + 1e-6


def test_what_is_bound_to_a_day_comes_before_what_completes_a_record():
    order = sorted(get_args(SuggestionKind), key=lambda kind: -worth(kind, 0.9))
    assert order[:4] == ["change_meeting", "change_call", "create_meeting", "create_call"]
    assert order[-1] == "link_deal"


def test_a_rejection_remembers_each_value_under_the_record_or_else_the_person():
    assert memories(person(NAME, FIRM), "t") == (
        Memory("person:mio@kanda.example", "full_name", "miokanda"),
        Memory("person:mio@kanda.example", "company", "神田"),
    )
    assert memories(person(FIRM, record_id="r1"), "t")[0].subject == "record:r1"
    assert memories(person(FIRM, person=None), "t")[0].subject == "suggestion:s1"


def test_a_rejected_name_ends_the_asking_about_a_new_person():
    rejected = set(memories(person(NAME), "t"))
    assert without_rejected(person(NAME, FIRM, PHONE), "t", rejected) is None


def test_other_rejected_values_are_left_out_in_any_spelling():
    rejected = set(memories(person(field("company", "(株)神田")), "t"))
    assert without_rejected(person(NAME, FIRM, PHONE), "t", rejected) == person(NAME, PHONE)


def test_an_update_with_nothing_left_is_not_asked():
    asked = person(FIRM, kind="update_contact", record_id="r1")
    assert without_rejected(asked, "t", set(memories(asked, "t"))) is None
    assert without_rejected(replace(asked, record_id="r2"), "t", set(memories(asked, "t"))) is not None


def test_what_was_rejected_for_a_person_holds_when_they_have_a_record():
    rejected = set(memories(person(PHONE), "t"))
    assert without_rejected(person(FIRM, PHONE, record_id="r1"), "t", rejected) == person(FIRM, record_id="r1")


def test_nothing_rejected_leaves_the_suggestion_itself():
    asked = person(NAME, FIRM)
    assert without_rejected(asked, "t", set()) is asked


def test_a_rejected_meeting_is_not_asked_again_in_its_thread_but_at_another_time_it_is():
    at = [datetime(2026, 3, day, 15, tzinfo=UTC) for day in (12, 13)]
    asked, other = (activity(slots=(Slot(start, None, False, False),)) for start in at)
    rejected = set(memories(asked, "t"))
    assert without_rejected(replace(asked, id="again"), "t", rejected) is None
    assert without_rejected(other, "t", rejected) is other
    assert without_rejected(asked, "another thread", rejected) is asked


def test_tasks_of_one_thread_differ_by_what_is_to_be_done():
    one, two = activity("task", "open", "Send the plan"), activity("task", "open", "Send the contract")
    assert topic(one, "t") != topic(two, "t")
    assert topic(one, "t") == topic(activity("task", "open", "send the  plan"), "t")
    assert topic(one, "t") != topic(activity("task", "open", "Send the plan", due=date(2026, 3, 12)), "t")


def test_topics_of_people_follow_person_record_and_fields():
    assert topic(person(NAME), "t") == topic(person(NAME, FIRM, id="s2"), "u")
    assert topic(person(FIRM, record_id="r1"), "t") != topic(person(PHONE, record_id="r1"), "t")
    assert topic(person(FIRM, record_id="r1"), "t") != topic(person(FIRM, record_id="r2"), "t")


def test_a_rejected_deal_is_remembered_for_the_thread():
    asked = person(field("deal", "d1"), kind="link_deal", record_id="d1", record_kind="deal")
    rejected = set(memories(asked, "t"))
    assert without_rejected(asked, "t", rejected) is None
    assert without_rejected(asked, "u", rejected) is asked


NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("times", "over"),
    [
        ({}, False),
        ({"slots": (Slot(NOW - HOUR, None, False, False),)}, True),
        ({"slots": (Slot(NOW - HOUR, NOW + HOUR, False, False),)}, False),
        ({"slots": (Slot(NOW - HOUR, None, False, False), Slot(NOW + HOUR, None, False, False))}, False),
        ({"slots": (Slot(date(2026, 3, 9), None, True, False),)}, True),
        ({"slots": (Slot(date(2026, 3, 10), None, True, False),)}, False),
        ({"due": date(2026, 3, 9)}, True),
        ({"due": NOW + HOUR}, False),
    ],
)
def test_an_activity_is_over_when_all_its_times_have_passed(times, over):
    activity = Activity("meeting", "proposed", "x", 0.9, (), **times)
    assert is_over(activity, NOW) is over


def test_what_is_over_waits_behind_a_new_contact():
    assert worth("create_meeting", 1.0, over=True) < worth("link_deal", 0.5) < worth("create_contact", 0.9)
    assert not is_over(None, NOW)
