"""One mail: its text with zones folded, its own HTML in a sandbox, why it may be seen, what was suggested or not."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Caller, Db, Now, SignedIn
from api.nothing import why_nothing
from api.pages.frame import page, view_for
from api.routes import mail_people
from api.security import MAIL_POLICY
from api.web import cards, letters
from api.web.pages import render
from api.web.sanitize import clean
from pipeline import errors
from pipeline.parse.message import parse
from pipeline.store.access.explaining import explain
from pipeline.store.crm.links import records_of_mail
from pipeline.store.mail.mails import get_mail, list_thread
from pipeline.store.review.person_mails import is_person_mail
from pipeline.store.review.suggestions import list_suggestions
from pipeline.store.tables.base import clean as storable

router = APIRouter()


@router.get("/mails/{mail_id}")
def show(
    request: Request, who: SignedIn, db: Db, now: Now, mail_id: str, look: Literal["text", "original"] = "text"
) -> Response:
    """The reading pane."""

    def read(session: Session) -> dict[str, Any]:
        return _read(session, who, mail_id, now)

    return page(request, "mail.html", who, db, now, read, here="inbox", original=look == "original")


@router.post("/mails/{mail_id}/person")
def say_person(
    request: Request, who: SignedIn, db: Db, now: Now, mail_id: str, said: Annotated[bool, Form()] = True
) -> Response:
    """A person wrote it, or a machine after all."""
    (mail_people.say if said else mail_people.take_back)(request, who.user, db, now, mail_id)
    return RedirectResponse(f"/mails/{mail_id}#h-suggestions", 303)


@router.get("/mails/{mail_id}/original")
def original(request: Request, who: SignedIn, db: Db, now: Now, mail_id: str) -> Response:
    """The mail's own HTML, harmless: sanitised, and under a policy that loads and runs nothing."""
    mail = db.read(lambda session: get_mail(session, who.user, mail_id))
    html = parse(mail.raw).html
    if html is None:
        raise errors.NotFound("This mail has no HTML.")
    response: HTMLResponse = render(request, "original.html", who, now, html=clean(storable(html)))
    response.headers["content-security-policy"] = MAIL_POLICY
    response.headers["x-frame-options"] = "SAMEORIGIN"
    return response


def _read(session: Session, who: Caller, mail_id: str, now: Now) -> dict[str, Any]:
    mail = get_mail(session, who.user, mail_id)
    suggestions = list_suggestions(session, who.user, now, mail_id=mail_id).items
    if mail.summary.machine:  # those of before it was said again that a machine wrote it
        suggestions = tuple(one for one in suggestions if one.state != "superseded")
    view = view_for(session, who, now, suggestions)
    evidence = [mark for one in suggestions if one.state == "pending" for mark in cards.marks(one.suggestion)]
    evidence += letters.intent_marks(mail)
    return {
        "mail": letters.letter(mail, evidence),
        "has_html": parse(mail.raw).html is not None,
        "suggestions": [cards.entry(one, view) for one in suggestions],
        "nothing": "" if suggestions else letters.nothing(why_nothing(session, who.user, mail), mail, view),
        "said_person": is_person_mail(session, who.user.organisation_id, mail_id),
        "records": records_of_mail(session, who.user, mail_id),
        "why": view.say(f"why.{explain(session, who.user, mail_id).branch}"),
        "thread": list_thread(session, who.user, mail.summary.thread_key),
    }
