"""Mail that the caller may see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.branches import WORDS
from api.deps import Db, Now, Reader
from api.nothing import Reason, why_nothing
from api.problems import answers
from api.routes.pages import AnyIntent, Cursor, Limit, PageOf
from pipeline.core.share import NUMBERS, Access, BranchName
from pipeline.records import MachineKind, SentimentLabel, ThreadStrength
from pipeline.store.access.explaining import explain
from pipeline.store.crm.crm_views import View
from pipeline.store.mail.deleting import delete_mail
from pipeline.store.mail.mails import MailSummary, get_mail, list_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.review.suggestions import list_suggestions
from pipeline.store.tables.base import clean_json

router = APIRouter(prefix="/mails", tags=["mails"])


class MailLine(BaseModel):
    """A mail as a list shows it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "9b1f6c", "date": "2026-03-10T00:12:00Z", "subject": "お見積りの件", "from_name": "高橋 美咲",
                "from_address": "m.takahashi@kita-seiki.example", "language": "ja", "machine": None,
                "intents": ["request", "purchase"], "sentiment": "neutral", "emotion": "neutral",
                "gist": "12台分のお見積りをお願いいたします。", "attachment_count": 0, "thread": "4c0d91",
                "thread_by": "references",
            }
        }
    )  # fmt: skip
    id: str
    date: datetime | None
    subject: str
    from_name: str | None
    from_address: str | None
    language: str
    machine: MachineKind | None
    intents: list[str]
    sentiment: SentimentLabel | None
    emotion: str | None
    gist: str
    attachment_count: int
    thread: str
    thread_by: ThreadStrength = Field(description="How the thread is known; by subject, people and time is weaker.")

    @classmethod
    def of(cls, mail: MailSummary) -> MailLine:
        """The view of a mail."""
        return cls.model_validate(
            {name: getattr(mail, name) for name in cls.model_fields if name != "thread"} | {"thread": mail.thread_key}
        )


class MailDetail(MailLine):
    """A mail in full: its insight document (docs/output.md), and the mailboxes of the caller that hold it."""

    document: dict[str, Any] = Field(description="The insight document; offsets count code points of its text.")
    mailboxes: list[str]


class Why(BaseModel):
    """Whether a user may see a mail, and the branch of the sharing rule that decided.

    ``number`` is the branch as docs/sharing.md counts them, 0 for what comes before; ``says`` is it in words.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "allowed": True, "access": "read", "branch": "public", "number": 7,
                "says": "The owner's mail is public.",
            }
        }
    )  # fmt: skip
    allowed: bool
    access: Access | None
    branch: BranchName
    number: int
    says: str


class WhyNothing(BaseModel):
    """Why a mail led to no suggestion; null where it led to some."""

    reason: Reason | None = Field(examples=["machine"])
    machine: MachineKind | None = Field(examples=["newsletter"])


@router.get("", summary="List mail", responses=answers(401, 422))
def index(
    user: Reader,
    db: Db,
    now: Now,
    limit: Limit = 50,
    cursor: Cursor = None,
    language: Annotated[str | None, Query(max_length=8, examples=["ja"])] = None,
    intent: AnyIntent | None = None,
    sentiment: SentimentLabel | None = None,
    machine: Annotated[bool | None, Query(description="false leaves only people's mail")] = None,
    record_id: Annotated[str | None, Query(max_length=64)] = None,
    view: Annotated[View | None, Query(description="what the CRM knows of the people in the mail")] = None,
    q: Annotated[str | None, Query(max_length=200, description="words, as in a search")] = None,
) -> PageOf[MailLine]:
    """Newest first, only what the caller may see. For any signed-in user."""
    today = now.astimezone(ZoneInfo(user.timezone)).date()
    narrow = MailFilter(language, intent, sentiment, machine, None, record_id, q or None, view, today)
    found = db.read(lambda session: list_mails(session, user, limit=limit, cursor=cursor, narrow=narrow))
    return PageOf(items=[MailLine.of(mail) for mail in found.items], next_cursor=found.next_cursor)


@router.get("/{mail_id}", summary="Show a mail", responses=answers(401, 404))
def show(user: Reader, db: Db, mail_id: str) -> MailDetail:
    """One mail with its insight document. For any signed-in user who may see it; else 404."""
    mail = db.read(lambda session: get_mail(session, user, mail_id))
    line = MailLine.of(mail.summary).model_dump()
    return MailDetail(**line, document=clean_json(mail.document), mailboxes=list(mail.mailboxes))


@router.delete("/{mail_id}", status_code=204, summary="Delete a mail", responses=answers(401, 403, 404))
def delete(user: Reader, db: Db, now: Now, mail_id: str) -> None:
    """Here, not on the mail server: from the caller's own mailboxes, or where it was sent from the CRM for everybody.

    For any signed-in user whose access to it (`why`) is `delete`; 403 where they may only see it, else 404.
    """
    db.run(lambda session: delete_mail(session, user, mail_id, now))


@router.get("/{mail_id}/why", summary="Why may somebody see this mail?", responses=answers(401, 403, 404))
def why(
    user: Reader,
    db: Db,
    mail_id: str,
    about: Annotated[str | None, Query(alias="user", max_length=64, description="left out: the caller")] = None,
    record_id: Annotated[str | None, Query(max_length=64, description="the record through which it is seen")] = None,
) -> Why:
    """The branch that decided. For any signed-in user about themselves, for administrators about any of theirs."""
    found = db.read(lambda session: explain(session, user, mail_id, about, record_id))
    return Why(
        allowed=found.allowed, access=found.access, branch=found.branch, number=NUMBERS[found.branch],
        says=WORDS[user.language][found.branch],
    )  # fmt: skip


@router.get("/{mail_id}/why-nothing", summary="Why was nothing suggested?", responses=answers(401, 404))
def nothing(user: Reader, db: Db, now: Now, mail_id: str) -> WhyNothing:
    """The first reason that holds. For any signed-in user who may see the mail; else 404."""

    def read(session: Session) -> WhyNothing:
        mail = get_mail(session, user, mail_id)
        some = list_suggestions(session, user, now, mail_id=mail_id, limit=1).items
        reason = None if some else why_nothing(session, user, mail)
        return WhyNothing(reason=reason, machine=mail.document["machine"])

    return db.read(read)
