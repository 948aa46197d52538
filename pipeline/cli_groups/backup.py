"""``mail-insight backup``: a user's shared mail as files; write, check, bring back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_groups.options import Organisation

group = typer.Typer(no_args_is_help=True, help="A user's shared mail as files: write, check, bring back.")
BackupFolder = Annotated[Path, typer.Argument(help="The backup's folder.")]


@group.command("create")
def create_backup(
    address: Annotated[str, typer.Argument(help="The user's address.")],
    to: Annotated[Path | None, typer.Option(help="A new folder; default: below the home folder.")] = None,
    deactivate: Annotated[bool, typer.Option("--deactivate", help="Deactivate the user once it is done.")] = False,
) -> None:
    """Back up what a user shared, so that it stays when they are deactivated."""
    from pipeline.commands.backup import create

    create(address, to, deactivate)


@group.command("check")
def check_backup(folder: BackupFolder) -> None:
    """Say whether a backup is complete and as it was written."""
    from pipeline.commands.backup import check

    check(folder)


@group.command("restore")
def restore_backup(folder: BackupFolder, organisation: Organisation = None) -> None:
    """Bring a backup back into this or another installation; run again it doubles nothing."""
    from pipeline.commands.backup import restore

    restore(folder, organisation)
