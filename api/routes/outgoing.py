"""Mail that goes out: From addresses, drafts of replies, sending, and what became of it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader
from api.problems import answers
from api.routes.pages import Cursor, Limit, PageOf
from pipeline.accounts.troubles import words
from pipeline.core.sending import MAX_RECIPIENTS, State
from pipeline.deliver import writing
from pipeline.deliver.composing import Enclosed
from pipeline.deliver.writing import MAX_FILES_BYTES, Draft, Order, Sender
from pipeline.records import Address
from pipeline.store.mail import outgoing
from pipeline.store.mail.outgoing import Outgoing
from pipeline.store.organisation.people import User

router = APIRouter(prefix="/outgoing", tags=["sending"])
_CHANGING = answers(401, 403, 404, 409)


class Person(BaseModel):
    """A name and an address."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "Ada", "address": "ada@x.example"}}
    )
    address: Annotated[str, Field(min_length=3, max_length=320)]
    name: Annotated[str | None, Field(max_length=200)] = None

    def record(self) -> Address:
        """As the pipeline knows it."""
        return Address(self.name, self.address)


class SenderOut(BaseModel):
    """An address that the caller may send from; ``is_default`` for the first one of each mailbox."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "mailbox_id": "5f1c", "mailbox": "sasaki@aoi-trading.example", "address": "sasaki@aoi-trading.example",
                "is_default": True,
            }
        },
    )  # fmt: skip
    mailbox_id: str
    mailbox: str
    address: str
    is_default: bool

    @classmethod
    def of(cls, sender: Sender) -> SenderOut:
        """The view of a sender."""
        return cls.model_validate(sender, from_attributes=True)


class DraftOut(BaseModel):
    """What a reply begins with; ``quote`` goes below one's own words where wanted."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "sender": {"mailbox_id": "5f1c", "mailbox": "sasaki@aoi-trading.example",
                           "address": "sasaki@aoi-trading.example", "is_default": True},
                "to": [{"name": "Ada", "address": "ada@x.example"}], "cc": [], "subject": "Re: Drawing",
                "quote": "On Tue, 10 Mar 2026 at 09:12, Ada <ada@x.example> wrote:\n> Could you send it?\n",
            }
        }
    )  # fmt: skip
    sender: SenderOut
    to: list[Person]
    cc: list[Person]
    subject: str
    quote: str

    @classmethod
    def of(cls, draft: Draft) -> DraftOut:
        """The view of a draft."""
        to, cc = ([Person(address=each.address, name=each.name) for each in people] for people in (draft.to, draft.cc))
        return cls(sender=SenderOut.of(draft.sender), to=to, cc=cc, subject=draft.subject, quote=draft.quote)


def _is_base64(text: str) -> str:
    base64.b64decode(text, validate=True)  # what is none raises a ValueError
    return text


class FileIn(BaseModel):
    """A file to enclose, in base64; all together at most 15 MB."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"name": "offer.pdf", "content_type": "application/pdf", "content": "JVBERi0xLjc="}
        },
    )
    name: Annotated[str, Field(min_length=1, max_length=255)]
    content_type: Annotated[str, Field(max_length=200)] = "application/octet-stream"
    content: Annotated[
        str, Field(max_length=MAX_FILES_BYTES * 4 // 3 + 4, examples=["JVBERi0xLjc="]), AfterValidator(_is_base64)
    ]


class NewMail(BaseModel):
    """A mail to send. Without ``sender`` the fitting address; ``quote`` puts the answered mail's text below."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"to": [{"address": "ada@x.example"}], "subject": "Re: Drawing", "text": "Here it is."}
        },
    )
    to: Annotated[list[Person], Field(min_length=1, max_length=MAX_RECIPIENTS)]
    cc: Annotated[list[Person], Field(max_length=MAX_RECIPIENTS)] = []
    bcc: Annotated[list[Person], Field(max_length=MAX_RECIPIENTS)] = []
    subject: Annotated[str, Field(max_length=1000)] = ""
    text: Annotated[str, Field(max_length=1_000_000)] = ""
    sender: Annotated[str | None, Field(max_length=320)] = None
    mailbox_id: Annotated[str | None, Field(max_length=64)] = None
    answers: Annotated[str | None, Field(max_length=64, description="The id of the mail that this replies to.")] = None
    quote: bool = False
    files: Annotated[list[FileIn], Field(max_length=50)] = []
    not_before: Annotated[datetime | None, Field(description="Send it then; until then it can be called back.")] = None

    def order(self, now: datetime) -> Order:
        """As the pipeline knows it; a time without a zone is UTC."""
        later = self.not_before
        if later is not None and later.tzinfo is None:
            later = later.replace(tzinfo=now.tzinfo)
        to, cc, bcc = ([each.record() for each in people] for people in (self.to, self.cc, self.bcc))
        return Order(
            to,
            self.subject,
            self.text,
            cc,
            bcc,
            self.sender,
            self.mailbox_id,
            self.answers,
            self.quote,
            later,
            [Enclosed(each.name, each.content_type, base64.b64decode(each.content)) for each in self.files],
        )


