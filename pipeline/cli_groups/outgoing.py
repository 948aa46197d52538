"""``mail-insight outgoing``: send mail, and see what became of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(no_args_is_help=True, help="Mail that goes out: send, and see what became of it.")
As = Annotated[str, typer.Option("--user", help="Address of the user who sends.")]
OutgoingId = Annotated[str, typer.Argument(help="Its id, as `outgoing list` shows it.")]


@group.command("send")
def send_mail(
    user: As,
    to: Annotated[list[str], typer.Option(help="A recipient; may be given several times.")],
    subject: Annotated[str, typer.Option()] = "",
    cc: Annotated[list[str] | None, typer.Option()] = None,
    sender: Annotated[str | None, typer.Option("--from", help="Default: the fitting From address.")] = None,
    answers: Annotated[str | None, typer.Option(help="Id of the mail that this replies to.")] = None,
    quote: Annotated[bool, typer.Option("--quote", help="Put the answered mail's text below.")] = False,
    file: Annotated[list[Path] | None, typer.Option(help="A file to enclose; may be given several times.")] = None,
) -> None:
    """Send a mail, its text from standard input."""
    from pipeline.commands.posting import addressed, enclosed, send
    from pipeline.deliver.writing import Order

    text = sys.stdin.read()
    order = Order(
        addressed(to), subject, text, addressed(cc or []), sender=sender, answers=answers, quote=quote,
        files=enclosed(file or []),
    )  # fmt: skip
    send(user, order)


@group.command("list")
def list_outgoing(user: As, json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False) -> None:
    """Show what a user sent or is about to send, newest first."""
    from pipeline.commands.posting import show

    show(user, json)


@group.command("retry")
def retry_outgoing(outgoing_id: OutgoingId, user: As) -> None:
    """Send again what failed, was called back, or is unknown; that one may arrive twice."""
    from pipeline.commands.posting import decide

    decide(user, outgoing_id, "retry")


@group.command("cancel")
def cancel_outgoing(outgoing_id: OutgoingId, user: As) -> None:
    """Call a mail back before it is sent."""
    from pipeline.commands.posting import decide

    decide(user, outgoing_id, "cancel")


@group.command("sent")
def outgoing_sent(outgoing_id: OutgoingId, user: As) -> None:
    """Say that a mail of which nobody knew was sent."""
    from pipeline.commands.posting import decide

    decide(user, outgoing_id, "sent")
