"""``mail-insight import``: mail from files into the database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline.commands.database import mailbox_of, open_store, sign_in_link
from pipeline.commands.progress import bar
from pipeline.commands.settings import load
from pipeline.ingest.filing import Filing
from pipeline.ingest.folders import find, total_bytes
from pipeline.ingest.gate import GatedScorer
from pipeline.ingest.importing import Importer, Progress, Report, import_files
from pipeline.settings import Settings
from pipeline.store.sync.mailboxes import Mailbox


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


def import_into(
    factory: sessionmaker[Session], mailbox: Mailbox, inputs: Sequence[Path], settings: Settings, *, live: bool = False
) -> Report:
    """Import files into a mailbox with a progress bar; ``live`` mail is judged by the deals of today."""
    scorer = GatedScorer(factory, mailbox.organisation_id, mailbox.addresses, settings.max_mail_bytes)
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
