"""Contacts and the other records: the lists, and one record with what its mail tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Caller, Db, Now, SignedIn
from api.pages.frame import link, page, view_for, view_of
from api.pages.record_panels import read_panels
from api.web import cards
from api.web.view import View, initial, phone_tag, shown
from pipeline.records import Record, RecordKind
from pipeline.store.access.shares import list_shares
from pipeline.store.access.sharing import own_mode
from pipeline.store.crm.record_insights import dismiss_action, read_mail
from pipeline.store.crm.records import RecordDetail, StoredField, get_record, list_records
from pipeline.store.crm.related import Source, list_related
from pipeline.store.organisation.people import list_names
from pipeline.store.review.suggestions import list_suggestions

router = APIRouter()
_COLUMNS: dict[RecordKind, tuple[str, ...]] = {
    "contact": ("company", "job_title", "email", "phone"),
    "lead": ("company", "job_title", "email", "phone"),
    "account": ("website", "phone"),
    "deal": ("stage", "amount"),
}
_TELLING = ("changed_job", "successor")  # worth reading on the record's page after they are decided too
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
def show(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    record_id: str,
    source: Source = "all",
    user: Annotated[str, Query(max_length=64)] = "",
    cursor: str | None = None,
) -> Response:
    """One record with its values and their sources, what its mail tells, and its mail."""
    view = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        detail = get_record(session, who.user, record_id)
        mail = read_mail(session, who.user, detail.record.id, detail.record.addresses)
        panels = read_panels(session, who, detail.record, mail, view)
        mails = _related(session, who, detail.record.id, source, user, cursor, view, mail.whole)
        people = detail.record.addresses if detail.record.kind in ("contact", "lead") else ()
        about = list_suggestions(session, who.user, now, record_id=detail.record.id, leavers=people).items
        waiting = [one for one in about if one.state == "pending" or one.suggestion.kind in _TELLING]
        words = view_for(session, who, now, waiting, known=(detail.record,))
        here: dict[str, Any] = {"suggestions": [cards.entry(one, words) for one in waiting], "shared": None}
        if own_mode(session, who.user) == "custom":
            here["shared"] = bool(list_shares(session, who.user, detail.record.id))
        return _context(detail, view) | panels | mails | here

    return page(request, "record.html", who, db, now, read, here="contacts")


@router.post("/records/{record_id}/dismiss")
def dismiss(who: SignedIn, db: Db, now: Now, record_id: str, action: Annotated[str, Form(max_length=100)]) -> Response:
    """Do not offer something to do next again."""

    def work(session: Session) -> None:
        get_record(session, who.user, record_id)
        dismiss_action(session, who.user, action, now)

    db.run(work)
    return RedirectResponse(f"/records/{record_id}", 303)


def _related(
    session: Session,
    who: Caller,
    record_id: str,
    source: Source,
    user: str,
    cursor: str | None,
    view: View,
    few: bool,
) -> dict[str, Any]:
    """The Emails related list with its filters; ``few`` spares looking how many links there are."""
    if source == "user" and not user:
        source = "all"
    user_id = user if source == "user" else None
    found = list_related(session, who.user, record_id, source=source, user_id=user_id, cursor=cursor, few=few)
    here = f"/records/{record_id}"
    asked = {"source": source if source != "all" else "", "user": user if source == "user" else ""}
    return {
        "mails": found.items,
        "filtered": source != "all",
        "sources": [
            (view.say(f"related.{one}"), link(here, source=one if one != "all" else "") + "#h-mails", one == source)
            for one in get_args(Source)
            if one != "user"
        ],
        "colleagues": list_names(session, who.user.organisation_id),
        "colleague": asked["user"],
        "more": link(here, cursor=found.next_cursor, **asked) + "#h-mails" if found.next_cursor else "",
    }


def _context(detail: RecordDetail, view: View) -> dict[str, Any]:
    record = detail.record
    return {
        "record": record,
        "initial": initial(record.name),
        "account": detail.account,
        "rows": _values(detail, view),
        "contacts": [one for one in detail.contacts if one.kind != "deal"],
        "deals": [*detail.deals, *(one for one in detail.contacts if one.kind == "deal")],
    }


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
