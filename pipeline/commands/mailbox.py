"""``mail-insight mailbox``: connect a mailbox to its server, look after it, and disconnect it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.account import Account, Protocol, Server, from_settings, to_settings
from pipeline.accounts.credentials import Vault, add_key, open_vault
from pipeline.accounts.services import Service, candidates, service_named, service_of, services
from pipeline.accounts.troubles import Trouble, words
from pipeline.commands.import_mail import mailbox_of, open_store
from pipeline.commands.settings import load
from pipeline.ingest.connecting import FoundFolder, look_at
from pipeline.settings import Settings
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.sync import accounts, folders, mailboxes
from pipeline.store.sync.mailboxes import Mailbox


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the set-up is told by options; None is asked for or filled in."""

    service: str | None = None
    protocol: Protocol | None = None
    username: str | None = None
    host: str | None = None
    port: int | None = None
    security: str | None = None
    ca_file: str | None = None
    since: str | None = None
    further: Sequence[str] = ()
    skip: Sequence[str] = ()
    delete_on_server: bool = False
    save_sent: bool | None = None
    dry_run: bool = False
    language: str = "en"


def add(address: str, password: str, wishes: Wishes, ask: bool) -> None:
    """Set a mailbox up: service, protocol, sign-in, addresses, folders, server, sent mail; tested before it is saved.

    Raises: errors.UsageError, or Trouble in plain words where the server cannot be used as told.
    """
    service, protocol = _service(address, wishes, ask), wishes.protocol
    if protocol is None:
        protocol = (
            "pop3" if ask and typer.prompt("Protocol (imap, pop3)", default="imap", err=True) == "pop3" else "imap"
        )
    if wishes.delete_on_server and protocol != "pop3":
        raise errors.UsageError("Mail is deleted on the server only with POP3; leave --delete-on-server out.")
    if wishes.since:
        _check_day(wishes.since)
    account, found = _tested(address, password, service, protocol, wishes)
    _tell_folders(found, wishes)
    if wishes.dry_run:
        return
    settings = load()
    factory = open_store(settings)
    with factory.begin() as session:
        mailbox, _ = mailbox_of(session, address.lower(), settings)
        save(session, mailbox, account, open_vault(settings.home, settings.credential_keys).seal(password))
        for folder in found:
            wanted = folder.wanted and folder.name not in wishes.skip
            folders.choose_folder(session, mailbox.id, folder.name, folder.role, wanted)
    typer.echo("Saved. `mail-insight sync` brings the mail in.", err=True)


def save(session: Session, mailbox: Mailbox, account: Account, sealed: str, user_id: str | None = None) -> None:
    """Connect a mailbox, and note it in the audit log."""
    now = datetime.now(UTC)
    accounts.create_account(session, mailbox.id, to_settings(account), sealed, now)
    mailboxes.set_protocol(session, mailbox.id, account.protocol, account.addresses)
    record_action(session, mailbox.organisation_id, user_id, "mailbox.connect", mailbox.id, now)


def _service(address: str, wishes: Wishes, ask: bool) -> Service:
    if wishes.service is not None:
        named = service_named(wishes.service)
        if named is None:
            raise errors.UsageError(f"Services are {', '.join(each.id for each in services())}.")
        return named
    found = service_of(address)
    if ask:
        chosen = service_named(typer.prompt("Service", default=found.id, err=True))
        return chosen or found
    return found


def _tested(
    address: str, password: str, service: Service, protocol: Protocol, wishes: Wishes
) -> tuple[Account, tuple[FoundFolder, ...]]:
    """The first server that takes the sign-in; of the troubles the one that tells most is raised."""
    worst: Trouble | None = None
    for server in _servers(address, service, protocol, wishes):
        account = Account(
            service.id, protocol, server, wishes.username or service.username(address),
            (address.lower(), *(each.lower() for each in wishes.further)), wishes.since, not wishes.delete_on_server,
            service.smtp, bool(wishes.save_sent) and not service.smtp_saves_sent,
        )  # fmt: skip
        try:
            return account, look_at(account, password, wishes.skip)
        except Trouble as trouble:
            worst = trouble if worst is None or worst.code == "dns" else worst
            if trouble.is_final:
                break
    worst = worst or Trouble("dns")
    raise errors.RemoteError(words(worst.code, wishes.language))


