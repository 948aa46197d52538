"""Services, folder roles, troubles in both languages, and encrypted passwords."""

from __future__ import annotations

import imaplib
import json
import os
import poplib
import socket
import ssl
from importlib import resources
from typing import get_args

import pytest

from pipeline import errors
from pipeline.accounts import services, troubles
from pipeline.accounts.account import Account, Server, from_settings, to_settings
from pipeline.accounts.credentials import add_key, drop_old_keys, open_vault
from pipeline.accounts.folders import role_of
from pipeline.accounts.troubles import Trouble, connecting, signing_in, words


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("a@gmail.com", "gmail"), ("a@Outlook.jp", "outlook"), ("a@yahoo.co.jp", "yahoo_japan"),
        ("a@yahoo.com", "yahoo"), ("a@me.com", "icloud"), ("a@zoho.com", "zoho"),
    ],
)  # fmt: skip
def test_a_service_is_known_by_its_domain(address, service):
    found = services.service_of(address)
    assert found.id == service
    assert found.server("imap") is not None


def test_yahoo_japan_signs_in_without_the_domain_and_icloud_has_no_pop3():
    assert services.service_named("yahoo_japan").username("taro@yahoo.co.jp") == "taro"
    assert services.service_named("gmail").username("a@gmail.com") == "a@gmail.com"
    assert services.service_named("icloud").server("pop3") is None


class Answer:
    """A record of DNS."""

    def __init__(self, **values):
        self.__dict__.update(values)


def test_an_unknown_domain_is_looked_up_in_dns_then_guessed(monkeypatch):
    records = {
        ("_imaps._tcp.kita.example", "SRV"): [
            Answer(target="b.kita.example.", port=993, priority=20, weight=0),
            Answer(target="a.kita.example.", port=1993, priority=10, weight=0),
        ],
        ("minami.example", "MX"): [Answer(exchange="minami-example.mail.protection.outlook.com.")],
    }
    monkeypatch.setattr(services, "_ask", lambda name, kind: records.get((name, kind), []))
    found = [(server.host, server.port, server.security) for server in services.candidates("kita.example", "imap")]
    assert found == [
        ("a.kita.example", 1993, "tls"), ("b.kita.example", 993, "tls"), ("imap.kita.example", 993, "tls"),
        ("mail.kita.example", 993, "tls"),
    ]  # fmt: skip
    assert services.service_of("a@minami.example").id == "microsoft365"
    assert services.service_of("a@kita.example").id == "generic"


@pytest.mark.parametrize(
    ("name", "flags", "role"),
    [
        ("INBOX", (), "inbox"), ("送信済みアイテム", (), "sent"), ("Sent Items", (), "sent"), ("ゴミ箱", (), "trash"),
        ("迷惑メール", (), "junk"), ("下書き", (), "drafts"), ("Ｄｒａｆｔｓ", (), "drafts"),
        ("Papierkorb", (), "trash"),
        ("[Gmail]/All Mail", (), "all"), ("[Gmail]/すべてのメール", (), "all"),
        ("[Gmail]/Starred", ("\\flagged",), "view"),
        ("INBOX.Junk", (), "junk"), ("Trash/Customers", (), "trash"), ("Customers/Sent", (), "sent"),
        ("Whatever", ("\\junk",), "junk"), ("Sent", ("\\trash",), "trash"), ("Offers", (), "other"),
    ],
)  # fmt: skip
def test_what_a_folder_is_for(name, flags, role):
    delimiter = "." if name.startswith("INBOX.") else "/"
    assert role_of(name, frozenset(flags), delimiter) == role


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(-2, "x"), "dns"), (ConnectionRefusedError(), "refused"), (TimeoutError(), "timeout"),
        (ssl.SSLCertVerificationError(1, "x"), "tls_certificate"), (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "tls"),
        (imaplib.IMAP4.abort("x"), "cut"), (ConnectionResetError(), "cut"), (OSError(113, "x"), "unreachable"),
        (poplib.error_proto("-ERR EOF"), "cut"), (imaplib.IMAP4.error("x"), "not_understood"),
    ],
)  # fmt: skip
def test_errors_of_the_connection_are_told_apart(error, code):
    assert connecting(error).code == code


