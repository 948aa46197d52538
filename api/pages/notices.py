"""What the reader is told: mailboxes that stopped, rules, mail that did not go out, storage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Db, Now, SignedIn
from api.pages.frame import link, page, view_of
from api.web.view import View
from pipeline.accounts.troubles import words
from pipeline.store.organisation import notices
from pipeline.store.organisation.notices import Notice
from pipeline.store.sync.overview import list_overviews

router = APIRouter(prefix="/settings/notices")
KINDS = ("mailbox.failed", "workflow.notify", "outgoing.failed", "outgoing.unknown", "outgoing.bounced",
         "quota.threshold")  # fmt: skip
"""Those that there are words for; another one is shown by its name."""
_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as a person reads it, and where it leads."""

    id: int
    text: str
    href: str
    at: datetime
    unread: bool


@router.get("")
def show(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    saved: bool = False,
) -> Response:
    """Newest first."""
    view = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        found = notices.list_notices(session, who.user, limit=_AT_ONCE + 1, before=before)
        about_mailboxes = any(one.kind == "mailbox.failed" for one in found)
        names = {one.id: one.name for one in list_overviews(session, who.user)} if about_mailboxes else {}
        shown = found[:_AT_ONCE]
        more = link("/settings/notices", before=shown[-1].id) if len(found) > _AT_ONCE else ""
        return {"notices": [line(one, names, view) for one in shown], "more": more}

    return page(request, "notices.html", who, db, now, read, here="settings", tab="notices", saved=saved)


@router.post("")
def mark(who: SignedIn, db: Db, now: Now, notice: Annotated[list[int], Form()]) -> Response:
    """Note that these were read."""

    def work(session: Session) -> None:
        for one in notice[:_AT_ONCE]:
            notices.mark_read(session, who.user, one, now)

    db.run(work)
    return RedirectResponse("/settings/notices?saved=true", 303)


def line(notice: Notice, mailboxes: dict[str, str], view: View) -> Line:
    """A notice in the reader's words."""
    text, href = _told(notice, mailboxes, view)
    return Line(notice.id, text, href, notice.at, notice.read_at is None)


def _told(notice: Notice, mailboxes: dict[str, str], view: View) -> tuple[str, str]:
    detail = notice.detail
    match notice.kind:
        case "mailbox.failed":
            mailbox = detail["mailbox_id"]
            name = mailboxes.get(mailbox, view.say("notice.a_mailbox"))
            text = view.say("notice.mailbox_failed", name=name, why=words(detail["problem"], view.language))
            return text, f"/settings/mailboxes/{mailbox}" if mailbox in mailboxes else ""
        case "workflow.notify":
            text = view.say("notice.workflow_notify", rule=detail["rule"], text=detail["text"] or "–")
            return text, f"/mails/{notice.mail_id}" if notice.mail_id else ""
        case "outgoing.failed" | "outgoing.unknown" | "outgoing.bounced":
            problem = detail.get("problem")
            why = words(problem, view.language) if problem else ""
            return view.say(f"notice.{notice.kind.replace('.', '_')}") + why, ""
        case "quota.threshold":
            return view.say("notice.quota_threshold", percent=detail["threshold"]), "/admin/storage"
    return notice.kind, ""
