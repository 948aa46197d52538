"""``mail-insight records``: records from a file, or from a CRM outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_groups.options import Organisation

group = typer.Typer(no_args_is_help=True, help="Records from a file, or from a CRM outside.")
Dry = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be created, updated or refused.")]


@group.command("import")
def import_records(
    file: Annotated[Path, typer.Argument(help="A CSV file with column names, or a vCard file (.vcf).")],
    kind: Annotated[str, typer.Option(help="contact, lead, account or deal.")] = "contact",
    organisation: Organisation = None,
    region: Annotated[str, typer.Option(help="Country of phone numbers that name none.")] = "JP",
    dry_run: Dry = False,
) -> None:
    """Take in contacts, leads, accounts or deals from a file."""
    from pipeline.commands.records import import_file

    import_file(file, kind, organisation, region, dry_run)


@group.command("pull")
def pull_records(
    url: Annotated[str, typer.Argument(help="Where the CRM answers; docs/outside_crm.md tells how.")],
    name: Annotated[str, typer.Option(help="What this CRM is called here.")] = "crm",
    from_variable: Annotated[str, typer.Option(help="Environment variable with its token.")] = "OUTSIDE_CRM_TOKEN",
    organisation: Organisation = None,
    dry_run: Dry = False,
) -> None:
    """Take in what changed in an outside CRM since the last time."""
    from pipeline.commands.records import pull

    pull(url, name, from_variable, organisation, dry_run)


@group.command("vcard")
def write_vcard(
    record: Annotated[str, typer.Argument(help="The id of a contact or lead.")],
    user: Annotated[str, typer.Option("--user", help="Address of the user who asks and sees it.")],
) -> None:
    """Write a contact or lead as a vCard."""
    from pipeline.commands.records import write_vcard as write

    write(record, user)
