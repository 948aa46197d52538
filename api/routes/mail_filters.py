"""Filters of a mailbox: imported with a dry run, shown in words, switched on and off; and what they marked."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Db, Now, Reader
from api.problems import answers
from pipeline import errors
from pipeline.accounts import filters_words
from pipeline.accounts.filters_words import read_filters
from pipeline.core.filters import Filter
from pipeline.ingest.filtering import try_filters
from pipeline.store.mail.mails import get_mail
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rules import mail_filters
from pipeline.store.rules.mail_filters import StoredFilter
from pipeline.store.sync.lifecycle import require_mailbox
from pipeline.store.sync.mailboxes import readers_of

router = APIRouter(tags=["filters"])
_CHANGING = answers(401, 403, 404, 409, 422)
MAX_CHARS = 5_000_000


class FilterFile(BaseModel):
    """A file of filters: Gmail's mailFilters.xml, or rules as docs/mailboxes.md describes them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "content": '{"filters": [{"name": "Bills", "criteria": [{"field": "subject", "operator": "contains", '
                '"value": "invoice"}], "actions": [{"action": "label", "value": "Bills"}]}]}',
                "dry_run": True,
            }
        },
    )
    content: Annotated[str, Field(max_length=MAX_CHARS)]
    dry_run: Annotated[bool, Field(description="Only translate and try; nothing is saved.")] = False
    replace: Annotated[bool, Field(description="Instead of the filters of the same origin.")] = False


class FilterOut(BaseModel):
    """A filter in words of the caller's language. ``left_out`` is what could not be translated.

    One whose conditions are not all there is never ``active``: it would catch too much. ``fits`` tells how many of the
    mailbox's newest 200 mails it would have caught, in a dry run only. ``id`` is null in a dry run.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "77aa", "name": "Bills", "origin": "gmail", "active": True,
                "when": "subject contains “invoice”", "then": ["label “Bills”"], "left_out": [], "fits": 4,
            }
        }
    )  # fmt: skip
    id: str | None
    name: str
    origin: Literal["gmail", "zoho"]
    active: bool
    when: str
    then: list[str]
    left_out: list[str]
    fits: int | None = None

    @classmethod
    def of(cls, stored: StoredFilter, user: User) -> FilterOut:
        """The view of a stored filter."""
        return cls.describe(stored.filter, stored.origin, user, stored.id)

    @classmethod
    def describe(
        cls, found: Filter, origin: str, user: User, id_: str | None = None, fits: int | None = None
    ) -> FilterOut:
        """The view of a filter."""
        return cls(
            id=id_, name=found.name, origin=origin, active=found.active,  # type: ignore[arg-type]
            when=filters_words.when(found.condition, user.language), then=filters_words.then(found, user.language),
            left_out=filters_words.left_out(found, user.language), fits=fits,
        )  # fmt: skip


class Imported(BaseModel):
    """What an import did, or would do: ``added`` leaves out filters that are there already."""

    model_config = ConfigDict(json_schema_extra={"example": {"dry_run": True, "added": 0, "filters": []}})
    dry_run: bool
    added: int
    filters: list[FilterOut]


class FilterChange(BaseModel):
    """Switches a filter on or off."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"active": False}})
    active: bool


class MarkOut(BaseModel):
    """What filters set on mail: ``label``, ``move`` (a folder), ``flag``, ``read``, ``archive``, ``trash`` …"""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"example": {"kind": "label", "value": "Bills", "mails": 4}}
    )
    kind: str
    value: str
    mails: int


@router.get("/mailboxes/{mailbox_id}/filters", summary="List filters", responses=answers(401, 404))
def index(user: Reader, db: Db, mailbox_id: str) -> list[FilterOut]:
    """In the order in which they run. For any signed-in user whose mailbox it is, and administrators."""

    def work(session: Session) -> list[FilterOut]:
        require_mailbox(session, user, mailbox_id)
        return [FilterOut.of(each, user) for each in mail_filters.list_filters(session, mailbox_id)]

    return db.run(work)


