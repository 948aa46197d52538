"""The inbox: visible mail, newest first, narrowed by a few facets or a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api.deps import Db, Now, SignedIn
from api.pages.frame import link, page, view_of
from api.web.view import View
from pipeline.store.mail.mails import MailFilter, MailSummary, list_mails
from pipeline.store.paging import Page
from pipeline.store.review.suggestions import pending_by_mail

router = APIRouter()
_FACETS = {"from": ("people", "machines"), "intent": ("request", "question", "complaint", "purchase"),
           "mood": ("positive", "negative"), "language": ("ja", "en")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list."""

    label: str
    href: str
    on: bool
    gap: bool


@router.get("/inbox")
def show(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    q: Annotated[str, Query(max_length=200)] = "",
    sender: Annotated[str, Query(alias="from", max_length=20)] = "",
    intent: Annotated[str, Query(max_length=20)] = "",
    mood: Annotated[str, Query(max_length=20)] = "",
    language: Annotated[str, Query(max_length=20)] = "",
    cursor: str | None = None,
) -> Response:
    """A page of mail. Each facet can be combined with the others and with a search."""
    chosen = {"from": sender, "intent": intent, "mood": mood, "language": language}
    narrow = MailFilter(
        language=language or None,
        intent=intent or None,
        sentiment=mood or None,
        machine={"people": False, "machines": True}.get(sender),
        text=q.strip() or None,
    )

    def read(session: Session) -> tuple[Page[MailSummary], dict[str, int]]:
        listed = list_mails(session, who.user, limit=50, cursor=cursor, narrow=narrow)
        return listed, pending_by_mail(session, who.user, [mail.id for mail in listed.items], now)

    found, pending = db.run(read)
    return page(
        request,
        "inbox.html",
        who,
        db,
        now,
        here="inbox",
        q=q,
        mails=found.items,
        pending=pending,
        more=link("/inbox", q=q, cursor=found.next_cursor, **chosen) if found.next_cursor else "",
        facets=_facets(chosen, q, view_of(who, now)),
        filtered=any(chosen.values()),
    )


def _facets(chosen: dict[str, str], q: str, view: View) -> list[Facet]:
    keys = {"from": "inbox.", "intent": "intent.", "mood": "mood.", "language": "language."}
    facets = [Facet(view.say("inbox.all"), link("/inbox", q=q), not any(chosen.values()), gap=False)]
    for name, values in _FACETS.items():
        for value in values:
            on = chosen[name] == value
            href = link("/inbox", q=q, **(chosen | {name: "" if on else value}))
            facets.append(Facet(view.say(keys[name] + value), href, on, gap=value == values[0]))
    return facets
