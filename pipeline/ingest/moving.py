"""A connected mailbox that is read from another server or in another way: tried first, and nothing stored twice.

Its mail stays. What is known of its folders' ids is void on another server, so they are listed anew as at a first sync;
mail that was stored is known by its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts.account import Account, Protocol, Server, from_settings, to_settings
from pipeline.accounts.services import Service
from pipeline.accounts.sign_in import Password, SignIn
from pipeline.ingest.setting_up import Draft, SetUp, Tried
from pipeline.store.organisation.audit import record_action
from pipeline.store.sync import accounts, folders, mailboxes
from pipeline.store.sync.mailboxes import Mailbox

TYPE_AGAIN = "Type the mailbox's password again: it will be used at another server."
_PORTS = {"imap": {143, 993}, "pop3": {110, 995}}


@dataclass(frozen=True, slots=True)
class Move:
    """Where a mailbox is read from now on, and how; None stays as it is, a server of another protocol is looked for."""

    protocol: Protocol | None = None
    server: Server | None = None
    username: str | None = None
    service: str | None = None
    leave_on_server: bool = True


def attempt(set_up: SetUp, name: str, account: Account, move: Move, stored: SignIn, new: SignIn | None = None) -> Tried:
    """Sign in where a mailbox is to be read from, with the ``new`` secret if there is one, and look at the folders.

    A stored secret is shown only to the servers that it is for: else whoever may change a mailbox could have it sent
    to a server of their own.

    Raises: Trouble; errors.NotAllowed where the secret is to be typed; errors.UsageError.
    """
    service = set_up.service(name, move.service or account.service)
    draft = _draft(name, account, move, service, new)
    if new is None and not _is_known(draft, account, service):
        raise errors.NotAllowed(TYPE_AGAIN)
    if new is None and account.sign_in == "oauth" and draft.protocol != account.protocol:
        raise errors.NotAllowed("Sign in with the service again: its permission is for one way of reading only.")
    tried = set_up.attempt(draft, new or stored)
    found = replace(tried.account, addresses=account.addresses or tried.account.addresses)
    smtp = found.smtp if account.protocol == "graph" else account.smtp
    return Tried(replace(found, smtp=smtp), tried.folders)


def save(
    session: Session, mailbox: Mailbox, tried: Tried, sealed: str | None, now: datetime, user_id: str | None = None
) -> None:
    """Read a mailbox from there from now on; ``sealed`` is its new secret. Whoever syncs it right now stores no more.

    What was chosen for folders of the same name stays.

    Raises: errors.NotFound where it is not connected.
    """
    before, account = from_settings(accounts.get_account(session, mailbox.id).settings), tried.account
    accounts.move_account(session, mailbox.id, to_settings(account), sealed, now)
    mailboxes.set_protocol(session, mailbox.id, account.protocol, account.addresses)
    if not is_same_place(before, account):
        for known in folders.list_folders(session, mailbox.id):
            folders.begin_anew(session, known.id)
    for folder in tried.folders:
        folders.put_folder(session, mailbox.id, folder.name, folder.role, folder.wanted)
    record_action(session, mailbox.organisation_id, user_id, "mailbox.move", mailbox.id, now)


def is_same_place(before: Account, after: Account) -> bool:
    """Whether a server's ids of mails stay what they were: only the encryption changed, by the protocol's own ports."""
    if (before.protocol, before.username, before.server.host) != (after.protocol, after.username, after.server.host):
        return False
    ports = {before.server.port, after.server.port}
    return len(ports) == 1 or ports <= _PORTS.get(after.protocol, set())


def _draft(name: str, account: Account, move: Move, service: Service, new: SignIn | None) -> Draft:
    protocol = move.protocol or account.protocol
    stays = protocol == account.protocol and service.id == account.service
    way = account.sign_in if new is None else "password" if isinstance(new, Password) else "oauth"
    return Draft(
        name, service.id, protocol, way, move.username or account.username,
        move.server or (account.server if stays else None), None, account.addresses[1:],
        date.fromisoformat(account.since) if account.since else None, move.leave_on_server,
        account.save_sent, sender=account.addresses[0] if account.addresses else None,
    )  # fmt: skip


def _is_known(draft: Draft, account: Account, service: Service) -> bool:
    """Whether the secret that is stored belongs to the server: the service's own, or the one mail is read from."""
    known = service.server(draft.protocol) if service.id == account.service else None
    server = draft.server or known
    return server is not None and server.host in {account.server.host, known.host if known else ""}
