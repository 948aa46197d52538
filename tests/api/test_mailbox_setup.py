"""Setting mailboxes up through the API, against a real mail server and a real OAuth provider on loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text

from api.security import CSRF_HEADER
from pipeline.accounts.credentials import open_vault
from pipeline.ingest.turns import Turns
from pipeline.store.sync import accounts
from pipeline.store.tables import AccountRow, GrantRow
from tests.mail_server import PASSWORD, Dovecot
from tests.oauth_server import CLIENT_SECRET

SETUP = "/api/v1/mailboxes/setup"


def draft(server: Dovecot, user: str, **choices):
    host = {"host": "127.0.0.1", "port": server.ports["IMAPS"], "security": "tls"}
    return {"address": user, "service": "generic", "password": PASSWORD, "server": host} | choices


def mail(n: int) -> bytes:
    return f"Message-ID: <s{n}@north.example>\nFrom: a@north.example\nSubject: {n}\n\nHello\n".encode()


def test_the_wizard_by_password_from_lookup_to_the_first_mail(rep, open_house, house, office):
    _, server = house
    user = server.new_user()
    server.deliver(user, mail(1), mail(2), date='"01-Feb-2026 00:00:00 +0000"')
    server.deliver(user, mail(3), date='"01-Feb-2020 00:00:00 +0000"')
    with server.client(user) as client:
        client.create("Projects")
    known = rep.post(f"{SETUP}/lookup", json={"address": user}).json()
    assert (known["service"]["id"], known["service"]["oauth"], known["username"]) == ("house", True, user)
    assert known["servers"]["imap"][0]["host"] == "127.0.0.1"
    shown = rep.post(f"{SETUP}/preview", json=draft(server, user, since="2021-01-01")).json()
    assert shown["problem"] is None
    by_name = {each["name"]: each for each in shown["folders"]}
    assert (by_name["INBOX"]["mails"], by_name["INBOX"]["since"], by_name["INBOX"]["role"]) == (3, 2, "inbox")
    assert (by_name["Projects"]["role"], by_name["Junk"]["role"]) == ("other", "junk")
    chosen = [{"name": "Projects", "role": "archive", "wanted": False}]
    further = ["sales@south.example"]
    made = rep.post(
        "/api/v1/mailboxes",
        json=draft(server, user, since="2021-01-01", folders=chosen, further_addresses=further, save_sent=True),
    )
    assert made.status_code == 201
    mailbox = made.json()
    projects = next(each for each in mailbox["folders"] if each["name"] == "Projects")
    assert (projects["wanted"], projects["role"]) == (False, "archive")
    assert PASSWORD not in made.text
    _turn(office, open_house, mailbox["id"])
    inbox = next(
        each for each in rep.get(f"/api/v1/mailboxes/{mailbox['id']}").json()["folders"] if each["name"] == "INBOX"
    )
    assert (inbox["exists"], inbox["seen"], inbox["stored"], inbox["skipped"]) == (3, 3, 2, 1)
    assert rep.post(f"/api/v1/mailboxes/{mailbox['id']}/test").json()["problem"] is None
    again = rep.put(
        f"/api/v1/mailboxes/{mailbox['id']}/folders",
        json={"folders": [{"name": "Projects", "role": "other", "wanted": True}]},
    )
    assert next(each for each in again.json()["folders"] if each["name"] == "Projects")["wanted"]
    assert rep.put(
        f"/api/v1/mailboxes/{mailbox['id']}/folders",
        json={"folders": [{"name": "Nowhere", "role": "other", "wanted": True}]},
    ).status_code == 422  # fmt: skip
    assert rep.post("/api/v1/mailboxes", json=draft(server, user)).status_code == 409


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "wrong-8812"}, "wrong_password"),
        ({"server": {"host": "no-such-host.invalid", "port": 993}}, "dns"),
        ({"server": {"host": "127.0.0.1", "port": 1}}, "refused"),
        ({"server": {"host": "localhost", "port": 1}}, "refused"),
    ],
)
def test_failures_are_told_apart_and_nothing_is_saved(rep, open_house, house, office, change, code):
    _, server = house
    given = draft(server, server.new_user()) | change
    shown = rep.post(f"{SETUP}/preview", json=given).json()
    assert shown["problem"] == code
    assert shown["detail"]
    assert "wrong-8812" not in str(shown)
    assert rep.post("/api/v1/mailboxes", json=given).status_code == 422
    assert rep.get("/api/v1/mailboxes").json() == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "0.0.0.0"])
def test_a_user_may_not_name_hosts_of_the_private_network(rep, app, house, tmp_path, monkeypatch, host):
    _, server = house
    monkeypatch.setitem(app.state._state, "settings", app.state.settings.model_copy(update={"home": tmp_path}))
    given = draft(server, server.new_user()) | {"server": {"host": host.strip("[]"), "port": server.ports["IMAPS"]}}
    shown = rep.post(f"{SETUP}/preview", json=given).json()
    assert shown["problem"] == "private_host"


def test_the_wizard_by_oauth_and_no_token_is_anywhere(rep, sign_in, filled, open_house, house, office, caplog):
    caplog.set_level("DEBUG")
    tokens, server = house
    tokens.user = server.new_user()
    server.deliver(tokens.user, mail(1))
    begun = rep.post(f"{SETUP}/authorize", json={"address": tokens.user, "return_to": "/settings?step=3"}).json()
    back = urlsplit(tokens.approve(begun["url"]))
    other = sign_in(next(name for name, user in filled.users.items() if name != "rep" and not user.is_admin))
    where = f"{back.path}?{back.query}"
    assert other.get(where, follow_redirects=False).status_code == 404
    came = rep.get(where, follow_redirects=False)
    assert came.headers["location"] == f"/settings?step=3&grant={begun['grant']}"
    assert rep.get(where, follow_redirects=False).status_code == 404
    given = {"address": tokens.user, "sign_in": "oauth", "grant": begun["grant"]}
    assert other.post(f"{SETUP}/preview", json=given).status_code == 404
    shown = rep.post(f"{SETUP}/preview", json=given)
    assert shown.json()["problem"] is None
    made = rep.post("/api/v1/mailboxes", json=given)
    assert made.status_code == 201
    assert rep.post("/api/v1/mailboxes", json=given).status_code == 404
    mailbox_id = made.json()["id"]
    tokens.expire()
    _turn(office, open_house, mailbox_id)
    listed = rep.get(f"/api/v1/mailboxes/{mailbox_id}")
    assert listed.json()["state"] == "active"
    told = shown.text + made.text + listed.text + caplog.text + "".join(map(repr, caplog.records))
    with office.engine.connect() as connection:
        for row in (AccountRow, GrantRow):
            told += str(connection.execute(select(row)).all())
    for secret in [*tokens.access, *tokens.refresh, CLIENT_SECRET]:
        assert secret not in told
    assert tokens.refresh


def test_a_withdrawn_permission_stops_that_mailbox_only_and_its_user_is_told(rep, open_house, house, office):
    tokens, server = house
    plain, tokens.user = server.new_user(), server.new_user()
    with_password = rep.post("/api/v1/mailboxes", json=draft(server, plain)).json()["id"]
    grant = _granted(rep, tokens)
    by_grant = rep.post("/api/v1/mailboxes", json={"address": tokens.user, "sign_in": "oauth", "grant": grant})
    stopped = by_grant.json()["id"]
    tokens.revoke()
    assert _turn(office, open_house, stopped) == "grant_ended"
    assert _turn(office, open_house, with_password) is None
    shown = rep.get(f"/api/v1/mailboxes/{stopped}").json()
    assert (shown["state"], shown["problem"]) == ("failed", "grant_ended")
    assert "withdrawn" in shown["detail"] or "取り消" in shown["detail"]
    notices = rep.get("/api/v1/notices").json()
    found = notices["items"] if isinstance(notices, dict) else notices
    assert [(each["kind"], each["detail"]["problem"]) for each in found if each["kind"] == "mailbox.failed"] == [
        ("mailbox.failed", "grant_ended")
    ]
    renewed = rep.put(f"/api/v1/mailboxes/{stopped}/grant", json={"grant": _granted(rep, tokens)})
    assert renewed.json()["state"] == "active"
    assert _turn(office, open_house, stopped) is None
    wrong = rep.put(f"/api/v1/mailboxes/{with_password}/grant", json={"grant": _granted(rep, tokens)})
    assert wrong.status_code == 422


def test_a_refusal_on_the_services_page_comes_back_as_a_problem(rep, open_house, house):
    tokens, _ = house
    begun = rep.post(f"{SETUP}/authorize", json={"address": "ada@south.example", "return_to": "//evil.example/"})
    state = tokens.approve(begun.json()["url"]).rpartition("state=")[2]
    came = rep.get(f"{SETUP}/callback?error=access_denied&state={state}", follow_redirects=False)
    assert came.headers["location"] == "/?problem=grant_refused"
    for service in ("gmail", "zoho"):
        asked = {"address": "a@kita.example", "service": service}
        assert rep.post(f"{SETUP}/authorize", json=asked).status_code == 422


def test_a_colleagues_mailbox_is_not_taken_over(rep, sign_in, filled, open_house, house, office):
    _, server = house
    user = server.new_user()
    assert rep.post("/api/v1/mailboxes", json=draft(server, user)).status_code == 201
    other = sign_in(next(name for name, one in filled.users.items() if name != "rep" and not one.is_admin))
    assert other.post("/api/v1/mailboxes", json=draft(server, user)).status_code == 409


def test_a_connected_mailbox_is_read_from_elsewhere(rep, sign_in, filled, open_house, house, office):
    _, server = house
    user = server.new_user()
    server.deliver(user, mail(1), mail(2))
    pop3 = {"host": "127.0.0.1", "port": server.ports["POP3S"], "security": "tls"}
    box = rep.post("/api/v1/mailboxes", json=draft(server, user) | {"protocol": "pop3", "server": pop3}).json()
    _turn(office, open_house, box["id"])
    here, imap = f"/api/v1/mailboxes/{box['id']}/server", {**pop3, "port": server.ports["IMAPS"]}
    other = sign_in(next(name for name, one in filled.users.items() if name != "rep" and not one.is_admin))
    assert other.put(here, json={"protocol": "imap", "server": imap}).status_code == 404
    assert rep.put(here, json={"server": {**pop3, "host": "localhost"}}).status_code == 403
    refused = rep.put(here, json={"protocol": "imap", "server": imap, "password": "wrong-8812"})
    assert (refused.status_code, "wrong-8812" in refused.text) == (422, False)
    moved = rep.put(here, json={"protocol": "imap", "server": imap})
    assert (moved.status_code, moved.json()["protocol"]) == (200, "imap")
    _turn(office, open_house, box["id"])
    (inbox,) = [each for each in rep.get(f"/api/v1/mailboxes/{box['id']}").json()["folders"] if each["name"] == "INBOX"]
    assert (inbox["seen"], inbox["already_there"]) == (2, 2)
    form = {"protocol": "pop3", "in_host": "localhost", "in_port": pop3["port"], "username": user}
    form["csrf"] = rep.headers[CSRF_HEADER]
    page = f"/settings/mailboxes/{box['id']}/server"
    assert "パスワードを入力し直して" in rep.post(page, data=form).text
    assert rep.post(page, data={**form, "in_host": " ", "password": PASSWORD}).status_code == 200
    saved = rep.post(page, data={**form, "password": PASSWORD}, follow_redirects=False)
    assert saved.status_code == 303
    assert rep.get(f"/api/v1/mailboxes/{box['id']}").json()["protocol"] == "pop3"


def test_services_are_listed(rep, open_house):
    found = {each["id"]: each for each in rep.get(f"{SETUP}/services").json()}
    assert found["gmail"]["protocols"] == ["imap", "pop3", "gmail"]
    assert found["microsoft365"]["protocols"] == ["imap", "pop3", "graph"]
    assert not found["gmail"]["oauth"]
    assert found["house"]["oauth"]
    assert next(reversed(found)) == "generic"


def _granted(rep, tokens) -> str:
    begun = rep.post(f"{SETUP}/authorize", json={"address": tokens.user}).json()
    back = urlsplit(tokens.approve(begun["url"]))
    rep.get(f"{back.path}?{back.query}", follow_redirects=False)
    return begun["grant"]


def _turn(office, settings, mailbox_id: str) -> str | None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE mail_accounts SET lease_owner = NULL, lease_until = NULL"))
    factory = office.app.state.database.factory
    vault = open_vault(settings.home, settings.credential_keys)
    with factory.begin() as session:
        assert accounts.get_account(session, mailbox_id)
    return Turns(factory, vault, settings, "test", lambda: datetime.now(UTC)).take(mailbox_id)
