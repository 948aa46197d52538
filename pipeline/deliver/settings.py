"""How a mailbox sends: looked up, tried, and saved."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.account import Account, Server, from_settings, to_settings
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.services import service_named
from pipeline.accounts.sign_in import SignIn
from pipeline.deliver.composing import checked_address
from pipeline.deliver.smtp import try_out
from pipeline.ingest.connecting import stored_sign_in
from pipeline.settings import Settings
from pipeline.store.engine import transact
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.sync import accounts, lifecycle, mailboxes


@dataclass(frozen=True, slots=True)
class Sending:
    """How a mailbox sends: without a server not at all. ``addresses`` are its From addresses, the default one first.

    ``can_save_sent`` is False where nothing is to be saved: POP3 has no folders, and some services save by themselves.
    """

    server: Server | None
    addresses: tuple[str, ...]
    save_sent: bool
    can_save_sent: bool = True


def get_sending(session: Session, user: User, mailbox_id: str) -> Sending:
    """How a mailbox of the user sends.

    Raises: errors.NotFound.
    """
    lifecycle.require_mailbox(session, user, mailbox_id)
    return sending_of(session, mailbox_id)


def sending_of(session: Session, mailbox_id: str) -> Sending:
    """How a mailbox sends.

    Raises: errors.NotFound.
    """
    account = from_settings(accounts.get_account(session, mailbox_id).settings)
    addresses = account.addresses or mailboxes.get_mailbox(session, mailbox_id).addresses
    return Sending(account.smtp, addresses, account.save_sent, can_save_sent(account))


def can_save_sent(account: Account) -> bool:
    """Whether sent mail may be saved on the server by us: only over IMAP, and only where the service does not."""
    service = service_named(account.service)
    return account.protocol == "imap" and not (service is not None and service.smtp_saves_sent)


def require_change(factory: sessionmaker[Session], user: User, mailbox_id: str) -> None:
    """Make sure that the user may change the mailbox, before a server is tried for them.

    Raises: errors.NotFound; errors.NotAllowed.
    """
    transact(factory, lambda session: lifecycle.require_mailbox(session, user, mailbox_id, change=True))
    transact(factory, lambda session: accounts.get_account(session, mailbox_id))


def try_sending(
    factory: sessionmaker[Session],
    settings: Settings,
    mailbox_id: str,
    wanted: Sending,
    now: Callable[[], datetime],
    password: str | None = None,
) -> None:
    """Sign in to the server with what the mailbox signs in with; nothing is sent.

    A stored password is shown to another host only where whoever asks knows it: else they could have it sent to a
    server of their own. An access token goes to its service only.

    Raises: accounts.troubles.Trouble; errors.NotAllowed; errors.UsageError where it sends in another way.
    """
    if wanted.server is None:
        return
    vault = open_vault(settings.home, settings.credential_keys)
    account, sign_in = stored_sign_in(factory, vault, settings, mailbox_id, now)
    if account.protocol == "graph":
        raise errors.UsageError("This mailbox sends through Microsoft Graph and needs no server for outgoing mail.")
    elsewhere = wanted.server.host not in _hosts(account) and account.sign_in == "password"
    if elsewhere and not (password and hmac.compare_digest(sign_in.secret().encode(), password.encode())):
        raise errors.NotAllowed("Type the mailbox's password again: it will be used at another server.")
    try_account(replace(account, smtp=wanted.server), sign_in, known=_hosts(account))


def try_account(account: Account, sign_in: SignIn, known: Collection[str] | None = None) -> None:
    """Sign in to an account's server for outgoing mail, where it has one; nothing is sent.

    An access token goes to the ``known`` hosts only: those of the account and its service, unless told.

    Raises: accounts.troubles.Trouble; errors.NotAllowed.
    """
    if account.smtp is None or account.protocol == "graph":
        return
    hosts = _hosts(replace(account, smtp=None)) if known is None else known
    if account.sign_in == "oauth" and account.smtp.host not in hosts:
        raise errors.NotAllowed("This mailbox signs in at its service, so it sends through that service's server.")
    service = service_named(account.service)
    try_out(account.smtp, account.username, sign_in, service is not None and service.app_password)


def _hosts(account: Account) -> frozenset[str]:
    service = service_named(account.service)
    servers = (account.server, account.smtp, service.smtp if service else None)
    return frozenset(each.host for each in servers if each)


def set_sending(session: Session, user: User | None, mailbox_id: str, wanted: Sending, now: datetime) -> Sending:
    """Save how a mailbox sends; its From addresses are its own addresses too, by which mail is known as outgoing.

    Raises: errors.NotFound; errors.NotAllowed; errors.UsageError where an address is none, or sent mail cannot be
    saved.
    """
    if user is not None:
        lifecycle.require_mailbox(session, user, mailbox_id, change=True)
    mailbox = mailboxes.get_mailbox(session, mailbox_id)
    account = from_settings(accounts.get_account(session, mailbox_id).settings)
    if wanted.save_sent and not can_save_sent(account):
        raise errors.UsageError("Sent mail is saved only over IMAP, and only where the service does not do it itself.")
    addresses = tuple(dict.fromkeys(checked_address(each).address for each in wanted.addresses))
    changed = replace(account, smtp=wanted.server, addresses=addresses, save_sent=wanted.save_sent)
    accounts.set_settings(session, mailbox_id, to_settings(changed))
    mailboxes.set_protocol(session, mailbox_id, account.protocol, addresses)
    who = user.id if user else None
    record_action(session, mailbox.organisation_id, who, "mailbox.sending", mailbox_id, now)
    return Sending(wanted.server, addresses, wanted.save_sent, can_save_sent(account))
