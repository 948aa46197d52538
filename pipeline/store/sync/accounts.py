"""Accounts on mail servers: how a mailbox is reached, its encrypted secret, and the lease of who syncs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.rows import insert_new
from pipeline.store.sync.folders import list_folders, remove_folder
from pipeline.store.tables import AccountRow, MailboxRow

AccountState = Literal["active", "paused", "failed", "disabled"]
LEASE = timedelta(seconds=60)
"""Whoever holds one prolongs it while at work; so a worker that was killed is followed within a minute."""


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account without its secret; ``problem`` is the code of what went wrong last."""

    mailbox_id: str
    settings: Mapping[str, Any]
    state: str
    problem: str | None
    attempts: int
    next_at: datetime
    synced_at: datetime | None


def create_account(session: Session, mailbox_id: str, settings: Mapping[str, Any], secret: str, now: datetime) -> None:
    """Remember how a mailbox is reached; ``secret`` is encrypted already.

    Raises: errors.Conflict where it has an account.
    """
    row = {
        "mailbox_id": mailbox_id, "settings": dict(settings), "secret": secret, "state": "active", "problem": None,
        "attempts": 0, "next_at": now,
    }  # fmt: skip
    if not insert_new(session, AccountRow, row):
        raise errors.Conflict("This mailbox is connected already; change or remove that first.")


def get_account(session: Session, mailbox_id: str) -> StoredAccount:
    """The account of a mailbox.

    Raises: errors.NotFound where it has none.
    """
    row = session.get(AccountRow, mailbox_id, populate_existing=True)
    if row is None:
        raise errors.NotFound("This mailbox is not connected to a mail server.")
    return StoredAccount(row.mailbox_id, row.settings, row.state, row.problem, row.attempts, row.next_at, row.synced_at)


def find_accounts(session: Session, organisation_id: str) -> tuple[str, ...]:
    """Ids of the mailboxes of an organisation that have an account, by name."""
    query = select(AccountRow.mailbox_id).join(MailboxRow, MailboxRow.id == AccountRow.mailbox_id)
    mine = query.where(MailboxRow.organisation_id == organisation_id)
    return tuple(session.scalars(mine.order_by(MailboxRow.name, MailboxRow.id)))


def get_secret(session: Session, mailbox_id: str) -> str:
    """The encrypted secret of an account."""
    return session.scalars(select(AccountRow.secret).where(AccountRow.mailbox_id == mailbox_id)).one()


def set_secret(session: Session, mailbox_id: str, secret: str, now: datetime) -> None:
    """Replace the encrypted secret; a mailbox that had failed or was disabled is tried again."""
    here = update(AccountRow).where(AccountRow.mailbox_id == mailbox_id)
    session.execute(here.values(secret=secret, problem=None, attempts=0, next_at=now))
    session.execute(here.where(AccountRow.state.in_(("failed", "disabled"))).values(state="active"))


def keep_secret(session: Session, mailbox_id: str, secret: str) -> None:
    """Replace the encrypted secret by one that is as good: renewed tokens."""
    session.execute(update(AccountRow).where(AccountRow.mailbox_id == mailbox_id).values(secret=secret))


def set_settings(session: Session, mailbox_id: str, settings: Mapping[str, Any]) -> None:
    """Change how a mailbox is reached and what its user chose.

    Raises: errors.NotFound where it has no account.
    """
    get_account(session, mailbox_id)
    here = update(AccountRow).where(AccountRow.mailbox_id == mailbox_id)
    session.execute(here.values(settings=dict(settings)))


def move_account(
    session: Session, mailbox_id: str, settings: Mapping[str, Any], secret: str | None, now: datetime
) -> None:
    """Change how a mailbox is reached, with a new encrypted ``secret`` or the old one; it is due at once.

    Whoever holds the lease loses it. A mailbox that had failed is tried again, as is a disabled one with a new secret.

    Raises: errors.NotFound where it has no account.
    """
    set_settings(session, mailbox_id, settings)
    here = update(AccountRow).where(AccountRow.mailbox_id == mailbox_id)
    anew = {"problem": None, "attempts": 0, "next_at": now, "lease_owner": None, "lease_until": None}
    session.execute(here.values(**anew))
    session.execute(here.where(AccountRow.state == "failed").values(state="active"))
    if secret is not None:
        set_secret(session, mailbox_id, secret, now)


def replace_secrets(session: Session, change: Any) -> int:
    """Pass every encrypted secret through ``change``, as when keys are rotated; tell how many."""
    rows = session.execute(select(AccountRow.mailbox_id, AccountRow.secret)).all()
    for mailbox_id, secret in rows:
        same = (AccountRow.mailbox_id == mailbox_id) & (AccountRow.secret == secret)  # else renewed meanwhile
        session.execute(update(AccountRow).where(same).values(secret=change(secret)))
    return len(rows)


