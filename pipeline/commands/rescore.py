"""``mail-insight rescore``: what this version finds otherwise in stored mail, and putting it in place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import typer

from pipeline.batch.report import comparison_page
from pipeline.batch.rescoring import Rescorer
from pipeline.commands.database import open_store
from pipeline.commands.progress import counter
from pipeline.commands.records import the_organisation
from pipeline.commands.settings import load
from pipeline.errors import SettingsError, UsageError
from pipeline.scoring import versions
from pipeline.store.mail.rescoring import read_otherwise


def run(
    out: Path, organisation: str | None, since: str | None, limit: int | None, *, apply: bool, language: str
) -> None:
    """Compare, write the report, and with ``apply`` store what was found.

    Raises: UsageError, SettingsError where the report cannot be written.
    """
    settings = load()
    factory = open_store(settings)
    with factory.begin() as session:
        ids = read_otherwise(session, the_organisation(session, organisation), versions(), _begin(since))
    chosen = ids if limit is None else ids[:: max(1, -(-len(ids) // limit))]
    rescorer = Rescorer(factory, settings.max_mail_bytes, lambda: datetime.now(UTC))
    with counter("rescore") as progress:
        told = rescorer.run(chosen, apply=apply, notify=lambda done: progress.advance(done, len(chosen))).to_json()
    _write(out, {"versions": versions(), **told}, comparison_page(told, language))
    typer.echo(f"{told['mails']} mails read again, {told['changed']} differ: {out / 'changes.html'}", err=True)


def _begin(since: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
    except ValueError as error:
        raise UsageError("--since is a day such as 2026-01-31.") from error


def _write(out: Path, told: dict[str, object], page: str) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "changes.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (out / "changes.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out} cannot be written ({error.strerror}). Choose another folder.") from error
