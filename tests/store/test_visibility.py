"""Nothing that the rule denies leaks by any list or count."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.core.share import Verdict
from pipeline.store.access import visibility
from pipeline.store.crm import activities, links
from pipeline.store.mail import mails
from pipeline.store.mail.facets import count_facets
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.organisation import people
from pipeline.store.review import decisions, suggestions
from pipeline.store.sync import mailboxes


def test_why_names_the_branch(session, office, make, other_office):
    mail_id = make.store(office.aya_box).mail_id
    assert visibility.why(session, office.aya, mail_id) == Verdict("own_mailbox", "delete")
    assert visibility.why(session, office.admin, mail_id) == Verdict("private", None)
    assert visibility.why(session, other_office.aya, mail_id) == Verdict("other_organisation", None)
    people.set_active(session, office.aya.id, False)
    assert visibility.why(session, office.aya, mail_id) == Verdict("reader_inactive", None)
    assert visibility.why(session, office.admin, mail_id) == Verdict("owner_gone", None)
    assert visibility.why(session, office.aya, "nothing") is None


@pytest.fixture
def hers(session, office, make, now):
    """A mail of Aya's with everything derived from it: suggestion, record, link, meeting, decision."""
    stored = make.store(office.aya_box)
    make.propose(stored.mail_id, make.contact(), make.meeting())
    session.commit()
    decisions.accept(session, office.aya, "meeting-1", now)
    session.commit()
    return stored.mail_id


@pytest.mark.parametrize("stranger", ["ben", "admin", "outsider"])
def test_nothing_derived_from_a_hidden_mail_reaches_anybody_else(session, office, other_office, hers, now, stranger):
    reader = other_office.aya if stranger == "outsider" else getattr(office, stranger)
    thread = mails.get_mail(session, office.aya, hers).summary.thread_key
    assert mails.list_mails(session, reader).items == ()
    assert mails.list_mails(session, reader, narrow=MailFilter(text="offer")).items == ()
    assert mails.list_thread(session, reader, thread) == ()
    facets = count_facets(session, reader)
    assert (facets.total, [dict(counts) for counts in facets.counts.values()]) == (0, [{}] * 5)
    assert suggestions.list_queue(session, reader, now).items == ()
    assert suggestions.list_suggestions(session, reader, now).items == ()
    assert suggestions.list_suggestions(session, reader, now, mail_id=hers).items == ()
    assert suggestions.count_queue(session, reader, now) == suggestions.QueueCounts(0, 0, {})
    assert activities.list_activities(session, reader) == ()
    assert links.records_of_mail(session, reader, hers) == ()
    assert decisions.list_decisions(session, reader) == ()
    (activity,) = activities.list_activities(session, office.aya)
    for forbidden in (
        lambda: mails.get_mail(session, reader, hers),
        lambda: suggestions.get_suggestion(session, reader, "contact-1", now),
        lambda: activities.get_activity(session, reader, activity.id),
        lambda: decisions.accept(session, reader, "contact-1", now),
        lambda: decisions.reject(session, reader, "contact-1", now),
        lambda: decisions.snooze(session, reader, "contact-1", now.replace(year=2027), now),
        lambda: decisions.mute_person(session, reader, "contact-1", now),
        lambda: decisions.undo(session, reader, now),
        lambda: links.set_link(session, reader, hers, "r", True, now),
    ):
        with pytest.raises(errors.NotFound):
            forbidden()


def test_its_reader_has_all_of_it(session, office, hers, now):
    assert [mail.id for mail in mails.list_mails(session, office.aya).items] == [hers]
    assert [view.id for view in suggestions.list_queue(session, office.aya, now).items] == ["contact-1"]
    assert count_facets(session, office.aya).total == 1
    assert len(activities.list_activities(session, office.aya)) == 1
    assert len(decisions.list_decisions(session, office.aya)) == 1


def test_a_mailbox_taken_away_takes_everything_with_it_at_once(session, office, hers, now):
    mailboxes.unassign_mailbox(session, office.aya_box.id, office.aya.id)
    assert mails.list_mails(session, office.aya).items == ()
    assert suggestions.count_queue(session, office.aya, now).pending == 0
    assert activities.list_activities(session, office.aya) == ()
    assert decisions.list_decisions(session, office.aya) == ()


def test_a_suggestion_that_continues_one_from_a_hidden_mail_is_hidden_too(session, office, make, now):
    """Ben has the second mail only: what the first one said must not reach him through it."""
    first, second = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2).mail_id
    make.store(office.ben_box, 2)
    make.propose(first, make.meeting(1))
    make.propose(second, make.meeting(2, supersedes="meeting-1"))
    assert [view.id for view in suggestions.list_queue(session, office.aya, now).items] == ["meeting-2"]
    assert suggestions.list_queue(session, office.ben, now).items == ()
    make.store(office.ben_box, 1)
    assert [view.id for view in suggestions.list_queue(session, office.ben, now).items] == ["meeting-2"]


def test_a_meeting_changed_by_a_hidden_mail_is_hidden(session, office, make, now):
    first, second = make.store(office.aya_box, 1).mail_id, make.store(office.aya_box, 2).mail_id
    make.store(office.ben_box, 1)
    make.propose(first, make.meeting(1))
    made = decisions.accept(session, office.aya, "meeting-1", now)
    assert len(activities.list_activities(session, office.ben)) == 1
    make.propose(second, make.meeting(2, kind="change_meeting", record_id=made.target_id))
    decisions.accept(session, office.aya, "meeting-2", now)
    assert activities.list_activities(session, office.ben) == ()
    assert len(activities.list_activities(session, office.aya)) == 1
