"""``mail-insight mailbox``: look after connected mailboxes and disconnect them (``mailbox_add`` connects them)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.accounts.credentials import Vault, add_key, drop_old_keys, open_vault
from pipeline.accounts.troubles import Trouble, words
from pipeline.commands.database import open_store
from pipeline.commands.settings import load
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.sync import accounts, folders, mailboxes


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
    """Sign in with the stored password or grant and look at all folders."""
    from pipeline.commands.mailbox_add import tell_folders
    from pipeline.ingest.connecting import look_at, stored_sign_in

    settings = load()
    factory = open_store(settings)
    with factory.begin() as session:
        mailbox_id = find(session, name)
    vault = open_vault(settings.home, settings.credential_keys)
    try:
        account, sign_in = stored_sign_in(factory, vault, settings, mailbox_id, lambda: datetime.now(UTC))
        found = look_at(account, sign_in)
    except Trouble as trouble:
        raise errors.RemoteError(words(trouble.code, language)) from None
    tell_folders(found)


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


def new_key(drop_old: bool = False) -> None:
    """Put a fresh key in front of the key file and encrypt all passwords with it; workers take it up as they run.

    Where the keys come from the setting, the first of them is the one; then nothing is written to the file.
    """
    settings = load()
    factory = open_store(settings)
    vault = open_vault(settings.home, settings.credential_keys)
    if not settings.credential_keys:
        add_key(settings.home)
    count = rotate(factory, vault)
    typer.echo(f"{count} passwords are encrypted with the new key.", err=True)
    if drop_old and not settings.credential_keys:
        rotate(factory, vault)  # what somebody stored while the first pass ran
        typer.echo(f"{drop_old_keys(settings.home)} older keys are gone.", err=True)


def rotate(factory: sessionmaker[Session], vault: Vault) -> int:
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
