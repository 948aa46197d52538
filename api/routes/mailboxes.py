"""Mailboxes on mail servers: how their sync stands, and pausing, resuming, a new password, disconnecting.

Their reader may do this, and an administrator for everybody. Passwords go in and never come out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader
from api.problems import answers
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.troubles import words
from pipeline.settings import Settings
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.sync import accounts, folders, lifecycle, mailboxes
from pipeline.store.sync.accounts import AccountState

router = APIRouter(prefix="/mailboxes", tags=["mailboxes"])
_CHANGING = answers(401, 403, 404)


class FolderOut(BaseModel):
    """A folder: ``seen`` is the sum of the five outcomes, in the end the server's count ``exists``.

    ``reasons`` splits the outcomes up.
    """

    model_config = ConfigDict(from_attributes=True)
    name: str
    role: str
    wanted: bool
    seen: int
    waiting: int
    stored: int
    already_there: int
    skipped: int
    failed: int
    reasons: dict[str, int]
    problem: str | None
    synced_at: datetime | None
    exists: int


class ConnectedMailbox(BaseModel):
    """A mailbox that is connected to a server; ``problem`` is a stable code, ``detail`` says it in words."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "5f1c", "name": "sasaki@aoi-trading.example", "protocol": "imap", "state": "active",
                "problem": None, "detail": None, "synced_at": "2026-03-10T00:12:05Z",
                "folders": [{"name": "INBOX", "role": "inbox", "wanted": True, "seen": 12, "waiting": 0, "stored": 11,
                             "already_there": 0, "skipped": 1, "failed": 0, "reasons": {"skipped.before_since": 1},
                             "problem": None, "synced_at": "2026-03-10T00:12:05Z", "exists": 12}],
            }
        }
    )  # fmt: skip
    id: str
    name: str
    protocol: str | None
    state: Literal["active", "paused", "failed", "disabled"]
    problem: str | None
    detail: str | None
    synced_at: datetime | None
    folders: list[FolderOut]


class MailPassword(BaseModel):
    """A password for the mail server."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"password": "abcd efgh ijkl mnop"}})
    password: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get("", summary="List connected mailboxes", responses=answers(401))
def index(user: Reader, db: Db) -> list[ConnectedMailbox]:
    """For any signed-in user their own, for an administrator all."""

    def work(session: Session) -> list[ConnectedMailbox]:
        own = {mailbox.id for mailbox in mailboxes.mailboxes_of(session, user)}
        found = accounts.find_accounts(session, user.organisation_id)
        return [view(session, user, each) for each in found if user.is_admin or each in own]

    return db.run(work)


@router.get("/{mailbox_id}", summary="Show a connected mailbox", responses=answers(401, 404))
def show(user: Reader, db: Db, mailbox_id: str) -> ConnectedMailbox:
    """With the counts of its folders. For any signed-in user whose mailbox it is, and administrators; else 404."""

    def work(session: Session) -> ConnectedMailbox:
        require(session, user, mailbox_id)
        return view(session, user, mailbox_id)

    return db.run(work)


@router.post("/{mailbox_id}/pause", summary="Pause a mailbox", responses=_CHANGING)
def pause(user: Reader, db: Db, now: Now, mailbox_id: str) -> ConnectedMailbox:
    """No more mail comes in until it is resumed. For any signed-in user whose mailbox it is, and administrators."""
    return _set_state(user, db, now, mailbox_id, "paused")


@router.post("/{mailbox_id}/resume", summary="Resume a mailbox", responses=_CHANGING)
def resume(user: Reader, db: Db, now: Now, mailbox_id: str) -> ConnectedMailbox:
    """Mail comes in again. For any signed-in user whose mailbox it is, and administrators."""
    return _set_state(user, db, now, mailbox_id, "active")


@router.put(
    "/{mailbox_id}/password", status_code=204, summary="Set a mail password", responses=answers(401, 403, 404, 422)
)
def password(user: Reader, db: Db, now: Now, mailbox_id: str, given: MailPassword, request: Request) -> None:
    """Stored encrypted and never shown. For any signed-in user whose mailbox it is, and administrators."""
    settings: Settings = request.app.state.settings
    sealed = open_vault(settings.home, settings.credential_keys).seal(given.password)

    def work(session: Session) -> None:
        require(session, user, mailbox_id)
        lifecycle.require_enabled(session, user, mailbox_id)
        accounts.set_secret(session, mailbox_id, sealed, now)
        record_action(session, user.organisation_id, user.id, "mailbox.password", mailbox_id, now)

    db.run(work)


@router.delete("/{mailbox_id}", status_code=204, summary="Disconnect a mailbox", responses=_CHANGING)
def disconnect(user: Reader, db: Db, now: Now, mailbox_id: str) -> None:
    """Its password goes, its mail stays. For any signed-in user whose mailbox it is, and administrators."""

    def work(session: Session) -> None:
        require(session, user, mailbox_id, change=True)
        accounts.remove_account(session, mailbox_id)
        record_action(session, user.organisation_id, user.id, "mailbox.disconnect", mailbox_id, now)

    db.run(work)


def _set_state(user: User, db: Db, now: datetime, mailbox_id: str, state: AccountState) -> ConnectedMailbox:
    def work(session: Session) -> ConnectedMailbox:
        require(session, user, mailbox_id, change=True)
        lifecycle.require_enabled(session, user, mailbox_id)
        accounts.set_state(session, mailbox_id, state, now)
        record_action(session, user.organisation_id, user.id, f"mailbox.{state}", mailbox_id, now)
        return view(session, user, mailbox_id)

    return db.run(work)


def require(session: Session, user: User, mailbox_id: str, *, change: bool = False) -> None:
    """Raises: errors.NotFound; errors.NotAllowed where it is to be changed and is locked."""
    lifecycle.require_mailbox(session, user, mailbox_id, change=change)
    accounts.get_account(session, mailbox_id)


def view(session: Session, user: User, mailbox_id: str) -> ConnectedMailbox:
    """A mailbox with the counts of its folders, in the user's language."""
    mailbox, account = mailboxes.get_mailbox(session, mailbox_id), accounts.get_account(session, mailbox_id)
    return ConnectedMailbox(
        id=mailbox.id, name=mailbox.name, protocol=mailbox.protocol, state=account.state,  # type: ignore[arg-type]
        problem=account.problem, detail=words(account.problem, user.language) if account.problem else None,
        synced_at=account.synced_at,
        folders=[FolderOut.model_validate(each) for each in folders.folder_statuses(session, mailbox_id)],
    )  # fmt: skip
