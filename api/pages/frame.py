"""What the screens share: the page around them, and putting stored things into a reader's words."""

from __future__ import annotations

from collections.abc import Sequence
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
from pipeline.store.records import load_records, related
from pipeline.store.suggestions import SuggestionView, count_queue


def page(request: Request, template: str, who: Caller, db: Database, now: datetime, **context: Any) -> HTMLResponse:
    """A whole page with its bar, which tells how many suggestions wait."""
    if "waiting" not in context:
        context["waiting"] = db.run(lambda session: count_queue(session, who.user, now)).pending
    return render(request, template, who, now, **context)


def view_of(who: Caller, now: datetime) -> View:
    """The words, zone and time of a reader."""
    return View(who.user.language, dates.zone(who.user.timezone), now)


def view_for(session: Session, who: Caller, now: datetime, stored: Sequence[SuggestionView]) -> View:
    """The same, with the records and people that these suggestions refer to."""
    return replace(view_of(who, now), records=_records(session, stored), people=_people(session, who, stored))


def _records(session: Session, stored: Sequence[SuggestionView]) -> dict[str, Record]:
    """The records that suggestions name: those to change, and possible duplicates."""
    ids = [name for one in stored for name in _names(one.suggestion) if name]
    return {record.id: record for record in load_records(session, list(dict.fromkeys(ids)))} if ids else {}


def _people(session: Session, who: Caller, stored: Sequence[SuggestionView]) -> dict[str, str]:
    """What the people of suggestions are called, by address: as the CRM knows them, else as their mail says."""
    addresses = {one.suggestion.person for one in stored if one.suggestion.person}
    names = {}
    for one in stored:
        said = next((field.value for field in one.suggestion.fields if field.name == "full_name"), None)
        if said and one.suggestion.person:
            names[one.suggestion.person] = said
    for record in related(session, who.user.organisation_id, sorted(addresses)):
        if record.kind in ("lead", "contact"):
            names |= dict.fromkeys(record.addresses, record.name)
    return names


def _names(suggestion: Suggestion) -> tuple[str | None, ...]:
    deals = (field.value for field in suggestion.fields if field.name == "deal")
    return (suggestion.record_id, *suggestion.duplicates, *deals)


def link(path: str, **query: object) -> str:
    """An address of this site with the parts of its query that are set."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path
