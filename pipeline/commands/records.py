"""``mail-insight records``: records from a file, or from a CRM outside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.commands.database import open_store
from pipeline.commands.settings import load
from pipeline.deliver.vcard import to_vcard
from pipeline.ingest.records.files import kind_named, read_csv, read_vcards
from pipeline.ingest.records.outside import RestSource
from pipeline.ingest.records.syncing import follow
from pipeline.store.crm.record_import import ImportReport, import_records
from pipeline.store.crm.records import get_record
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action


def import_file(path: Path, kind: str, organisation: str | None, region: str, dry: bool) -> None:
    """Take in the contacts of a CSV or vCard file, or with ``dry`` only tell what that would do.

    Raises:
        SourceError: the file cannot be read, or names no known column.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise errors.SourceError(f"{path} cannot be read ({error.strerror}).") from error
    unknown: Sequence[str] = ()
    if path.suffix.lower() in (".vcf", ".vcard"):
        drafts = read_vcards(raw, kind_named(kind), region)
    else:
        drafts, unknown = read_csv(raw, kind_named(kind), region)
    now = datetime.now(UTC)
    with open_store(load()).begin() as session:
        organisation_id = the_organisation(session, organisation)
        report = import_records(session, organisation_id, "file", drafts, now, dry=dry)
        if not dry:
            record_action(session, organisation_id, None, "record.import", "file", now, {**report.counts})
    if unknown:
        typer.secho(f"Columns that are not understood and were left out: {', '.join(unknown)}.", err=True, fg="yellow")
    tell(report, dry)


def pull(url: str, name: str, token_variable: str, organisation: str | None, dry: bool) -> None:
    """Take in what changed in an outside CRM; its token comes from an environment variable.

    Raises:
        SettingsError: that variable is empty.
        RemoteError: the CRM does not answer as it should.
    """
    token = os.environ.get(token_variable, "")
    if not token:
        raise errors.SettingsError(f"Put the token of the outside CRM into the environment variable {token_variable}.")
    factory, now = open_store(load()), datetime.now(UTC)
    with factory.begin() as session:
        organisation_id = the_organisation(session, organisation)
    tell(follow(factory, organisation_id, RestSource(name, url, token), now, dry=dry), dry)


def the_organisation(session: Session, name: str | None) -> str:
    """The organisation of that name, or the only one there is.

    Raises:
        UsageError: there is none, or several and no name.
    """
    if name is not None:
        found = people.find_organisation(session, name)
        if found is None:
            raise errors.UsageError("There is no organisation of that name.")
        return found
    known = people.list_organisations(session)
    if len(known) != 1:
        raise errors.UsageError("Name the organisation with --organisation; `mail-insight import` makes a first one.")
    return known[0]


def tell(report: ImportReport, dry: bool) -> None:
    """The counts in one line, and each row that needs a look."""
    order = ("created", "updated", "unchanged", "removed", "duplicate", "invalid")
    counts = ", ".join(f"{report.counts.get(outcome, 0)} {outcome}" for outcome in order)
    typer.echo(f"{'Would be: ' if dry else ''}{counts}.", err=True)
    for row in report.listed:
        typer.secho(f"  {row.place}: {row.outcome}, {row.reason}", err=True, fg="yellow")


def write_vcard(record_id: str, address: str) -> None:
    """Write a person as a vCard to stdout, as the user with that address may see it.

    Raises:
        UsageError: there is no such user.
        NotFound: that user sees no such record.
    """
    with open_store(load()).begin() as session:
        reader = people.find_user(session, address)
        if reader is None:
            raise errors.UsageError("There is no user with that address.")
        typer.echo(to_vcard(get_record(session, reader, record_id)), nl=False)