def _servers(address: str, service: Service, protocol: Protocol, wishes: Wishes) -> Iterator[Server]:
    if wishes.host is not None:
        port = wishes.port or {"imap": 993, "pop3": 995}[protocol]
        yield Server(wishes.host, port, wishes.security or "tls", wishes.ca_file)  # type: ignore[arg-type]
        return
    known = service.server(protocol)
    if known is not None:
        yield known
    elif service.id != "generic":
        raise errors.UsageError(f"{service.name} does not offer {protocol.upper()}.")
    else:
        yield from candidates(address.rpartition("@")[2].lower(), protocol)


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise errors.UsageError("Write the day as 2026-01-31.") from None


def _tell_folders(found: Sequence[FoundFolder], wishes: Wishes) -> None:
    for folder in found:
        mark = "left out" if folder.name in wishes.skip or not folder.wanted else folder.role
        typer.echo(f"  {folder.name}: {folder.mails} mails, {mark}", err=True)


def show(as_json: bool) -> None:
    """All connected mailboxes with the counts of their folders."""
    settings = load()
    with open_store(settings).begin() as session:
        for mailbox_id in _all(session):
            mailbox, account = mailboxes.get_mailbox(session, mailbox_id), accounts.get_account(session, mailbox_id)
            statuses = folders.folder_statuses(session, mailbox_id)
            if as_json:
                line = {
                    "name": mailbox.name, "state": account.state, "problem": account.problem,
                    "folders": [asdict(each) for each in statuses],
                }  # fmt: skip
                typer.echo(json.dumps(line, default=str, ensure_ascii=False))
                continue
            problem = f": {words(account.problem, 'en')}" if account.problem else ""
            typer.echo(f"{mailbox.name} ({account.state}){problem}")
            for each in statuses:
                typer.echo(
                    f"  {each.name}: {each.seen} seen = {each.waiting} waiting + {each.stored} stored + "
                    f"{each.already_there} there already + {each.skipped} skipped + {each.failed} failed"
                )


def test(name: str, language: str) -> None:
    """Sign in with the stored password and look at all folders."""
    settings = load()
    with open_store(settings).begin() as session:
        mailbox_id = find(session, name)
        account = from_settings(accounts.get_account(session, mailbox_id).settings)
        sealed = accounts.get_secret(session, mailbox_id)
    try:
        found = look_at(account, open_vault(settings.home, settings.credential_keys).unseal(sealed))
    except Trouble as trouble:
        raise errors.RemoteError(words(trouble.code, language)) from None
    _tell_folders(found, Wishes())


def change_state(name: str, state: accounts.AccountState) -> None:
    """Pause or resume."""
    with open_store(load()).begin() as session:
        mailbox_id = find(session, name)
        now = datetime.now(UTC)
        accounts.set_state(session, mailbox_id, state, now)
        organisation_id = mailboxes.get_mailbox(session, mailbox_id).organisation_id
        record_action(session, organisation_id, None, f"mailbox.{state}", mailbox_id, now)


def change_password(name: str, password: str) -> None:
    """Store another password."""
    settings = load()
    with open_store(settings).begin() as session:
        sealed = open_vault(settings.home, settings.credential_keys).seal(password)
        accounts.set_secret(session, find(session, name), sealed, datetime.now(UTC))


def remove(name: str) -> None:
    """Disconnect; the mail stays."""
    with open_store(load()).begin() as session:
        mailbox_id = find(session, name)
        accounts.remove_account(session, mailbox_id)
        organisation_id = mailboxes.get_mailbox(session, mailbox_id).organisation_id
        record_action(session, organisation_id, None, "mailbox.disconnect", mailbox_id, datetime.now(UTC))


def new_key() -> None:
    """Put a fresh key in front of the key file, and encrypt all passwords with it."""
    settings = load()
    factory = open_store(settings)
    open_vault(settings.home)
    add_key(settings.home)
    count = rotate(factory, open_vault(settings.home), settings)
    typer.echo(f"{count} passwords are encrypted with the new key.", err=True)


def rotate(factory: sessionmaker[Session], vault: Vault, settings: Settings) -> int:
    """Encrypt all passwords with the first key of a vault."""
    with factory.begin() as session:
        return accounts.replace_secrets(session, vault.rotate)


def find(session: Session, name: str) -> str:
    """The id of the connected mailbox of that name.

    Raises: errors.NotFound.
    """
    for mailbox_id in _all(session):
        if mailboxes.get_mailbox(session, mailbox_id).name == name.lower():
            return mailbox_id
    raise errors.NotFound("There is no connected mailbox of that name; `mail-insight mailbox list` names them.")


def _all(session: Session) -> list[str]:
    return [
        mailbox_id
        for organisation_id in people.list_organisations(session)
        for mailbox_id in accounts.find_accounts(session, organisation_id)
    ]
