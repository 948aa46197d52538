"""A connected mailbox, changed: tested again, its folders chosen anew, its permission renewed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader
from api.mailbox_forms import FolderChoice, Preview, PreviewFolder, ServerOut
from api.problems import answers
from api.routes.mailboxes import ConnectedMailbox, require, view
from pipeline import errors
from pipeline.accounts.account import from_settings
from pipeline.accounts.credentials import open_vault
from pipeline.accounts.troubles import Trouble, words
from pipeline.ingest.connecting import look_at, stored_sign_in
from pipeline.settings import Settings
from pipeline.store.organisation.audit import record_action
from pipeline.store.sync import accounts, folders, grants

router = APIRouter(prefix="/mailboxes", tags=["mailbox set-up"])


class FolderChoices(BaseModel):
    """Folders with what was chosen for them; the others stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"folders": [{"name": "Old", "role": "other", "wanted": False}]}},
    )
    folders: Annotated[list[FolderChoice], Field(max_length=2000)]


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
