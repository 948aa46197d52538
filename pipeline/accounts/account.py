"""How a mailbox is reached on its server, and what its user chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from pipeline import errors

Protocol = Literal["imap", "pop3", "gmail", "graph"]
Way = Literal["password", "oauth"]
Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server: ``tls`` from the first byte, ``starttls`` after a greeting, ``none`` only on trusted networks.

    ``ca_file`` names certificates to trust instead of the system's, for a server of one's own. Only an ``inside``
    server may have an address in a private network: whoever may decide that did so at the set-up.
    """

    host: str
    port: int
    security: Security = "tls"
    ca_file: str | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """All choices of the set-up but the password or grant, whichever ``sign_in`` says it is.

    The server of the protocols ``gmail`` and ``graph`` is the one of ``api_url``. ``addresses`` are the From addresses,
    the default one first. ``since`` (ISO date) leaves older mail out. With ``leave_on_server`` False mail is deleted
    from a POP3 server once it is stored. ``smtp`` and ``save_sent`` are for sending.
    """

    service: str
    protocol: Protocol
    server: Server
    username: str
    addresses: tuple[str, ...] = ()
    since: str | None = None
    leave_on_server: bool = True
    smtp: Server | None = None
    save_sent: bool = False
    sign_in: Way = "password"
    api_url: str | None = None


def usual_port(protocol: Protocol, security: Security) -> int:
    """The port that a server for incoming mail has unless it is told otherwise."""
    ports = (995, 110) if protocol == "pop3" else (993, 143)
    return ports[security != "tls"]


_ADAPTER = TypeAdapter(Account)


def to_settings(account: Account) -> dict[str, Any]:
    """The account as JSON values."""
    settings: dict[str, Any] = _ADAPTER.dump_python(account, mode="json")
    return settings


def from_settings(settings: Mapping[str, Any]) -> Account:
    """The account that ``to_settings`` wrote.

    Raises: errors.SettingsError where it is not one.
    """
    try:
        return _ADAPTER.validate_python(dict(settings))
    except ValidationError as error:
        raise errors.SettingsError("The account's settings are not understood; set the mailbox up again.") from error
