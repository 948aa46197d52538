"""``mail-insight intent``: intents of one's own, made from example sentences."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline import errors
from pipeline.commands.database import open_store
from pipeline.commands.records import the_organisation
from pipeline.commands.settings import load
from pipeline.store.organisation import people
from pipeline.store.rules import custom_intents

if TYPE_CHECKING:
    from pipeline.classify.custom import CustomIntent


def add(name: str, examples: Path, against: Path | None, organisation: str | None) -> None:
    """Make an intent, or give the one of that name other examples.

    Raises:
        SourceError: a file cannot be read.
        UsageError: the examples cannot be used.
    """
    wanted, unwanted = _lines(examples), _lines(against)
    with open_store(load()).begin() as session:
        here = the_organisation(session, organisation)
        made = custom_intents.save_intent(session, here, name, wanted, unwanted, datetime.now(UTC))
    _tell(made.custom)


def show(organisation: str | None, *, as_json: bool) -> None:
    """Show all intents."""
    with open_store(load()).begin() as session:
        found = custom_intents.list_intents(session, the_organisation(session, organisation))
    for one in found:
        if as_json:
            typer.echo(json.dumps({"name": one.name, "languages": _figures(one.custom)}, ensure_ascii=False))
        else:
            typer.echo(one.name)
            _tell(one.custom)


def attempt(examples: Path, against: Path | None, user: str, *, as_json: bool) -> None:
    """Tell what would be caught of the user's visible mail of the last month.

    Raises:
        SourceError: a file cannot be read.
        UsageError: the examples cannot be used, or there is no such user.
    """
    from pipeline.classify.custom import CustomIntent

    intent = CustomIntent("", custom_intents.fit(_lines(examples), _lines(against)))
    with open_store(load()).begin() as session:
        reader = people.find_user(session, user)
        if reader is None:
            raise errors.UsageError("There is no user with this address.")
        trial = custom_intents.try_intent(session, reader, intent, datetime.now(UTC))
    for hit in trial.hits:
        said = [piece.text for piece in hit.evidence]
        if as_json:
            typer.echo(json.dumps({"mail_id": hit.mail_id, "sentences": said}, ensure_ascii=False))
        else:
            typer.echo("\n    ".join([f"{hit.at:%Y-%m-%d} {hit.subject}", *(" ".join(text.split()) for text in said)]))
    rest = " There was no time for older ones." if trial.more else ""
    typer.echo(f"Would have caught {len(trial.hits)} of {trial.looked_at} mails.{rest}", err=True)
    _tell(intent)


def remove(name: str, organisation: str | None) -> None:
    """Remove an intent.

    Raises:
        NotFound: there is none of that name.
    """
    with open_store(load()).begin() as session:
        here = the_organisation(session, organisation)
        known = {one.name: one.id for one in custom_intents.list_intents(session, here)}
        if name not in known:
            raise errors.NotFound("There is no such intent.")
        custom_intents.delete_intent(session, here, known[name], datetime.now(UTC))


def _lines(file: Path | None) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8") if file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise errors.SourceError(f"{file} cannot be read as UTF-8 text ({type(error).__name__}).") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _figures(intent: CustomIntent) -> dict[str, dict[str, int]]:
    names = ("examples", "found", "ordinary", "alarms")
    return {language: {name: getattr(one, name) for name in names} for language, one in intent.fitted.items()}


def _tell(intent: CustomIntent) -> None:
    """How it does in each language, and in which it does not work, on standard error."""
    figures = _figures(intent)
    for language in ("en", "ja"):
        if language not in figures:
            typer.echo(f"  {language}: does not work, for there are not enough examples in this language.", err=True)
            continue
        one = figures[language]
        typer.echo(
            f"  {language}: finds {one['found']} of its {one['examples']} examples by the others; takes "
            f"{one['alarms']} of {one['ordinary']} ordinary sentences for it.",
            err=True,
        )
