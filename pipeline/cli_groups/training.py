"""``mail-insight training``: what people decided, as rows for training; only from mailboxes that allow it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_groups.options import MailboxName, Organisation

group = typer.Typer(no_args_is_help=True, help="What people decided, as training rows; from mailboxes that allow it.")
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Default: `training` in the home folder.")]


@group.command("allow")
def allow(mailbox: MailboxName, organisation: Organisation = None) -> None:
    """Let decisions on this mailbox's mail become training rows; ask its reader first."""
    from pipeline.commands.training import consent

    consent(mailbox, organisation, allowed=True)


@group.command("forbid")
def forbid(mailbox: MailboxName, organisation: Organisation = None) -> None:
    """No longer let decisions on this mailbox's mail become training rows."""
    from pipeline.commands.training import consent

    consent(mailbox, organisation, allowed=False)


@group.command("export")
def export(out: Out = None) -> None:
    """Write the rows, all anew, one file a language."""
    from pipeline.commands.training import export

    export(out)


@group.command("forget")
def forget(out: Out = None) -> None:
    """Take out of the files what is no longer held or allowed."""
    from pipeline.commands.training import forget

    forget(out)
