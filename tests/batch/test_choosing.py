"""What ``--since``, ``--sample`` and ``--where`` take and leave."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.batch.choosing import Choice, conditions
from pipeline.errors import UsageError
from pipeline.records import RawMail
from pipeline.scoring import Scorer
from tests.batch.conftest import mail


@pytest.fixture(scope="module")
def document():
    scorer = Scorer()
    body = "I am very disappointed: the delivery is two weeks late again. Please send a replacement.\n"
    return scorer.document(scorer.dossiers([RawMail("a.eml", mail(1, body))])[0])


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("language=en", True), ("language=ja", False), ("language!=ja", True), ("machine=none", True),
        ("machine=newsletter", False), ("intent=complaint", True), ("intent!=complaint", False),
        ("from=ada@north.example", True), ("from=@north.example", True), ("from=@NORTH.example", True),
        ("from=north.example", False), ("failure=none", True), ("direction=unknown", True),
        ("sentiment=negative", True), ("sentiment = positive", False),
    ],
)  # fmt: skip
def test_conditions(document, text, holds):
    assert (Choice(where=conditions([text])).after_scoring(document) is None) == holds


def test_all_conditions_must_hold(document):
    assert Choice(where=conditions(["language=en", "intent=purchase"])).after_scoring(document) == "where"


@pytest.mark.parametrize("text", ["", "language", "colour=red", "=ja"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(UsageError, match="NAME"):
        conditions([text])


def test_since_is_a_day_in_utc():
    choice = Choice(since=date(2026, 3, 10))
    assert choice.before_scoring(RawMail("a", mail(1, day=10))) is None  # 00:12 UTC
    assert choice.before_scoring(RawMail("a", mail(1, day=9))) == "since"
    assert choice.before_scoring(RawMail("a", b"Subject: no date\n\nx\n")) is None


def test_a_sample_is_a_share_and_always_the_same():
    mails = [RawMail(str(n), mail(n)) for n in range(2000)]
    taken = [m for m in mails if Choice(sample=0.3).before_scoring(m) is None]
    assert 500 < len(taken) < 700
    assert taken == [m for m in mails if Choice(sample=0.3).before_scoring(m) is None]
    fewer = [m for m in mails if Choice(sample=0.1).before_scoring(m) is None]
    assert set(fewer) < set(taken)
