"""The inbox: visible mail, newest first, as a view of what the CRM knows, narrowed by facets or a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from api.deps import Caller, Db, Now, SignedIn
from api.pages.frame import link, page, view_of
from api.web import dates
from api.web.view import View
from pipeline.core.search import Snippet
from pipeline.store.crm.crm_views import View as InboxView
from pipeline.store.mail.mails import list_mails, search_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.review.suggestions import pending_by_mail
from pipeline.store.rules.custom_intents import labels
from pipeline.store.sync.mailboxes import Mailbox, mailboxes_of

router = APIRouter()
VIEWS: tuple[InboxView, ...] = get_args(InboxView)
_AT_ONCE = 50
_FACETS = {"from": ("people", "machines"), "intent": ("request", "question", "complaint", "purchase"),
           "mood": ("positive", "negative"), "language": ("ja", "en")}  # fmt: skip
_KEYS = {"view": "inbox.view_", "from": "inbox.", "intent": "intent.", "mood": "mood.", "language": "language."}
Short = Query(max_length=20)


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list."""

    label: str
    href: str
    on: bool
    gap: bool = False


@router.get("/inbox")
def show(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    q: Annotated[str, Query(max_length=200)] = "",
    view: Annotated[str, Short] = "",
    sender: Annotated[str, Query(alias="from", max_length=20)] = "",
    intent: Annotated[str, Query(max_length=60)] = "",
    mood: Annotated[str, Short] = "",
    language: Annotated[str, Short] = "",
    mailbox: Annotated[str, Query(max_length=64)] = "",
    cursor: str | None = None,
) -> Response:
    """A page of mail. A view can be combined with each facet, and all of them with a search."""
    asked = {"view": view if view in VIEWS else "", "from": sender, "intent": intent, "mood": mood}
    asked |= {"language": language, "mailbox": mailbox}
    words = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        boxes = mailboxes_of(session, who.user)
        found = _list(session, who, words, asked, q, cursor)
        more = found["next"]
        return found | {
            "pending": pending_by_mail(session, who.user, [mail.id for mail in found["mails"]], now),
            "more": link("/inbox", q=q, cursor=more, **asked) if more else "",
            "facets": _facets(asked, q, words, boxes, labels(session, who.user.organisation_id)),
        }

    filtered = any(asked.values())
    return page(
        request, "inbox.html", who, db, now, read, here="inbox", q=q, views=_views(asked, q, words), filtered=filtered
    )


def _list(
    session: Session, who: Caller, view: View, asked: Mapping[str, str], q: str, cursor: str | None
) -> dict[str, Any]:
    """The mails, and of a search where each holds the words."""
    narrow = MailFilter(
        language=asked["language"] or None,
        intent=asked["intent"] or None,
        sentiment=asked["mood"] or None,
        machine={"people": False, "machines": True}.get(asked["from"]),
        mailbox_id=asked["mailbox"] or None,
        view=cast(InboxView | None, asked["view"] or None),
        today=dates.aware(view.now).astimezone(view.zone).date(),
    )
    if not q.strip():
        listed = list_mails(session, who.user, limit=_AT_ONCE, cursor=cursor, narrow=narrow)
        return {"mails": listed.items, "next": listed.next_cursor, "places": {}}
    hits = search_mails(session, who.user, q.strip(), limit=_AT_ONCE, cursor=cursor, narrow=narrow)
    places = {mail.id: marked(where) for mail, where in hits.items}
    return {"mails": [mail for mail, _ in hits.items], "next": hits.next_cursor, "places": places}


def marked(where: Snippet) -> Markup:
    """A piece of text with the words that were searched for."""
    parts, place = Markup(""), 0
    for start, end in where.marks:
        parts += escape(where.text[place:start]) + Markup("<mark>{}</mark>").format(where.text[start:end])
        place = end
    return parts + escape(where.text[place:])


def _views(asked: Mapping[str, str], q: str, view: View) -> list[Facet]:
    return [
        Facet(
            view.say(f"inbox.view_{one}" if one else "inbox.all"),
            link("/inbox", q=q, **{**asked, "view": one}),
            asked["view"] == one,
        )
        for one in ("", *VIEWS)
    ]


def _facets(
    asked: Mapping[str, str], q: str, view: View, boxes: Sequence[Mailbox], intents: Sequence[str]
) -> list[Facet]:
    """The ways to narrow the list; ``intents`` are the names of custom ones."""
    values = [(name, value, view.say(_KEYS[name] + value)) for name, all_of in _FACETS.items() for value in all_of]
    place = max(n for n, (name, _, _) in enumerate(values) if name == "intent") + 1
    values[place:place] = [("intent", f"custom:{name}", name) for name in intents]
    values += [("mailbox", box.id, box.name) for box in boxes if len(boxes) > 1]
    facets: list[Facet] = []
    before = "from"
    for name, value, label in values:
        on = asked[name] == value
        href = link("/inbox", q=q, **{**asked, name: "" if on else value})
        facets.append(Facet(label, href, on, gap=name != before))
        before = name
    return facets
