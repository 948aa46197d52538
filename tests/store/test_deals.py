"""Accepting which deal a mail belongs to: the likeliest, or another of those proposed, never one that was not."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.records import ProposedField, Suggestion
from pipeline.store.crm import links
from pipeline.store.crm.record_writing import FieldValue
from pipeline.store.referring import remove_rows
from pipeline.store.review import decisions
from pipeline.store.review.suggestions import get_suggestion
from pipeline.store.tables import RecordRow


@pytest.fixture
def deals(make):
    return [make.record(name, "deal") for name in ("Plan A", "Plan B")]


@pytest.fixture
def mail_id(session, office, make, deals, now):
    """A mail with the question which deal it belongs to."""
    stored = make.store(office.aya_box).mail_id
    fields = tuple(ProposedField("deal", deal.id, None, None, None, None, "deal.open") for deal in deals)
    asked = Suggestion("deal-1", "link_deal", "Plan A", 0.5, fields, (), None, "deal", deals[0].id)
    make.propose(stored, asked)
    session.commit()
    return stored


def linked(session, office, mail_id):
    return [record.name for record in links.records_of_mail(session, office.aya, mail_id)]


def choose(session, office, now, *deal_ids):
    chosen = [FieldValue("deal", deal_id) for deal_id in deal_ids]
    return decisions.accept(session, office.aya, "deal-1", now, values=chosen)


def test_accepting_links_the_likeliest(session, office, mail_id, deals, now):
    made = decisions.accept(session, office.aya, "deal-1", now)
    assert (made.after, made.target_id) == ("accepted", deals[0].id)
    assert linked(session, office, mail_id) == ["Plan A"]
    again = choose(session, office, now, deals[0].id)
    assert (again.id, again.repeated) == (made.id, True)
    with pytest.raises(errors.Conflict):
        choose(session, office, now, deals[1].id)


def test_another_of_the_proposed_deals_can_be_chosen_and_undone(session, office, mail_id, deals, now):
    made = choose(session, office, now, deals[1].id)
    assert (made.after, made.target_id) == ("edited", deals[1].id)
    assert linked(session, office, mail_id) == ["Plan B"]
    assert choose(session, office, now, deals[1].id).repeated
    decisions.undo(session, office.aya, now)
    assert linked(session, office, mail_id) == []
    assert get_suggestion(session, office.aya, "deal-1", now).state == "pending"


@pytest.mark.parametrize("wrong", ["deal elsewhere", "contact", "name", "nothing", "other field"])
def test_nothing_else_can_be_chosen(session, office, make, mail_id, deals, now, wrong):
    values = {
        "deal elsewhere": [FieldValue("deal", deals[0].id), FieldValue("deal", make.record("Plan C", "deal").id)],
        "contact": [FieldValue("deal", make.record("No deal").id)],
        "name": [FieldValue("deal", "Plan B")],
        "nothing": [],
        "other field": [FieldValue("title", deals[1].id)],
    }[wrong]
    session.commit()
    with pytest.raises(errors.UsageError):
        decisions.accept(session, office.aya, "deal-1", now, values=values)
    session.rollback()
    assert linked(session, office, mail_id) == []
    assert get_suggestion(session, office.aya, "deal-1", now).state == "pending"


def test_who_may_not_see_the_mail_cannot_choose(session, office, mail_id, deals, now):
    with pytest.raises(errors.NotFound):
        decisions.accept(session, office.ben, "deal-1", now, values=[FieldValue("deal", deals[1].id)])


def test_a_deal_that_is_gone_is_told_and_the_other_can_still_be_chosen(session, office, mail_id, deals, now):
    remove_rows(session, RecordRow.__table__, [(deals[0].id,)])
    session.commit()
    with pytest.raises(errors.NotFound):
        decisions.accept(session, office.aya, "deal-1", now)
    session.rollback()
    choose(session, office, now, deals[1].id)
    assert linked(session, office, mail_id) == ["Plan B"]
