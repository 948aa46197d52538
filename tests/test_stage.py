"""A stage may fail for one mail; the others of its batch must not notice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.records import Dossier, Failure, RawMail
from pipeline.stage import Journey, Stage


def mails(count: int) -> list[RawMail]:
    return [RawMail(f"{n}.eml", b"x") for n in range(count)]


def set_language(batch: Sequence[Dossier]) -> list[Dossier]:
    return [replace(d, language="en") for d in batch]


def fail_for(*sources: str) -> Stage:
    def run(batch: Sequence[Dossier]) -> list[Dossier]:
        if any(d.mail.source in sources for d in batch):
            raise ValueError("secret words of a mail")
        return [replace(d, thread_id="t") for d in batch]

    return Stage("picky", ("mail",), ("thread_id",), run)


def test_a_failing_mail_stands_alone_and_goes_on():
    journey = Journey([fail_for("3.eml", "6.eml"), Stage("language", ("mail",), ("language",), set_language)])
    dossiers = journey.score(mails(9))
    assert [d.mail.source for d in dossiers] == [f"{n}.eml" for n in range(9)]
    assert [d.mail.source for d in dossiers if d.failures] == ["3.eml", "6.eml"]
    assert all(d.thread_id == "t" for d in dossiers if not d.failures)
    assert all(d.language == "en" for d in dossiers)


def test_a_failure_names_the_place_and_never_the_content():
    failure = Journey([fail_for("0.eml")]).score(mails(1))[0].failures[0]
    assert (failure.stage, failure.code) == ("picky", "unexpected")
    assert "test_stage.py" in failure.detail
    assert "secret" not in failure.detail


def test_what_ingest_could_not_fetch_keeps_its_failure():
    broken = RawMail("a.eml", b"", Failure("ingest", "unreadable", "no"))
    assert Journey([]).score([broken])[0].failures == (broken.failure,)


def test_a_stage_in_the_wrong_place_is_refused_when_built():
    with pytest.raises(ValueError, match="needs"):
        Journey([Stage("late", ("scored",), ("intents",), set_language)])
    with pytest.raises(ValueError, match="no such dossier fields"):
        Journey([Stage("odd", ("mail",), ("colour",), set_language)])
