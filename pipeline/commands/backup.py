"""``mail-insight backup``: back a user's shared mail up, check a backup, bring it back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from pipeline import errors
from pipeline.accounts.backup import check_backup
from pipeline.commands.database import ORGANISATION, open_store
from pipeline.commands.settings import load
from pipeline.ingest.backing_up import make_backup
from pipeline.ingest.backing_up import restore as bring_back
from pipeline.ingest.gate import GatedScorer
from pipeline.store.engine import transact
from pipeline.store.mail import backups
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.sync import lifecycle


def create(address: str, to: Path | None, deactivate: bool) -> None:
    """Back up what a user shared; then deactivate them where asked."""
    settings, now = load(), datetime.now(UTC)
    factory = open_store(settings)
    user = transact(factory, lambda session: people.find_user(session, address))
    if user is None:
        raise errors.NotFound("There is no user with this address.")
    path = (to or settings.home / "backups" / f"{user.id}-{now:%Y%m%dT%H%M%SZ}").resolve()
    begun = transact(factory, lambda session: backups.begin(session, None, user, path, now))
    name = transact(factory, lambda session: people.get_organisation_name(session, user.organisation_id))
    done = make_backup(factory, begun, user, name, lambda: datetime.now(UTC))
    typer.echo(f"{done.mails} mails, {done.size_bytes} bytes in {path}", err=True)
    if deactivate:
        with factory.begin() as session:
            people.require_another_admin(session, user)
            lifecycle.pause_unread(session, people.set_active(session, user.id, False), now)
            record_action(session, user.organisation_id, None, "user.deactivate", user.id, now)


def check(folder: Path) -> None:
    """Say whether a backup is complete and as it was written."""
    manifest = check_backup(folder)
    for mailbox in manifest["mailboxes"]:
        typer.echo(f"{mailbox['name']}: {mailbox['mails']} mails in {len(mailbox['folders'])} folders", err=True)
    typer.echo("Complete and undamaged.", err=True)


def restore(folder: Path, organisation: str | None) -> None:
    """Bring a backup back; run again it doubles nothing."""
    settings = load()
    factory = open_store(settings)
    name = organisation or check_backup(folder)["organisation"]

    def work(now: datetime) -> str:
        with factory.begin() as session:
            known = people.find_organisation(session, name)
            only = people.list_organisations(session)
            if known is None and organisation is None and len(only) == 1:
                return only[0]
            return known or people.create_organisation(session, name or ORGANISATION, now)

    organisation_id = work(datetime.now(UTC))
    done = bring_back(
        factory, organisation_id, folder,
        lambda addresses: GatedScorer(factory, organisation_id, addresses, settings.max_mail_bytes),
        lambda: datetime.now(UTC),
    )  # fmt: skip
    typer.echo(f"{done.mails} mails, {done.stored} of them new here.", err=True)
