"""``mail-insight person``: what is held of a person, written out or erased, for whoever runs the installation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from pipeline.commands.database import open_store
from pipeline.commands.records import the_organisation
from pipeline.commands.settings import load
from pipeline.deliver import training_files
from pipeline.errors import UsageError
from pipeline.store.mail.erasure import Held, erase_person, export_person, find_person
from pipeline.store.review.training_rows import held_ids


def export(addresses: Sequence[str], organisation: str | None) -> None:
    """Write everything held of a person to standard output, as one JSON document."""
    with open_store(load()).begin() as session:
        found = export_person(session, the_organisation(session, organisation), addresses)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


def erase(addresses: Sequence[str], organisation: str | None, mail: str, yes: bool) -> None:
    """Remove everything held of a person, training rows too; without ``yes`` only tell how much that is.

    Raises:
        UsageError: ``mail`` is neither delete nor keep, or an address is a user's own.
    """
    if mail not in ("delete", "keep"):
        raise UsageError("--mail is delete or keep.")
    settings = load()
    store = open_store(settings)
    with store.begin() as session:
        organisation_id = the_organisation(session, organisation)
        if not yes:
            tell("Would be removed", find_person(session, organisation_id, addresses))
            return
        held = erase_person(session, organisation_id, addresses, datetime.now(UTC), mail=mail)  # type: ignore[arg-type]
    tell("Removed", held)
    with store.begin() as session:
        training_files.forget(held_ids(session), settings.home / training_files.FOLDER)


def tell(what: str, held: Held) -> None:
    """The numbers in one line."""
    counts = held.counts()
    typer.echo(
        f"{what}: {counts['record_ids']} records, {counts['mail_ids']} mails, {counts['suggestion_ids']} suggestions, "
        f"{counts['activity_ids']} activities.",
        err=True,
    )
