"""OAuth 2.0 against a real provider on loopback: code with PKCE, renewal, revocation; and Dovecot takes the tokens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from pipeline import errors
from pipeline.accounts import oauth, sasl
from pipeline.accounts.account import Account
from pipeline.accounts.oauth import Grant, Granted
from pipeline.accounts.services import GENERIC, provider_of, service_named
from pipeline.accounts.troubles import Trouble
from pipeline.commands.mailbox_add import ask_on_loopback
from pipeline.ingest.connecting import connect
from pipeline.ingest.imap import ImapSource
from pipeline.ingest.setting_up import Draft, SetUp
from pipeline.settings import Settings
from tests.mail_server import Dovecot, running_dovecot
from tests.oauth_server import TokenServer, running_provider

BACK = "http://127.0.0.1:1/back"


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A provider."""
    with running_provider() as server:
        yield server


@pytest.fixture
def settings(tokens, tmp_path) -> Settings:
    """Settings with a service at the provider."""
    path = tmp_path / "services.toml"
    path.write_text(tokens.services(imap={"host": "127.0.0.1", "port": 1}))
    return Settings(home=tmp_path, services_file=str(path))


@pytest.fixture
def at(settings):
    """The provider and this installation's client there."""
    return provider_of(service_named("house", settings.services_file), settings)


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


def answer(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def granted(tokens, at, clock) -> Grant:
    asked = oauth.ask(*at, "imap", BACK)
    return oauth.exchange(*at, asked, answer(tokens.approve(asked.url)), clock())


def test_a_code_becomes_a_grant_that_tells_whose_it_is_and_shows_no_token(tokens, at, clock):
    asked = oauth.ask(*at, "imap", BACK, "ada@south.example")
    query = answer(asked.url)
    assert query["login_hint"] == "ada@south.example"
    assert query["scope"] == "openid email mail"
    assert asked.verifier not in asked.url
    grant = oauth.exchange(*at, asked, answer(tokens.approve(asked.url)), clock())
    assert grant.address == "ada@south.example"
    assert grant.holds(clock())
    assert grant.access_token not in repr(grant) + repr(at)
    assert grant.refresh_token not in repr(grant)
    assert Grant.of(grant.to_secret()) == grant


def test_an_answer_to_another_question_or_one_answered_twice_is_refused(tokens, at, clock):
    asked, other = oauth.ask(*at, "imap", BACK), oauth.ask(*at, "imap", BACK)
    back = answer(tokens.approve(asked.url))
    for wrong in (
        back | {"state": other.state}, {"state": asked.state, "error": "access_denied"}, {"state": asked.state}, {}
    ):  # fmt: skip
        with pytest.raises(Trouble) as refused:
            oauth.exchange(*at, asked, wrong, clock())
        assert refused.value.code == "grant_refused"
    assert tokens.asked == []
    oauth.exchange(*at, asked, back, clock())
    with pytest.raises(Trouble) as twice:
        oauth.exchange(*at, asked, back, clock())
    assert twice.value.code == "grant_ended"


def test_a_code_without_its_verifier_or_for_another_nonce_is_worth_nothing(tokens, at, clock):
    asked, other = oauth.ask(*at, "imap", BACK), oauth.ask(*at, "imap", BACK)
    back = answer(tokens.approve(asked.url))
    stolen = oauth.Asked(asked.url, asked.state, BACK, other.verifier, asked.nonce)
    with pytest.raises(Trouble):
        oauth.exchange(*at, stolen, back, clock())
    replayed = oauth.Asked(asked.url, asked.state, BACK, asked.verifier, other.nonce)
    with pytest.raises(Trouble) as refused:
        oauth.exchange(*at, replayed, answer(tokens.approve(asked.url)), clock())
    assert refused.value.code == "grant_refused"


def test_a_token_is_renewed_ahead_of_its_end_and_the_new_grant_is_kept(tokens, at, clock):
    first = granted(tokens, at, clock)
    kept: list[Grant] = [first]
    sign_in = Granted(*at, first, clock, lambda: kept[-1], kept.append)
    assert sign_in.secret() == first.access_token
    clock.at += timedelta(seconds=3600) - oauth.AHEAD + timedelta(seconds=1)
    assert sign_in.secret() != first.access_token
    assert tokens.asked.count("refresh_token") == 1
    assert len(kept) == 2
    assert kept[-1].refresh_token == first.refresh_token
    assert kept[-1].address == "ada@south.example"


def test_many_at_once_renew_once_and_two_processes_share_a_rotating_token(tokens, at, clock):
    tokens.rotates = True
    kept = [granted(tokens, at, clock)]
    one, two = (Granted(*at, kept[0], clock, lambda: kept[-1], kept.append) for _ in "ab")
    clock.at += timedelta(hours=1)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(one.secret())) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(found)) == 1
    assert two.secret() == found[0]
    assert tokens.asked.count("refresh_token") == 1
    assert kept[-1].refresh_token != kept[0].refresh_token


