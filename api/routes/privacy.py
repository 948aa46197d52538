"""What is held of a person, erasing it on request, and how long mailboxes keep their mail: for administrators."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Admin, Db, Now
from api.problems import answers
from api.routes.users import MailAddress
from pipeline.deliver import training_files
from pipeline.settings import Settings
from pipeline.store.mail import erasure
from pipeline.store.review.training_rows import held_ids
from pipeline.store.sync.mailboxes import list_mailboxes

router = APIRouter(prefix="/privacy", tags=["privacy"])


class Person(BaseModel):
    """Somebody, by their mail addresses."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"addresses": ["m.takahashi@kita-seiki.example"]}}
    )
    addresses: list[MailAddress] = Field(min_length=1, max_length=50)


class Erasing(Person):
    """Whom to erase, and what happens to mail that they sent or got; tried only, unless asked otherwise."""

    mail: Literal["delete", "keep"] = "delete"
    dry_run: bool = True


class HeldOut(BaseModel):
    """How much is held, or was removed: numbers only, since an administrator does not read others' mail."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"addresses": 2, "record_ids": 1, "mail_ids": 12, "suggestion_ids": 3, "activity_ids": 1}
        }
    )
    addresses: int
    record_ids: int
    mail_ids: int
    suggestion_ids: int
    activity_ids: int


class Retention(BaseModel):
    """After how many days a mailbox's mail is removed; null keeps it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"days": 730}})
    days: Annotated[int, Field(ge=1, le=36500)] | None


class MailboxRetention(BaseModel):
    """A mailbox and how long it keeps mail."""

    mailbox_id: str
    name: str
    days: int | None


@router.post("/find", summary="What is held of a person", responses=answers(401, 403, 422))
def find(admin: Admin, db: Db, given: Person) -> HeldOut:
    """Numbers; `mail-insight person export` writes it out. For any signed-in administrator, of their organisation."""
    held = db.run(lambda session: erasure.find_person(session, admin.organisation_id, given.addresses))
    return HeldOut(**held.counts())


@router.post("/erase", summary="Erase a person", responses=answers(401, 403, 422))
def erase(admin: Admin, db: Db, now: Now, given: Erasing, request: Request) -> HeldOut:
    """For good, unless it is a dry run; from training rows in the server's home folder too.

    For any signed-in administrator, of their organisation.
    """

    def work(session: Session) -> erasure.Held:
        if given.dry_run:
            return erasure.find_person(session, admin.organisation_id, given.addresses)
        return erasure.erase_person(
            session, admin.organisation_id, given.addresses, now, mail=given.mail, user_id=admin.id
        )

    held = db.run(work)
    if not given.dry_run:
        settings: Settings = request.app.state.settings
        training_files.forget(db.run(held_ids), settings.home / training_files.FOLDER)
    return HeldOut(**held.counts())


@router.get("/retention", summary="How long mailboxes keep mail", responses=answers(401, 403))
def retention(admin: Admin, db: Db) -> list[MailboxRetention]:
    """By name. For any signed-in administrator, of their organisation."""

    def work(session: Session) -> list[MailboxRetention]:
        boxes = list_mailboxes(session, admin.organisation_id)
        return [
            MailboxRetention(mailbox_id=box.id, name=box.name, days=erasure.get_retention(session, box.id))
            for box in boxes
        ]

    return db.run(work)


@router.put("/retention/{mailbox_id}", status_code=204, summary="Set retention", responses=answers(401, 403, 404, 422))
def keep(admin: Admin, db: Db, now: Now, mailbox_id: str, given: Retention) -> None:
    """`mail-insight work` removes what is older. For any signed-in administrator, of their organisation."""
    organisation_id = admin.organisation_id
    db.run(lambda session: erasure.set_retention(session, organisation_id, mailbox_id, given.days, now, admin.id))
