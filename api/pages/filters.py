"""Filters of one's mailboxes: in words, with what could not be translated; an import with a dry run; marks."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Caller, Database, Db, Now, SignedIn
from api.pages.frame import link, page
from api.pages.wizard_state import MAX_FILE_BYTES
from api.routes import mail_filters as routes
from api.routes.mail_filters import FilterChange, FilterFile, FilterOut, Imported
from pipeline import errors
from pipeline.core.filters import ActionKind
from pipeline.store.rules import mail_filters
from pipeline.store.rules.marked_mails import list_marked
from pipeline.store.sync.mailboxes import mailboxes_of

router = APIRouter(prefix="/settings/filters")
KINDS: tuple[str, ...] = (*get_args(ActionKind), "forward_failed", "task_failed")
Id = Annotated[str, Query(max_length=64)]


@router.get("")
def show(request: Request, who: SignedIn, db: Db, now: Now, mailbox: Id = "", saved: bool = False) -> Response:
    """The filters of a mailbox in the order in which they run, and what they marked."""
    return _page(request, who, db, now, mailbox, saved=saved)


@router.get("/{mailbox_id}/marked")
def marked(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    kind: Annotated[str, Query(max_length=20)] = "label",
    value: Annotated[str, Query(max_length=500)] = "",
    cursor: str | None = None,
) -> Response:
    """The mails with a mark."""
    here = f"/settings/filters/{mailbox_id}/marked"

    def read(session: Session) -> dict[str, Any]:
        found = list_marked(session, who.user, mailbox_id, kind, value, cursor=cursor)
        more = link(here, kind=kind, value=value, cursor=found.next_cursor) if found.next_cursor else ""
        return {"mails": found.items, "more": more}

    return page(
        request, "marked.html", who, db, now, read, here="inbox", kind=kind, value=value, kinds=KINDS,
        mailbox_id=mailbox_id,
    )  # fmt: skip


@router.post("/{mailbox_id}/import")
def import_filters(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    file: Annotated[UploadFile | None, File()] = None,
    kept: Annotated[str, Form(max_length=4_000_000)] = "",
    do: Annotated[Literal["try", "save"], Form()] = "try",
    replace: Annotated[bool, Form()] = False,
) -> Response:
    """Show what a file holds and how many mails each filter would have caught; or save it."""
    given = file.file.read(MAX_FILE_BYTES + 1) if file else b""
    content = given or _kept(kept)
    if len(content) > MAX_FILE_BYTES:
        return _page(request, who, db, now, mailbox_id, problem="filters.too_large")
    try:
        wanted = FilterFile(content=content.decode("utf-8-sig"), dry_run=do == "try", replace=replace)
        made = routes.import_filters(who.user, db, now, mailbox_id, wanted)
    except (UnicodeDecodeError, errors.UsageError):
        return _page(request, who, db, now, mailbox_id, problem="filters.unreadable")
    if do == "save":
        return RedirectResponse(link("/settings/filters", mailbox=mailbox_id, saved="true"), 303)
    return _page(request, who, db, now, mailbox_id, tried=made, kept=_keep(content))


@router.post("/{mailbox_id}/{filter_id}")
def change(
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    filter_id: str,
    do: Annotated[Literal["on", "off", "remove"], Form()],
) -> Response:
    """Switch a filter on or off, or remove it; what it marked stays."""
    if do == "remove":
        routes.remove(who.user, db, now, mailbox_id, filter_id)
    else:
        routes.change(who.user, db, now, mailbox_id, filter_id, FilterChange(active=do == "on"))
    return RedirectResponse(link("/settings/filters", mailbox=mailbox_id, saved="true"), 303)


def _page(
    request: Request, who: Caller, db: Database, now: datetime, mailbox_id: str, *, saved: bool = False,
    problem: str = "", tried: Imported | None = None, kept: str = "",
) -> Response:  # fmt: skip
    def read(session: Session) -> dict[str, Any]:
        boxes = mailboxes_of(session, who.user)
        chosen = next((box for box in boxes if box.id == mailbox_id), boxes[0] if boxes else None)
        if mailbox_id and (chosen is None or chosen.id != mailbox_id):
            raise errors.NotFound("There is no such mailbox among your own.")
        if chosen is None:
            return {"boxes": (), "box": None, "found": [], "marks": ()}
        stored = mail_filters.list_filters(session, chosen.id)
        found = [(one.id, FilterOut.of(one, who.user), mail_filters.may_run(one)) for one in stored]
        return {"boxes": boxes, "box": chosen, "found": found, "marks": mail_filters.count_marks(session, chosen.id)}

    return page(
        request, "settings_filters.html", who, db, now, read, here="settings", tab="filters", saved=saved,
        problem=problem, tried=tried, kept=kept, kinds=KINDS, link=link,
    )  # fmt: skip


def _keep(content: bytes) -> str:
    """A file as a value of the form that saves it."""
    return base64.b64encode(zlib.compress(content)).decode("ascii")


def _kept(value: str) -> bytes:
    try:
        return zlib.decompressobj().decompress(base64.b64decode(value), MAX_FILE_BYTES + 1) if value else b""
    except (ValueError, zlib.error):
        return b""
