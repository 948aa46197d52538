"""Deals over time: what a deal was, and who had a part in it, at any date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from pipeline import errors
from pipeline.store.crm import deals
from pipeline.store.crm.record_changes import RecordChange, change, create
from pipeline.store.crm.record_writing import FieldValue, NewRecord
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.review.journal import Journal

DAY = timedelta(days=1)


@pytest.fixture
def rosa(make):
    return make.record(addresses=["rosa@lindgren.example"])


def test_the_past_knows_stages_roles_and_closing(session, office, make, rosa, now):
    new = NewRecord(
        "deal", "Plan A", [FieldValue("stage", "提案")], contact_ids=[rosa.id], roles={rosa.id: "buyer"},
        opened_at=now - 20 * DAY,
    )  # fmt: skip
    deal = create(session, office.aya, new, now)
    assert deals.list_parts(session, deal.id) == (deals.Part(rosa.id, "buyer", now - 20 * DAY, None),)
    change(session, office.aya, deal.id, RecordChange(contacts={rosa.id: "decider"}), now + DAY)
    change(session, office.aya, deal.id, RecordChange(values={"stage": [FieldValue("stage", "交渉")]}), now + 2 * DAY)
    change(session, office.aya, deal.id, RecordChange(contacts={}), now + 3 * DAY)
    change(session, office.aya, deal.id, RecordChange(open=False, won=True), now + 4 * DAY)
    assert [(part.role, part.until) for part in deals.list_parts(session, deal.id)] == [
        ("buyer", now + DAY), ("decider", now + 3 * DAY),
    ]  # fmt: skip
    stages = deals.list_stages(session, deal.id)
    assert [(one.stage, one.open, one.won) for one in stages] == [
        ("提案", True, None), ("交渉", True, None), ("交渉", False, True),
    ]  # fmt: skip
    days = {n: deals.deals_of(session, rosa.id, now + n * DAY) for n in (-21, -20, 0, 1, 2, 3, 4)}
    assert days == {-21: (), -20: (deal.id,), 0: (deal.id,), 1: (deal.id,), 2: (deal.id,), 3: (), 4: ()}


def test_a_closed_deal_that_is_reopened_counts_again(session, office, make, rosa, now):
    deal = make.record("Plan B", "deal", contact_ids=[rosa.id])
    change(session, office.aya, deal.id, RecordChange(open=False, won=False), now + DAY)
    change(session, office.aya, deal.id, RecordChange(open=True), now + 2 * DAY)
    found = [deals.deals_of(session, rosa.id, now + n * DAY) for n in (0, 1, 2)]
    assert found == [(deal.id,), (), (deal.id,)]


def test_a_deal_imported_as_closed_was_open_before(session, make, rosa, now):
    made = {"contact_ids": [rosa.id], "opened_at": now - 9 * DAY, "closed_at": now - 5 * DAY, "won": True}
    deal = make.record("Plan C", "deal", open=False, **made)
    found = [deals.deals_of(session, rosa.id, now - n * DAY) for n in (10, 9, 6, 5, 0)]
    assert found == [(), (deal.id,), (deal.id,), (), ()]


def test_what_cannot_be_is_refused(session, office, other_office, make, rosa, now):
    deal = make.record("Plan D", "deal")
    for wanted in (
        RecordChange(open=True, won=True),
        RecordChange(contacts={deal.id: None}),
        RecordChange(account_id=rosa.id),
    ):
        with pytest.raises(errors.UsageError):
            change(session, office.aya, deal.id, wanted, now)
    with pytest.raises(errors.UsageError):
        change(session, office.aya, rosa.id, RecordChange(open=False), now)
    with pytest.raises(errors.NotFound):
        change(session, other_office.aya, deal.id, RecordChange(name="x"), now)


def test_repeating_a_change_adds_no_history(session, make, rosa, now):
    deal = make.record("Plan E", "deal", contact_ids=[rosa.id])
    for n in range(3):
        deals.set_parts(Journal(session), deal.id, {rosa.id: None}, now + n * DAY)
        deals.note_stage(Journal(session), deal.id, now + n * DAY)
    assert len(deals.list_parts(session, deal.id)) == len(deals.list_stages(session, deal.id)) == 1


def test_deals_of_an_older_database_get_their_history(empty_database_url, now):
    engine = open_engine(empty_database_url)
    migrate(engine, "0002")
    columns = "id, organisation_id, kind, name, name_key, open, opened_at, modified_at, closed_at, won, created_at"
    record = f"INSERT INTO records ({columns}) VALUES (:i, 'o', :k, :i, :i, :o, :n, :n, :c, :w, :n)"
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO organisations VALUES ('o', 'o', :now)"), {"now": now})
        for id_, kind, is_open, closed, won in (
            ("c", "contact", True, None, None),
            ("d1", "deal", True, None, None),
            ("d2", "deal", False, now + 3 * DAY, True),
        ):
            connection.execute(text(record), {"i": id_, "k": kind, "o": is_open, "n": now, "c": closed, "w": won})
        for deal in ("d1", "d2"):
            connection.execute(text(f"INSERT INTO deal_contacts (deal_id, contact_id) VALUES ('{deal}', 'c')"))
    migrate(engine)
    with sessions(engine)() as session:
        assert deals.deals_of(session, "c", now + DAY) == ("d1", "d2")
        assert deals.deals_of(session, "c", now + 4 * DAY) == ("d1",)
        assert deals.list_stages(session, "d2")[-1] == deals.Stage(now + 3 * DAY, None, False, True)
    engine.dispose()
