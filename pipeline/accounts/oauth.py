"""OAuth 2.0 for mailboxes: authorization code with PKCE, and access tokens that are renewed before they run out.

Authlib speaks the protocol. An id token comes from the token endpoint itself over TLS, so its claims are checked and
its signature need not be (OpenID Connect Core, section 3.1.3.7, item 6).
Source: RFC 6749, RFC 7636 (PKCE), RFC 8252 (programs without a page of their own answer on loopback).
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from pipeline.accounts.account import Protocol
from pipeline.accounts.troubles import Code, Trouble
from pipeline.accounts.web_troubles import over_http

AHEAD = timedelta(minutes=5)
TIMEOUT_S = 30.0
_DEFAULT_LIFE_S = 3600
_IN_BODY = httpx.Auth()  # client id and secret go in the form, not in a header
_CODES: dict[str, Code] = {
    "invalid_grant": "grant_ended", "access_denied": "grant_refused", "consent_required": "grant_refused",
    "interaction_required": "grant_ended", "login_required": "grant_ended", "invalid_client": "oauth_client",
    "unauthorized_client": "oauth_client", "invalid_scope": "oauth_client", "redirect_uri_mismatch": "oauth_client",
    "temporarily_unavailable": "rate_limited", "slow_down": "rate_limited",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provider:
    """Who gives tokens: its addresses, and the scopes that each protocol needs; ``loopback`` is a host it accepts."""

    id: str
    authorize_url: str
    token_url: str
    scopes: Mapping[str, tuple[str, ...]]
    loopback: str = "127.0.0.1"
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Client:
    """What this installation is registered as at a provider."""

    id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the user that is open: everything that the answer must fit; ``url`` is where they answer."""

    url: str
    state: str
    redirect_uri: str
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission: tokens, and until when the access token holds; ``address`` is whose it is, as far as told."""

    provider: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: str
    address: str | None = None

    def to_secret(self) -> str:
        """The grant as a text, to be sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, secret: str) -> Grant:
        """The grant that ``to_secret`` wrote."""
        return cls(**json.loads(secret))

    def holds(self, now: datetime) -> bool:
        """Whether the access token is good for some minutes yet."""
        return datetime.fromisoformat(self.expires_at) - now > AHEAD


def ask(provider: Provider, client: Client, protocol: Protocol, redirect_uri: str, address: str = "") -> Asked:
    """A question for the user of ``address``: where to send their browser, and what to remember meanwhile."""
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with httpx.Client() as web:
        url, state = _session(web, client).create_authorization_url(
            provider.authorize_url, code_verifier=verifier, nonce=nonce, redirect_uri=redirect_uri,
            scope=" ".join(provider.scopes[protocol]), **provider.extra, **({"login_hint": address} if address else {}),
        )  # fmt: skip
    return Asked(url, state, redirect_uri, verifier, nonce)


def exchange(provider: Provider, client: Client, asked: Asked, answer: Mapping[str, str], now: datetime) -> Grant:
    """The grant behind the answer that came back to ``redirect_uri`` (its query).

    Raises: Trouble, "grant_refused" where the user said no or the answer is not to this question.
    """
    if not hmac.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
        raise Trouble("grant_refused")
    if "code" not in answer:
        raise Trouble(_CODES.get(answer.get("error", ""), "grant_refused"))
    token = _told(client, lambda session, who: session.fetch_token(
        provider.token_url, code=answer["code"], code_verifier=asked.verifier, grant_type="authorization_code",
        redirect_uri=asked.redirect_uri, auth=_IN_BODY, **who,
    ))  # fmt: skip
    if not token.get("refresh_token"):
        raise Trouble("grant_refused")
    return _grant(provider, token, "", _address(token, client, asked.nonce), now)


