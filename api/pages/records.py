"""Contacts and the other records: the lists, and one record with its mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api.deps import Caller, Db, Now, SignedIn
from api.pages.frame import link, page, view_of
from api.web.view import View, activity_time, initial, phone_tag, shown
from pipeline.records import Record, RecordKind
from pipeline.store.crm.activities import list_activities
from pipeline.store.crm.records import RecordDetail, StoredField, get_record, list_records
from pipeline.store.mail.mails import MailFilter, list_mails

router = APIRouter()
_COLUMNS: dict[RecordKind, tuple[str, ...]] = {
    "contact": ("company", "job_title", "email", "phone"),
    "lead": ("company", "job_title", "email", "phone"),
    "account": ("website", "phone"),
    "deal": ("stage", "amount"),
}
_ORDER = (
    "full_name", "family_name", "given_name", "name_kana", "name_latin", "company", "department", "job_title", "email",
    "phone", "website", "social", "postal_code", "address", "country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A record in a list."""

    id: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A value on a record's page, and where it comes from."""

    label: str
    value: str
    tag: str
    origin: str
    mail: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting, call or task on a record's page."""

    kind: str
    status: str
    title: str
    mail_id: str
    when: str


@router.get("/contacts")
def index(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    kind: RecordKind = "contact",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: str | None = None,
) -> Response:
    """Records of one kind by name."""
    text = q.strip() or None
    found = db.run(lambda s: list_records(s, who.user, kind=kind, text=text, limit=50, cursor=cursor))
    view = view_of(who, now)
    return page(
        request,
        "contacts.html",
        who,
        db,
        now,
        here="contacts",
        q=q,
        kind=kind,
        columns=_COLUMNS[kind],
        records=[Line(one.id, one.name, _cells(one, view)) for one in found.items],
        more=link("/contacts", kind=kind, q=q, cursor=found.next_cursor) if found.next_cursor else "",
    )


@router.get("/records/{record_id}")
def show(request: Request, who: SignedIn, db: Db, now: Now, record_id: str, cursor: str | None = None) -> Response:
    """One record with its values, their sources, and its mail."""

    def read(session: Session) -> dict[str, Any]:
        detail = get_record(session, who.user, record_id)
        mails = list_mails(session, who.user, limit=10, cursor=cursor, narrow=MailFilter(record_id=record_id))
        return _context(detail, view_of(who, now)) | {
            "mails": mails.items,
            "activities": _activities(session, who, record_id, view_of(who, now)),
            "more": link(f"/records/{record_id}", cursor=mails.next_cursor) if mails.next_cursor else "",
        }

    return page(request, "record.html", who, db, now, read, here="contacts")


def _context(detail: RecordDetail, view: View) -> dict[str, Any]:
    record = detail.record
    return {
        "record": record,
        "initial": initial(record.name),
        "account": detail.account,
        "rows": _values(detail, view),
        "contacts": detail.contacts,
        "deals": detail.deals,
    }


def _activities(session: Session, who: Caller, record_id: str, view: View) -> list[Event]:
    """Accepted meetings, calls and tasks of this record, as far as the reader may see their mail."""
    found = list_activities(session, who.user, record_id=record_id)
    return [Event(one.kind, one.status, one.title, one.mail_id, activity_time(one, view)) for one in found]


def _cells(record: Record, view: View) -> tuple[str, ...]:
    values = dict(record.fields) | {"email": record.addresses[0] if record.addresses else ""}
    return tuple(shown(name, values.get(name, ""), view) for name in _COLUMNS[record.kind])


def _values(detail: RecordDetail, view: View) -> list[Value]:
    addresses = [Value(view.field("email"), address, "", "", None) for address in detail.record.addresses]
    before = [field for field in detail.fields if _place(field.name) < _place("email")]
    after = [field for field in detail.fields if _place(field.name) > _place("email")]
    return [*_lines(before, view), *addresses, *_lines(after, view)]


def _lines(fields: Sequence[StoredField], view: View) -> list[Value]:
    ordered = sorted(fields, key=lambda field: _place(field.name))
    return [
        Value(
            view.field(field.name),
            shown(field.name, field.value, view),
            phone_tag(field.type, field.extension, view),
            view.say(f"record.by_{field.origin}"),
            field.mail_id,
        )
        for field in ordered
    ]


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
