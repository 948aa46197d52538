"""Connections by account: the source of its protocol, and a test that says exactly what fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session, sessionmaker

from pipeline.accounts.account import Account, from_settings
from pipeline.accounts.credentials import Vault
from pipeline.accounts.folders import Role, is_wanted, role_of
from pipeline.accounts.oauth import Grant, Granted
from pipeline.accounts.services import provider_of, service_named
from pipeline.accounts.sign_in import Password, SignIn
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.gmail import GmailSource
from pipeline.ingest.graph import GraphSource
from pipeline.ingest.imap import ImapSource
from pipeline.ingest.pop3 import Pop3Source
from pipeline.ingest.protocol import Cursor, ListItems, Opened
from pipeline.ingest.sources import RemoteFolder, Source
from pipeline.settings import Settings
from pipeline.store.engine import transact
from pipeline.store.sync import accounts


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """A folder of the server: its role, whether it would be synced, how many mails it holds, how many since the day."""

    name: str
    role: Role
    wanted: bool
    mails: int
    since: int


def connect(account: Account, sign_in: SignIn) -> Source:
    """A signed-in connection; where a server refuses an access token, another one is tried once.

    Raises: accounts.troubles.Trouble.
    """
    try:
        return _source(account, sign_in, sign_in.secret())
    except Trouble as trouble:
        if trouble.code != "token_refused":
            raise
    return _source(account, sign_in, sign_in.renewed())


def _source(account: Account, sign_in: SignIn, secret: str) -> Source:
    service = service_named(account.service)
    app_passwords = service is not None and service.app_password
    if account.protocol == "imap":
        return ImapSource(account, secret, app_passwords)
    if account.protocol == "pop3":
        return Pop3Source(account, secret, app_passwords)
    return GmailSource(account, sign_in) if account.protocol == "gmail" else GraphSource(account, sign_in)


def look_at(account: Account, sign_in: SignIn, wanted: Sequence[str] = ()) -> tuple[FoundFolder, ...]:
    """Sign in and look at every folder; nothing is fetched or stored.

    Raises: accounts.troubles.Trouble, "no_such_folder" where one of the ``wanted`` folders is missing.
    """
    source = connect(account, sign_in)
    try:
        remote = source.folders()
        if set(wanted) - {folder.name for folder in remote}:
            raise Trouble("no_such_folder")
        since = date.fromisoformat(account.since) if account.since else None
        return tuple(_found(source, folder, since) for folder in remote)
    finally:
        source.close()


def _found(source: Source, folder: RemoteFolder, since: date | None) -> FoundFolder:
    opened = source.open(folder.name, Cursor())
    role = role_of(folder.name, folder.flags, folder.delimiter)
    if not isinstance(opened, Opened):
        return FoundFolder(folder.name, role, is_wanted(role), 0, 0)
    if since is None and opened.exists is not None:
        return FoundFolder(folder.name, role, is_wanted(role), opened.exists, opened.exists)
    items = source.survey(ListItems()).items
    recent = sum(1 for item in items if since is None or item.received is None or item.received >= since)
    return FoundFolder(folder.name, role, is_wanted(role), len(items), recent)


def stored_sign_in(
    factory: sessionmaker[Session], vault: Vault, settings: Settings, mailbox_id: str, now: Callable[[], datetime]
) -> tuple[Account, SignIn]:
    """How a connected mailbox is reached, and what it signs in with; tokens that are renewed are kept.

    Raises: accounts.troubles.Trouble; errors.NotFound.
    """

    def read(session: Session) -> tuple[Account, str]:
        found = from_settings(accounts.get_account(session, mailbox_id).settings)
        return found, accounts.get_secret(session, mailbox_id)

    account, sealed = transact(factory, read)
    if account.sign_in == "password":
        return account, Password(vault.unseal(sealed))

    def load() -> Grant:
        return Grant.of(vault.unseal(transact(factory, read)[1]))

    def save(grant: Grant) -> None:
        transact(factory, lambda session: accounts.keep_secret(session, mailbox_id, vault.seal(grant.to_secret())))

    service = service_named(account.service, settings.services_file)
    found = provider_of(service, settings) if service else None
    if found is None:
        raise Trouble("oauth_client")
    return account, Granted(*found, load(), now, load, save)
