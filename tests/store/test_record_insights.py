"""What a record's mail tells over time, and what is offered to do next: only by mail that the reader may see."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, select

from pipeline import errors
from pipeline.records import Activity, Address, Evidence, Intent, Segment, Sentiment
from pipeline.store.crm import links
from pipeline.store.crm.record_insights import (
    close_ask,
    dismiss_action,
    list_next_actions,
    list_record_asks,
    read_mail,
)
from pipeline.store.mail.removing import remove_mails
from pipeline.store.tables import AskRow

TOKYO = timezone(timedelta(hours=9))
ASKED = (Intent("question", 0.9, (Evidence(0, 4, "Plea"),)),)
CROSS = Sentiment("negative", 0.9, 0.05, 0.9)


@pytest.fixture
def rosa(session, office, make, now):
    """A contact who asked Aya something two days ago, and Ben too; Aya answered hers."""
    asked = now.astimezone(TOKYO) - timedelta(days=2)
    make.store(office.aya_box, 1, date=asked, intents=ASKED, sentiment=CROSS, thread_id="t1")
    make.store(
        office.aya_box, 2, date=asked + timedelta(hours=3), direction="out", thread_id="t1",
        from_=Address(None, office.aya.address), to=(Address(None, "rosa@lindgren.example"),),
    )  # fmt: skip
    make.store(office.ben_box, 3, date=asked + timedelta(hours=5), intents=ASKED, thread_id="t2")
    record = make.record(addresses=["rosa@lindgren.example"])
    links.link_past_mail(session, record.id, now)
    return record


def test_each_reader_is_told_by_their_own_mail(session, office, rosa, now):
    aya, ben = (read_mail(session, user, rosa.id) for user in (office.aya, office.ben))
    assert [mail.ours for mail in aya.facts] == [True, False]
    assert [mood.sentiment for mood in aya.moods] == ["negative"]
    assert [mood.sentiment for mood in ben.moods] == ["neutral"]
    assert list_next_actions(session, office.aya, aya.facts, (), now) == ()
    (action,) = list_next_actions(session, office.ben, ben.facts, (), now)
    assert (action.kind, action.mail_id) == ("answer_question", ben.facts[0].mail_id)
    assert read_mail(session, office.admin, rosa.id).facts == ()


def test_times_are_those_of_the_writers_clock(session, office, rosa, now):
    (written,) = read_mail(session, office.aya, rosa.id, rosa.addresses).replied_at
    assert (written.utcoffset(), written) == (timedelta(hours=9), datetime(2026, 3, 8, 9, tzinfo=UTC))
    assert written.hour == 18
    assert read_mail(session, office.admin, rosa.id, rosa.addresses).replied_at == ()


def test_a_mail_that_begins_a_thread_is_no_reply(session, office, rosa, make, now):
    before = read_mail(session, office.aya, rosa.id, rosa.addresses).replied_at
    for n, subject in ((11, "Plan"), (12, "RE: Plan"), (13, "返信：計画"), (14, "Report")):
        own = make.message(n).message_id
        make.store(office.aya_box, n, date=now - timedelta(hours=n), subject=subject, thread_id=own)
    links.link_past_mail(session, rosa.id, now)
    found = read_mail(session, office.aya, rosa.id, rosa.addresses).replied_at
    assert {one.astimezone(UTC) for one in found} - {one.astimezone(UTC) for one in before} == {
        now - timedelta(hours=12), now - timedelta(hours=13)
    }  # fmt: skip


def test_what_is_dismissed_stays_away_for_one_user(session, office, rosa, now):
    facts = read_mail(session, office.ben, rosa.id).facts
    (action,) = list_next_actions(session, office.ben, facts, (), now)
    for _ in range(2):
        dismiss_action(session, office.ben, action.id, now)
    assert list_next_actions(session, office.ben, facts, (), now) == ()
    assert list_next_actions(session, office.aya, facts, (), now) == (action,)


PROMISED = "I'll send the list by Monday."


@pytest.fixture
def promised(session, office, make, now):
    """A contact who promised Aya something for yesterday, and has not sent it."""
    task = Activity(
        "task", "open", "Send the list", 0.9, (Evidence(0, 29, PROMISED),), due=date(2026, 3, 9), owner="sender"
    )
    made = make.store(
        office.aya_box, 1, date=now - timedelta(days=3), activities=(task,), thread_id="t1", text=PROMISED, intents=()
    )
    record = make.record(addresses=["rosa@lindgren.example"])
    links.link_past_mail(session, record.id, now)
    return record, made.mail_id


def test_what_is_promised_is_open_until_it_comes(session, office, make, promised, now):
    record, mail_id = promised
    (ask,) = list_record_asks(session, office.aya, record.id, now)
    assert (ask.kind, ask.text, ask.owing, ask.mail_id, ask.due) == (
        "promise", PROMISED, "them", mail_id, date(2026, 3, 9)
    )  # fmt: skip
    assert list_record_asks(session, office.ben, record.id, now) == ()
    facts = read_mail(session, office.aya, record.id).facts
    (action,) = list_next_actions(session, office.aya, facts, (), now, [ask])
    assert (action.kind, action.mail_id) == ("remind_promise", mail_id)
    sent = "The list, as promised."
    make.store(
        office.aya_box, 2, thread_id="t1", text=sent, segments=(Segment("body", 0, len(sent), "en"),), intents=()
    )
    links.link_past_mail(session, record.id, now)
    assert list_record_asks(session, office.aya, record.id, now) == ()


def test_a_closed_ask_stays_away_for_one_user_and_a_strange_one_is_refused(session, office, rosa, now):
    (ask,) = list_record_asks(session, office.ben, rosa.id, now)
    with pytest.raises(errors.NotFound):
        close_ask(session, office.aya, rosa.id, ask.id, now)
    for _ in range(2):
        close_ask(session, office.ben, rosa.id, ask.id, now)
    assert list_record_asks(session, office.ben, rosa.id, now) == ()


def test_asks_go_with_their_mail(session, office, promised, now):
    remove_mails(session, office.organisation_id, [promised[1]], now)
    assert session.scalars(select(AskRow)).all() == []


def test_the_asks_of_mail_that_is_there_already_are_read_from_its_document(session, promised):
    def rows():
        query = select(AskRow.mail_id, AskRow.position, AskRow.kind, AskRow.text, AskRow.due)
        return session.execute(query).all()

    before = rows()
    session.execute(delete(AskRow))
    step = importlib.import_module("pipeline.store.migrations.versions.0017_asks")
    with Operations.context(MigrationContext.configure(session.connection())):
        step._fill()
    assert rows() == before != []
