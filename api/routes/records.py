"""Leads, contacts, accounts and deals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api import etags
from api.deps import Db, Reader
from api.problems import answers
from api.routes.mails import MailLine
from api.routes.pages import AnyIntent, Cursor, Limit, PageOf
from pipeline.records import PhoneType, Record, RecordKind, SentimentLabel
from pipeline.store.crm.records import RecordDetail, get_record, list_records
from pipeline.store.crm.related import Source, list_related

router = APIRouter(prefix="/records", tags=["records"])


class RecordLine(BaseModel):
    """A record with one value per field; ``addresses`` are its e-mail addresses, the primary one first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "5f1c", "kind": "contact", "name": "高橋 美咲", "addresses": ["m.takahashi@kita-seiki.example"],
                "fields": {"full_name": "高橋 美咲", "company": "北精機株式会社"}, "account_id": "77aa", "open": True,
            }
        }
    )  # fmt: skip
    id: str
    kind: RecordKind
    name: str
    addresses: list[str]
    fields: dict[str, str]
    account_id: str | None
    open: bool = Field(description="false for a closed deal")

    @classmethod
    def of(cls, record: Record) -> RecordLine:
        """The view of a record."""
        return cls(
            id=record.id, kind=record.kind, name=record.name, addresses=list(record.addresses),
            fields=dict(record.fields), account_id=record.account_id, open=record.open,
        )  # fmt: skip


class Value(BaseModel):
    """A value with its origin; ``mail_id`` is null also where the caller may not see that mail."""

    name: str
    value: str
    type: PhoneType | None
    extension: str | None
    origin: Literal["person", "suggestion", "import"]
    edited_at: datetime
    mail_id: str | None


class RecordFull(RecordLine):
    """A record with all its values and those beside it."""

    values: list[Value]
    account: RecordLine | None
    contacts: list[RecordLine]
    deals: list[RecordLine]
    created_at: datetime

    @classmethod
    def full(cls, detail: RecordDetail) -> RecordFull:
        """The view of a record in full."""
        return cls(
            **RecordLine.of(detail.record).model_dump(),
            values=[Value.model_validate(field, from_attributes=True) for field in detail.fields],
            account=RecordLine.of(detail.account) if detail.account else None,
            contacts=[RecordLine.of(one) for one in detail.contacts],
            deals=[RecordLine.of(one) for one in detail.deals],
            created_at=detail.created_at,
        )


@router.get("", summary="List records", responses=answers(401, 422))
def index(
    user: Reader,
    db: Db,
    kind: RecordKind | None = None,
    q: Annotated[str | None, Query(max_length=200, description="in names and addresses")] = None,
    sentiment: Annotated[SentimentLabel | None, Query(description="of the newest mail the caller may see")] = None,
    intent: Annotated[AnyIntent | None, Query(description="of the newest mail the caller may see")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[RecordLine]:
    """By name. For any signed-in user, of their organisation, those they have access to."""
    labels = {"sentiment": sentiment, "intent": intent}
    found = db.read(lambda s: list_records(s, user, kind=kind, text=q or None, limit=limit, cursor=cursor, **labels))
    return PageOf(items=[RecordLine.of(record) for record in found.items], next_cursor=found.next_cursor)


@router.get("/{record_id}", summary="Show a record", responses=answers(401, 404))
def show(user: Reader, db: Db, record_id: str, response: Response) -> RecordFull:
    """With all values and where they come from. For any signed-in user, of their organisation; else 404.

    The id of a merged record leads to the one that took it in.
    """
    view = RecordFull.full(db.read(lambda session: get_record(session, user, record_id)))
    etags.put(response, view)
    return view


@router.get("/{record_id}/mails", summary="The mail of a record", responses=answers(401, 404, 422))
def mails(
    user: Reader,
    db: Db,
    record_id: str,
    source: Annotated[
        Source,
        Query(
            alias="filter",
            description="`crm`: sent from the CRM; `imap`, `pop`: of users who share over these; `user`: of one user",
        ),
    ] = "all",
    of_user: Annotated[str | None, Query(alias="user", max_length=64, description="with the filter `user`")] = None,
    cursor: Cursor = None,
) -> PageOf[MailLine]:
    """Newest first, ten at a time, only what the caller may see; an account's with its contacts'.

    For any signed-in user who has access to the record; else 404.
    """
    found = db.read(lambda s: list_related(s, user, record_id, source=source, user_id=of_user, cursor=cursor))
    return PageOf(items=[MailLine.of(mail) for mail in found.items], next_cursor=found.next_cursor)