def set_state(session: Session, mailbox_id: str, state: AccountState, now: datetime) -> None:
    """Pause or resume a mailbox."""
    get_account(session, mailbox_id)
    values = {"state": state, "problem": None, "attempts": 0, "next_at": now}
    session.execute(update(AccountRow).where(AccountRow.mailbox_id == mailbox_id).values(**values))


def remove_account(session: Session, mailbox_id: str) -> None:
    """Disconnect a mailbox: its secret and what is known of the server go, its mail stays."""
    get_account(session, mailbox_id)
    for folder in list_folders(session, mailbox_id):
        remove_folder(session, folder.id)
    session.execute(delete(AccountRow).where(AccountRow.mailbox_id == mailbox_id))


def active_accounts(session: Session) -> tuple[str, ...]:
    """Ids of all mailboxes that are synced."""
    query = select(AccountRow.mailbox_id).where(AccountRow.state == "active")
    return tuple(session.scalars(query.order_by(AccountRow.next_at, AccountRow.mailbox_id)))


def due_accounts(session: Session, now: datetime) -> tuple[str, ...]:
    """Ids of mailboxes whose time has come and that nobody syncs, the longest waiting first."""
    free = or_(AccountRow.lease_until.is_(None), AccountRow.lease_until < now)
    query = select(AccountRow.mailbox_id).where(AccountRow.state == "active", AccountRow.next_at <= now, free)
    return tuple(session.scalars(query.order_by(AccountRow.next_at, AccountRow.mailbox_id)))


def hosts_of(session: Session, mailbox_ids: Sequence[str]) -> dict[str, str]:
    """The mail hosts of mailboxes, lower-cased."""
    query = select(AccountRow.mailbox_id, AccountRow.settings).where(AccountRow.mailbox_id.in_(mailbox_ids))
    return {id_: str((found.get("server") or {}).get("host", "")).lower() for id_, found in session.execute(query)}


def take_lease(session: Session, mailbox_id: str, owner: str, now: datetime) -> bool:
    """Become the only one to sync a mailbox, or stay so; False where another one is."""
    mine_or_free = or_(AccountRow.lease_owner == owner, AccountRow.lease_until.is_(None), AccountRow.lease_until < now)
    here = update(AccountRow).where(AccountRow.mailbox_id == mailbox_id, mine_or_free)
    result: Any = session.execute(here.values(lease_owner=owner, lease_until=now + LEASE))
    return bool(result.rowcount)


def prolong_lease(session: Session, mailbox_id: str, owner: str, now: datetime) -> None:
    """Say that whoever holds the lease is still at work."""
    here = (AccountRow.mailbox_id == mailbox_id) & (AccountRow.lease_owner == owner)
    session.execute(update(AccountRow).where(here).values(lease_until=now + LEASE))


def hold_lease(session: Session, mailbox_id: str, owner: str, now: datetime) -> None:
    """Prolong a lease within the transaction that it protects.

    Raises: errors.Conflict where another one holds it meanwhile, or the mailbox was paused or removed.
    """
    here = update(AccountRow).where(
        AccountRow.mailbox_id == mailbox_id, AccountRow.lease_owner == owner, AccountRow.state == "active"
    )
    result: Any = session.execute(here.values(lease_until=now + LEASE))
    if not result.rowcount:
        raise errors.Conflict("Somebody else syncs this mailbox now, or it was paused.")


def drop_lease(session: Session, mailbox_id: str, owner: str, next_at: datetime) -> None:
    """Give a lease back without saying how the sync went."""
    here = (AccountRow.mailbox_id == mailbox_id) & (AccountRow.lease_owner == owner)
    session.execute(update(AccountRow).where(here).values(lease_owner=None, lease_until=None, next_at=next_at))


def release(
    session: Session, mailbox_id: str, owner: str, now: datetime, next_at: datetime, problem: str | None, final: bool
) -> None:
    """Give a lease back after a sync; ``problem`` where it failed, ``final`` where trying again does not help."""
    here = (AccountRow.mailbox_id == mailbox_id) & (AccountRow.lease_owner == owner)
    values: dict[str, Any] = {
        "lease_owner": None, "lease_until": None, "next_at": next_at, "problem": problem,
        "attempts": AccountRow.attempts + 1 if problem else 0,
    }  # fmt: skip
    if problem is None:
        values["synced_at"] = now
    session.execute(update(AccountRow).where(here).values(**values))
    if final:
        active = (AccountRow.mailbox_id == mailbox_id) & (AccountRow.state == "active")
        session.execute(update(AccountRow).where(active).values(state="failed"))
