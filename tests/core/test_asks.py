"""Open asks: what a mail leaves open, and what closes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.core.asks import FORGOTTEN, Ask, open_asks
from pipeline.core.next_actions import MailFact

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
QUESTION = Ask("question", "Is it in stock?")
PROMISE = Ask("promise", "I'll send it by Monday.", date(2026, 3, 9))
DELIVERY = Ask("delivery", "attached is")


def mail(id_: str, days_ago: float, *, ours: bool = False, thread: str = "t", machine: bool = False) -> MailFact:
    return MailFact(id_, NOW - timedelta(days=days_ago), thread, ours, machine, ())


def owed(mails: list[MailFact], **asks: Ask) -> list[tuple[str, str]]:
    said = {name: (ask,) for name, ask in asks.items()}
    return [(one.mail_id, one.owing) for one in open_asks(mails, said, NOW)]


@pytest.mark.parametrize(("ours", "owing"), [(False, "us"), (True, "them")])
def test_a_question_waits_for_the_other_side(ours: bool, owing: str) -> None:
    asked = mail("a", 2, ours=ours)
    assert owed([asked], a=QUESTION) == [("a", owing)]
    assert owed([mail("b", 1, ours=not ours), asked], a=QUESTION) == []
    for other in (
        mail("b", 1, ours=ours),
        mail("b", 3, ours=not ours),
        mail("b", 1, ours=not ours, thread="u"),
        mail("b", 1, ours=not ours, machine=True),
    ):
        assert owed([asked, other], a=QUESTION) == [("a", owing)]


@pytest.mark.parametrize(("ours", "owing"), [(False, "them"), (True, "us")])
def test_a_promise_waits_until_its_maker_delivers(ours: bool, owing: str) -> None:
    promised, later, answer = mail("a", 5, ours=ours), mail("b", 1, ours=ours), mail("c", 1, ours=not ours)
    assert owed([promised, later, answer], a=PROMISE, c=DELIVERY) == [("a", owing)]
    assert owed([promised, later, answer], a=PROMISE, b=DELIVERY) == []
    assert owed([later, promised], b=PROMISE, a=DELIVERY) == [("b", owing)]


def test_machines_ask_nothing() -> None:
    assert owed([mail("a", 1, machine=True)], a=QUESTION) == []


def test_what_is_due_first_stands_first_and_a_repeated_text_once() -> None:
    mails = [mail("a", 3), mail("b", 2), mail("c", 1, thread="u"), mail("d", 4, thread="v")]
    found = open_asks(mails, {"a": (QUESTION,), "b": (QUESTION,), "c": (PROMISE,), "d": (QUESTION,)}, NOW)
    assert [one.mail_id for one in found] == ["c", "d", "b"]
    assert [one.is_overdue(NOW) for one in found] == [True, False, False]
    assert len({one.id for one in found}) == 3


def test_a_moment_is_overdue_once_it_has_passed() -> None:
    asks = {"a": (Ask("promise", "at noon", NOW - timedelta(hours=1)), Ask("promise", "tonight", NOW.date()))}
    assert [one.is_overdue(NOW) for one in open_asks([mail("a", 1)], asks, NOW)] == [False, True]


def test_after_two_months_nobody_waits() -> None:
    days = FORGOTTEN.days
    assert owed([mail("a", days)], a=QUESTION) == [("a", "us")]
    assert owed([mail("a", days + 1)], a=QUESTION) == []
    assert owed([mail("a", days + 1)], a=PROMISE) == [("a", "them")]
