"""``mail-insight sync``: bring mail in from all connected mailboxes, once or for as long as it runs."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import typer
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.troubles import words
from pipeline.commands.database import open_store
from pipeline.commands.mailbox import find
from pipeline.commands.progress import bar
from pipeline.commands.settings import load
from pipeline.ingest.syncing import Step
from pipeline.ingest.turns import Turns
from pipeline.store.engine import transact
from pipeline.store.sync import accounts

_log = logging.getLogger(__name__)
AT_ONCE = 32
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
        _watch(turns, lambda: transact(factory, _due), settings.connections_per_host)
        return
    with factory.begin() as session:
        wanted = [find(session, name)] if name else accounts.active_accounts(session)
    codes = [_one(turns, mailbox_id) for mailbox_id in wanted]
    if any(codes):
        raise typer.Exit(3)


def _due(session: Session) -> dict[str, str]:
    ids = accounts.due_accounts(session, datetime.now(UTC))
    hosts = accounts.hosts_of(session, ids)
    return {each: hosts[each] for each in ids if each in hosts}


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


def _watch(turns: Turns, due: Callable[[], Mapping[str, str]], at_once_of_host: int) -> None:
    """Give each mailbox its own thread for as long as it stays; those that failed come again when they are due.

    ``due`` are the hosts of the mailboxes whose time has come, the longest waiting first.
    """
    running: dict[str, tuple[str, Future[str | None]]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            for mailbox_id in [each for each, (_, future) in running.items() if future.done()]:
                error = running.pop(mailbox_id)[1].exception()
                if error is not None:
                    _log.error("mailbox %s: %s", mailbox_id, type(error).__name__)
            hosts = {each: host for each, host in due().items() if each not in running}
            busy = [host for host, _ in running.values()]
            for mailbox_id in choose(hosts, busy, at_once_of_host):
                running[mailbox_id] = (hosts[mailbox_id], pool.submit(turns.take, mailbox_id, stay=lambda: True))
            time.sleep(LOOK_EVERY_S)


def choose(waiting: Mapping[str, str], busy: Sequence[str], at_once_of_host: int) -> list[str]:
    """The mailboxes to begin with: in order, as many of a host as it may have, and as many as there are threads.

    ``waiting`` maps mailboxes to their hosts; ``busy`` are the hosts of those that run.
    """
    counts, chosen = Counter(busy), []
    for mailbox_id, host in waiting.items():
        if counts[host] < at_once_of_host and counts.total() < AT_ONCE:
            counts[host] += 1
            chosen.append(mailbox_id)
    return chosen
