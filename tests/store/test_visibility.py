"""The rule as SQL and as a function agree, and nothing that the rule denies leaks by any list or count."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from pipeline import errors
from pipeline.core.share import Verdict
from pipeline.store import activities, decisions, links, mailboxes, mails, people, suggestions, visibility
from pipeline.store.engine import sessions
from pipeline.store.tables import CopyRow, MailRow, RawContentRow

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
USERS, BOXES, MAILS = range(5), range(4), range(6)


@st.composite
def worlds(draw):
    """Who belongs where: organisations 0 and 1 share one database; assignments cross them, as they must not."""
    return {
        "users": [(draw(st.integers(0, 1)), draw(st.booleans()), draw(st.booleans())) for _ in USERS],
        "boxes": [draw(st.integers(0, 1)) for _ in BOXES],
        "mails": [draw(st.integers(0, 1)) for _ in MAILS],
        "assigned": draw(st.sets(st.tuples(st.sampled_from(BOXES), st.sampled_from(USERS)))),
        "copies": draw(st.sets(st.tuples(st.sampled_from(BOXES), st.sampled_from(MAILS)))),
    }


def build(session, world):
    organisations = [people.create_organisation(session, f"o{n}", NOW) for n in range(2)]
    users = []
    for n, (organisation, active, admin) in enumerate(world["users"]):
        profile = "admin" if admin else "standard"
        made = people.create_user(session, organisations[organisation], f"u{n}@x.example", "U", NOW, profile=profile)
        users.append(people.set_active(session, made.id, active))
    boxes = [
        mailboxes.create_mailbox(session, organisations[organisation], f"b{n}", [], NOW).id
        for n, organisation in enumerate(world["boxes"])
    ]
    for box, user in world["assigned"]:
        mailboxes.assign_mailbox(session, boxes[box], users[user].id)
    for n, organisation in enumerate(world["mails"]):
        row = {
            "id": f"m{n}", "organisation_id": organisations[organisation], "content_hash": "", "thread_key": "t",
            "sorted_at": NOW, "subject": "", "attachment_count": 0, "size_bytes": 0, "created_at": NOW,
        }  # fmt: skip
        session.execute(insert(MailRow).values(row))
    session.execute(insert(RawContentRow).values(sha256="raw", size_bytes=0, compressed=b""))
    for box, mail in world["copies"]:
        row = {
            "mailbox_id": boxes[box], "mail_id": f"m{mail}", "raw_sha256": "raw", "source": "", "direction": "in",
            "sorted_at": NOW, "imported_at": NOW,
        }  # fmt: skip
        session.execute(insert(CopyRow).values(row))
    return users


def plainly(world, user, mail):
    """The rule of this version, said again in the plainest way."""
    organisation, active, _ = world["users"][user]
    reads = any((box, user) in world["assigned"] for box, copied in world["copies"] if copied == mail)
    return active and organisation == world["mails"][mail] and reads


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(world=worlds())
def test_function_sql_and_a_plain_restatement_agree(engine, world):
    with sessions(engine)() as session:
        users = build(session, world)
        for n, user in enumerate(users):
            listed = set(session.scalars(select(MailRow.id).where(visibility.visible(user))))
            judged = {f"m{m}" for m in MAILS if visibility.why(session, user, f"m{m}").allowed}
            assert listed == judged == {f"m{m}" for m in MAILS if plainly(world, n, m)}
        session.rollback()


def test_why_names_the_branch(session, office, make, other_office):
    mail_id = make.store(office.aya_box).mail_id
    assert visibility.why(session, office.aya, mail_id) == Verdict(True, "own_mailbox")
    assert visibility.why(session, office.admin, mail_id) == Verdict(False, "default")
    assert visibility.why(session, other_office.aya, mail_id) == Verdict(False, "other_organisation")
    people.set_active(session, office.aya.id, False)
    assert visibility.why(session, office.aya, mail_id) == Verdict(False, "reader_inactive")
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
    assert mails.list_mails(session, reader, narrow=mails.MailFilter(text="offer")).items == ()
    assert mails.list_thread(session, reader, thread) == ()
    facets = mails.count_facets(session, reader)
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
    assert mails.count_facets(session, office.aya).total == 1
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
