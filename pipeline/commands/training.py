"""``mail-insight training``: what people decided, as rows for training; only from mailboxes that allow it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from pipeline import errors
from pipeline.commands.database import open_store
from pipeline.commands.records import the_organisation
from pipeline.commands.settings import load
from pipeline.deliver import training_files
from pipeline.store.review import training_rows
from pipeline.store.sync.mailboxes import find_mailbox


def consent(mailbox: str, organisation: str | None, *, allowed: bool) -> None:
    """Say whether decisions on a mailbox's mail may become training rows.

    Raises:
        NotFound: there is no such mailbox.
    """
    with open_store(load()).begin() as session:
        found = find_mailbox(session, the_organisation(session, organisation), mailbox)
        if found is None:
            raise errors.NotFound("There is no such mailbox.")
        training_rows.set_consent(session, found.id, allowed, datetime.now(UTC))


def export(out: Path | None) -> None:
    """Write all rows anew."""
    settings = load()
    with open_store(settings).begin() as session:
        rows = training_rows.all_rows(session)
    counts = training_files.write(rows, out or settings.home / training_files.FOLDER)
    typer.echo(f"Wrote {', '.join(f'{count} rows {language}' for language, count in counts.items())}.", err=True)


def forget(out: Path | None) -> None:
    """Take out of the files what is no longer held or allowed."""
    settings = load()
    with open_store(settings).begin() as session:
        held = training_rows.held_ids(session)
    gone = training_files.forget(held, out or settings.home / training_files.FOLDER)
    typer.echo(f"Took out {gone} rows.", err=True)
