"""Which records a mail belongs to, and changing that by hand, one by one or in bulk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Db, Now, Reader
from api.problems import answers
from pipeline.records import RecordKind
from pipeline.store.crm import links
from pipeline.store.crm.links import LinkCode, MailLinks, Origin

router = APIRouter(tags=["links"])
_CHANGING = answers(401, 403, 404, 422)
Id = Annotated[str, Field(max_length=64)]
MAX_ITEMS = 200


class LinkOut(BaseModel):
    """A record that a mail is linked to; ``origin`` is the reason found, or ``manual`` or ``decision``."""

    model_config = ConfigDict(from_attributes=True)
    record_id: str
    kind: RecordKind
    name: str
    origin: Origin
    user_id: str | None
    at: datetime


class Choice(BaseModel):
    """An address that several records have; linking one of them settles it."""

    address: str
    record_ids: list[str] = Field(description="the likeliest first")


class LinksOut(BaseModel):
    """The links of a mail, and the choices it leaves."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "links": [{"record_id": "5f1c", "kind": "contact", "name": "高橋 美咲", "origin": "primary_address",
                           "user_id": None, "at": "2026-03-10T00:12:05Z"}],
                "choices": [{"address": "info@kita-seiki.example", "record_ids": ["77aa", "31bb"]}],
            }
        }
    )  # fmt: skip
    links: list[LinkOut]
    choices: list[Choice]

    @classmethod
    def of(cls, found: MailLinks) -> LinksOut:
        """The view of a mail's links."""
        return cls(
            links=[LinkOut.model_validate(one) for one in found.links],
            choices=[
                Choice(address=one.address, record_ids=[candidate.record_id for candidate in one.candidates])
                for one in found.choices
            ],
        )


class LinkIn(BaseModel):
    """A record to link."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"record_id": "5f1c"}})
    record_id: Id


class Pair(BaseModel):
    """A mail and a record."""

    model_config = ConfigDict(extra="forbid")
    mail_id: Id
    record_id: Id


class Pairs(BaseModel):
    """Mails to link or unlink, all in the same way."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"linked": True, "items": [{"mail_id": "9b1f6c", "record_id": "5f1c"}]}},
    )
    linked: bool = Field(description="true links, false unlinks")
    items: list[Pair] = Field(min_length=1, max_length=MAX_ITEMS)


class LinkOutcome(Pair):
    """What became of one item; ``code`` is stable."""

    code: LinkCode


class LinkOutcomes(BaseModel):
    """One outcome for each item, in order."""

    results: list[LinkOutcome]


_MIXED: dict[int | str, dict[str, Any]] = {
    207: {"description": "Not all items succeeded; each has its code.", "model": LinkOutcomes}
}


@router.get("/mails/{mail_id}/links", summary="The records of a mail", responses=answers(401, 404))
def show(user: Reader, db: Db, mail_id: str) -> LinksOut:
    """Records the caller has access to. For any signed-in user who may see the mail; else 404."""
    return LinksOut.of(db.read(lambda session: links.links_of_mail(session, user, mail_id)))


@router.post("/mails/{mail_id}/links", summary="Link a record", responses=_CHANGING)
def add(user: Reader, db: Db, now: Now, mail_id: str, given: LinkIn) -> LinksOut:
    """Also how to choose where an address has several records. For any signed-in user who may change the mail."""

    def work(session: Any) -> MailLinks:
        links.set_link(session, user, mail_id, given.record_id, True, now)
        return links.links_of_mail(session, user, mail_id)

    return LinksOut.of(db.run(work))


@router.put("/mails/{mail_id}/links/{record_id}", summary="Change a link", responses=answers(401, 403, 404, 409, 422))
def change(user: Reader, db: Db, now: Now, mail_id: str, record_id: str, given: LinkIn) -> LinksOut:
    """To another record. For any signed-in user who may change the mail."""

    def work(session: Any) -> MailLinks:
        links.change_link(session, user, mail_id, record_id, given.record_id, now)
        return links.links_of_mail(session, user, mail_id)

    return LinksOut.of(db.run(work))


@router.delete(
    "/mails/{mail_id}/links/{record_id}", status_code=204, summary="Unlink", responses=answers(401, 403, 404)
)
def remove(user: Reader, db: Db, now: Now, mail_id: str, record_id: str) -> None:
    """Nothing links it again by itself. For any signed-in user who may change the mail."""
    db.run(lambda session: links.set_link(session, user, mail_id, record_id, False, now))


@router.post("/links", summary="Link or unlink in bulk", responses={**answers(401, 403, 422), **_MIXED})
def bulk(user: Reader, db: Db, now: Now, given: Pairs, response: Response) -> LinkOutcomes:
    """Up to 200; 207 where not all succeeded. For any signed-in user, mail that they may change."""
    pairs = [(item.mail_id, item.record_id) for item in given.items]
    codes = db.run(lambda session: links.set_links(session, user, pairs, given.linked, now))
    if any(code != "SUCCESS" for code in codes):
        response.status_code = 207
    found = zip(pairs, codes, strict=True)
    return LinkOutcomes(
        results=[LinkOutcome(mail_id=mail, record_id=record, code=code) for (mail, record), code in found]
    )