@pytest.mark.parametrize(
    ("said", "app_passwords", "code"),
    [
        ("[AUTHENTICATIONFAILED] Authentication failed.", False, "wrong_password"),
        ("[AUTHENTICATIONFAILED] Invalid credentials", True, "app_password"),
        ("[ALERT] Application-specific password required", False, "app_password"),
        ("[UNAVAILABLE] Temporary authentication failure", True, "too_many_connections"),
        ("[ALERT] Too many simultaneous connections", False, "too_many_connections"),
        ("[ALERT] Your account is not enabled for IMAP use", False, "protocol_off"),
        ("[PRIVACYREQUIRED] Plaintext authentication disallowed", False, "no_starttls"),
    ],
)
def test_refused_sign_ins_are_told_apart_and_never_repeat_what_was_said(said, app_passwords, code):
    trouble = signing_in(imaplib.IMAP4.error(said), app_passwords)
    assert trouble.code == code
    assert said not in str(trouble)


def test_every_trouble_has_words_in_both_languages():
    for code in get_args(troubles.Code):
        assert words(code, "en") != words(code, "ja")
    for language in ("en", "ja"):
        text = resources.files("pipeline.accounts").joinpath(f"troubles_{language}.json").read_text(encoding="utf-8")
        assert set(json.loads(text)) == set(get_args(troubles.Code))


def test_an_account_survives_storage_and_nonsense_is_refused():
    account = Account("generic", "imap", Server("mail.kita.example", 993), "a", ("a@kita.example",), "2026-01-31")
    assert from_settings(json.loads(json.dumps(to_settings(account)))) == account
    with pytest.raises(errors.SettingsError):
        from_settings({"service": 1})


def test_passwords_are_sealed_and_keys_can_be_changed(tmp_path):
    vault = open_vault(tmp_path)
    sealed = vault.seal("päss 合言葉")
    assert "päss" not in sealed
    assert open_vault(tmp_path).unseal(sealed) == "päss 合言葉"
    add_key(tmp_path)
    newer = open_vault(tmp_path)
    assert newer.unseal(sealed) == "päss 合言葉"
    rotated = newer.rotate(sealed)
    only = (tmp_path / "credentials.key").read_text().split()[0]
    assert open_vault(tmp_path, only).unseal(rotated) == "päss 合言葉"
    with pytest.raises(Trouble, match="decrypted"):
        open_vault(tmp_path, only).unseal(sealed)


def test_a_worker_that_runs_takes_new_keys_up_and_old_ones_can_be_dropped(tmp_path):
    working = open_vault(tmp_path)
    sealed = working.seal("secret")
    add_key(tmp_path)
    fresh = open_vault(tmp_path).rotate(sealed)
    assert working.unseal(fresh) == "secret"
    assert drop_old_keys(tmp_path) == 1
    assert (tmp_path / "credentials.key").stat().st_mode & 0o777 == 0o600
    assert working.unseal(fresh) == open_vault(tmp_path).unseal(working.seal("secret")) == "secret"
    with pytest.raises(Trouble):
        working.unseal(sealed)
    assert working.rotate("") == ""
    add_key(tmp_path)
    (tmp_path / "credentials.key").chmod(0o644)
    with pytest.raises(errors.SettingsError):
        working.unseal(fresh)


def test_a_key_file_that_others_may_read_is_refused(tmp_path):
    open_vault(tmp_path)
    path = tmp_path / "credentials.key"
    assert path.stat().st_mode & 0o777 == 0o600
    os.chmod(path, 0o640)
    with pytest.raises(errors.SettingsError, match="chmod 600"):
        open_vault(tmp_path)
    with pytest.raises(errors.SettingsError):
        open_vault(tmp_path, "not-a-key")
