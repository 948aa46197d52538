"""Threads of stored mail: joined by headers or weaker, whatever arrives first."""

from __future__ import annotations

import base64
import threading
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pipeline.parse import threads
from pipeline.records import Address, QuotedMessage
from pipeline.store.engine import sessions, transact
from pipeline.store.mail.mails import get_mail, list_thread
from pipeline.store.review import decisions
from pipeline.store.review.suggestions import get_suggestion
from pipeline.store.tables import ActivityRow, MailRow, RejectionRow, SuggestionRow

GUID_INDEX = b"\x01" + bytes(range(1, 22))
ROSA, AYA, BEN = "rosa@lindgren.example", "aya@kita.example", "ben@kita.example"


def mid(n):
    return f"<{n}@mail.example>"


@pytest.fixture
def arrive(make, office, now):
    """Store mail n with its thread told by its own headers; ``day`` shifts its date."""

    def store(n, *references, sender=ROSA, to=(AYA,), day=0.0, subject=None, quoted=(), index=None, **known):
        head = (
            {"thread-index": (base64.b64encode(GUID_INDEX + bytes(5 * index)).decode(),)} if index is not None else {}
        )
        whole = {
            "references": tuple(map(mid, references)), "from_": Address(None, sender), "headers": head,
            "to": tuple(Address(None, each) for each in to), "subject": subject or f"Offer {n}",
            "date": now - timedelta(days=100) + timedelta(days=day, minutes=n),
        }  # fmt: skip
        thread_id = threads.thread_id(make.message(n, **whole))
        return make.store(
            known.pop("box", office.aya_box), n, thread_id=thread_id, quoted=quoted, **whole, **known
        ).mail_id

    return store


def threads_of(session, *mail_ids):
    keys = dict(session.execute(select(MailRow.id, MailRow.thread_key)).all())
    return [keys[mail_id] for mail_id in mail_ids]


def by(session, mail_id):
    return session.scalars(select(MailRow.thread_by).where(MailRow.id == mail_id)).one()


def quote(mail_id, session):
    row = session.get(MailRow, mail_id)
    return QuotedMessage(Address(None, row.from_address), row.date, True, None, (), (), 1, (), "")


def test_a_parent_that_arrives_after_its_child_is_in_its_thread(session, office, arrive):
    child, parent = arrive(2, 1), arrive(1)
    assert len(set(threads_of(session, child, parent))) == 1
    assert [mail.id for mail in list_thread(session, office.aya, threads_of(session, child)[0])] == [parent, child]


def test_siblings_are_in_one_thread_though_their_parent_never_came(session, arrive):
    assert len(set(threads_of(session, arrive(2, 1), arrive(3, 1)))) == 1


def test_a_mail_that_refers_to_two_threads_makes_them_one_under_the_oldest_mails_key(session, office, arrive):
    first, second = arrive(1), arrive(2)
    (oldest, other) = threads_of(session, first, second)
    assert oldest != other
    bridge = arrive(3, 2, 1)
    assert threads_of(session, first, second, bridge) == [oldest] * 3
    assert threads_of(session, arrive(4, 2)) == [oldest]


def test_exchange_answers_without_references_join_their_first_mail(session, arrive):
    answers = [arrive(3, index=2), arrive(2, index=1)]
    first = arrive(1, index=0)
    assert len(set(threads_of(session, first, *answers))) == 1
    assert [by(session, mail) for mail in (first, *answers)] == ["references", "thread_index", "thread_index"]


def test_a_mail_of_another_organisation_joins_nothing_here(session, arrive, other_office):
    mails = arrive(1), arrive(2)
    arrive(3, 1, 2, box=other_office.aya_box)
    assert len(set(threads_of(session, *mails))) == 2


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_without_headers_is_joined_by_subject_people_and_time_and_marked(session, office, arrive, late):
    def ask():
        return arrive(1, subject="日程の件")

    def answer():
        return arrive(2, sender=AYA, to=(ROSA,), day=1, subject="RE: 日程の件")

    answered, asked = (answer(), ask()) if late else (ask(), answer())[::-1]
    assert len(set(threads_of(session, asked, answered))) == 1
    assert (by(session, asked), by(session, answered)) == ("references", "subject")
    assert get_mail(session, office.aya, answered).summary.thread_by == "subject"


