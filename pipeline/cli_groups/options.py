"""Options and arguments that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Language = Annotated[str | None, typer.Option("--language", metavar="ja|en", help="Language of what is shown.")]
MailboxName = Annotated[str, typer.Argument(help="The mailbox's address.")]
Organisation = Annotated[str | None, typer.Option(help="Its name, where there are several.")]
