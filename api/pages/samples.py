"""The first run without mail of one's own: sample mails and records by one button, in the administrator's mailboxes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Admin, Database, Db, Now
from api.web import samples
from pipeline import errors
from pipeline.commands.organisation import add_records, read, set_up
from pipeline.settings import Settings
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import get_organisation_name
from pipeline.store.rows import lock
from pipeline.store.sync.mailboxes import Mailbox, assign_mailbox, find_mailbox

router = APIRouter()
_log = logging.getLogger(__name__)
Boxes = Sequence[tuple[Mailbox, Sequence[str]]]


@router.post("/welcome/samples")
def bring_in(admin: Admin, db: Db, now: Now, request: Request, later: BackgroundTasks) -> Response:
    """Make the sample records, then read the sample mails into mailboxes of the administrator, which goes on by itself.

    A repeat doubles nothing.
    """
    if not samples.has_samples():
        raise errors.NotFound("The sample mails are not here.")
    described = read(samples.SAMPLES / samples.DESCRIPTION)

    def work(session: Session) -> Boxes:
        mine = {"name": get_organisation_name(session, admin.organisation_id), "users": []}
        lock(session, admin.organisation_id)
        new = all(find_mailbox(session, admin.organisation_id, box["name"]) is None for box in described["mailboxes"])
        made = set_up(session, described | mine, now)
        if new:
            add_records(session, admin.organisation_id, described["records"], now)
        for mailbox, _ in made.mailboxes:
            assign_mailbox(session, mailbox.id, admin.id)
        record_action(session, admin.organisation_id, admin.id, "mailbox.samples", admin.id, now)
        return made.mailboxes

    later.add_task(_import, db, db.run(work), request.app.state.settings, samples.SAMPLES)
    return RedirectResponse("/inbox", 303)


def _import(db: Database, boxes: Boxes, settings: Settings, folder: Path) -> None:
    from pipeline.commands.import_mail import import_into  # what reading needs, which no page does

    for mailbox, names in boxes:
        try:
            import_into(db.factory, mailbox, [folder / name for name in names], settings, live=True)
        except (errors.Error, OSError) as error:
            _log.error("the sample mails could not be read: %s", type(error).__name__)
