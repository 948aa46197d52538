"""``mail-insight mailbox server``: read a connected mailbox from another server, or by another protocol."""

from __future__ import annotations

from datetime import UTC, datetime

import typer
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts.account import Account, Protocol, Security, Server, from_settings, usual_port
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.sign_in import Password
from pipeline.accounts.troubles import Trouble, words
from pipeline.commands.database import open_store
from pipeline.commands.mailbox import find
from pipeline.commands.mailbox_add import tell_folders
from pipeline.commands.settings import load
from pipeline.ingest import moving
from pipeline.ingest.connecting import stored_sign_in
from pipeline.ingest.moving import Move
from pipeline.ingest.setting_up import SetUp
from pipeline.store.engine import transact
from pipeline.store.sync import accounts, mailboxes
from pipeline.store.sync.mailboxes import Mailbox


def move(
    name: str, protocol: Protocol | None, host: str | None, port: int | None, security: Security | None,
    ca_file: str | None, username: str | None, service: str | None, password: str | None, delete: bool,
    language: str,
) -> None:  # fmt: skip
    """Try the other way, and keep it.

    Raises: errors.RemoteError in plain words where the server cannot be used; errors.NotAllowed; errors.UsageError.
    """
    settings = load()
    factory, vault = open_store(settings), open_vault(settings.home, settings.credential_keys)
    mailbox, account = transact(factory, lambda session: _found(session, name))
    wanted = Move(
        protocol, _server(account, protocol or account.protocol, host, port, security, ca_file), username, service,
        leave_on_server=not delete,
    )  # fmt: skip
    try:
        _, stored = stored_sign_in(factory, vault, settings, mailbox.id, lambda: datetime.now(UTC))
        new = Password(password) if password else None
        tried = moving.attempt(SetUp(settings, trusted=True), mailbox.name, account, wanted, stored, new)
    except Trouble as trouble:
        raise errors.RemoteError(words(trouble.code, language)) from None
    tell_folders(tried.folders)
    sealed = vault.seal(password) if password else None
    transact(factory, lambda session: moving.save(session, mailbox, tried, sealed, datetime.now(UTC)))
    server = tried.account.server
    typer.echo(f"Saved: {tried.account.protocol.upper()} at {server.host}:{server.port} ({server.security}).", err=True)


def _found(session: Session, name: str) -> tuple[Mailbox, Account]:
    mailbox_id = find(session, name)
    account = from_settings(accounts.get_account(session, mailbox_id).settings)
    return mailboxes.get_mailbox(session, mailbox_id), account


def _server(
    account: Account, protocol: Protocol, host: str | None, port: int | None, security: Security | None,
    ca_file: str | None,
) -> Server | None:  # fmt: skip
    """The server that options name, None for the known one; a port or encryption alone is one of the same host."""
    if (host, port, security) == (None, None, None):
        return None
    return Server(
        host or account.server.host, port or usual_port(protocol, security or "tls"), security or "tls", ca_file
    )