@router.post("/mailboxes/{mailbox_id}/filters/import", summary="Import filters", responses=answers(401, 403, 404, 422))
def import_filters(user: Reader, db: Db, now: Now, mailbox_id: str, given: FilterFile) -> Imported:
    """With ``dry_run`` only shown, with how many of the newest mails each would have caught.

    For any signed-in user whose mailbox it is and not locked.
    """
    origin, found = read_filters(given.content)

    def work(session: Session) -> Imported:
        _require_own(session, user, mailbox_id)
        if given.dry_run:
            counts = try_filters(session, mailbox_id, found)
            shown = [
                FilterOut.describe(each, origin, user, fits=count) for each, count in zip(found, counts, strict=True)
            ]
            return Imported(dry_run=True, added=0, filters=shown)
        added = mail_filters.save_filters(session, mailbox_id, origin, found, now, replace=given.replace)
        record_action(session, user.organisation_id, user.id, "filters.import", mailbox_id, now, {"filters": added})
        stored = mail_filters.list_filters(session, mailbox_id)
        return Imported(dry_run=False, added=added, filters=[FilterOut.of(each, user) for each in stored])

    return db.run(work)


@router.patch("/mailboxes/{mailbox_id}/filters/{filter_id}", summary="Switch a filter", responses=_CHANGING)
def change(user: Reader, db: Db, now: Now, mailbox_id: str, filter_id: str, given: FilterChange) -> FilterOut:
    """409 where a condition could not be translated. For any signed-in user whose mailbox it is and not locked."""

    def work(session: Session) -> FilterOut:
        _require_own(session, user, mailbox_id)
        record_action(session, user.organisation_id, user.id, "filters.change", mailbox_id, now)
        return FilterOut.of(mail_filters.set_active(session, mailbox_id, filter_id, given.active), user)

    return db.run(work)


@router.delete(
    "/mailboxes/{mailbox_id}/filters/{filter_id}", status_code=204, summary="Remove a filter",
    responses=answers(401, 403, 404),
)  # fmt: skip
def remove(user: Reader, db: Db, now: Now, mailbox_id: str, filter_id: str) -> None:
    """What it marked stays. For any signed-in user whose mailbox it is and not locked."""

    def work(session: Session) -> None:
        _require_own(session, user, mailbox_id)
        mail_filters.remove_filter(session, mailbox_id, filter_id)
        record_action(session, user.organisation_id, user.id, "filters.remove", mailbox_id, now)

    db.run(work)


@router.get("/mailboxes/{mailbox_id}/marks", summary="Labels and other marks", responses=answers(401, 404))
def marks(user: Reader, db: Db, mailbox_id: str) -> list[MarkOut]:
    """Each mark that filters set and how many mails have it. For any signed-in user whose mailbox it is."""

    def work(session: Session) -> list[MarkOut]:
        _require_own(session, user, mailbox_id, change=False)
        return [MarkOut.model_validate(each) for each in mail_filters.count_marks(session, mailbox_id)]

    return db.run(work)


@router.get("/mails/{mail_id}/marks", summary="Marks of a mail", responses=answers(401, 404))
def marks_of(user: Reader, db: Db, mail_id: str) -> list[MarkOut]:
    """Those of the caller's own mailboxes. For any signed-in user who may see the mail; else 404."""

    def work(session: Session) -> list[MarkOut]:
        get_mail(session, user, mail_id)
        return [MarkOut.model_validate(each) for each in mail_filters.marks_of(session, user, mail_id)]

    return db.run(work)


def _require_own(session: Session, user: User, mailbox_id: str, *, change: bool = True) -> None:
    """Filters run, and are tried, on mail that only its owner may read.

    Raises: errors.NotFound; errors.NotAllowed where the settings are locked.
    """
    mailbox = require_mailbox(session, user, mailbox_id, change=change)
    if user.id not in readers_of(session, mailbox.id):
        raise errors.NotFound("There is no such mailbox among your own.")