def test_equal_subjects_of_other_people_or_months_stay_apart(session, arrive):
    mails = [
        arrive(1, subject="請求書"),
        arrive(2, subject="請求書", day=2),
        arrive(3, subject="Re: 請求書", sender=BEN, to=("else@where.example",), day=1),
        arrive(4, subject="Re: 請求書", sender=AYA, to=(ROSA,), day=40),
    ]
    assert len(set(threads_of(session, *mails))) == 4


@pytest.mark.parametrize("year", [1, 9999])
def test_mail_from_the_edge_of_the_calendar_is_stored(session, make, office, year):
    day, east = ((1, 1), 14) if year == 1 else ((12, 31), -12)
    ends = datetime(year, *day, 23 if year == 9999 else 0, tzinfo=timezone(timedelta(hours=east)))
    for n, subject in ((1, "Offer"), (2, "Re: Offer"), (3, "Re: Offer")):
        make.store(office.aya_box, n, subject=subject, date=ends)
    assert len(session.scalars(select(MailRow.id)).all()) == 3


def test_what_it_quotes_tells_which_of_two_mails_of_one_subject_is_answered(session, arrive):
    may, june = arrive(1, subject="Invoice"), arrive(2, subject="Invoice", day=2)
    answer = arrive(3, subject="Re: Invoice", sender=AYA, to=(ROSA,), day=3, quoted=(quote(may, session),))
    assert threads_of(session, answer) == threads_of(session, may)
    assert threads_of(session, answer) != threads_of(session, june)


def test_suggestions_activities_and_rejections_go_with_the_thread_and_undo_still_works(
    session, office, make, arrive, now
):
    late = arrive(5, day=5)
    make.propose(late, make.meeting(1), make.meeting(2, kind="create_call"))
    accepted = decisions.accept(session, office.aya, "meeting-1", now)
    rejected = decisions.reject(session, office.aya, "meeting-2", now)
    (old,) = threads_of(session, late)
    arrive(1)
    arrive(6, 1, 5, day=6)
    (new,) = threads_of(session, late)
    assert new != old
    assert set(session.scalars(select(ActivityRow.thread_key))) == {new}
    assert session.scalars(select(RejectionRow.subject)).all() == [f"thread:{new}"]
    assert not any(old in topic for topic in session.scalars(select(SuggestionRow.topic)))
    for decision in (rejected, accepted):
        decisions.undo(session, office.aya, now, decision_id=decision.id)
    assert session.scalars(select(ActivityRow.id)).all() == session.scalars(select(RejectionRow.field)).all() == []
    assert get_suggestion(session, office.aya, "meeting-1", now).state == "pending"


STRONG = st.lists(st.integers(0, 9), max_size=2)
MAIL = st.tuples(
    STRONG, st.sampled_from((ROSA, AYA)), st.sampled_from(("Offer", "Re: Offer", "AW: 件")), st.integers(0, 12)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mails=st.lists(MAIL, min_size=2, max_size=7), data=st.data())
def test_the_threads_are_the_same_in_whatever_order_mail_arrives(session, office, arrive, mails, data):
    def store(order):
        ids = {}
        for n in order:
            references, sender, subject, day = mails[n]
            to = (AYA if sender == ROSA else ROSA,)
            ids[n] = arrive(n, *(r for r in references if r != n), sender=sender, to=to, day=day, subject=subject)
        found = [(n, *threads_of(session, ids[n]), by(session, ids[n])) for n in range(len(mails))]
        session.rollback()
        return found

    numbers = range(len(mails))
    assert store(data.draw(st.permutations(numbers))) == store(numbers)


def test_importers_that_meet_in_one_thread_leave_it_whole(engine, office, make, session):
    """Each stores a chain of answers whose links the others store."""
    session.commit()
    failures = []

    def store(numbers):
        for n in numbers:
            try:
                transact(sessions(engine), lambda s, n=n: stored(make.clone(s), n), attempts=12)
            except Exception as error:
                failures.append(error)

    def stored(own, n):
        references = (mid(n - 1),) if n else ()
        own.store(office.aya_box, n, references=references, thread_id=references[0] if references else mid(n))

    workers = [threading.Thread(target=store, args=(range(start, 24, 3),)) for start in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert len(set(session.scalars(select(MailRow.thread_key)))) == 1
