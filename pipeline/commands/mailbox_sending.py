"""``mail-insight mailbox sending`` and ``disable``: how a mailbox sends, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from pipeline import errors
from pipeline.accounts.account import Security, Server
from pipeline.accounts.troubles import Trouble, words
from pipeline.commands.database import open_store
from pipeline.commands.mailbox import find
from pipeline.commands.settings import load
from pipeline.deliver import settings as sending
from pipeline.deliver.settings import Sending
from pipeline.store.engine import transact
from pipeline.store.organisation import people
from pipeline.store.sync import lifecycle
from pipeline.store.sync.lifecycle import Keeping
from pipeline.store.sync.mailboxes import get_mailbox


def change(
    name: str,
    server: Server | None,
    addresses: Sequence[str],
    save_sent: bool | None,
    password: str | None,
    language: str,
) -> None:
    """Set how a mailbox sends, tried before it is saved; without any choice show how it does."""
    settings = load()
    factory = open_store(settings)
    mailbox_id = transact(factory, lambda session: find(session, name))
    known = transact(factory, lambda session: sending.sending_of(session, mailbox_id))
    wanted = Sending(
        server or known.server, tuple(addresses) or known.addresses,
        known.save_sent if save_sent is None else save_sent, known.can_save_sent,
    )  # fmt: skip
    if wanted != known:
        try:
            sending.try_sending(factory, settings, mailbox_id, wanted, lambda: datetime.now(UTC), password)
        except Trouble as trouble:
            raise errors.RemoteError(words(trouble.code, language)) from None
        wanted = transact(
            factory, lambda session: sending.set_sending(session, None, mailbox_id, wanted, datetime.now(UTC))
        )
    to = f"{wanted.server.host}:{wanted.server.port} ({wanted.server.security})" if wanted.server else "no server"
    saved = "saved on the server by us" if wanted.save_sent else "not saved by us"
    typer.echo(f"{to}; from {', '.join(wanted.addresses)}; sent mail is {saved}.", err=True)


def server_named(host: str | None, port: int | None, security: Security, ca_file: str | None) -> Server | None:
    """The server that is named by options; whoever runs this command may name one inside."""
    if host is None:
        return None
    return Server(host, port or {"tls": 465, "starttls": 587, "none": 25}[security], security, ca_file, inside=True)


def disable(name: str, admin: str, keeping: Keeping) -> None:
    """Disable a mailbox in the name of an administrator; its mail stays."""
    with open_store(load()).begin() as session:
        mailbox_id = find(session, name)
        user = people.find_user(session, admin)
        if user is None or user.organisation_id != get_mailbox(session, mailbox_id).organisation_id:
            raise errors.NotFound("There is no such administrator.")
        lifecycle.disable(session, user, mailbox_id, keeping, datetime.now(UTC))
