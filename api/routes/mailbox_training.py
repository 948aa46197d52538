"""Whether decisions on a mailbox's mail may train the models."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader
from api.problems import answers
from pipeline.store.review.training_rows import allow_training, allows_training
from pipeline.store.sync.lifecycle import require_mailbox

router = APIRouter(prefix="/mailboxes", tags=["mailboxes"])


class Training(BaseModel):
    """Off, unless the mailbox's reader switched it on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"allowed": True}})
    allowed: bool


@router.get("/{mailbox_id}/training", summary="Whether decisions may train", responses=answers(401, 404))
def show(user: Reader, db: Db, mailbox_id: str) -> Training:
    """For any signed-in user whose mailbox it is, and administrators; else 404."""

    def work(session: Session) -> bool:
        require_mailbox(session, user, mailbox_id)
        return allows_training(session, mailbox_id)

    return Training(allowed=db.run(work))


@router.put("/{mailbox_id}/training", summary="Let decisions train", responses=answers(401, 403, 404, 422))
def choose(user: Reader, db: Db, now: Now, mailbox_id: str, given: Training) -> Training:
    """For any signed-in user whose mailbox it is; an administrator may switch it off only."""
    db.run(lambda session: allow_training(session, user, mailbox_id, given.allowed, now))
    return given
