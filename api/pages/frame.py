"""What the screens share: the page around them, and putting stored things into a reader's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api.deps import Caller, Database
from api.web import dates
from api.web.pages import render
from api.web.view import View
from pipeline.records import Record, Suggestion
from pipeline.store.crm.records import load_records, names_at
from pipeline.store.organisation.notices import count_unread
from pipeline.store.review.suggestions import SuggestionView, count_pending

Reading = Callable[[Session], dict[str, Any]]


def page(
    request: Request,
    template: str,
    who: Caller,
    db: Database,
    now: datetime,
    read: Reading = lambda _: {},
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """A whole page of what ``read`` finds, with its bar, which tells how many suggestions wait and what is unread."""

    def work(session: Session) -> dict[str, Any]:
        found = read(session)
        waiting = found["waiting"] if "waiting" in found else count_pending(session, who.user, now)
        return found | {"waiting": waiting, "unread": count_unread(session, who.user)}

    return render(request, template, who, now, status, **(context | db.read(work)))


def view_of(who: Caller, now: datetime) -> View:
    """The words, zone and time of a reader."""
    return View(who.user.language, dates.zone(who.user.timezone), now)


def view_for(
    session: Session, who: Caller, now: datetime, stored: Sequence[SuggestionView], known: Sequence[Record] = ()
) -> View:
    """The same, with the records and people that these suggestions refer to; ``known`` need not be read."""
    people = _people(session, who, stored, known)
    return replace(view_of(who, now), records=_records(session, stored, known), people=people)


def _records(session: Session, stored: Sequence[SuggestionView], known: Sequence[Record]) -> dict[str, Record]:
    """The records that suggestions name: those to change, and possible duplicates."""
    found = {record.id: record for record in known}
    names = dict.fromkeys(name for one in stored for name in _names(one.suggestion) if name)
    return found | {record.id: record for record in load_records(session, [id_ for id_ in names if id_ not in found])}


def _people(session: Session, who: Caller, stored: Sequence[SuggestionView], known: Sequence[Record]) -> dict[str, str]:
    """What the people of suggestions are called, by address: as the CRM knows them, else as their mail says."""
    said = {one.suggestion.person: name for one in stored if one.suggestion.person and (name := _said(one))}
    people = [record for record in known if record.kind in ("contact", "lead")]
    here = {address: record.name for record in people for address in record.addresses}
    addresses = {one.suggestion.person for one in stored if one.suggestion.person}
    return said | here | names_at(session, who.user, addresses - here.keys())


def _said(stored: SuggestionView) -> str | None:
    """The name of a suggestion's person in its mail: in the text, else as the sender wrote it."""
    suggestion = stored.suggestion
    name = next((field.value for field in suggestion.fields if field.name == "full_name"), None)
    return name or (stored.mail_from_name if suggestion.person == stored.mail_from_address else None)


def _names(suggestion: Suggestion) -> tuple[str | None, ...]:
    deals = (field.value for field in suggestion.fields if field.name == "deal")
    return (suggestion.record_id, *suggestion.duplicates, *deals)


def link(path: str, **query: object) -> str:
    """An address of this site with the parts of its query that are set."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
