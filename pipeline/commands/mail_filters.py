"""``mail-insight filters``: filters of a mailbox, imported and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts import filters_words
from pipeline.commands.database import open_store
from pipeline.commands.settings import load
from pipeline.core.filters import Filter
from pipeline.ingest.filtering import TRIED_MAILS, try_filters
from pipeline.store.organisation import people
from pipeline.store.rules import mail_filters
from pipeline.store.sync import mailboxes


def import_file(name: str, file: Path, dry_run: bool, replace: bool, language: str) -> None:
    """Translate a file of filters, tell what is left out, and save them unless it is a dry run."""
    if not file.is_file():
        raise errors.SourceError(f"There is no file {file}. Check the spelling.")
    origin, found = filters_words.read_filters(file.read_bytes())
    with open_store(load()).begin() as session:
        mailbox_id = _find(session, name)
        if dry_run:
            for each, count in zip(found, try_filters(session, mailbox_id, found), strict=True):
                _tell(each, language)
                typer.echo(f"  fits {count} of the newest {TRIED_MAILS} mails")
            return
        added = mail_filters.save_filters(session, mailbox_id, origin, found, datetime.now(UTC), replace=replace)
    for each in found:
        _tell(each, language)
    typer.echo(f"{added} added; {sum(not each.active for each in found)} are off.", err=True)


def show(name: str, language: str) -> None:
    """All filters of a mailbox in words, and what they have marked."""
    with open_store(load()).begin() as session:
        mailbox_id = _find(session, name)
        for stored in mail_filters.list_filters(session, mailbox_id):
            typer.echo(stored.id)
            _tell(stored.filter, language)
        for mark in mail_filters.count_marks(session, mailbox_id):
            typer.echo(f"{mark.kind} {mark.value}: {mark.mails} mails", err=True)


def switch(name: str, filter_id: str, what: str) -> None:
    """Switch a filter on or off, or remove it."""
    with open_store(load()).begin() as session:
        mailbox_id = _find(session, name)
        if what == "remove":
            mail_filters.remove_filter(session, mailbox_id, filter_id)
        else:
            mail_filters.set_active(session, mailbox_id, filter_id, what == "on")


def _tell(found: Filter, language: str) -> None:
    typer.echo(f"{found.name} ({'on' if found.active else 'off'})")
    typer.echo(f"  {filters_words.when(found.condition, language)}: {', '.join(filters_words.then(found, language))}")
    for line in filters_words.left_out(found, language):
        typer.echo(f"  ! {line}")


def _find(session: Session, name: str) -> str:
    for organisation_id in people.list_organisations(session):
        mailbox = mailboxes.find_mailbox(session, organisation_id, name.lower())
        if mailbox is not None:
            return mailbox.id
    raise errors.NotFound("There is no mailbox of that name.")
