"""``mail-insight batch``: archives of mail into Parquet, in one job that may be stopped and gone on with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from pipeline.batch import job, report
from pipeline.batch.choosing import Choice, conditions
from pipeline.batch.engines import DaskEngine, Engine, LocalEngine
from pipeline.batch.job import Step
from pipeline.batch.parts import PART_MAILS, Part, plan, plan_ids
from pipeline.batch.reading import Database
from pipeline.batch.scoring import Task
from pipeline.batch.summary import Summary
from pipeline.commands.progress import bar, counter
from pipeline.commands.settings import load, processes
from pipeline.errors import NotFound, UsageError
from pipeline.ingest.folders import MailFile, find, total_bytes
from pipeline.scoring import versions
from pipeline.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was typed."""

    inputs: Sequence[Path]
    out: Path
    own: Sequence[str] = ()
    workers: int | None = None
    scheduler: str | None = None
    dask: bool = False
    reader: str | None = None
    since: str | None = None
    where: Sequence[str] = ()
    limit: int | None = None
    sample: float = 1.0
    part_mails: int = PART_MAILS
    restart: bool = False
    language: str = "en"


def run(wishes: Wishes) -> None:
    """Do a job, or go on with it; exit code 1 where mails have failures.

    Raises: UsageError where the wishes make no sense together.
    """
    settings = load()
    if bool(wishes.inputs) == bool(wishes.reader):
        raise UsageError("Name files to read, or with --as the user whose visible mail of the database is read.")
    choice = Choice(_day(wishes.since), wishes.sample, conditions(wishes.where))
    task = Task(wishes.out.resolve(), tuple(wishes.own), settings.max_mail_bytes, choice)
    asked = _asked(wishes)
    if wishes.reader:
        database = _database(settings, wishes.reader)
        task = replace(task, database=database, choice=replace(choice, since=None))
        parts: Callable[[], Iterable[Part]] = lambda: _stored(database, choice, wishes)  # noqa: E731
    else:
        files = find([path.resolve() for path in wishes.inputs])
        asked["inputs"] = _fingerprint(files)
        parts = lambda: _planned(files, settings, wishes)  # noqa: E731
    with counter("batch") as progress:

        def notify(step: Step) -> None:
            progress.advance(step.mails, step.total, earlier=step.before)

        summary = job.run(task, asked, parts, lambda: _engine(wishes, settings), notify, restart=wishes.restart)
    _tell(summary, task.out, wishes.language)
    if summary.failed:
        raise typer.Exit(1)


def _planned(files: Sequence[MailFile], settings: Settings, wishes: Wishes) -> list[Part]:
    """The plan of files, with a bar: a large mbox is read through once."""
    seen = 0
    with bar("plan", total_bytes(files)) as progress:

        def notify(more_bytes: int) -> None:
            nonlocal seen
            seen += more_bytes
            progress.advance(seen, 0)

        return list(plan(files, settings.max_mail_bytes, wishes.part_mails, wishes.limit, notify))


def _stored(database: Database, choice: Choice, wishes: Wishes) -> Iterable[Part]:
    from pipeline.store.mail import quota
    from pipeline.store.mail.originals import visible_ids
    from pipeline.store.organisation.people import get_user

    since = datetime.combine(choice.since, time(), UTC) if choice.since else None
    with _session(database.url) as session:
        reader = get_user(session, database.reader_id)
        ids = visible_ids(session, reader, since, wishes.limit)
        waiting = quota.waiting(session, reader.organisation_id).mails
    if waiting:
        typer.echo(f"{waiting} mails of the organisation wait for storage and are left out.", err=True)
    return plan_ids(ids, wishes.part_mails)


def _database(settings: Settings, address: str) -> Database:
    from pipeline.store.organisation.people import find_user

    with _session(settings.url) as session:
        user = find_user(session, address.lower())
    if user is None or not user.active:
        raise NotFound("There is no active user with this sign-in address.")
    return Database(settings.url, user.id)


@contextmanager
def _session(url: str) -> Iterator[Session]:
    """A session on the database, its tables brought up to date; nothing stays open behind it."""
    from pipeline.store.engine import migrate, open_engine, sessions

    engine = open_engine(url)
    try:
        migrate(engine)
        with sessions(engine).begin() as session:
            yield session
    finally:
        engine.dispose()


def _engine(wishes: Wishes, settings: Settings) -> Engine:
    workers = processes(settings, wishes.workers)
    if wishes.scheduler or wishes.dask:
        return DaskEngine(wishes.scheduler, workers)
    return LocalEngine(workers)


def _asked(wishes: Wishes) -> dict[str, Any]:
    """What makes this job another than the next; on how many workers it runs does not."""
    return {
        "own": sorted(wishes.own), "as": wishes.reader, "since": wishes.since, "where": sorted(wishes.where),
        "limit": wishes.limit, "sample": wishes.sample, "part_mails": wishes.part_mails,
    }  # fmt: skip


def _fingerprint(files: Sequence[MailFile]) -> dict[str, Any]:
    """What tells these inputs from others: how many, how large, and a hash of their names, sizes and times."""
    listed = "".join(f"{file.name}\t{file.size_bytes}\t{file.modified_ns}\n" for file in files)
    digest = hashlib.sha256(listed.encode(errors="surrogateescape")).hexdigest()
    return {"files": len(files), "size_bytes": total_bytes(files), "sha256": digest}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError("--since is a day such as 2026-01-31.") from error


def _tell(summary: Summary, out: Path, language: str) -> None:
    """The counts as a table on standard error, and as a page in the folder."""
    (out / REPORT).write_text(report.page(summary, versions(), language), encoding="utf-8")
    console = Console(stderr=True)
    table = Table(box=None, show_header=False)
    heading = ""
    for group, value, count in report.rows(summary, language):
        table.add_row(group if group != heading else "", value, f"{count:,}")
        heading = group
    console.print(table)
    console.print(report.headline(summary, language), highlight=False)
    console.print(f"{out}/manifest.json  {out}/{REPORT}", highlight=False)
