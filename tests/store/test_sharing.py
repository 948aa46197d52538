"""What is set about sharing counts at once, is locked where an admin says so, and leaves a line in the audit log."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.core.share_bulk import Wanted
from pipeline.records import Address
from pipeline.store.access import shares, sharing, visibility
from pipeline.store.access.explaining import explain
from pipeline.store.access.standing import Settings
from pipeline.store.crm import links
from pipeline.store.mail import mails
from pipeline.store.mail.copies import copy_for, for_others
from pipeline.store.organisation import audit, people, roles


@pytest.fixture
def hers(session, office, make):
    """A mail in Aya's mailbox that names nobody of the office."""
    return make.store(office.aya_box).mail_id


def seen_by(session, reader):
    return [mail.id for mail in mails.list_mails(session, reader).items]


def branch(session, reader, mail_id, **more):
    return visibility.why(session, reader, mail_id, **more).branch


def test_the_organisations_mode_is_private_until_an_admin_opens_it(session, office, hers, now):
    assert seen_by(session, office.ben) == []
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    assert seen_by(session, office.ben) == [hers]
    sharing.choose_mode(session, office.aya, "private", now)
    assert seen_by(session, office.ben) == []
    with pytest.raises(errors.NotAllowed):
        sharing.set_organisation(session, office.aya, Settings(mode="private"), now)


def test_a_roles_mode_beats_its_users(session, office, hers, now):
    role = roles.create_role(session, office.organisation_id, "Sales")
    people.change_user(session, office.aya.id, {"role_id": role.id})
    sharing.choose_mode(session, office.aya, "private", now)
    sharing.set_role(session, office.admin, role.id, "public", now)
    assert sharing.role_modes(session, office.organisation_id) == {role.id: "public"}
    assert branch(session, office.ben, hers) == "public"
    sharing.set_role(session, office.admin, role.id, "user_choice", now)
    assert branch(session, office.ben, hers) == "private"
    sharing.set_role(session, office.admin, role.id, None, now)
    assert sharing.role_modes(session, office.organisation_id) == {}
    with pytest.raises(errors.NotAllowed):
        sharing.set_role(session, office.aya, role.id, "public", now)
    with pytest.raises(errors.NotFound):
        sharing.set_role(session, office.admin, "nothing", "public", now)


def test_a_locked_user_cannot_turn_private_and_unlocking_restores_their_choice(
    session, office, other_office, hers, now
):
    sharing.choose_mode(session, office.aya, "public", now)
    locked = sharing.lock_user(session, office.admin, office.aya.id, None, now)
    assert (locked.mode, locked.locked, locked.effective) == ("public", True, "public")
    for forbidden in (
        lambda: sharing.choose_mode(session, office.aya, "private", now),
        lambda: sharing.exclude_domains(session, office.aya, ["lindgren.example"], now),
    ):
        with pytest.raises(errors.NotAllowed, match="locked"):
            forbidden()
    assert seen_by(session, office.ben) == [hers]
    sharing.lock_user(session, office.admin, office.aya.id, "private", now)
    assert seen_by(session, office.ben) == []
    unlocked = sharing.unlock_user(session, office.admin, office.aya.id, now)
    assert (unlocked.locked, unlocked.effective) == (False, "public")
    with pytest.raises(errors.NotAllowed):
        sharing.lock_user(session, office.ben, office.aya.id, None, now)
    with pytest.raises(errors.NotFound):
        sharing.lock_user(session, other_office.admin, office.aya.id, None, now)


def test_mail_with_an_excluded_domain_is_never_shared_but_stays_ones_own(session, office, make, hers, now):
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    assert sharing.exclude_domains(session, office.admin, [" Lindgren.EXAMPLE", "@lindgren.example"], now, for_all=True)
    assert branch(session, office.ben, hers) == "domain_excluded"
    assert branch(session, office.aya, hers) == "own_mailbox"
    below = make.store(office.aya_box, 2, from_=Address(None, "x@mail.lindgren.example")).mail_id
    beside = make.store(office.aya_box, 3, from_=Address(None, "x@notlindgren.example")).mail_id
    assert branch(session, office.ben, below) == "domain_excluded"
    assert branch(session, office.ben, beside) == "public"
    sharing.exclude_domains(session, office.admin, [], now, for_all=True)
    sharing.exclude_domains(session, office.ben, ["lindgren.example"], now)
    assert branch(session, office.ben, hers) == "public", "Ben's own domains are not Aya's"
    sharing.exclude_domains(session, office.aya, ["lindgren.example"], now)
    assert branch(session, office.ben, hers) == "domain_excluded"


