"""``mail-insight mailbox``: connect mailboxes on mail servers, look after them, disconnect them."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from pipeline.cli_groups.options import Language, MailboxName

group = typer.Typer(no_args_is_help=True, help="Mailboxes on mail servers: connect, look after, disconnect.")
Secret = Annotated[
    str,
    typer.Option("--password", envvar="MAIL_INSIGHT_MAILBOX_PASSWORD", prompt=True, hide_input=True, help="Prompted."),
]


@group.command("add")
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


@group.command("server")
def mailbox_server(
    name: MailboxName,
    protocol: Annotated[Literal["imap", "pop3"] | None, typer.Option(help="How to read it.")] = None,
    host: Annotated[str | None, typer.Option(help="Server; of another protocol default: as known.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: the protocol's own.")] = None,
    security: Annotated[Literal["tls", "starttls", "none"] | None, typer.Option(help="Default: tls.")] = None,
    ca_file: Annotated[str | None, typer.Option(help="Certificates to trust instead of the system's.")] = None,
    username: Annotated[str | None, typer.Option(help="Default: as it is.")] = None,
    service: Annotated[str | None, typer.Option(help="Default: as it is.")] = None,
    password: Annotated[
        str | None, typer.Option(envvar="MAIL_INSIGHT_MAILBOX_PASSWORD", help="For a server elsewhere; better by env.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete-on-server", help="POP3: delete mail once it is stored.")] = False,
    language: Language = None,
) -> None:
    """Read a mailbox from another server or by another protocol; tried before it is saved, and nothing comes twice."""
    from pipeline.commands.mailbox_server import move

    move(name, protocol, host, port, security, ca_file, username, service, password, delete, language or "en")


@group.command("list")
def list_mailboxes(json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False) -> None:
    """Show all connected mailboxes with the counts of their folders."""
    from pipeline.commands.mailbox import show

    show(json)


@group.command("test")
def check_mailbox(name: MailboxName, language: Language = None) -> None:
    """Sign in and count, without fetching anything."""
    from pipeline.commands.mailbox import test

    test(name, language or "en")


@group.command("pause")
def pause_mailbox(name: MailboxName) -> None:
    """Stop syncing a mailbox for now."""
    from pipeline.commands.mailbox import change_state

    change_state(name, "paused")


@group.command("resume")
def resume_mailbox(name: MailboxName) -> None:
    """Sync a mailbox again."""
    from pipeline.commands.mailbox import change_state

    change_state(name, "active")


@group.command("password")
def mailbox_password(name: MailboxName, password: Secret) -> None:
    """Store another password."""
    from pipeline.commands.mailbox import change_password

    change_password(name, password)


@group.command("remove")
def remove_mailbox(name: MailboxName) -> None:
    """Disconnect a mailbox; its mail stays."""
    from pipeline.commands.mailbox import remove

    remove(name)


@group.command("new-key")
def new_key(
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Forget the older keys; old backups need them.")] = False,
) -> None:
    """Encrypt all passwords with a fresh key; workers that run take it up."""
    from pipeline.commands.mailbox import new_key

    new_key(drop_old)


@group.command("sending")
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


@group.command("disable")
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
