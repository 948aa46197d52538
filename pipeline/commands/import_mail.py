"""``mail-insight import``: mail from files into the database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline.commands.progress import bar
from pipeline.commands.settings import load
from pipeline.ingest.filing import Filing
from pipeline.ingest.folders import find, total_bytes
from pipeline.ingest.importing import Importer, Progress, Report, import_files
from pipeline.scoring import Scorer
from pipeline.settings import Settings
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.organisation import people, tokens
from pipeline.store.organisation.people import User
from pipeline.store.sync import mailboxes
from pipeline.store.sync.mailboxes import Mailbox

ORGANISATION = "Mail Insight"


def run(inputs: Sequence[Path], address: str) -> None:
    """Import into the mailbox of an address; the first import makes the mailbox and its owner.

    Prints the counts and a link that signs the owner in once. Exit code 1 where mails failed.
    """
    settings = load()
    factory = open_store(settings)
    with factory.begin() as session:
        mailbox, owner = mailbox_of(session, address.lower(), settings)
    report = import_into(factory, mailbox, inputs, settings)
    tell(report)
    with factory.begin() as session:
        link = sign_in_link(session, owner, settings)
    typer.echo(f"Run `mail-insight serve`, then sign in with this link (once, within a day): {link}", err=True)
    if report.counts.failed:
        raise typer.Exit(1)


def open_store(settings: Settings) -> sessionmaker[Session]:
    """The sessions of the database in force, its tables made or brought up to date."""
    engine = open_engine(settings.url)
    migrate(engine)
    return sessions(engine)


def mailbox_of(session: Session, address: str, settings: Settings) -> tuple[Mailbox, User]:
    """The mailbox named by an address and the user it belongs to, made where they are missing."""
    now = datetime.now(UTC)
    owner = people.find_user(session, address)
    if owner is None:
        known = people.find_organisation(session, ORGANISATION)
        organisation_id = known or people.create_organisation(session, ORGANISATION, now)
        profile = "standard" if known else "admin"
        zone = settings.default_timezone
        owner = people.create_user(session, organisation_id, address, address, now, profile=profile, timezone=zone)  # type: ignore[arg-type]
    mailbox = mailboxes.find_mailbox(session, owner.organisation_id, address)
    if mailbox is None:
        mailbox = mailboxes.create_mailbox(session, owner.organisation_id, address, [address], now)
        mailboxes.assign_mailbox(session, mailbox.id, owner.id)
    return mailbox, owner


def import_into(
    factory: sessionmaker[Session], mailbox: Mailbox, inputs: Sequence[Path], settings: Settings, *, live: bool = False
) -> Report:
    """Import files into a mailbox with a progress bar; ``live`` mail is judged by the deals of today."""
    scorer = Scorer(mailbox.addresses, settings.max_mail_bytes)
    importer = Importer(
        factory,
        Filing(mailbox, live=live, deal_choice=settings.deal_choice),
        scorer.dossiers,
        scorer.document,
        lambda: datetime.now(UTC),
        settings.max_mail_bytes,
    )
    with bar(mailbox.name, total_bytes(find(inputs))) as progress:

        def notify(at: Progress) -> None:
            progress.advance(at.done_bytes, at.counts.seen)

        return import_files(inputs, importer, notify)


def tell(report: Report) -> None:
    """The counts in one line, and each failed mail with what to do."""
    counts = report.counts
    typer.echo(
        f"{counts.seen} mails seen: {counts.stored} stored, {counts.already_there} there already, "
        f"{counts.skipped} skipped, {counts.failed} failed.",
        err=True,
    )
    for source, failure in report.failures:
        typer.secho(f"  {source}: {failure.detail}", err=True, fg="yellow")
    sys.stderr.flush()


def sign_in_link(session: Session, user: User, settings: Settings) -> str:
    """A link that signs a user in once."""
    token = tokens.create_sign_in_link(session, user.id, datetime.now(UTC))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}/sign-in?token={token}"
