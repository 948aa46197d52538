"""Mailboxes, assignments and checkpoints."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.store.sync import mailboxes


def test_a_mailbox_is_found_by_name_within_its_organisation(session, office, other_office):
    assert mailboxes.find_mailbox(session, office.organisation_id, "Ben Hollis") == office.ben_box
    assert mailboxes.find_mailbox(session, other_office.organisation_id, "Ben Hollis") == other_office.ben_box
    assert mailboxes.find_mailbox(session, office.organisation_id, "None such") is None
    assert mailboxes.get_mailbox(session, office.ben_box.id) == office.ben_box


def test_a_name_is_used_once_and_addresses_are_lower_cased(session, office, now):
    made = mailboxes.create_mailbox(session, office.organisation_id, "共有", ["Info@Kita.Example"], now)
    assert made.addresses == ("info@kita.example",)
    with pytest.raises(errors.Conflict):
        mailboxes.create_mailbox(session, office.organisation_id, "共有", [], now)
    with pytest.raises(errors.NotFound):
        mailboxes.get_mailbox(session, "nothing")


def test_assigning_is_repeatable_and_can_be_taken_back(session, office):
    for _ in range(2):
        mailboxes.assign_mailbox(session, office.aya_box.id, office.ben.id)
    assert mailboxes.mailboxes_of(session, office.ben) == (office.ben_box, office.aya_box)
    assert set(mailboxes.readers_of(session, office.aya_box.id)) == {office.aya.id, office.ben.id}
    mailboxes.unassign_mailbox(session, office.aya_box.id, office.ben.id)
    assert mailboxes.mailboxes_of(session, office.ben) == (office.ben_box,)
    assert set(mailboxes.list_mailboxes(session, office.organisation_id)) == {office.aya_box, office.ben_box}


def test_a_checkpoint_is_kept_per_mailbox_and_source_however_long_its_name(session, office, now):
    source = "深い/" * 2000
    assert mailboxes.get_checkpoint(session, office.aya_box.id, source) is None
    for position in ("1", "2"):
        mailboxes.save_checkpoint(session, office.aya_box.id, source, position, {"stored": int(position)}, now)
    mailboxes.save_checkpoint(session, office.ben_box.id, source, "9", {}, now)
    found = mailboxes.get_checkpoint(session, office.aya_box.id, source)
    assert (found.position, found.counts, found.updated_at) == ("2", {"stored": 2}, now)
