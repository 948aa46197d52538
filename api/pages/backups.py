"""Backups, for administrators: of whose mail there are any, how they stand, their files, and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Admin, Caller, Database, Db, Now, SignedIn
from api.pages.frame import page
from api.routes import backups as routes
from api.web.sizes import size
from pipeline import errors
from pipeline.accounts.backup import MANIFEST, check_backup
from pipeline.store.mail import backups
from pipeline.store.mail.backups import Backup
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import list_users

router = APIRouter(prefix="/admin/backups")
STATES = ("running", "done", "failed")
PROBLEMS = ("interrupted",)


@router.get("")
def show(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, saved: bool = False) -> Response:
    """All backups of the organisation, newest first, and a form for another one."""
    return _page(request, who, db, now, saved=saved)


@router.post("")
def make(
    request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, later: BackgroundTasks,
    user_id: Annotated[str, Form(max_length=64)],
) -> Response:  # fmt: skip
    """Back a user's shared mail up; it goes on by itself."""
    try:
        routes.create(admin, db, now, user_id, request, later)
    except errors.NotAllowed:
        return _page(request, who, db, now, message="backup.private")
    return RedirectResponse("/admin/backups?saved=true", 303)


@router.post("/{backup_id}/check")
def check(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, backup_id: str) -> Response:
    """Read all its files, and tell whether they are as they were written."""
    found = db.read(lambda session: backups.get_backup(session, admin, backup_id))
    try:
        check_backup(Path(found.path))
    except errors.SourceError:
        return _page(request, who, db, now, message="backup.damaged")
    return _page(request, who, db, now, message="backup.whole", calm=True)


@router.post("/{user_id}/forget")
def forget(admin: Admin, db: Db, now: Now, user_id: str) -> Response:
    """The mail of the user, where deactivated, leaves every list again; files stay."""
    routes.forget(admin, db, now, user_id)
    return RedirectResponse("/admin/backups?saved=true", 303)


@router.get("/{backup_id}/files/{name}")
def download(admin: Admin, db: Db, now: Now, backup_id: str, name: str) -> Response:
    """One file of a backup; it is noted who took it."""

    def work(session: Session) -> Backup:
        found = backups.get_backup(session, admin, backup_id)
        if name not in _files(found):
            raise errors.NotFound("There is no such file.")
        record_action(session, admin.organisation_id, admin.id, "backup.download", found.user_id, now, {"file": name})
        return found

    found = db.run(work)
    return FileResponse(Path(found.path) / name, media_type="application/octet-stream", filename=name)


def _files(backup: Backup) -> tuple[str, ...]:
    """The names of its files, as far as they are there: of the manifest, and of those that it lists."""
    folder = Path(backup.path)
    if backup.state != "done" or not (folder / MANIFEST).is_file():
        return ()
    listed = json.loads((folder / MANIFEST).read_bytes())["mailboxes"]
    names = [Path(mailbox[kind]["file"]).name for mailbox in listed for kind in ("mbox", "list")]
    return (MANIFEST, *(name for name in names if (folder / name).is_file()))


def _page(
    request: Request, who: Caller, db: Database, now: Now, *, saved: bool = False, message: str = "", calm: bool = False
) -> Response:
    def read(session: Session) -> dict[str, Any]:
        people, found = list_users(session, who.user.organisation_id), backups.list_all(session, who.user)
        return {
            "people": people,
            "names": {one.id: one.name for one in people},
            "backups": [(one, _files(one)) for one in found],
            "commands": {one.id: f"mail-insight backup restore {Path(one.path).name}" for one in found},
        }

    return page(
        request, "admin_backups.html", who, db, now, read, here="settings", tab="backups", saved=saved, message=message,
        calm=calm, problems=PROBLEMS, size=size,
    )  # fmt: skip