def refresh(provider: Provider, client: Client, grant: Grant, now: datetime) -> Grant:
    """The grant with a fresh access token; some providers change the refresh token as well.

    Raises: Trouble, "grant_ended" where the permission was withdrawn or has run out.
    """
    token = _told(client, lambda session, who: session.refresh_token(
        provider.token_url, refresh_token=grant.refresh_token, auth=_IN_BODY, **who
    ))  # fmt: skip
    return _grant(provider, token, grant.refresh_token, grant.address, now)


class Granted:
    """Signs in by a stored grant; safe to use from several threads.

    ``load`` reads the stored grant and ``save`` replaces it: somebody else may have renewed it meanwhile. One that is
    not stored yet needs neither.
    """

    def __init__(
        self,
        provider: Provider,
        client: Client,
        grant: Grant,
        now: Callable[[], datetime],
        load: Callable[[], Grant] | None = None,
        save: Callable[[Grant], None] = lambda _: None,
    ) -> None:
        self._provider, self._client, self._now = provider, client, now
        self.grant: Grant = grant
        self._load, self._save = load or (lambda: self.grant), save
        self._lock = threading.Lock()

    def secret(self) -> str:
        """An access token that is good for some minutes, renewed ahead of its end."""
        with self._lock:
            if not self.grant.holds(self._now()):
                self._renew()
            return self.grant.access_token

    def renewed(self) -> str:
        """Another access token."""
        with self._lock:
            self._renew()
            return self.grant.access_token

    def _renew(self) -> None:
        stored = self._load()
        if stored != self.grant and stored.holds(self._now()):
            self.grant = stored
            return
        try:
            self.grant = refresh(self._provider, self._client, stored, self._now())
        except Trouble as trouble:
            newer = self._load()
            if trouble.code != "grant_ended" or newer == stored:
                raise
            self.grant = newer  # another process was first, and the provider takes each refresh token once
            return
        self._save(self.grant)


def _session(web: httpx.Client, client: Client) -> Any:
    from authlib.oauth2.client import OAuth2Client

    return OAuth2Client(web, client.id, code_challenge_method="S256")


def _told(client: Client, work: Callable[[Any, Mapping[str, str]], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the token endpoint says, its errors as ``Trouble``; never what it said of them."""
    from authlib.common.errors import AuthlibBaseError

    who = {"client_id": client.id} | ({"client_secret": client.secret} if client.secret else {})
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as web:
            token = work(_session(web, client), who)
    except AuthlibBaseError as error:
        raise Trouble(_CODES.get(error.error or "", "grant_refused")) from None
    except httpx.HTTPError as error:
        raise over_http(error) from None
    except ValueError:
        raise Trouble("not_understood") from None
    if not isinstance(token.get("access_token"), str):
        raise Trouble("not_understood")
    return token


def _grant(
    provider: Provider, token: Mapping[str, Any], refresh_token: str, address: str | None, now: datetime
) -> Grant:
    life = timedelta(seconds=int(token.get("expires_in") or _DEFAULT_LIFE_S))
    newest = token.get("refresh_token") or refresh_token
    return Grant(provider.id, token["access_token"], newest, (now + life).astimezone(UTC).isoformat(), address)


def _address(token: Mapping[str, Any], client: Client, nonce: str) -> str | None:
    """The address that an id token tells, if there is one.

    Raises: Trouble("grant_refused") where it is for somebody else or another question.
    """
    id_token = token.get("id_token")
    if not isinstance(id_token, str):
        return None
    try:
        payload = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    except (ValueError, KeyError, IndexError, TypeError):
        raise Trouble("not_understood") from None
    if client.id not in audience or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Trouble("grant_refused")
    found = claims.get("email") or claims.get("preferred_username")
    return found.lower() if isinstance(found, str) and "@" in found else None


def with_tenant(provider: Provider, tenant: str) -> Provider:
    """The provider with its ``{tenant}`` filled in."""
    return replace(
        provider,
        authorize_url=provider.authorize_url.replace("{tenant}", tenant),
        token_url=provider.token_url.replace("{tenant}", tenant),
    )
