"""``mail-insight sync``: bring mail in from all connected mailboxes, once or for as long as it runs."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import typer

from pipeline import errors
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.troubles import words
from pipeline.commands.import_mail import open_store
from pipeline.commands.mailbox import find
from pipeline.commands.progress import bar
from pipeline.commands.settings import load
from pipeline.ingest.syncing import Step
from pipeline.ingest.turns import Turns
from pipeline.store.engine import transact
from pipeline.store.sync import accounts

_log = logging.getLogger(__name__)
AT_ONCE = 8
LOOK_EVERY_S = 1.0
PARTS = 1000


def run(name: str | None, *, watch: bool) -> None:
    """Sync one mailbox or all; with ``watch`` new mail comes in within seconds until the command is stopped.

    Exit code 3 where a server failed.
    """
    settings = load()
    factory = open_store(settings)
    owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    vault = open_vault(settings.home, settings.credential_keys)
    turns = Turns(factory, vault, settings, owner, lambda: datetime.now(UTC))
    if watch:
        _watch(turns, lambda: transact(factory, lambda s: accounts.due_accounts(s, datetime.now(UTC))))
        return
    with factory.begin() as session:
        wanted = [find(session, name)] if name else accounts.active_accounts(session)
    codes = [_one(turns, mailbox_id) for mailbox_id in wanted]
    if any(codes):
        raise typer.Exit(3)


def _one(turns: Turns, mailbox_id: str) -> str | None:
    with bar(mailbox_id[:8], PARTS) as progress:

        def notify(step: Step) -> None:
            progress.advance(step.done * PARTS // max(step.total, 1), step.done)

        try:
            code = turns.take(mailbox_id, notify)
        except errors.Conflict as conflict:
            typer.secho(str(conflict), err=True, fg="yellow")
            return None
    typer.echo(f"{mailbox_id[:8]}: {words(code, 'en') if code else 'up to date.'}", err=True)
    return code


def _watch(turns: Turns, due: Callable[[], Sequence[str]]) -> None:
    """Give each mailbox its own thread for as long as it stays; those that failed come again when they are due."""
    running: dict[str, Future[str | None]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            for mailbox_id in [each for each, future in running.items() if future.done()]:
                error = running.pop(mailbox_id).exception()
                if error is not None:
                    _log.error("mailbox %s: %s", mailbox_id, type(error).__name__)
            for mailbox_id in due():
                if mailbox_id not in running:
                    running[mailbox_id] = pool.submit(turns.take, mailbox_id, stay=lambda: True)
            time.sleep(LOOK_EVERY_S)
