"""Connections to mail servers that somebody named: looked up once, judged, and made to the address that was judged.

So a name that means a public address now and one of our own network a moment later (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import ipaddress
import socket

from pipeline.accounts.account import Server
from pipeline.accounts.troubles import Trouble

CONNECT_S = 15.0


def connect(server: Server, timeout_s: float) -> socket.socket:
    """A TCP connection to a server.

    Raises: Trouble("private_host") where its address is not public and the server is not ``inside``; OSError.
    """
    last: OSError | None = None
    for family, kind, protocol, _, address in _addresses(server):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(timeout_s, CONNECT_S))
            connection.connect(address)
            connection.settimeout(timeout_s)
            return connection
        except OSError as error:
            connection.close()
            last = error
    raise last or OSError("no address")


def _addresses(server: Server) -> list[tuple[int, int, int, str, tuple[str, int]]]:
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # no name that could stand in the DNS
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
    allowed = [each for each in found if server.inside or is_public(str(each[4][0]))]
    if found and not allowed:
        raise Trouble("private_host")
    return allowed  # type: ignore[return-value]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the Internet at large; one of IPv4 within IPv6 counts as what it stands for."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo and parsed.teredo[1])
        if not inner and parsed in _NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