@pytest.mark.parametrize(
    ("change", "code", "final"),
    [
        (TokenServer.revoke, "grant_ended", True),
        (lambda server: server.fails.append(400), "rate_limited", False),
        (lambda server: server.fails.append(502), "unavailable", False),
        (TokenServer.close, "refused", False),
    ],
)
def test_a_renewal_that_fails_says_why_and_never_what_the_provider_said(tokens, at, clock, change, code, final):
    grant = granted(tokens, at, clock)
    clock.at += timedelta(hours=1)
    change(tokens)
    with pytest.raises(Trouble) as failed:
        Granted(*at, grant, clock).secret()
    assert (failed.value.code, failed.value.is_final) == (code, final)
    assert grant.refresh_token not in str(failed.value)
    assert failed.value.__cause__ is None


def test_on_loopback_the_browser_brings_the_answer(tokens, settings):
    set_up = SetUp(settings, trusted=True)
    service = set_up.service("ada@south.example")
    assert service.id == "house"

    def browse(url: str) -> None:
        back = tokens.approve(url)
        stray = f"{back.partition('?')[0]}favicon.ico"
        threading.Thread(target=lambda: [httpx.get(each) for each in (stray, back)], daemon=True).start()

    found = ask_on_loopback(set_up, service, Draft("ada@south.example"), browse)
    assert tokens.user_of(found.secret()) == "ada@south.example"


def test_an_installation_that_is_not_registered_says_so(tmp_path):
    set_up = SetUp(Settings(home=tmp_path))
    for name, said in (("gmail", "not registered at Gmail"), ("zoho", "no OAuth"), (GENERIC.id, "no OAuth")):
        with pytest.raises(errors.UsageError, match=said):
            set_up.provider(set_up.service("a@kita.example", name))
    registered = Settings(home=tmp_path, microsoft_client_id="abc", microsoft_tenant="kita.example")
    provider, client = SetUp(registered).provider(service_named("microsoft365"))
    assert "/kita.example/oauth2/" in provider.token_url
    assert client.id == "abc"


def test_what_is_said_to_a_server_follows_the_standards():
    said = sasl.response(sasl.OAUTHBEARER, "a,b=c@kita.example", "t0k", "mail.kita.example", 993)
    assert said == b"n,a=a=2Cb=3Dc@kita.example,\x01host=mail.kita.example\x01port=993\x01auth=Bearer t0k\x01\x01"
    assert sasl.response(sasl.XOAUTH2, "a@kita.example", "t0k", "", 0) == (
        b"user=a@kita.example\x01auth=Bearer t0k\x01\x01"
    )
    assert sasl.mechanism({"PLAIN", "XOAUTH2"}) == "XOAUTH2"
    assert sasl.mechanism({"PLAIN", "XOAUTH2", "oauthbearer"}) == "OAUTHBEARER"


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[TokenServer, Dovecot]]:
    """A provider, and a mail server that asks it."""
    with running_provider() as tokens, running_dovecot(tokens.url) as server:
        yield tokens, server


def by_token(server: Dovecot, user: str, kind: str = "IMAPS") -> Account:
    account = server.account(user, kind)
    return Account(**{name: getattr(account, name) for name in account.__slots__} | {"sign_in": "oauth"})


@pytest.mark.parametrize("kind", ["IMAPS", "POP3S"])
@pytest.mark.parametrize("name", [sasl.OAUTHBEARER, sasl.XOAUTH2])
def test_dovecot_takes_the_token_of_its_user_only(house, monkeypatch, kind, name):
    tokens, server = house
    tokens.user = server.new_user()
    monkeypatch.setattr(sasl, "mechanism", lambda offered: name if name in offered else pytest.fail("not offered"))
    account, given = by_token(server, tokens.user, kind), tokens.give()

    class Fixed:
        renewals = 0

        def secret(self) -> str:
            return str(given["access_token"])

        def renewed(self) -> str:
            self.renewals += 1
            return "at-nonsense"

    good = Fixed()
    source = connect(account, good)
    assert source.folders()
    source.close()
    tokens.expire()
    with pytest.raises(Trouble) as refused:
        connect(account, good)
    assert refused.value.code == "token_refused"
    assert good.renewals == 1
    assert "at-" not in str(refused.value)


def test_a_token_that_the_mail_server_refuses_is_renewed_once(house, tmp_path, clock):
    tokens, server = house
    tokens.user = server.new_user()
    path = tmp_path / "services.toml"
    path.write_text(tokens.services())
    settings = Settings(home=tmp_path, services_file=str(path))
    found = provider_of(service_named("house", str(path)), settings)
    sign_in = Granted(*found, granted(tokens, found, clock), clock)
    tokens.expire()
    source = connect(by_token(server, tokens.user), sign_in)
    assert isinstance(source, ImapSource)
    source.close()
