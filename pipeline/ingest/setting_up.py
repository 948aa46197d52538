"""Setting a mailbox up, step by step, for the page, the interface and the command line alike.

Look the service up, try the connection, show what the folders are for, save: nothing is saved that was not tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts import services
from pipeline.accounts.account import Account, Protocol, Server, Way, to_settings
from pipeline.accounts.folders import Role
from pipeline.accounts.oauth import Client, Provider
from pipeline.accounts.services import GENERIC, Service
from pipeline.accounts.sign_in import SignIn
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.connecting import FoundFolder, look_at
from pipeline.settings import Settings
from pipeline.store.organisation.audit import record_action
from pipeline.store.sync import accounts, folders, mailboxes
from pipeline.store.sync.mailboxes import Mailbox


@dataclass(frozen=True, slots=True)
class Draft:
    """What the set-up is told; None is filled in. ``skip`` names folders that must be there and are left out.

    ``sender`` is the default From address, else ``address``. With ``sends`` False there is no server for outgoing mail,
    not even the service's own.
    """

    address: str
    service: str | None = None
    protocol: Protocol = "imap"
    sign_in: Way = "password"
    username: str | None = None
    server: Server | None = None
    smtp: Server | None = None
    further: tuple[str, ...] = ()
    since: date | None = None
    leave_on_server: bool = True
    save_sent: bool = False
    skip: tuple[str, ...] = ()
    sends: bool = True
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an address before anything is connected: its service and, by protocol, likely servers."""

    service: Service
    username: str
    oauth: bool
    servers: Mapping[Protocol, tuple[Server, ...]]
    smtp: tuple[Server, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A connection that worked: the account, and the folders that were found."""

    account: Account
    folders: tuple[FoundFolder, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a user chose for a folder."""

    name: str
    role: Role
    wanted: bool


@dataclass(frozen=True, slots=True)
class SetUp:
    """Sets mailboxes up; where ``trusted``, servers may lie in private networks and bring their own certificates."""

    settings: Settings
    trusted: bool = field(default=False)

    def service(self, address: str, name: str | None = None) -> Service:
        """The service of that name, or of an address.

        Raises: errors.UsageError.
        """
        if name is None:
            return services.service_of(address, self.settings.services_file)
        found = services.service_named(name, self.settings.services_file)
        if found is None:
            known = ", ".join(each.id for each in services.services(self.settings.services_file))
            raise errors.UsageError(f"Services are {known}.")
        return found

    def look_up(self, address: str, name: str | None = None) -> Known:
        """Service and servers of an address, from what is known and from DNS.

        Raises: errors.UsageError.
        """
        service, domain = self.service(address, name), _domain(address)
        servers = {protocol: tuple(self._likely(service, protocol, domain)) for protocol in service.protocols()}
        smtp = (service.smtp,) if service.smtp else tuple(map(self._placed, services.candidates(domain, "smtp")))
        found = services.provider_of(service, self.settings)
        return Known(service, service.username(address), found is not None and bool(found[1].id), servers, smtp)

    def provider(self, service: Service) -> tuple[Provider, Client]:
        """Who gives permissions for a service, and what this installation is there.

        Raises: errors.UsageError where there is none.
        """
        found = services.provider_of(service, self.settings)
        if found is None:
            raise errors.UsageError("This service has no OAuth; sign in with a password.")
        if not found[1].id:
            raise errors.UsageError(
                f"This installation is not registered at {service.name} yet; docs/oauth.md says how."
            )
        return found

    def attempt(self, draft: Draft, sign_in: SignIn) -> Tried:
        """Sign in at the first server that takes it, and look at the folders.

        Raises: Trouble, of several the one that tells most; errors.UsageError where the choices do not fit together.
        """
        service = self.service(draft.address, draft.service)
        _check(draft, service)
        worst: Trouble | None = None
        for server in self._servers(draft, service):
            account = self._account(draft, service, server)
            try:
                return Tried(account, look_at(account, sign_in, draft.skip))
            except Trouble as trouble:
                worst = trouble if worst is None or worst.code == "dns" else worst
                if trouble.is_final:
                    raise
        raise worst or Trouble("dns")

    def _servers(self, draft: Draft, service: Service) -> Iterable[Server]:
        if draft.server is not None:
            return [self._placed(draft.server)]
        return self._likely(service, draft.protocol, _domain(draft.address))

    def _likely(self, service: Service, protocol: Protocol, domain: str) -> Iterator[Server]:
        known = service.server(protocol)
        if known is not None:
            yield known
        elif service.id == GENERIC.id:
            yield from map(self._placed, services.candidates(domain, protocol))

    def _placed(self, server: Server) -> Server:
        """A server that somebody named, with what they may decide about it."""
        if self.trusted:
            return replace(server, inside=True)
        ca_file = self.settings.mail_ca_file or None
        return replace(server, inside=self.settings.private_mail_hosts, ca_file=ca_file)

    def _account(self, draft: Draft, service: Service, server: Server) -> Account:
        named = (draft.sender or draft.address, draft.address, *draft.further)
        own = tuple(dict.fromkeys(each.lower() for each in named))
        save_sent = draft.save_sent and draft.protocol == "imap" and not service.smtp_saves_sent
        smtp = self._placed(draft.smtp) if draft.smtp else service.smtp
        return Account(
            service.id, draft.protocol, server, draft.username or service.username(draft.address), own,
            draft.since.isoformat() if draft.since else None, draft.leave_on_server,
            smtp if draft.sends else None, save_sent, draft.sign_in,
            service.apis.get(draft.protocol),
        )  # fmt: skip


def save(
    session: Session, mailbox: Mailbox, tried: Tried, sealed: str, choices: Iterable[Choice], now: datetime,
    user_id: str | None = None,
) -> None:  # fmt: skip
    """Connect a mailbox, and note it in the audit log; folders without a choice go by what they are for.

    Raises: errors.Conflict where it is connected already.
    """
    account = tried.account
    accounts.create_account(session, mailbox.id, to_settings(account), sealed, now)
    mailboxes.set_protocol(session, mailbox.id, account.protocol, account.addresses)
    chosen = {each.name: each for each in choices}
    for folder in tried.folders:
        choice = chosen.get(folder.name, Choice(folder.name, folder.role, folder.wanted))
        folders.choose_folder(session, mailbox.id, folder.name, choice.role, choice.wanted)
    record_action(session, mailbox.organisation_id, user_id, "mailbox.connect", mailbox.id, now)


def _check(draft: Draft, service: Service) -> None:
    if draft.protocol not in service.protocols():
        raise errors.UsageError(f"{service.name} does not offer {draft.protocol.upper()}.")
    if not draft.leave_on_server and draft.protocol != "pop3":
        raise errors.UsageError("Mail is deleted on the server only with POP3; leave that out.")
    if draft.sign_in == "password" and draft.protocol in ("gmail", "graph"):
        raise errors.UsageError("This protocol takes no password; sign in with the service itself.")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
