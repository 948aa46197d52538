"""The ``mail-insight`` command: a thin shell around functions, and the one place where their settings are built.

Documents go to standard output, progress and messages to standard error.
Exit codes: 0 done, 1 some mails failed, 2 usage or settings, 3 remote side down, 4 quota, 5 gate refused.
Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_groups import backup, filters, intent, mailbox, outgoing, person, records, training
from pipeline.cli_groups.options import Language
from pipeline.errors import Error

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(mailbox.group, name="mailbox")
app.add_typer(outgoing.group, name="outgoing")
app.add_typer(filters.group, name="filters")
app.add_typer(backup.group, name="backup")
app.add_typer(records.group, name="records")
app.add_typer(person.group, name="person")
app.add_typer(intent.group, name="intent")
app.add_typer(training.group, name="training")

Inputs = Annotated[
    list[Path], typer.Argument(help="Mails: .eml, folders, Maildir, mbox, .gz of these, Parquet with a raw column.")
]
Own = Annotated[list[str] | None, typer.Option("--own", metavar="ADDRESS", help="An address of this mailbox's owner.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default: one per core.")]


def main() -> None:
    """Run the command line; our own errors become one plain sentence and their exit code."""
    try:
        app()
    except Error as error:
        typer.secho(str(error), err=True, fg="red")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@app.command()
def score(
    inputs: Inputs,
    own: Own = None,
    workers: Workers = None,
    json: Annotated[bool, typer.Option("--json/--brief", help="JSON lines, or one readable line a mail.")] = True,
) -> None:
    """Read mails and write one insight document a mail, in the order of the input."""
    from pipeline.commands.score import run

    run(inputs, own or [], workers, as_json=json)


@app.command()
def batch(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the job: parts, manifest, report.")],
    inputs: Annotated[list[Path] | None, typer.Argument(help="As for score; none with --as.")] = None,
    own: Own = None,
    workers: Workers = None,
    dask: Annotated[bool, typer.Option("--dask", help="Dask workers on this machine.")] = False,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler: tcp://HOST:PORT.")] = None,
    reader: Annotated[
        str | None, typer.Option("--as", metavar="ADDRESS", help="Read the database: mail that this user may see.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Leave older mail out (2026-01-31).")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="NAME=VALUE", help="Write only such mail; NAME!=VALUE: not.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many mails.")] = None,
    sample: Annotated[float, typer.Option(min=0, max=1, help="A share of the mails, always the same ones.")] = 1.0,
    part_mails: Annotated[int, typer.Option(min=1, help="Most mails in one part.")] = 1000,
    restart: Annotated[bool, typer.Option("--restart", help="Forget what DIR holds of a job.")] = False,
    language: Language = None,
) -> None:
    """Score an archive into Parquet; run the same command again to go on with a job that was stopped."""
    from pipeline.commands.batch import Wishes, run

    run(
        Wishes(
            inputs or [], out, own or [], workers, scheduler, dask, reader, since, where or [], limit, sample,
            part_mails, restart, language or "en",
        )
    )  # fmt: skip


@app.command()
def rescore(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for changes.json and changes.html.")],
    organisation: Annotated[str | None, typer.Option(help="Its name, where there are several.")] = None,
    since: Annotated[str | None, typer.Option(help="Leave older mail out (2026-01-31).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many mails, spread over all of them.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Store what was found. Decided suggestions stay.")] = False,
    language: Language = None,
) -> None:
    """Read stored mail again with this version, and show what changes before it goes live."""
    from pipeline.commands.rescore import run

    run(out, organisation, since, limit, apply=apply, language=language or "en")


@app.command()
def explain(
    mail: Annotated[Path, typer.Argument(help="One .eml file.")],
    own: Own = None,
    language: Language = None,
) -> None:
    """Show for one mail what each stage found and why."""
    from pipeline.commands.explain import run

    run(mail, own or [], language)


@app.command("import")
def import_(
    inputs: Inputs,
    mailbox: Annotated[str, typer.Option("--mailbox", metavar="ADDRESS", help="The mailbox that the mails belong to.")],
) -> None:
    """Read mails into the database; may be stopped and started again at any point."""
    from pipeline.commands.import_mail import run

    run(inputs, mailbox)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that answer; about one a core.")] = None,
) -> None:
    """Serve the page and the API."""
    from pipeline.commands.serve import run

    run(host, port, workers)


@app.command()
def demo(
    samples: Annotated[Path, typer.Option(help="Folder of the sample mails.")] = Path("data/samples"),
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the page when the database is filled.")
    ] = True,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Fill a database with the demo organisation and the sample mails, and serve the page."""
    from pipeline.commands.demo import run

    run(samples, serve, port)


@app.command()
def password(
    address: Annotated[str, typer.Argument(help="The user's sign-in address.")],
    new: Annotated[
        str,
        typer.Option(
            "--new", envvar="MAIL_INSIGHT_NEW_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True
        ),
    ],
) -> None:
    """Set a user's password; it is asked for, or taken from MAIL_INSIGHT_NEW_PASSWORD."""
    from pipeline.commands.password import run

    run(address, new)


@app.command()
def work(
    once: Annotated[bool, typer.Option("--once", help="Do what is due and stop, as for cron.")] = False,
) -> None:
    """Run rules on unanswered mail and send what is due, every minute or once."""
    from pipeline.commands.work import run

    run(once=once)


@app.command()
def sync(
    mailbox: Annotated[str | None, typer.Option("--mailbox", metavar="NAME", help="Only this one.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and bring new mail in as it arrives.")] = False,
) -> None:
    """Bring mail in from all connected mailboxes."""
    from pipeline.commands.sync import run

    run(mailbox, watch=watch)


if __name__ == "__main__":
    main()
