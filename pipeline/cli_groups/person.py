"""``mail-insight person``: what is held of a person; write it out, or erase it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli_groups.options import Organisation

group = typer.Typer(no_args_is_help=True, help="What is held of a person: write it out, or erase it.")
Addresses = Annotated[list[str], typer.Argument(help="The person's mail addresses.")]


@group.command("export")
def export_person(addresses: Addresses, organisation: Organisation = None) -> None:
    """Write everything held of a person, mail included, as one JSON document."""
    from pipeline.commands.person import export

    export(addresses, organisation)


@group.command("erase")
def erase_person(
    addresses: Addresses,
    organisation: Organisation = None,
    mail: Annotated[str, typer.Option(help="delete or keep the mail that they sent or got.")] = "delete",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this only tell how much it is.")] = False,
) -> None:
    """Remove everything held of a person, for good."""
    from pipeline.commands.person import erase

    erase(addresses, organisation, mail, yes)
