"""Users, passwords, sessions, links, tokens, and the audit log."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, profiles
from sqlalchemy import select

from pipeline import errors
from pipeline.store.engine import sessions, transact
from pipeline.store.organisation import audit, passwords, people, sign_in, tokens
from pipeline.store.tables import ApiTokenRow, SignInLinkRow, UserRow, WebSessionRow

PASSWORD = "正しい horse 42"


@pytest.fixture(autouse=True)
def fast_hasher(monkeypatch):
    """Real argon2, with little work; the one test that is about the work asks for the product's own."""
    monkeypatch.setattr(passwords, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._decoy.cache_clear()
    yield
    passwords._decoy.cache_clear()


@pytest.fixture
def rep(session, office, now):
    made = people.create_user(session, office.organisation_id, "Rep@Kita.example", "Rep", now, password=PASSWORD)
    session.commit()
    return made


def test_a_user_signs_in_with_password_whatever_the_case_of_the_address(session, rep, now):
    assert sign_in.authenticate(session, "REP@kita.example", PASSWORD, now) == rep


@pytest.mark.parametrize(
    ("address", "password"),
    [("rep@kita.example", "wrong"), ("rep@kita.example", ""), ("nobody@kita.example", PASSWORD), ("", "")],
)
def test_wrong_passwords_and_unknown_addresses_are_refused_alike(session, rep, now, address, password):
    assert sign_in.authenticate(session, address, password, now) is None


def test_who_has_no_password_or_is_deactivated_cannot_sign_in(session, office, rep, now):
    people.set_active(session, rep.id, False)
    assert sign_in.authenticate(session, rep.address, PASSWORD, now) is None
    assert sign_in.authenticate(session, office.aya.address, "", now) is None


def test_an_unknown_address_costs_a_whole_password_check(session, rep, now, monkeypatch):
    checked = []

    class Watched(PasswordHasher):
        def verify(self, stored, given):
            checked.append(stored)
            return super().verify(stored, given)

    monkeypatch.setattr(passwords, "_hasher", lambda: Watched(time_cost=1, memory_cost=8, parallelism=1))
    for address in (rep.address, "nobody@kita.example"):
        assert sign_in.authenticate(session, address, "x", now) is None
    assert len(checked) == 2
    assert all(stored.startswith("$argon2id$") for stored in checked)


def test_passwords_are_stored_as_argon2_hashes_and_can_be_changed(session, rep, now):
    stored = select(UserRow.password_hash).where(UserRow.id == rep.id)
    assert session.scalar(stored).startswith("$argon2id$")
    sign_in.set_password(session, rep.id, "another one, long enough")
    assert sign_in.authenticate(session, rep.address, PASSWORD, now) is None
    assert sign_in.authenticate(session, rep.address, "another one, long enough", now) == rep


def test_ten_failures_lock_an_address_for_a_quarter_of_an_hour_and_no_other(session, office, rep, now):
    for _ in range(sign_in.MAX_FAILURES):
        assert sign_in.authenticate(session, rep.address, "wrong", now) is None
    with pytest.raises(errors.NotAllowed, match="15 minutes"):
        sign_in.authenticate(session, rep.address.upper(), PASSWORD, now + timedelta(minutes=14))
    assert sign_in.authenticate(session, office.ben.address, "wrong", now) is None
    assert sign_in.authenticate(session, rep.address, PASSWORD, now + timedelta(minutes=15)) == rep


def test_one_machine_that_tries_many_addresses_waits_too(session, office, rep, now):
    for n in range(sign_in.MAX_CLIENT_FAILURES):
        assert sign_in.authenticate(session, f"guess{n}@kita.example", "wrong", now, "192.0.2.7") is None
    with pytest.raises(errors.NotAllowed, match="machine"):
        sign_in.authenticate(session, rep.address, PASSWORD, now, "192.0.2.7")
    assert sign_in.authenticate(session, rep.address, PASSWORD, now, "192.0.2.8") == rep


def test_a_new_password_must_be_long_enough_and_ends_the_sessions(session, rep, now):
    token = tokens.start_session(session, rep.id, now)
    with pytest.raises(errors.UsageError, match="at least 10"):
        sign_in.set_password(session, rep.id, "short")
    assert not sign_in.change_password(session, rep, "wrong", "a new one, long enough", now)
    assert tokens.find_session(session, token, now) is not None
    assert sign_in.change_password(session, rep, PASSWORD, "a new one, long enough", now)
    assert tokens.find_session(session, token, now) is None


def test_who_signs_in_by_link_sets_a_first_password_without_an_old_one(session, office, now):
    assert sign_in.change_password(session, office.aya, "", "a first one, long enough", now)
    assert not sign_in.change_password(session, office.aya, "", "another one, long enough", now)


def test_the_last_active_admin_stays_one(session, office, now):
    for change in (people.require_another_admin, lambda s, u: people.change_user(s, u.id, {"profile": "standard"})):
        with pytest.raises(errors.Conflict, match="last active administrator"):
            change(session, office.admin)
    people.change_user(session, office.aya.id, {"profile": "admin"})
    people.require_another_admin(session, office.admin)
    people.set_active(session, office.aya.id, False)
    with pytest.raises(errors.Conflict):
        people.require_another_admin(session, office.admin)
    people.require_another_admin(session, office.ben)


def test_a_user_is_changed_value_by_value(session, office, now):
    changed = people.change_user(session, office.ben.id, {"name": "Benjamin", "address": "B@Kita.example"})
    assert (changed.name, changed.address, changed.profile) == ("Benjamin", "b@kita.example", "standard")
    with pytest.raises(errors.Conflict):
        people.change_user(session, office.ben.id, {"address": office.aya.address})
    with pytest.raises(errors.UsageError):
        people.change_user(session, office.ben.id, {"role_id": "none such"})


def test_a_success_forgets_the_failures_before_it(session, rep, now):
    for password in ["wrong"] * 9 + [PASSWORD] + ["wrong"] * 9:
        sign_in.authenticate(session, rep.address, password, now)
    assert sign_in.authenticate(session, rep.address, PASSWORD, now) == rep


def test_the_products_own_hasher_does_the_work_that_rfc_9106_asks_for(monkeypatch):
    monkeypatch.undo()
    hasher = passwords._hasher()
    assert (hasher.memory_cost, hasher.time_cost) >= (
        profiles.RFC_9106_LOW_MEMORY.memory_cost,
        profiles.RFC_9106_LOW_MEMORY.time_cost,
    )


def test_an_address_belongs_to_one_user(session, office, now):
    with pytest.raises(errors.Conflict):
        people.create_user(session, office.organisation_id, office.aya.address.upper(), "Other", now)


def test_preferences_change_one_by_one(session, office):
    assert people.set_preferences(session, office.aya.id, theme="dark").theme == "dark"
    changed = people.set_preferences(session, office.aya.id, language="en", timezone="Europe/Berlin")
    assert (changed.theme, changed.language, changed.timezone) == ("dark", "en", "Europe/Berlin")
    assert people.get_user(session, office.ben.id) == office.ben
    with pytest.raises(errors.NotFound):
        people.set_preferences(session, "nobody", theme="dark")


def test_users_are_listed_by_organisation(session, office, other_office):
    assert set(people.list_users(session, office.organisation_id)) == {office.admin, office.aya, office.ben}
    assert people.find_user(session, other_office.aya.address) == other_office.aya
    assert people.find_organisation(session, "Kita Trading") == office.organisation_id
    assert people.find_organisation(session, "None such") is None


def test_a_browser_session_ends_by_time_by_hand_and_with_its_user(session, office, now):
    first = tokens.start_session(session, office.aya.id, now, timedelta(hours=1))
    second = tokens.start_session(session, office.aya.id, now)
    found = tokens.find_session(session, first, now)
    assert found.user == office.aya
    assert found.csrf_token != tokens.find_session(session, second, now).csrf_token
    assert tokens.find_session(session, first, now + timedelta(hours=1)) is None
    tokens.end_session(session, second)
    assert tokens.find_session(session, second, now) is None
    people.set_active(session, office.aya.id, False)
    assert tokens.find_session(session, first, now) is None


def test_a_sign_in_link_works_once(session, office, now):
    token = tokens.create_sign_in_link(session, office.ben.id, now)
    assert tokens.redeem_sign_in_link(session, token, now) == office.ben
    assert tokens.redeem_sign_in_link(session, token, now) is None


def test_a_sign_in_link_expires_and_ends_with_its_user(session, office, now):
    late, dead = (tokens.create_sign_in_link(session, office.ben.id, now, timedelta(hours=1)) for _ in range(2))
    assert tokens.redeem_sign_in_link(session, late, now + timedelta(hours=1)) is None
    people.set_active(session, office.ben.id, False)
    assert tokens.redeem_sign_in_link(session, dead, now) is None
    assert tokens.redeem_sign_in_link(session, "made up", now) is None


def test_of_many_who_use_one_link_at_once_one_gets_in(engine, session, office, now):
    token, got = tokens.create_sign_in_link(session, office.ben.id, now), []
    session.commit()

    def use():
        got.append(transact(sessions(engine), lambda each: tokens.redeem_sign_in_link(each, token, now)))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(user is not None for user in got) == [False] * 5 + [True]


def test_an_api_token_is_its_user_until_it_is_revoked(session, office, now):
    secret, listed = tokens.create_api_token(session, office.aya.id, "export", now)
    assert tokens.find_api_token(session, secret, now).user == office.aya
    assert [token.name for token in tokens.list_api_tokens(session, office.aya.id, now)] == ["export"]
    with pytest.raises(errors.NotFound):
        tokens.revoke_api_token(session, office.ben.id, listed.id, now)
    tokens.revoke_api_token(session, office.aya.id, listed.id, now)
    assert tokens.find_api_token(session, secret, now) is None
    assert tokens.list_api_tokens(session, office.aya.id, now) == ()


def test_a_token_expires_and_may_only_so_much(session, office, now):
    end = now + timedelta(days=1)
    secret, listed = tokens.create_api_token(session, office.aya.id, "report", now, scope="read", expires_at=end)
    assert (listed.scope, listed.expires_at) == ("read", end)
    assert tokens.find_api_token(session, secret, now).scope == "read"
    assert tokens.find_api_token(session, secret, end) is None
    assert tokens.list_api_tokens(session, office.aya.id, end) == ()
    with pytest.raises(errors.UsageError):
        tokens.create_api_token(session, office.aya.id, "late", now, expires_at=now)


def test_a_tokens_last_use_is_noted_to_the_hour(session, office, now):
    secret, _ = tokens.create_api_token(session, office.aya.id, "export", now)
    for minutes in (0, 30, 90):
        tokens.find_api_token(session, secret, now + timedelta(minutes=minutes))
    session.expire_all()
    assert tokens.list_api_tokens(session, office.aya.id, now)[0].last_used_at == now + timedelta(minutes=90)


def test_no_secret_is_stored_as_it_is(session, office, now):
    secrets = [
        tokens.start_session(session, office.aya.id, now),
        tokens.create_sign_in_link(session, office.aya.id, now),
        tokens.create_api_token(session, office.aya.id, "export", now)[0],
    ]
    stored = [session.scalars(select(table.token_hash)).all() for table in (WebSessionRow, SignInLinkRow, ApiTokenRow)]
    assert all(len(hashes) == 1 and secret not in hashes[0] for secret, hashes in zip(secrets, stored, strict=True))


def test_the_audit_log_is_read_newest_first_by_admins_of_the_organisation(session, office, other_office, now):
    for n in range(3):
        audit.record_action(session, office.organisation_id, office.admin.id, "mailbox.assign", f"m{n}", now, {"n": n})
    audit.record_action(session, other_office.organisation_id, None, "mailbox.assign", "theirs", now)
    newest = audit.list_actions(session, office.admin, limit=2)
    assert [entry.subject for entry in newest] == ["m2", "m1"]
    assert [entry.detail for entry in audit.list_actions(session, office.admin, before=newest[-1].id)] == [{"n": 0}]
    with pytest.raises(errors.NotAllowed):
        audit.list_actions(session, office.aya)


def test_the_audit_log_is_filtered(session, office, now):
    for n, action in enumerate(("role.create", "role.change", "roles", "user.create")):
        by = office.admin.id if n % 2 else None
        audit.record_action(session, office.organisation_id, by, action, f"s{n}", now + timedelta(hours=n))

    def found(**narrow):
        entries = audit.list_actions(session, office.admin, narrow=audit.AuditFilter(**narrow))
        return [entry.subject for entry in entries]

    assert found(action="role") == ["s1", "s0"]
    assert found(action="role.change") == ["s1"]
    assert found(user_id=office.admin.id) == ["s3", "s1"]
    assert found(subject="s2") == ["s2"]
    assert found(since=now + timedelta(hours=1), until=now + timedelta(hours=3)) == ["s2", "s1"]
