"""Mail services as data (``services.toml``), and finding the servers of a domain that is not in it.

Source: RFC 6186 (SRV records ``_imaps._tcp`` …), RFC 8314 (TLS from the first byte is preferred).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import dns.exception
import dns.resolver

from pipeline.accounts.account import Protocol, Server

_LOOKUP_S = 5.0
_SRV: dict[Protocol, tuple[tuple[str, str], ...]] = {
    "imap": (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls")),
    "pop3": (("_pop3s._tcp", "tls"), ("_pop3._tcp", "starttls")),
}
_PORTS: dict[Protocol, int] = {"imap": 993, "pop3": 995}
_COMMON: dict[Protocol, tuple[str, ...]] = {"imap": ("imap", "mail"), "pop3": ("pop", "pop3", "mail")}


@dataclass(frozen=True, slots=True)
class Service:
    """A mail service: its servers, None where it does not offer one, and what is special about it."""

    id: str
    name: str
    domains: tuple[str, ...]
    mx: tuple[str, ...]
    imap: Server | None
    pop3: Server | None
    smtp: Server | None
    app_password: bool
    smtp_saves_sent: bool
    local_username: bool

    def server(self, protocol: Protocol) -> Server | None:
        """Its server of that protocol."""
        return self.imap if protocol == "imap" else self.pop3

    def username(self, address: str) -> str:
        """What its users sign in with."""
        return address.partition("@")[0] if self.local_username else address


GENERIC = Service("generic", "IMAP / POP3", (), (), None, None, None, False, False, False)


def services() -> tuple[Service, ...]:
    """All services, the one for everything else last."""
    return (*_services().values(), GENERIC)


def service_named(name: str) -> Service | None:
    """The service of that id."""
    return next((each for each in services() if each.id == name), None)


def service_of(address: str) -> Service:
    """The service of an address by its domain, else by who receives mail for that domain."""
    domain = address.rpartition("@")[2].lower()
    known = next((each for each in _services().values() if domain in each.domains), None)
    return known or _by_mx(domain) or GENERIC


def _by_mx(domain: str) -> Service | None:
    hosts = [str(answer.exchange).rstrip(".").lower() for answer in _ask(domain, "MX")]
    for each in _services().values():
        if any(host == end or host.endswith("." + end) for host in hosts for end in each.mx):
            return each
    return None


def candidates(domain: str, protocol: Protocol) -> Iterator[Server]:
    """Servers that may be a domain's, the likeliest first: by SRV records, then by common host names."""
    for label, security in _SRV[protocol]:
        for answer in sorted(_ask(f"{label}.{domain}", "SRV"), key=lambda each: (each.priority, -each.weight)):
            host = str(answer.target).rstrip(".")
            if host:
                yield Server(host, answer.port, security)  # type: ignore[arg-type]
    for prefix in _COMMON[protocol]:
        yield Server(f"{prefix}.{domain}", _PORTS[protocol])


def _ask(name: str, kind: str) -> list[Any]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=_LOOKUP_S))
    except (dns.exception.DNSException, ValueError):
        return []


@cache
def _services() -> dict[str, Service]:
    data = tomllib.loads(resources.files(__package__).joinpath("services.toml").read_text(encoding="utf-8"))
    return {name: _service(name, entry) for name, entry in data.items()}


def _service(name: str, entry: dict[str, Any]) -> Service:
    servers = {kind: Server(**entry[kind]) if kind in entry else None for kind in ("imap", "pop3", "smtp")}
    return Service(
        name, entry["name"], tuple(entry["domains"]), tuple(entry.get("mx", ())), servers["imap"], servers["pop3"],
        servers["smtp"], entry.get("app_password", False), entry.get("smtp_saves_sent", False),
        entry.get("username") == "local",
    )  # fmt: skip
