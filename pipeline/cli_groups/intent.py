"""``mail-insight intent``: intents of one's own, made from example sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_groups.options import Organisation

group = typer.Typer(no_args_is_help=True, help="Intents of your own, made from example sentences.")
Name = Annotated[str, typer.Argument(help="What the intent is called.")]
Examples = Annotated[Path, typer.Option("--examples", metavar="FILE", help="5 to 20 sentences a language, one a line.")]
Against = Annotated[
    Path | None, typer.Option("--not", metavar="FILE", help="Sentences that sound alike but do not mean it.")
]


@group.command("add")
def add_intent(name: Name, examples: Examples, against: Against = None, organisation: Organisation = None) -> None:
    """Make an intent, or give it other examples; new mail is labelled with it."""
    from pipeline.commands.intent import add

    add(name, examples, against, organisation)


@group.command("list")
def list_intents(
    organisation: Organisation = None, json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False
) -> None:
    """Show the intents, and how well each does in each language."""
    from pipeline.commands.intent import show

    show(organisation, as_json=json)


@group.command("try")
def try_intent(
    examples: Examples,
    user: Annotated[str, typer.Option("--user", help="Address of the user whose mail is looked at.")],
    against: Against = None,
    json: Annotated[bool, typer.Option("--json", help="JSON lines, one a mail.")] = False,
) -> None:
    """Tell what an intent would have caught of last month's mail; nothing is stored."""
    from pipeline.commands.intent import attempt

    attempt(examples, against, user, as_json=json)


@group.command("remove")
def remove_intent(name: Name, organisation: Organisation = None) -> None:
    """Remove an intent, and its label from all mail."""
    from pipeline.commands.intent import remove

    remove(name, organisation)
