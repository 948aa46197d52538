"""``mail-insight password``: set the password of a user who signed in by links so far, or forgot theirs."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from pipeline.commands.database import open_store
from pipeline.commands.settings import load
from pipeline.errors import NotFound
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.sign_in import set_password


def run(address: str, password: str) -> None:
    """Set the password of the user with this address; their browser sessions end.

    Raises:
        NotFound: there is no such user.
        UsageError: the password is too short.
    """
    with open_store(load()).begin() as session:
        user = people.find_user(session, address)
        if user is None:
            raise NotFound("There is no user with this address; an administrator or an import makes one.")
        set_password(session, user.id, password)
        record_action(session, user.organisation_id, None, "user.password", user.id, datetime.now(UTC))
    typer.echo("The password is set.", err=True)
