"""The ``mail-insight`` command: a thin shell around functions, and the one place where their settings are built.

Documents go to standard output, progress and messages to standard error.
Exit codes: 0 done, 1 some mails failed, 2 usage or settings, 3 remote side down, 4 quota, 5 gate refused.
Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.errors import Error

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)

Inputs = Annotated[
    list[Path], typer.Argument(help="Mails: .eml, folders, Maildir, mbox, .gz of these, Parquet with a raw column.")
]
Own = Annotated[list[str] | None, typer.Option("--own", metavar="ADDRESS", help="An address of this mailbox's owner.")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default: one per core.")]
Language = Annotated[str | None, typer.Option("--language", metavar="ja|en", help="Language of what is shown.")]


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
) -> None:
    """Serve the page and the API."""
    from pipeline.commands.serve import run

    run(host, port)


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


mailbox = typer.Typer(no_args_is_help=True, help="Mailboxes on mail servers: connect, look after, disconnect.")
app.add_typer(mailbox, name="mailbox")
MailboxName = Annotated[str, typer.Argument(help="The mailbox's address.")]
Secret = Annotated[
    str,
    typer.Option("--password", envvar="MAIL_INSIGHT_MAILBOX_PASSWORD", prompt=True, hide_input=True, help="Prompted."),
]


@mailbox.command("add")
def add_mailbox(
    address: MailboxName,
    password: Annotated[
        str | None, typer.Option("--password", envvar="MAIL_INSIGHT_MAILBOX_PASSWORD", help="Else it is asked for.")
    ] = None,
    oauth: Annotated[bool, typer.Option("--oauth", help="Sign in with the service in the browser.")] = False,
    service: Annotated[str | None, typer.Option(help="gmail, outlook, zoho …; default: by the address.")] = None,
    protocol: Annotated[Literal["imap", "pop3", "gmail", "graph"] | None, typer.Option(help="How to read it.")] = None,
    username: Annotated[str | None, typer.Option(help="Default: the address.")] = None,
    host: Annotated[str | None, typer.Option(help="Server; default: as known for the service or domain.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    security: Annotated[str | None, typer.Option(help="tls, starttls or none.")] = None,
    ca_file: Annotated[str | None, typer.Option(help="Certificates to trust instead of the system's.")] = None,
    since: Annotated[str | None, typer.Option(help="Leave mail before this day out (2026-01-31).")] = None,
    address_too: Annotated[list[str] | None, typer.Option("--also", help="A further From address.")] = None,
    skip: Annotated[list[str] | None, typer.Option(help="A folder to leave out.")] = None,
    delete: Annotated[bool, typer.Option("--delete-on-server", help="POP3: delete mail once it is stored.")] = False,
    save_sent: Annotated[
        bool | None, typer.Option("--save-sent/--no-save-sent", help="IMAP: put sent mail on the server.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Test and count only.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    language: Language = None,
) -> None:
    """Connect a mailbox to its server; the connection is tested before it is saved."""
    from pipeline.commands.mailbox_add import Wishes, add

    if password is None and not oauth:
        password = typer.prompt("Password", hide_input=True, err=True)
    wishes = Wishes(
        service, protocol, oauth, username, host, port, security, ca_file, since, address_too or [], skip or [],
        delete, save_sent, dry_run, language or "en",
    )  # fmt: skip
    add(address, password, wishes, ask=not yes and sys.stdin.isatty())


@mailbox.command("list")
def list_mailboxes(json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False) -> None:
    """Show all connected mailboxes with the counts of their folders."""
    from pipeline.commands.mailbox import show

    show(json)


@mailbox.command("test")
def check_mailbox(name: MailboxName, language: Language = None) -> None:
    """Sign in and count, without fetching anything."""
    from pipeline.commands.mailbox import test

    test(name, language or "en")


@mailbox.command("pause")
def pause_mailbox(name: MailboxName) -> None:
    """Stop syncing a mailbox for now."""
    from pipeline.commands.mailbox import change_state

    change_state(name, "paused")


@mailbox.command("resume")
def resume_mailbox(name: MailboxName) -> None:
    """Sync a mailbox again."""
    from pipeline.commands.mailbox import change_state

    change_state(name, "active")


@mailbox.command("password")
def mailbox_password(name: MailboxName, password: Secret) -> None:
    """Store another password."""
    from pipeline.commands.mailbox import change_password

    change_password(name, password)


@mailbox.command("remove")
def remove_mailbox(name: MailboxName) -> None:
    """Disconnect a mailbox; its mail stays."""
    from pipeline.commands.mailbox import remove

    remove(name)


@mailbox.command("new-key")
def new_key(
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Forget the older keys; old backups need them.")] = False,
) -> None:
    """Encrypt all passwords with a fresh key; workers that run take it up."""
    from pipeline.commands.mailbox import new_key

    new_key(drop_old)


@mailbox.command("sending")
def mailbox_sending(
    name: MailboxName,
    host: Annotated[str | None, typer.Option(help="Server for outgoing mail.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 465, with starttls 587.")] = None,
    security: Annotated[Literal["tls", "starttls", "none"], typer.Option(help="How it is encrypted.")] = "tls",
    ca_file: Annotated[str | None, typer.Option(help="Certificates to trust instead of the system's.")] = None,
    address: Annotated[list[str] | None, typer.Option("--from", help="A From address; the first is default.")] = None,
    save_sent: Annotated[bool | None, typer.Option("--save-sent/--no-save-sent", help="Keep a copy there.")] = None,
    password: Annotated[
        str | None, typer.Option(envvar="MAIL_INSIGHT_MAILBOX_PASSWORD", help="For a server elsewhere; better by env.")
    ] = None,
    language: Language = None,
) -> None:
    """Show or set how a mailbox sends; the server is tried before it is saved."""
    from pipeline.commands.mailbox_sending import change, server_named

    change(name, server_named(host, port, security, ca_file), address or [], save_sent, password, language or "en")


@mailbox.command("disable")
def disable_mailbox(
    name: MailboxName,
    admin: Annotated[str, typer.Option(help="Address of the administrator who decides.")],
    folders: Annotated[bool, typer.Option("--keep-folders/--remove-folders")] = True,
    filters: Annotated[bool, typer.Option("--keep-filters/--remove-filters")] = True,
    labels: Annotated[bool, typer.Option("--keep-labels/--remove-labels")] = True,
) -> None:
    """Stop a mailbox for good: its password goes, its mail stays."""
    from pipeline.commands.mailbox_sending import disable
    from pipeline.store.sync.lifecycle import Keeping

    disable(name, admin, Keeping(folders, filters, labels))


outgoing = typer.Typer(no_args_is_help=True, help="Mail that goes out: send, and see what became of it.")
app.add_typer(outgoing, name="outgoing")
As = Annotated[str, typer.Option("--user", help="Address of the user who sends.")]
OutgoingId = Annotated[str, typer.Argument(help="Its id, as `outgoing list` shows it.")]


@outgoing.command("send")
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


@outgoing.command("list")
def list_outgoing(user: As, json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False) -> None:
    """Show what a user sent or is about to send, newest first."""
    from pipeline.commands.posting import show

    show(user, json)


@outgoing.command("retry")
def retry_outgoing(outgoing_id: OutgoingId, user: As) -> None:
    """Send again what failed, was called back, or is unknown; that one may arrive twice."""
    from pipeline.commands.posting import decide

    decide(user, outgoing_id, "retry")


@outgoing.command("cancel")
def cancel_outgoing(outgoing_id: OutgoingId, user: As) -> None:
    """Call a mail back before it is sent."""
    from pipeline.commands.posting import decide

    decide(user, outgoing_id, "cancel")


@outgoing.command("sent")
def outgoing_sent(outgoing_id: OutgoingId, user: As) -> None:
    """Say that a mail of which nobody knew was sent."""
    from pipeline.commands.posting import decide

    decide(user, outgoing_id, "sent")


filters = typer.Typer(no_args_is_help=True, help="Filters of a mailbox: import them, see them, switch them.")
app.add_typer(filters, name="filters")
FilterId = Annotated[str, typer.Argument(help="Its id, as `filters list` shows it.")]


@filters.command("import")
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


@filters.command("list")
def list_filters(name: MailboxName, language: Language = None) -> None:
    """Show all filters in words, and what they have marked."""
    from pipeline.commands.mail_filters import show

    show(name, language or "en")


@filters.command("set")
def set_filter(
    name: MailboxName,
    filter_id: FilterId,
    what: Annotated[Literal["on", "off", "remove"], typer.Argument(help="What to do with it.")],
) -> None:
    """Switch a filter on or off, or remove it."""
    from pipeline.commands.mail_filters import switch

    switch(name, filter_id, what)


Organisation = Annotated[str | None, typer.Option(help="Its name, where there are several.")]
backup = typer.Typer(no_args_is_help=True, help="A user's shared mail as files: write, check, bring back.")
app.add_typer(backup, name="backup")
BackupFolder = Annotated[Path, typer.Argument(help="The backup's folder.")]


@backup.command("create")
def create_backup(
    address: Annotated[str, typer.Argument(help="The user's address.")],
    to: Annotated[Path | None, typer.Option(help="A new folder; default: below the home folder.")] = None,
    deactivate: Annotated[bool, typer.Option("--deactivate", help="Deactivate the user once it is done.")] = False,
) -> None:
    """Back up what a user shared, so that it stays when they are deactivated."""
    from pipeline.commands.backup import create

    create(address, to, deactivate)


@backup.command("check")
def check_backup(folder: BackupFolder) -> None:
    """Say whether a backup is complete and as it was written."""
    from pipeline.commands.backup import check

    check(folder)


@backup.command("restore")
def restore_backup(folder: BackupFolder, organisation: Organisation = None) -> None:
    """Bring a backup back into this or another installation; run again it doubles nothing."""
    from pipeline.commands.backup import restore

    restore(folder, organisation)


records = typer.Typer(no_args_is_help=True, help="Records from a file, or from a CRM outside.")
app.add_typer(records, name="records")
Dry = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be created, updated or refused.")]


@records.command("import")
def import_records(
    file: Annotated[Path, typer.Argument(help="A CSV file with column names, or a vCard file (.vcf).")],
    kind: Annotated[str, typer.Option(help="contact, lead, account or deal.")] = "contact",
    organisation: Organisation = None,
    region: Annotated[str, typer.Option(help="Country of phone numbers that name none.")] = "JP",
    dry_run: Dry = False,
) -> None:
    """Take in contacts, leads, accounts or deals from a file."""
    from pipeline.commands.records import import_file

    import_file(file, kind, organisation, region, dry_run)


@records.command("pull")
def pull_records(
    url: Annotated[str, typer.Argument(help="Where the CRM answers; docs/outside_crm.md tells how.")],
    name: Annotated[str, typer.Option(help="What this CRM is called here.")] = "crm",
    from_variable: Annotated[str, typer.Option(help="Environment variable with its token.")] = "OUTSIDE_CRM_TOKEN",
    organisation: Organisation = None,
    dry_run: Dry = False,
) -> None:
    """Take in what changed in an outside CRM since the last time."""
    from pipeline.commands.records import pull

    pull(url, name, from_variable, organisation, dry_run)


@records.command("vcard")
def write_vcard(
    record: Annotated[str, typer.Argument(help="The id of a contact or lead.")],
    user: Annotated[str, typer.Option("--user", help="Address of the user who asks and sees it.")],
) -> None:
    """Write a contact or lead as a vCard."""
    from pipeline.commands.records import write_vcard as write

    write(record, user)


person = typer.Typer(no_args_is_help=True, help="What is held of a person: write it out, or erase it.")
app.add_typer(person, name="person")
Addresses = Annotated[list[str], typer.Argument(help="The person's mail addresses.")]


@person.command("export")
def export_person(addresses: Addresses, organisation: Organisation = None) -> None:
    """Write everything held of a person, mail included, as one JSON document."""
    from pipeline.commands.person import export

    export(addresses, organisation)


@person.command("erase")
def erase_person(
    addresses: Addresses,
    organisation: Organisation = None,
    mail: Annotated[str, typer.Option(help="delete or keep the mail that they sent or got.")] = "delete",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this only tell how much it is.")] = False,
) -> None:
    """Remove everything held of a person, for good."""
    from pipeline.commands.person import erase

    erase(addresses, organisation, mail, yes)


if __name__ == "__main__":
    main()
