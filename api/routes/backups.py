"""Backups of a user's shared mail, for before they are deactivated."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, BackgroundTasks, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from api.deps import Admin, Db, Now
from api.problems import answers
from api.routes.users import find
from pipeline import errors
from pipeline.ingest.backing_up import make_backup
from pipeline.settings import Settings
from pipeline.store.mail import backups
from pipeline.store.mail.backups import Backup
from pipeline.store.organisation.people import User, get_organisation_name

router = APIRouter(prefix="/users/{user_id}/backups", tags=["backups"])
_log = logging.getLogger(__name__)


class BackupOut(BaseModel):
    """A backup: ``running``, ``done`` or ``failed``; ``folder`` is its name in the backups of the installation."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "77aa", "state": "done", "folder": "5f1c-20260310T001205Z", "mails": 812, "size_bytes": 31400212,
                "sha256": "9b1f", "problem": None, "created_at": "2026-03-10T00:12:05Z",
                "finished_at": "2026-03-10T00:12:31Z",
            }
        }
    )  # fmt: skip
    id: str
    state: Literal["running", "done", "failed"]
    folder: str
    mails: int
    size_bytes: int
    sha256: str | None
    problem: str | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, backup: Backup) -> BackupOut:
        """The view of a backup; where it lies on the server's disk is left out."""
        values = {name: getattr(backup, name) for name in cls.model_fields if name != "folder"}
        return cls(**values, folder=backup.path.rpartition("/")[2])


@router.get("", summary="List backups of a user", responses=answers(401, 403, 404))
def index(admin: Admin, db: Db, user_id: str) -> list[BackupOut]:
    """Newest first. For any signed-in administrator."""

    def work(session: Session) -> list[BackupOut]:
        find(session, admin, user_id)
        return [BackupOut.of(each) for each in backups.list_backups(session, user_id)]

    return db.run(work)


@router.post("", status_code=202, summary="Back up a user's mail", responses=answers(401, 403, 404))
def create(admin: Admin, db: Db, now: Now, user_id: str, request: Request, later: BackgroundTasks) -> BackupOut:
    """It goes on by itself; ask for the list to see it end. Only mail that the user shared; 403 where they share none.

    For any signed-in administrator.
    """
    settings: Settings = request.app.state.settings

    def work(session: Session) -> tuple[User, str, Backup]:
        user = find(session, admin, user_id)
        path = settings.home / "backups" / f"{user_id}-{now:%Y%m%dT%H%M%S%fZ}"
        name = get_organisation_name(session, admin.organisation_id)
        return user, name, backups.begin(session, admin, user, path, now)

    user, organisation, begun = db.run(work)
    later.add_task(_make, db, begun, user, organisation)
    return BackupOut.of(begun)


@router.delete("", status_code=204, summary="Forget the backup of a user", responses=answers(401, 403, 404))
def forget(admin: Admin, db: Db, now: Now, user_id: str) -> None:
    """The mail of a deactivated user leaves every list again; files stay where they are.

    For any signed-in administrator.
    """
    db.run(lambda session: backups.forget(session, admin, find(session, admin, user_id), now))


def _make(db: Db, begun: Backup, user: User, organisation: str) -> None:
    try:
        make_backup(db.factory, begun, user, organisation, lambda: datetime.now(UTC))
    except (errors.Error, OSError) as error:  # noted already
        _log.error("backup %s failed: %s", begun.id, type(error).__name__)
