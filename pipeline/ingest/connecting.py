"""Connections by account: the source of its protocol, and a test that says exactly what fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.accounts.account import Account
from pipeline.accounts.folders import Role, is_wanted, role_of
from pipeline.accounts.services import service_named
from pipeline.accounts.troubles import Trouble
from pipeline.ingest.imap import ImapSource
from pipeline.ingest.pop3 import Pop3Source
from pipeline.ingest.sources import Source
from pipeline.ingest.sync import Cursor, Opened


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """A folder of the server: its role, whether it would be synced, and how many mails it holds."""

    name: str
    role: Role
    wanted: bool
    mails: int


def connect(account: Account, password: str) -> Source:
    """A signed-in connection.

    Raises: accounts.troubles.Trouble.
    """
    service = service_named(account.service)
    app_passwords = service is not None and service.app_password
    kind = ImapSource if account.protocol == "imap" else Pop3Source
    return kind(account, password, app_passwords)


def look_at(account: Account, password: str, wanted: Sequence[str] = ()) -> tuple[FoundFolder, ...]:
    """Sign in and look at every folder; nothing is fetched or stored.

    Raises: accounts.troubles.Trouble, "no_such_folder" where one of the ``wanted`` folders is missing.
    """
    source = connect(account, password)
    try:
        remote = source.folders()
        if set(wanted) - {folder.name for folder in remote}:
            raise Trouble("no_such_folder")
        found = []
        for folder in remote:
            opened = source.open(folder.name, Cursor())
            role = role_of(folder.name, folder.flags, folder.delimiter)
            mails = opened.exists if isinstance(opened, Opened) else 0
            found.append(FoundFolder(folder.name, role, is_wanted(role), mails))
        return tuple(found)
    finally:
        source.close()
