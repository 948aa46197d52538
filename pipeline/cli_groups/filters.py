"""``mail-insight filters``: import the filters of a mailbox, see them, switch them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli_groups.options import Language, MailboxName

group = typer.Typer(no_args_is_help=True, help="Filters of a mailbox: import them, see them, switch them.")
FilterId = Annotated[str, typer.Argument(help="Its id, as `filters list` shows it.")]


@group.command("import")
def import_filters(
    name: MailboxName,
    file: Annotated[Path, typer.Argument(help="Gmail's mailFilters.xml, or rules as docs/mailboxes.md says.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only translate, and count what would fit.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Instead of those of the same origin.")] = False,
    language: Language = None,
) -> None:
    """Take filters over; what cannot be translated is listed."""
    from pipeline.commands.mail_filters import import_file

    import_file(name, file, dry_run, replace, language or "en")


@group.command("list")
def list_filters(name: MailboxName, language: Language = None) -> None:
    """Show all filters in words, and what they have marked."""
    from pipeline.commands.mail_filters import show

    show(name, language or "en")


@group.command("set")
def set_filter(
    name: MailboxName,
    filter_id: FilterId,
    what: Annotated[Literal["on", "off", "remove"], typer.Argument(help="What to do with it.")],
) -> None:
    """Switch a filter on or off, or remove it."""
    from pipeline.commands.mail_filters import switch

    switch(name, filter_id, what)
