"""Sending from the command line: the postman of this installation, and ``mail-insight outgoing``."""

from __future__ import annotations

import json
import mimetypes
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.troubles import words
from pipeline.commands.database import open_store
from pipeline.commands.settings import load
from pipeline.deliver import writing
from pipeline.deliver.composing import Enclosed
from pipeline.deliver.posting import Postman
from pipeline.deliver.writing import Order
from pipeline.ingest.connecting import stored_sign_in
from pipeline.records import Address
from pipeline.scoring import Scorer
from pipeline.settings import Settings
from pipeline.store.engine import transact
from pipeline.store.mail import outgoing
from pipeline.store.organisation import people
from pipeline.store.organisation.people import User


def postman(factory: sessionmaker[Session], settings: Settings) -> Postman:
    """Who sends in this process."""
    vault = open_vault(settings.home, settings.credential_keys)

    def now() -> datetime:
        return datetime.now(UTC)

    return Postman(
        factory,
        f"{os.getpid()}-{secrets.token_hex(4)}",
        lambda mailbox_id: stored_sign_in(factory, vault, settings, mailbox_id, now),
        lambda addresses: Scorer(addresses, settings.max_mail_bytes),
        now,
        settings.deal_choice,
    )


def send(user: str, order: Order) -> None:
    """Put a mail into the queue and try to send it at once; exit code 3 where that did not succeed yet."""
    settings = load()
    factory = open_store(settings)
    made = transact(factory, lambda s: writing.send(s, _user(s, user), order, datetime.now(UTC)))
    postman(factory, settings).work()
    sent = transact(factory, lambda s: outgoing.get_outgoing(s, _user(s, user), made.id))
    problem = f": {words(sent.problem, 'en')}" if sent.problem else ""
    typer.echo(f"{sent.id} {sent.state}{problem}", err=True)
    if sent.state != "sent":
        raise typer.Exit(3)


def show(user: str, as_json: bool) -> None:
    """What a user sent or is about to send, newest first."""
    with open_store(load()).begin() as session:
        for mail in outgoing.list_outgoing(session, _user(session, user), limit=200).items:
            if as_json:
                typer.echo(json.dumps(asdict(mail), default=str, ensure_ascii=False))
            else:
                problem = f": {words(mail.problem, 'en')}" if mail.problem else ""
                typer.echo(f"{mail.id} {mail.created_at:%Y-%m-%d %H:%M} {mail.state}{problem}")


def decide(user: str, outgoing_id: str, what: str) -> None:
    """Send again, call back, or say that it was sent."""
    now = datetime.now(UTC)
    with open_store(load()).begin() as session:
        who = _user(session, user)
        if what == "retry":
            outgoing.retry(session, who, outgoing_id, now)
        elif what == "cancel":
            outgoing.call_back(session, who, outgoing_id)
        else:
            outgoing.call_sent(session, who, outgoing_id, now)


def addressed(addresses: list[str]) -> tuple[Address, ...]:
    """Addresses without names."""
    return tuple(Address(None, address) for address in addresses)


def enclosed(paths: Sequence[Path]) -> tuple[Enclosed, ...]:
    """Files to enclose.

    Raises: errors.SourceError where one cannot be read.
    """
    try:
        return tuple(
            Enclosed(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", path.read_bytes())
            for path in paths
        )
    except OSError as error:
        raise errors.SourceError(f"{error.filename} cannot be read ({error.strerror}).") from None


def _user(session: Session, address: str) -> User:
    found = people.find_user(session, address)
    if found is None:
        raise errors.NotFound("There is no user with this address.")
    return found
