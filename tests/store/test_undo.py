"""Undo restores every row exactly, in any order that makes sense, and refuses where it would destroy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pipeline import errors
from pipeline.records import ProposedField
from pipeline.store.crm import links, records
from pipeline.store.crm.record_writing import FieldValue, set_field
from pipeline.store.engine import sessions
from pipeline.store.review import decisions
from pipeline.store.review.suggestions import get_suggestion, list_queue
from pipeline.store.rows import lock
from pipeline.store.tables import Base


def snapshot(session):
    """Every row of every table that a decision may touch; versions apart, which go on growing."""
    apart = {"decisions", "web_sessions", "audit_log"}
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in apart:
            columns = [column for column in table.columns if column.name != "version"]
            rows = session.execute(select(*columns).order_by(*table.primary_key.columns)).all()
            found[table.name] = [tuple(row) for row in rows]
    return found


@pytest.fixture
def desk(session, office, make):
    """Six suggestions about three people, a record to update, a deal, and another mail by one of the people."""
    mail_id = make.store(office.aya_box, 1).mail_id
    make.store(office.aya_box, 2)
    known = make.record(
        "Kenji Mori", fields={"job_title": "Buyer", "phone": "+81312345678"}, addresses=["mori@mori.example"]
    )
    make.record("Lindgren", "account")
    deal = make.record("Plan A", "deal")
    link = replace(
        make.contact(), id="deal-1", kind="link_deal", person="mori@mori.example", record_id=deal.id,
        fields=(ProposedField("deal", deal.id, None, None, None, None, "r"),),
    )  # fmt: skip
    make.propose(
        mail_id, make.contact(1), make.contact(2, "mio@kanda.example", full_name="Mio Kanda"), make.meeting(1),
        make.update(1, known.id, "mori@mori.example", job_title=("Buyer", "Director"), phone=(None, "+81398765432")),
        make.update(2, known.id, "mori@mori.example", job_title=("Buyer", "Director")), link,
    )  # fmt: skip
    session.commit()
    return ["contact-1", "contact-2", "meeting-1", "update-1", "update-2", "deal-1"]


def act(session, reader, asked, action, now):
    values = [FieldValue("title", "Edited")] if asked.startswith("meeting") else [FieldValue("job_title", "Boss")]
    return {
        "accept": lambda: decisions.accept(session, reader, asked, now),
        "edit": lambda: decisions.accept(session, reader, asked, now, values=values),
        "reject": lambda: decisions.reject(session, reader, asked, now),
        "snooze": lambda: decisions.snooze(session, reader, asked, now + timedelta(days=3), now),
        "mute": lambda: decisions.mute_person(session, reader, asked, now),
    }[action]()


ASKED = ["contact-1", "contact-2", "meeting-1", "update-1", "update-2", "deal-1"]
ACTIONS = ["accept", "edit", "reject", "snooze", "mute"]


@pytest.mark.parametrize(
    ("asked", "action"),
    [(asked, action) for asked in ASKED for action in ACTIONS if (asked, action) != ("deal-1", "edit")],
)
def test_each_decision_is_taken_back_exactly(session, office, desk, now, action, asked):
    before = snapshot(session)
    decided = act(session, office.aya, asked, action, now)
    assert snapshot(session) != before
    undone = decisions.undo(session, office.aya, now)
    assert (undone.action, undone.undoes, undone.after) == ("undo", decided.id, "pending")
    assert snapshot(session) == before


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["contact-1", "contact-2", "meeting-1", "update-1", "update-2"]), st.sampled_from(ACTIONS)
        ),
        min_size=2,
        max_size=12,
    )
)
def test_any_run_of_decisions_is_taken_back_step_by_step(engine, office, desk, now, run):
    with sessions(engine)() as session:
        lock(session, office.organisation_id)  # begins the transaction that is rolled back at the end
        states = [snapshot(session)]
        for asked, action in run:
            try:
                with session.begin_nested():
                    decided = act(session, office.aya, asked, action, now)
            except errors.Conflict:
                continue
            if not decided.repeated:
                states.append(snapshot(session))
        for expected in reversed(states[:-1]):
            decisions.undo(session, office.aya, now)
            assert snapshot(session) == expected
        with pytest.raises(errors.NotFound):
            decisions.undo(session, office.aya, now)
        session.rollback()


def test_more_than_ten_decisions_can_be_taken_back(session, office, make, now):
    mail_id = make.store(office.aya_box).mail_id
    make.propose(mail_id, *(make.contact(n, f"p{n}@people.example", full_name=f"P {n}") for n in range(15)))
    before = snapshot(session)
    for n in range(15):
        decisions.accept(session, office.aya, f"contact-{n}", now)
    assert len(records.list_records(session, office.aya).items) == 15
    for _ in range(15):
        decisions.undo(session, office.aya, now)
    assert snapshot(session) == before


def test_what_was_undone_can_be_decided_again_otherwise(session, office, desk, now):
    decisions.reject(session, office.aya, "contact-1", now)
    decisions.undo(session, office.aya, now)
    decisions.accept(session, office.aya, "contact-1", now)
    assert [r.name for r in records.list_records(session, office.aya, text="rosa").items] == ["Rosa Lindgren"]


def test_a_page_that_still_shows_what_was_undone_is_told_so(session, office, desk, now):
    shown = get_suggestion(session, office.aya, "contact-1", now).version
    decisions.accept(session, office.aya, "contact-1", now, version=shown)
    decisions.undo(session, office.aya, now)
    with pytest.raises(errors.Conflict):
        decisions.accept(session, office.aya, "contact-1", now, version=shown)


def test_undoing_a_named_decision_twice_takes_back_only_that_one(session, office, desk, now):
    first = decisions.accept(session, office.aya, "contact-1", now)
    second = decisions.accept(session, office.aya, "contact-2", now)
    undone = decisions.undo(session, office.aya, now, decision_id=second.id)
    assert decisions.undo(session, office.aya, now, decision_id=second.id) == replace(undone, repeated=True)
    assert [decision.id for decision in decisions.list_decisions(session, office.aya)] == [first.id]


def test_nobody_undoes_what_another_decided(session, office, make, desk, now):
    make.store(office.ben_box, 1)
    decided = decisions.accept(session, office.aya, "contact-1", now)
    for decision_id in (None, decided.id):
        with pytest.raises(errors.NotFound):
            decisions.undo(session, office.ben, now, decision_id=decision_id)


def test_an_undo_is_not_undone(session, office, desk, now):
    decisions.accept(session, office.aya, "contact-1", now)
    undone = decisions.undo(session, office.aya, now)
    with pytest.raises(errors.NotFound):
        decisions.undo(session, office.aya, now, decision_id=undone.id)


@pytest.mark.parametrize("built", ["field", "other_value", "link", "deal", "account"])
def test_what_was_built_upon_is_not_destroyed(session, office, make, desk, now, built):
    decided = decisions.accept(session, office.aya, "contact-1", now)
    made = decided.target_id
    if built == "field":
        set_field(session, office.ben, made, FieldValue("job_title", "Buyer"), now)
    if built == "other_value":
        set_field(session, office.ben, made, FieldValue("company", "Lindgren Group"), now)
    if built == "link":
        links.set_link(session, office.aya, make.store(office.aya_box, 3).mail_id, made, True, now)
    if built == "deal":
        make.record("Plan B", "deal", contact_ids=[made])
    if built == "account":
        make.record("Someone", "contact", account_id=made)
    session.commit()
    before = snapshot(session)
    with pytest.raises(errors.Conflict, match="cannot be undone"):
        decisions.undo(session, office.aya, now)
    session.rollback()
    assert snapshot(session) == before


def test_mail_linked_by_itself_since_does_not_hinder_undo(session, office, make, desk, now):
    decided = decisions.accept(session, office.aya, "contact-1", now)
    links.link_mail(session, make.store(office.aya_box, 3).mail_id, decided.target_id, "primary_address", now)
    decisions.undo(session, office.aya, now)
    assert [r.name for r in records.list_records(session, office.aya, kind="contact").items] == ["Kenji Mori"]


def test_undo_brings_back_the_others_that_the_decision_closed(session, office, desk, now):
    decisions.accept(session, office.aya, "update-1", now)
    assert get_suggestion(session, office.aya, "update-2", now).state == "superseded"
    decisions.undo(session, office.aya, now)
    assert {"update-1", "update-2"} <= {view.id for view in list_queue(session, office.aya, now).items}