def test_a_domain_of_our_own_excludes_no_mail(session, office, make, now):
    mail_id = make.store(office.aya_box, 1, to=(Address(None, "aya@kita.example"),)).mail_id
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    sharing.exclude_domains(session, office.admin, ["kita.example"], now, for_all=True)
    assert branch(session, office.ben, mail_id) == "public"


@pytest.mark.parametrize(
    ("crm_mail", "ben", "access"),
    [
        ("private", "crm_private_denied", None),
        ("read", "crm_read", "read"),
        ("write", "crm_write", "write"),
        ("delete", "crm_delete", "delete"),
    ],
)
def test_mail_sent_from_the_crm_is_as_open_as_the_organisation_set(session, office, make, now, crm_mail, ben, access):
    mail_id = make.store(office.aya_box, sent_by=office.aya.id).mail_id
    sharing.set_organisation(session, office.admin, Settings(crm_mail=crm_mail), now)
    found = visibility.why(session, office.ben, mail_id)
    assert (found.branch, found.access) == (ben, access)


def test_superiors_see_what_was_sent_from_the_crm_and_private_mail_where_that_is_switched_on(
    session, office, make, hers, now
):
    top = roles.create_role(session, office.organisation_id, "Head")
    low = roles.create_role(session, office.organisation_id, "Sales", top.id)
    people.change_user(session, office.aya.id, {"role_id": low.id})
    ben = people.change_user(session, office.ben.id, {"role_id": top.id})
    sent = make.store(office.aya_box, 2, sent_by=office.aya.id).mail_id
    assert (branch(session, ben, sent), branch(session, ben, hers)) == ("crm_private_allowed", "private")
    sharing.set_organisation(session, office.admin, Settings(superior_role_sees=True), now)
    assert branch(session, ben, hers) == "superior"
    people.change_user(session, office.aya.id, {"role_id": top.id})
    assert (branch(session, ben, sent), branch(session, ben, hers)) == ("crm_private_denied", "private")


def test_a_deactivated_users_mail_leaves_every_list_unless_there_is_a_backup(session, office, hers, now):
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    people.set_active(session, office.aya.id, False)
    assert seen_by(session, office.ben) == []
    sharing.note_backup(session, office.aya.id, now)
    assert sharing.sharing_of(session, office.aya.id).backed_up_at == now
    assert seen_by(session, office.ben) == [hers]
    sharing.note_backup(session, office.aya.id, None)
    assert seen_by(session, office.ben) == []


def test_either_owner_of_a_mail_in_two_mailboxes_may_share_it(session, office, make, hers, now):
    make.store(office.ben_box)
    assert branch(session, office.admin, hers) == "private"
    sharing.choose_mode(session, office.ben, "public", now)
    assert seen_by(session, office.admin) == [hers]


def test_custom_mode_shows_what_hangs_on_a_shared_record_to_whom_it_is_shared_with(session, office, make, hers, now):
    record = make.record(addresses=["rosa@lindgren.example"])
    links.link_past_mail(session, record.id, now)
    sharing.choose_mode(session, office.aya, "custom", now)
    assert branch(session, office.ben, hers) == "custom_not_shared"
    assert shares.share(session, office.aya, [Wanted(record.id, (f"user:{office.ben.id}",))], now) == ["SUCCESS"]
    assert branch(session, office.ben, hers) == "custom_shared"
    assert branch(session, office.admin, hers) == "custom_not_shared"
    assert shares.share(session, office.aya, [Wanted(record.id)], now) == ["SUCCESS"]
    assert branch(session, office.admin, hers) == "custom_shared"
    links.set_link(session, office.aya, hers, record.id, False, now)
    assert branch(session, office.ben, hers) == "custom_not_shared"


def test_sharing_an_account_shares_the_mail_of_its_contacts(session, office, make, hers, now):
    account = make.record("Lindgren AB", "account")
    contact = make.record(addresses=["rosa@lindgren.example"], account_id=account.id)
    links.link_past_mail(session, contact.id, now)
    sharing.choose_mode(session, office.aya, "custom", now)
    shares.share(session, office.aya, [Wanted(account.id)], now)
    assert branch(session, office.ben, hers) == "custom_shared"


