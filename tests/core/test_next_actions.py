"""What waits: unanswered mail by its age, meetings nobody confirmed, promises past their day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.core.next_actions import COMPLAINT_HOURS, QUESTION_HOURS, Agreed, MailFact, next_actions

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def mail(hours_ago: float, *intents: str, ours: bool = False, thread: str = "t", id_: str = "m") -> MailFact:
    return MailFact(id_, NOW - timedelta(hours=hours_ago), thread, ours, False, intents)


def kinds(mails: list[MailFact], agreed: list[Agreed] | None = None) -> list[str]:
    return [one.kind for one in next_actions(mails, agreed or [], NOW)]


@pytest.mark.parametrize(
    ("intent", "hours", "kind"),
    [
        ("complaint", COMPLAINT_HOURS, ["answer_complaint"]),
        ("complaint", COMPLAINT_HOURS - 0.1, []),
        ("question", QUESTION_HOURS, ["answer_question"]),
        ("question", QUESTION_HOURS - 0.1, []),
        ("request", 60 * 24, ["answer_question"]),
        ("request", 60 * 24 + 1, []),
    ],
)
def test_unanswered_mail_by_its_age(intent: str, hours: float, kind: list[str]) -> None:
    assert kinds([mail(hours, intent)]) == kind


def test_an_answer_of_ours_ends_the_wait_and_an_earlier_one_does_not() -> None:
    asked = mail(30, "question")
    assert kinds([asked, mail(20, ours=True)]) == []
    assert kinds([asked, mail(40, ours=True)]) == ["answer_question"]
    assert kinds([asked, mail(20, ours=True, thread="other")]) == ["answer_question"]


def test_our_own_and_machines_questions_wait_for_nobody() -> None:
    assert kinds([mail(30, "question", ours=True), replace(mail(30, "question"), machine=True)]) == []


def test_one_action_a_thread_shown_by_its_newest_mail() -> None:
    found = next_actions([mail(50, "question", id_="old"), mail(30, "question", id_="new")], [], NOW)
    assert [one.mail_id for one in found] == ["new"]


def test_meetings_and_promises() -> None:
    tomorrow, yesterday = NOW + timedelta(days=1), date(2026, 3, 9)
    agreed = [
        Agreed("a", "m1", "meeting", "proposed", tomorrow),
        Agreed("b", "m2", "meeting", "confirmed", tomorrow),
        Agreed("c", "m3", "call", "moved", NOW - timedelta(days=1)),
        Agreed("d", "m4", "task", "open", yesterday, "recipient"),
        Agreed("e", "m5", "task", "open", yesterday, "sender"),
        Agreed("f", "m6", "task", "open", NOW.date(), "recipient"),
        Agreed("g", "m7", "task", "open", None, "recipient"),
    ]
    found = next_actions([mail(5, "complaint")], agreed, NOW)
    assert [(one.kind, one.mail_id) for one in found] == [
        ("answer_complaint", "m"), ("promise_overdue", "m4"), ("confirm_meeting", "m1"), ("remind_promise", "m5"),
    ]  # fmt: skip
    assert len({one.id for one in found}) == 4
