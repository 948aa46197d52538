"""Mail services as data (``services.toml``), and finding the servers of a domain that is not in it.

Source: RFC 6186 (SRV records ``_imaps._tcp`` …), RFC 8314 (TLS from the first byte is preferred).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import dns.exception
import dns.resolver

from pipeline import errors
from pipeline.accounts.account import Protocol, Security, Server
from pipeline.accounts.oauth import Client, Provider, with_tenant
from pipeline.settings import Settings

_LOOKUP_S = 5.0
_SRV: Mapping[str, tuple[tuple[str, Security], ...]] = {
    "imap": (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls")),
    "pop3": (("_pop3s._tcp", "tls"), ("_pop3._tcp", "starttls")),
    "smtp": (("_submissions._tcp", "tls"), ("_submission._tcp", "starttls")),
}
_PORTS: Mapping[str, int] = {"imap": 993, "pop3": 995, "smtp": 465}
_COMMON: Mapping[str, tuple[str, ...]] = {
    "imap": ("imap", "mail"),
    "pop3": ("pop", "pop3", "mail"),
    "smtp": ("smtp", "mail"),
}


@dataclass(frozen=True, slots=True)
class Service:
    """A mail service: its servers, None where it does not offer one, and what is special about it."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    imap: Server | None = None
    pop3: Server | None = None
    smtp: Server | None = None
    app_password: bool = False
    smtp_saves_sent: bool = False
    local_username: bool = False
    oauth: str | None = None
    apis: Mapping[str, str] = field(default_factory=dict)
    inside: bool = False

    def server(self, protocol: Protocol) -> Server | None:
        """Its server of that protocol."""
        if protocol in ("imap", "pop3"):
            return self.imap if protocol == "imap" else self.pop3
        url = urlsplit(self.apis.get(protocol, ""))
        return Server(url.hostname, url.port or 443, inside=self.inside) if url.hostname else None

    def protocols(self) -> tuple[Protocol, ...]:
        """The protocols it offers; the one for everything else may be tried with either."""
        if self.id == GENERIC.id:
            return "imap", "pop3"
        return tuple(each for each in get_args(Protocol) if self.server(each))

    def username(self, address: str) -> str:
        """What its users sign in with."""
        return address.partition("@")[0] if self.local_username else address


GENERIC = Service("generic", "IMAP / POP3")


def services(own: str = "") -> tuple[Service, ...]:
    """All services, those of the file ``own`` first, the one for everything else last."""
    return (*_services(own).values(), GENERIC)


def service_named(name: str, own: str = "") -> Service | None:
    """The service of that id."""
    return next((each for each in services(own) if each.id == name), None)


def service_of(address: str, own: str = "") -> Service:
    """The service of an address by its domain, else by who receives mail for that domain."""
    domain = address.rpartition("@")[2].lower()
    known = next((each for each in _services(own).values() if domain in each.domains), None)
    return known or _by_mx(domain, own) or GENERIC


def _by_mx(domain: str, own: str) -> Service | None:
    hosts = [str(answer.exchange).rstrip(".").lower() for answer in _ask(domain, "MX")]
    for each in _services(own).values():
        if any(host == end or host.endswith("." + end) for host in hosts for end in each.mx):
            return each
    return None


def candidates(domain: str, protocol: Protocol | Literal["smtp"]) -> Iterator[Server]:
    """Servers that may be a domain's, the likeliest first: by SRV records, then by common host names."""
    for label, security in _SRV[protocol]:
        for answer in sorted(_ask(f"{label}.{domain}", "SRV"), key=lambda each: (each.priority, -each.weight)):
            host = str(answer.target).rstrip(".")
            if host:
                yield Server(host, answer.port, security)
    for prefix in _COMMON[protocol]:
        yield Server(f"{prefix}.{domain}", _PORTS[protocol])


def provider_of(service: Service, settings: Settings) -> tuple[Provider, Client] | None:
    """Who gives permissions for a service, and what this installation is there; None where it has no OAuth."""
    entry = _file(settings.services_file).get("oauth", {}).get(service.oauth or "")
    entry = entry or _file("").get("oauth", {}).get(service.oauth or "")
    if service.oauth is None or entry is None:
        return None
    client = _client(service.oauth, entry, settings)
    provider = Provider(
        service.oauth, entry["authorize_url"], entry["token_url"],
        {protocol: tuple(scopes) for protocol, scopes in entry["scopes"].items()},
        entry.get("loopback", "127.0.0.1"), entry.get("extra", {}),
    )  # fmt: skip
    return with_tenant(provider, settings.microsoft_tenant), client


def _client(name: str, entry: Mapping[str, Any], settings: Settings) -> Client:
    if name == "google" and settings.google_client_id:
        return Client(settings.google_client_id, settings.google_client_secret)
    if name == "microsoft" and settings.microsoft_client_id:
        return Client(settings.microsoft_client_id, settings.microsoft_client_secret)
    return Client(entry.get("client_id", ""), entry.get("client_secret", ""))


def _ask(name: str, kind: str) -> list[Any]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=_LOOKUP_S))
    except (dns.exception.DNSException, ValueError):
        return []


@cache
def _services(own: str) -> dict[str, Service]:
    """Services by id; what the administrator's own file names may lie inside."""
    built_in = {name: _service(name, entry) for name, entry in _file("").items() if name != "oauth"}
    if not own:
        return built_in
    try:
        added = {name: _service(name, entry, inside=True) for name, entry in _file(own).items() if name != "oauth"}
    except (KeyError, TypeError) as error:
        raise errors.SettingsError("The file of services is not understood; see docs/oauth.md.") from error
    return added | {name: each for name, each in built_in.items() if name not in added}


@cache
def _file(own: str) -> dict[str, Any]:
    try:
        path = Path(own) if own else resources.files(__package__).joinpath("services.toml")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise errors.SettingsError("The file of services cannot be read; check the setting services_file.") from error


def _service(name: str, entry: Mapping[str, Any], *, inside: bool = False) -> Service:
    servers = {kind: Server(**{"inside": inside} | entry[kind]) for kind in ("imap", "pop3", "smtp") if kind in entry}
    return Service(
        name, entry["name"], tuple(entry["domains"]), tuple(entry.get("mx", ())), servers.get("imap"),
        servers.get("pop3"), servers.get("smtp"), entry.get("app_password", False),
        entry.get("smtp_saves_sent", False), entry.get("username") == "local", entry.get("oauth"),
        entry.get("apis", {}), inside,
    )  # fmt: skip