def test_the_bulk_answers_item_by_item_and_writes_what_succeeds(session, office, other_office, make, hers, now):
    record = make.record(addresses=["rosa@lindgren.example"])
    theirs = make.clone(session)
    theirs.office = other_office
    items = [Wanted(record.id), Wanted(theirs.record().id), Wanted(hers), Wanted(None), Wanted(record.id)]
    assert shares.share(session, office.aya, items[:1], now) == ["NOT_ALLOWED"]
    sharing.choose_mode(session, office.aya, "custom", now)
    codes = ["SUCCESS", "INVALID_DATA", "NOT_SUPPORTED", "MANDATORY_NOT_FOUND", "DUPLICATE_DATA"]
    assert shares.share(session, office.aya, items, now) == codes
    assert shares.share(session, office.aya, items[:1], now) == ["ALREADY_SHARED"]
    assert shares.list_shares(session, office.aya) == (shares.Share(record.id, office.aya.id, ("all",)),)
    assert shares.list_shares(session, office.ben) == ()
    assert shares.unshare(session, office.aya, [record.id], now) == ["SUCCESS"]
    assert shares.unshare(session, office.aya, [record.id], now) == ["NOT_SHARED"]
    sharing.set_organisation(session, office.admin, Settings(mode="custom"), now)
    assert shares.share(session, office.admin, items[:1], now) == ["NOT_ALLOWED"], "no mailbox, nothing to share"


def test_a_record_by_its_owner_is_closed_to_others_and_so_is_colleagues_mail_on_it(session, office, make, hers, now):
    record = make.record(addresses=["rosa@lindgren.example"], owner_id=office.aya.id)
    links.link_past_mail(session, record.id, now)
    sharing.set_organisation(session, office.admin, Settings(mode="public", records_by_owner=True), now)
    assert branch(session, office.ben, hers) == "no_record_access"
    assert branch(session, office.ben, hers, record_id=record.id) == "no_record_access"
    assert seen_by(session, office.ben) == []
    assert branch(session, office.admin, hers) == "public"
    make.store(office.ben_box)
    assert branch(session, office.ben, hers) == "own_mailbox"
    assert branch(session, office.ben, hers, record_id=record.id) == "no_record_access"


def test_whoever_may_only_read_a_mail_cannot_change_its_links(session, office, make, hers, now):
    record = make.record()
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    with pytest.raises(errors.NotAllowed):
        links.set_link(session, office.ben, hers, record.id, True, now)
    links.set_link(session, office.aya, hers, record.id, True, now)


def test_a_colleague_gets_the_mail_without_what_is_the_owners_business(session, office, make, now):
    mail_id = make.store(office.aya_box, source="secret.mbox#3").mail_id
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    own, others = (mails.get_mail(session, reader, mail_id) for reader in (office.aya, office.ben))
    assert (own.document["source"], own.mailboxes) == ("secret.mbox#3", (office.aya_box.name,))
    assert (others.document["source"], others.mailboxes) == ("", ())
    assert b"Received" in own.raw
    assert b"Received" not in others.raw
    assert copy_for(session, office.ben, mail_id).raw.endswith(b"Please send offer 1.\n")


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_private_headers_go_with_their_folded_lines(end):
    lines = [b"Bcc: a@x.example,", b"\tb@x.example", b"Content-Type: text/plain;", b" charset=utf-8", b"X-Seen: 1", b""]
    raw = end.join([*lines, b"Bcc: this is text"])
    assert for_others(raw) == end.join([*lines[2:4], b"", b"Bcc: this is text"])
    assert for_others(b"") == b""
    assert for_others(b"Bcc: a") == b""


def test_only_an_admin_may_ask_what_somebody_else_sees(session, office, other_office, hers, now):
    assert explain(session, office.aya, hers).branch == "own_mailbox"
    assert explain(session, office.admin, hers, office.ben.id).branch == "private"
    assert explain(session, office.admin, hers).branch == "private"
    with pytest.raises(errors.NotAllowed):
        explain(session, office.aya, hers, office.ben.id)
    for asker, mail_id, user_id in (
        (office.ben, hers, None),
        (office.aya, "nothing", None),
        (office.admin, "nothing", office.ben.id),
        (office.admin, hers, other_office.aya.id),
        (other_office.admin, hers, other_office.aya.id),
        (other_office.admin, hers, None),
        (office.admin, hers, "nobody"),
    ):
        with pytest.raises(errors.NotFound):
            explain(session, asker, mail_id, user_id)


def test_every_change_leaves_a_line_in_the_audit_log(session, office, make, now):
    sharing.set_organisation(session, office.admin, Settings(mode="custom"), now)
    sharing.exclude_domains(session, office.admin, ["a.example"], now, for_all=True)
    sharing.choose_mode(session, office.aya, "custom", now)
    sharing.lock_user(session, office.admin, office.ben.id, "public", now)
    sharing.unlock_user(session, office.admin, office.ben.id, now)
    record = make.record()
    shares.share(session, office.aya, [Wanted(record.id)], now)
    shares.unshare(session, office.aya, [record.id], now)
    written = [entry.action for entry in reversed(audit.list_actions(session, office.admin))]
    assert written == [
        "sharing.organisation", "sharing.exclude", "sharing.user", "sharing.lock", "sharing.unlock", "share.add",
        "share.remove",
    ]  # fmt: skip
