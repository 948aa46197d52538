"""The review screen: the queue, one mail, one suggestion, and what a person decides about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.deps import Caller, Db, Now, SignedIn
from api.pages.form import chosen_values, typed_values
from api.pages.frame import link, page, view_for, view_of
from api.web import cards, letters
from api.web.dates import morning
from api.web.pages import render
from api.web.view import View
from pipeline import errors
from pipeline.core.review import State
from pipeline.store.access.widening import wider_fields
from pipeline.store.crm.conflicts import find_conflicts
from pipeline.store.mail.mails import get_mail, last_imported_at
from pipeline.store.paging import Page
from pipeline.store.review import decisions
from pipeline.store.review.decision_log import Decision, counts_since
from pipeline.store.review.suggestions import SuggestionView, count_pending, get_suggestion, list_queue

router = APIRouter()
_AT_ONCE = 60
_DONE: tuple[State, ...] = ("accepted", "edited", "rejected", "snoozed")


@router.get("/")
def review(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    suggestion: str = "",
    cursor: str | None = None,
    edit: bool = False,
) -> Response:
    """The queue with one suggestion opened: the one asked for, else the first."""

    def read(session: Session) -> dict[str, Any]:
        return _screen(session, who, now, suggestion, cursor)

    return page(request, "review.html", who, db, now, read, here="review", editing=edit)


@router.get("/review/more")
def more(request: Request, who: SignedIn, db: Db, now: Now, cursor: str) -> Response:
    """The next entries of the queue, for the scripts."""

    def read(session: Session) -> dict[str, Any]:
        found = list_queue(session, who.user, now, limit=_AT_ONCE, cursor=cursor)
        return _queue(found, view_for(session, who, now, found.items))

    return render(request, "queue.html", who, now, card=None, **db.read(read))


@router.get("/review/empty")
def empty(request: Request, who: SignedIn, db: Db, now: Now) -> Response:
    """What is shown where nothing waits, for the scripts."""
    return render(request, "empty.html", who, now, day=db.read(lambda session: _day(session, who, now)))


@router.get("/review/{suggestion_id}")
def item(request: Request, who: SignedIn, db: Db, now: Now, suggestion_id: str) -> Response:
    """One suggestion beside its mail, for the scripts, which fetch it ahead of time."""

    def read(session: Session) -> dict[str, Any]:
        stored = get_suggestion(session, who.user, suggestion_id, now)
        return _item(session, who, stored, view_for(session, who, now, [stored]))

    return render(request, "item.html", who, now, editing=False, **db.read(read))


@router.post("/suggestions/{suggestion_id}")
async def decide(request: Request, who: SignedIn, db: Db, now: Now, suggestion_id: str) -> Response:
    """Do what a button says; the form is the same with and without scripts."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    made = await run_in_threadpool(db.run, lambda session: _decide(session, who, now, suggestion_id, form))
    return _answer(request, made)


@router.post("/undo")
def undo(
    request: Request, who: SignedIn, db: Db, now: Now, decision: Annotated[int | None, Form(ge=1, le=2**62)] = None
) -> Response:
    """Take back the decision named, or else the last one."""
    made = db.run(lambda session: decisions.undo(session, who.user, now, decision_id=decision))
    return _answer(request, made, f"/?suggestion={made.suggestion_id}")


def _decide(session: Session, who: Caller, now: datetime, suggestion_id: str, form: dict[str, str]) -> Decision:
    verb, _, days = form.get("decision", "").partition("-")
    version = int(form["version"]) if form.get("version", "").isdecimal() else None
    stored = get_suggestion(session, who.user, suggestion_id, now)
    match verb:
        case "accept" | "edit":
            view = view_of(who, now)
            typed = typed_values(stored.suggestion, form, view.zone) if verb == "edit" else None
            given = [*(typed or []), *chosen_values(stored.suggestion, form)] or typed
            return decisions.accept(session, who.user, suggestion_id, now, version=version, values=given)
        case "reject":
            return decisions.reject(session, who.user, suggestion_id, now, version=version)
        case "mute":
            return decisions.mute_person(session, who.user, suggestion_id, now, version=version)
        case "snooze" if days in ("1", "7", "30"):
            until = morning(now, int(days), view_of(who, now).zone)
            return decisions.snooze(session, who.user, suggestion_id, until, now, version=version)
    raise errors.UsageError("There is no such decision.")


def _answer(request: Request, made: Decision, target: str = "/") -> Response:
    if request.headers.get("accept") == "application/json":
        return JSONResponse(
            {
                "decision_id": made.id,
                "suggestion_id": made.suggestion_id,
                "action": made.action,
                "state": made.after,
            }
        )
    return RedirectResponse(target, 303)


def _screen(session: Session, who: Caller, now: datetime, suggestion_id: str, cursor: str | None) -> dict[str, Any]:
    """The queue, and the suggestion asked for or else the first."""
    found = list_queue(session, who.user, now, limit=_AT_ONCE, cursor=cursor)
    chosen = get_suggestion(session, who.user, suggestion_id, now) if suggestion_id else next(iter(found.items), None)
    view = view_for(session, who, now, [*found.items, *([chosen] if chosen else [])])
    whole = cursor is None and found.next_cursor is None
    waiting = len(found.items) if whole else count_pending(session, who.user, now)
    queue = _queue(found, view) | {"waiting": waiting}
    return queue | (_item(session, who, chosen, view) if chosen else {"card": None, "day": _day(session, who, now)})


def _queue(found: Page[SuggestionView], view: View) -> dict[str, Any]:
    return {
        "queue": [cards.entry(one, view) for one in found.items],
        "next": link("/review/more", cursor=found.next_cursor) if found.next_cursor else "",
        "next_page": link("/", cursor=found.next_cursor) if found.next_cursor else "",
    }


def _item(session: Session, who: Caller, stored: SuggestionView, view: View) -> dict[str, Any]:
    mail = get_mail(session, who.user, stored.mail_id)
    wider = wider_fields(session, who.user, [stored]).get(stored.id, ())
    conflicts = find_conflicts(session, who.user, stored.suggestion)
    return {
        "card": cards.card(stored, view, wider, conflicts),
        "mail": letters.letter(mail, cards.marks(stored.suggestion)),
    }


def _day(session: Session, who: Caller, now: datetime) -> dict[str, Any]:
    """What was done today, for an empty queue."""
    start = now.astimezone(view_of(who, now).zone).replace(hour=0, minute=0, second=0, microsecond=0)
    made = counts_since(session, who.user, start)
    return {
        "counts": [(state, made[state]) for state in _DONE if state in made],
        "last_mail": last_imported_at(session, who.user),
    }