class OutgoingOut(BaseModel):
    """A mail that goes out. ``unknown``: nobody heard whether the server took it, so a person decides.

    ``saved`` tells about the server's Sent folder: ``no`` (not asked for), ``due``, ``done``, ``failed``. ``mail_id``
    is the stored mail once it is sent. ``detail`` says the ``problem`` in words.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "77aa", "mailbox_id": "5f1c", "sender": "sasaki@aoi-trading.example",
                "recipients": ["ada@x.example"], "refused": [], "subject": "Re: Drawing", "state": "sent",
                "saved": "done", "attempts": 0, "next_at": "2026-03-10T00:12:05Z", "problem": None, "detail": None,
                "answers": "19fe", "mail_id": "20ab", "created_at": "2026-03-10T00:12:03Z",
                "sent_at": "2026-03-10T00:12:05Z",
            }
        }
    )  # fmt: skip
    id: str
    mailbox_id: str
    sender: str
    recipients: list[str]
    refused: list[str]
    subject: str
    state: State
    saved: str
    attempts: int
    next_at: datetime
    problem: str | None
    detail: str | None
    answers: str | None
    mail_id: str | None
    created_at: datetime
    sent_at: datetime | None

    @classmethod
    def of(cls, mail: Outgoing, user: User) -> OutgoingOut:
        """The view for a user, in their language."""
        values = {name: getattr(mail, name) for name in cls.model_fields if name != "detail"}
        values |= {"recipients": list(mail.recipients), "refused": list(mail.refused)}
        return cls(**values, detail=words(mail.problem, user.language) if mail.problem else None)


@router.get("/senders", summary="My From addresses", responses=answers(401))
def senders(user: Reader, db: Db) -> list[SenderOut]:
    """Of all mailboxes that can send, the default of each first. For any signed-in user, their own."""
    return [SenderOut.of(each) for each in db.run(lambda session: writing.senders(session, user))]


@router.get("/draft", summary="Begin a reply", responses=answers(401, 404, 409, 422))
def draft(user: Reader, db: Db, mail_id: Annotated[str, Query(max_length=64)], everybody: bool = False) -> DraftOut:
    """From the address that the mail was sent to; 409 where the caller has no mailbox that sends.

    For any signed-in user who may see the mail.
    """
    return DraftOut.of(db.run(lambda session: writing.draft_reply(session, user, mail_id, everybody)))


@router.post("", status_code=201, summary="Send a mail", responses=answers(401, 403, 404, 409, 422))
def send(user: Reader, db: Db, now: Now, given: NewMail) -> OutgoingOut:
    """It is queued, and goes out once, within seconds while `mail-insight work` runs.

    403 where the From address is not the caller's, 404 where they may not see what it answers, 409 where they have no
    mailbox that sends. For any signed-in user.
    """
    order = given.order(now)
    return OutgoingOut.of(db.run(lambda session: writing.send(session, user, order, now)), user)


@router.get("", summary="List what I sent", responses=answers(401, 422))
def index(
    user: Reader, db: Db, state: State | None = None, limit: Limit = 50, cursor: Cursor = None
) -> PageOf[OutgoingOut]:
    """Newest first, what waits and what failed too. For any signed-in user, their own."""
    found = db.run(lambda s: outgoing.list_outgoing(s, user, state=state, limit=limit, cursor=cursor))
    return PageOf(items=[OutgoingOut.of(mail, user) for mail in found.items], next_cursor=found.next_cursor)


@router.get("/{outgoing_id}", summary="Show what I sent", responses=answers(401, 404))
def show(user: Reader, db: Db, outgoing_id: str) -> OutgoingOut:
    """For any signed-in user, their own; else 404."""
    return OutgoingOut.of(db.run(lambda session: outgoing.get_outgoing(session, user, outgoing_id)), user)


@router.post("/{outgoing_id}/retry", summary="Send again", responses=_CHANGING)
def retry(user: Reader, db: Db, now: Now, outgoing_id: str) -> OutgoingOut:
    """Of a mail that failed, was called back, or is unknown: that one may arrive twice. 409 for any other.

    For any signed-in user, their own.
    """
    return _changed(user, db, lambda session: outgoing.retry(session, user, outgoing_id, now))


@router.post("/{outgoing_id}/cancel", summary="Call a mail back", responses=_CHANGING)
def cancel(user: Reader, db: Db, outgoing_id: str) -> OutgoingOut:
    """Before it is sent; 409 afterwards. For any signed-in user, their own."""
    return _changed(user, db, lambda session: outgoing.call_back(session, user, outgoing_id))


@router.post("/{outgoing_id}/sent", summary="Say that a mail was sent", responses=_CHANGING)
def sent(user: Reader, db: Db, now: Now, outgoing_id: str) -> OutgoingOut:
    """Of an unknown one, after a look at where it should have arrived; 409 for any other.

    For any signed-in user, their own.
    """
    return _changed(user, db, lambda session: outgoing.call_sent(session, user, outgoing_id, now))


def _changed(user: User, db: Db, work: Callable[[Session], Outgoing]) -> OutgoingOut:
    return OutgoingOut.of(db.run(work), user)
