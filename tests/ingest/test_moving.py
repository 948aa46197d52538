"""A connected mailbox that is read from elsewhere: what stays, what begins anew, and who may not write any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline import errors
from pipeline.accounts.account import Account, Server, to_settings
from pipeline.accounts.sign_in import Password
from pipeline.ingest import moving
from pipeline.ingest.connecting import FoundFolder
from pipeline.ingest.moving import Move
from pipeline.ingest.setting_up import SetUp, Tried
from pipeline.settings import Settings
from pipeline.store.engine import sessions
from pipeline.store.organisation import people
from pipeline.store.sync import accounts, folders, mailboxes
from pipeline.store.sync.folders import Place

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HERE = Account("generic", "imap", Server("mail.north.example", 143, "starttls"), "ada", ("ada@north.example",))
FOUND = (FoundFolder("INBOX", "inbox", True, 2, 2), FoundFolder("Old", "archive", True, 1, 1))


@pytest.mark.parametrize(
    ("after", "same"),
    [
        (HERE, True),
        (replace(HERE, server=Server("mail.north.example", 993)), True),
        (replace(HERE, server=Server("mail.north.example", 1993)), False),
        (replace(HERE, server=Server("other.north.example", 143, "starttls")), False),
        (replace(HERE, username="eve"), False),
        (replace(HERE, protocol="pop3", server=Server("mail.north.example", 995)), False),
    ],
)
def test_ids_of_mails_stay_good_only_where_no_more_than_the_encryption_changed(after: Account, same: bool):
    assert moving.is_same_place(HERE, after) is same


@pytest.mark.parametrize("host", ["mail.north.example", "old.north.example"])
def test_folders_begin_anew_with_what_was_chosen_and_an_old_connection_stores_no_more(engine, host):
    factory = sessions(engine)
    with factory.begin() as session:
        organisation_id = people.create_organisation(session, "North", NOW)
        box = mailboxes.create_mailbox(
            session, organisation_id, "ada@north.example", ["ada@north.example"], NOW, "imap"
        )
        accounts.create_account(session, box.id, to_settings(replace(HERE, server=Server(host, 993))), "sealed", NOW)
        assert accounts.take_lease(session, box.id, "worker", NOW)
        folders.put_folder(session, box.id, "INBOX", "inbox", True)
        folders.choose_folder(session, box.id, "Old", "other", False)
        for folder in folders.list_folders(session, box.id):
            folders.save_places(
                session, folder.id, [Place("1", "stored", None, "00"), Place("2", "waiting", None, "01")]
            )
            folders.finish_folder(session, folder.id, {"uidvalidity": 7, "modseq": 9}, NOW, exists=2, listed_at=NOW)
    with factory.begin() as session:
        moved = replace(HERE, server=Server("mail.north.example", 993))
        moving.save(session, box, Tried(moved, FOUND), None, NOW)
    with factory() as session:
        inbox, old = folders.list_folders(session, box.id)
        kept = host == "mail.north.example"
        assert (inbox.uidvalidity, inbox.modseq, inbox.synced_at is None) == ((7, 9, False) if kept else (0, 0, True))
        assert (old.role, old.wanted) == ("other", False)
        assert ("1" in folders.known_places(session, inbox.id)) is kept
        waiting = folders.folder_statuses(session, box.id)[0].waiting
        assert waiting == 1, "mail that was fetched is read all the same"
        with pytest.raises(errors.Conflict):
            accounts.hold_lease(session, box.id, "worker", NOW)
        assert accounts.due_accounts(session, NOW) == (box.id,)


@pytest.mark.parametrize(
    "move",
    [
        Move(server=Server("eve.example", 993)),
        Move(protocol="pop3"),
        Move(service="gmail"),
        Move(protocol="pop3", server=Server("eve.example", 995)),
    ],
)
def test_a_stored_password_is_shown_to_no_other_server(move: Move, tmp_path):
    set_up = SetUp(Settings(home=tmp_path), trusted=True)
    with pytest.raises(errors.NotAllowed, match="again"):
        moving.attempt(set_up, "ada@north.example", HERE, move, Password("stored"))


def test_a_permission_of_a_service_is_for_one_way_of_reading(tmp_path):
    account = replace(HERE, service="gmail", sign_in="oauth", server=Server("imap.gmail.com", 993))
    with pytest.raises(errors.NotAllowed, match="Sign in with the service again"):
        moving.attempt(SetUp(Settings(home=tmp_path)), "ada@gmail.com", account, Move("gmail"), Password("token"))
