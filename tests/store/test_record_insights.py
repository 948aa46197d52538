"""What a record's mail tells over time, and what is offered to do next: only by mail that the reader may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.records import Address, Evidence, Intent, Sentiment
from pipeline.store.crm import links
from pipeline.store.crm.record_insights import dismiss_action, list_next_actions, read_mail, written_at

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
    (written,) = written_at(session, office.aya, rosa.id, rosa.addresses)
    assert (written.utcoffset(), written) == (timedelta(hours=9), datetime(2026, 3, 8, 9, tzinfo=UTC))
    assert written.hour == 18
    assert written_at(session, office.admin, rosa.id, rosa.addresses) == ()


def test_what_is_dismissed_stays_away_for_one_user(session, office, rosa, now):
    facts = read_mail(session, office.ben, rosa.id).facts
    (action,) = list_next_actions(session, office.ben, facts, (), now)
    for _ in range(2):
        dismiss_action(session, office.ben, action.id, now)
    assert list_next_actions(session, office.ben, facts, (), now) == ()
    assert list_next_actions(session, office.aya, facts, (), now) == (action,)
