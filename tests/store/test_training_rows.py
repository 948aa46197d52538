"""Decisions become training rows only from mailboxes that allow it, and go with what they came from."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipeline import errors
from pipeline.deliver import training_files
from pipeline.records import Evidence
from pipeline.store.mail.erasure import erase_person
from pipeline.store.review.decisions import accept, reject, undo
from pipeline.store.review.training_rows import all_rows, allow_training, allows_training, held_ids

SAID = "Could we meet on Thursday?"


@pytest.fixture
def meeting(session, office, make, now):
    """A meeting that Aya accepted."""
    mail_id = make.store(office.aya_box, 1, text=SAID).mail_id
    made = make.meeting(1)
    activity = replace(made.activity, evidence=(Evidence(0, len(SAID), SAID),))
    make.propose(mail_id, replace(made, activity=activity))
    accept(session, office.aya, "meeting-1", now)


def texts(session):
    return [(row.text, row.tags, row.known) for row in all_rows(session)]


def test_nothing_leaves_a_mailbox_that_was_not_asked(session, office, meeting, now):
    assert texts(session) == []
    allow_training(session, office.aya, office.aya_box.id, True, now)
    assert texts(session) == [(SAID, ("meeting",), ("meeting",))]
    allow_training(session, office.aya, office.aya_box.id, False, now)
    assert texts(session) == []


def test_every_mailbox_that_holds_the_mail_must_allow_it(session, office, make, meeting, now):
    make.store(office.ben_box, 1, text=SAID, received="mx2.example")
    allow_training(session, office.aya, office.aya_box.id, True, now)
    assert texts(session) == []
    allow_training(session, office.ben, office.ben_box.id, True, now)
    assert len(texts(session)) == 1


def test_what_is_taken_back_gives_none_and_a_rejection_the_opposite(session, office, meeting, now):
    allow_training(session, office.aya, office.aya_box.id, True, now)
    undo(session, office.aya, now)
    assert texts(session) == []
    reject(session, office.aya, "meeting-1", now)
    assert texts(session) == [(SAID, (), ("meeting",))]


def test_only_its_reader_switches_it_on(session, office, now):
    with pytest.raises(errors.NotAllowed):
        allow_training(session, office.admin, office.aya_box.id, True, now)
    with pytest.raises(errors.NotFound):
        allow_training(session, office.ben, office.aya_box.id, True, now)
    allow_training(session, office.aya, office.aya_box.id, True, now)
    allow_training(session, office.admin, office.aya_box.id, False, now)
    assert not allows_training(session, office.aya_box.id)


def test_files_forget_whoever_was_erased(session, office, meeting, now, tmp_path):
    allow_training(session, office.aya, office.aya_box.id, True, now)
    assert training_files.write(all_rows(session), tmp_path / "rows") == {"en": 1, "ja": 0}
    (line,) = (tmp_path / "rows" / "en.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["tags"] == ["meeting"]
    assert training_files.forget(held_ids(session), tmp_path / "rows") == 0
    erase_person(session, office.organisation_id, ["rosa@lindgren.example"], now)
    assert training_files.forget(held_ids(session), tmp_path / "rows") == 1
    assert (tmp_path / "rows" / "en.jsonl").read_text(encoding="utf-8") == ""
    assert training_files.forget(frozenset(), tmp_path / "nothing") == 0
