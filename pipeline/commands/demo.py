"""``mail-insight demo``: the sample mails in a small organisation, served on loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline.commands.database import open_store, sign_in_link
from pipeline.commands.import_mail import import_into, tell
from pipeline.commands.organisation import Organisation, read, set_up
from pipeline.commands.serve import require_free, serve
from pipeline.commands.settings import load
from pipeline.settings import Settings


def run(samples: Path, serve_page: bool, port: int | None) -> None:
    """Set up, import (a second run finds all mails there already), print the links, serve."""
    settings = load()
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    if serve_page:
        require_free(settings.host, settings.port)
    factory = open_store(settings)
    described = read(samples / "organisation.json")
    with factory.begin() as session:
        organisation = set_up(session, described, datetime.now(UTC))
    for mailbox, folders in organisation.mailboxes:
        typer.echo(mailbox.name, err=True)
        tell(import_into(factory, mailbox, [samples / folder for folder in folders], settings, live=True))
    typer.echo(links(factory, organisation, settings))
    if serve_page:
        typer.echo("Serving; stop with Ctrl+C.", err=True)
        serve(settings)


def links(factory: sessionmaker[Session], organisation: Organisation, settings: Settings) -> str:
    """A sign-in link for each user of the demo: who, and what they see."""
    lines = ["", "Open one of these links (each works once; run this again for fresh ones):"]
    with factory.begin() as session:
        for user in organisation.users:
            lines += [
                f"  {user.name} ({user.profile}, {user.language})",
                f"    {sign_in_link(session, user, settings)}",
            ]
    return "\n".join(lines)
