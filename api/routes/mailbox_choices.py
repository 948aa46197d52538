"""A connected mailbox, changed: tested again, read from elsewhere, its folders chosen anew, its permission renewed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Database, Db, Now, Reader
from api.mailbox_forms import DraftIn, FolderChoice, Preview, PreviewFolder, ServerOut, server_of
from api.problems import answers
from api.routes import mailbox_setup
from api.routes.mailboxes import ConnectedMailbox, require, view
from pipeline import errors
from pipeline.accounts.account import Protocol, from_settings
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.sign_in import Password, SignIn
from pipeline.accounts.troubles import Trouble, words
from pipeline.ingest import moving
from pipeline.ingest.connecting import look_at, stored_sign_in
from pipeline.ingest.moving import Move
from pipeline.ingest.setting_up import SetUp
from pipeline.settings import Settings
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.sync import accounts, folders, grants, lifecycle
from pipeline.store.sync.mailboxes import Mailbox

router = APIRouter(prefix="/mailboxes", tags=["mailbox set-up"])


class FolderChoices(BaseModel):
    """Folders with what was chosen for them; the others stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"folders": [{"name": "Old", "role": "other", "wanted": False}]}},
    )
    folders: Annotated[list[FolderChoice], Field(max_length=2000)]


class ServerChange(BaseModel):
    """Where and how a mailbox is read from now on; what is left out stays as it is.

    ``password``, or a ``grant`` of the service, takes the place of what it signs in with now. It is needed where the
    server is neither the service's own nor the one that mail is read from. With ``leave_on_server`` false POP3 deletes
    mail once it is stored.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "protocol": "imap", "password": "abcd efgh",
                "server": {"host": "imap.aoi-trading.example", "port": 993, "security": "tls"},
            }
        },
    )  # fmt: skip
    protocol: Protocol | None = None
    server: ServerOut | None = None
    username: Annotated[str | None, Field(min_length=1, max_length=320)] = None
    service: Annotated[str | None, Field(max_length=100)] = None
    password: Annotated[str | None, Field(min_length=1, max_length=1000)] = None
    grant: Annotated[str | None, Field(max_length=100)] = None
    leave_on_server: bool = True


class GrantName(BaseModel):
    """A permission that the service gave meanwhile."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"grant": "5f1c"}})
    grant: Annotated[str, Field(min_length=1, max_length=100)]


@router.post("/{mailbox_id}/test", summary="Test a connected mailbox", responses=answers(401, 403, 404))
def test(user: Reader, db: Db, mailbox_id: str, request: Request) -> Preview:
    """Signs in and counts. For any signed-in user whose mailbox it is, and administrators."""
    settings: Settings = request.app.state.settings
    db.run(lambda session: require(session, user, mailbox_id))
    vault = open_vault(settings.home, settings.credential_keys)
    try:
        account, sign_in = stored_sign_in(db.factory, vault, settings, mailbox_id, lambda: datetime.now(UTC))
        found = look_at(account, sign_in)
    except Trouble as trouble:
        return Preview(problem=trouble.code, detail=words(trouble.code, user.language))
    server = ServerOut.model_validate(account.server)
    return Preview(server=server, folders=[PreviewFolder.model_validate(each) for each in found])


@router.put("/{mailbox_id}/server", summary="Read a mailbox from elsewhere", responses=answers(401, 403, 404, 422))
def move(user: Reader, db: Db, now: Now, mailbox_id: str, given: ServerChange, request: Request) -> ConnectedMailbox:
    """Another server, protocol or encryption, tested and then saved; stored mail stays and is not stored again.

    For any signed-in user whose mailbox it is and not locked, and administrators.
    """
    settings: Settings = request.app.state.settings
    mailbox = db.run(lambda session: _movable(session, user, mailbox_id))
    vault = open_vault(settings.home, settings.credential_keys)
    wanted = Move(given.protocol, server_of(given.server), given.username, given.service, given.leave_on_server)
    try:
        account, stored = stored_sign_in(db.factory, vault, settings, mailbox_id, lambda: datetime.now(UTC))
        new, secret = _new_secret(user, given, wanted.service or account.service, mailbox.name, db, now, request)
        tried = moving.attempt(SetUp(settings), mailbox.name, account, wanted, stored, new)
    except Trouble as trouble:
        raise errors.UsageError(words(trouble.code, user.language)) from None

    def work(session: Session) -> ConnectedMailbox:
        if given.grant is not None:
            grants.take_grant(session, user, given.grant, now)
        moving.save(session, mailbox, tried, vault.seal(secret) if secret else None, now, user.id)
        return view(session, user, mailbox_id)

    return db.run(work)


def _movable(session: Session, user: User, mailbox_id: str) -> Mailbox:
    found = lifecycle.require_mailbox(session, user, mailbox_id, change=True)
    lifecycle.require_enabled(session, user, mailbox_id)
    return found


def _new_secret(
    user: User, given: ServerChange, service: str, name: str, db: Database, now: datetime, request: Request
) -> tuple[SignIn | None, str | None]:
    if given.grant is not None:
        drafted = DraftIn(address=name, service=service, sign_in="oauth", grant=given.grant)
        found = mailbox_setup.granted(user, drafted, db, now, request, SetUp(request.app.state.settings))
        return found, found.grant.to_secret()
    return (Password(given.password), given.password) if given.password else (None, None)


@router.put("/{mailbox_id}/folders", summary="Choose folders", responses=answers(401, 403, 404, 422))
def choose(user: Reader, db: Db, now: Now, mailbox_id: str, given: FolderChoices) -> ConnectedMailbox:
    """What is no longer wanted keeps its mail here. For any signed-in user whose mailbox it is, and administrators."""

    def work(session: Session) -> ConnectedMailbox:
        require(session, user, mailbox_id, change=True)
        known = {folder.name for folder in folders.list_folders(session, mailbox_id)}
        if unknown := {each.name for each in given.folders} - known:
            raise errors.UsageError(f"{len(unknown)} of these folders are not known; load the mailbox again.")
        for each in given.folders:
            folders.choose_folder(session, mailbox_id, each.name, each.role, each.wanted)
        record_action(session, user.organisation_id, user.id, "mailbox.folders", mailbox_id, now)
        return view(session, user, mailbox_id)

    return db.run(work)


@router.put("/{mailbox_id}/grant", summary="Renew a permission", responses=answers(401, 403, 404, 422))
def renew(user: Reader, db: Db, now: Now, mailbox_id: str, given: GrantName) -> ConnectedMailbox:
    """After `POST /mailboxes/setup/authorize`; a mailbox that had stopped is tried again.

    For any signed-in user whose mailbox it is, and administrators.
    """

    def work(session: Session) -> ConnectedMailbox:
        require(session, user, mailbox_id, change=True)
        account = from_settings(accounts.get_account(session, mailbox_id).settings)
        found = grants.take_grant(session, user, given.grant, now)
        if account.sign_in != "oauth" or account.service != found.service:
            raise errors.UsageError("This mailbox does not sign in with this service.")
        accounts.set_secret(session, mailbox_id, found.secret, now)
        record_action(session, user.organisation_id, user.id, "mailbox.grant", mailbox_id, now)
        return view(session, user, mailbox_id)

    return db.run(work)
