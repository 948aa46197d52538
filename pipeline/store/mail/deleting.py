"""Deleting a mail by hand, as far as the sharing rule lets somebody: from their own mailboxes, or for everybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.access.visibility import own_copies, verdicts
from pipeline.store.mail.removing import remove_copies, remove_mails
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rows import lock
from pipeline.store.tables import CopyRow


def delete_mail(session: Session, reader: User, mail_id: str, now: datetime) -> None:
    """Delete a mail here; on the mail server it stays.

    One's own mail goes from one's own mailboxes, and everything found in it with its last copy. Mail that was sent from
    the CRM goes for everybody, where the organisation lets everybody delete such mail.

    Raises: errors.NotFound where the reader may not see it; errors.NotAllowed where they may not delete it.
    """
    lock(session, reader.organisation_id)
    verdict = verdicts(session, reader, (mail_id,)).get(mail_id)
    if verdict is None or not verdict.allowed:
        raise errors.NotFound("There is no such mail among those you may see.")
    if verdict.access != "delete":
        raise errors.NotAllowed("You may see this mail, but not delete it.")
    if verdict.branch == "own_mailbox":
        mine = select(CopyRow.mailbox_id).where(CopyRow.mail_id == mail_id, own_copies(reader))
        for mailbox_id in session.scalars(mine.order_by(CopyRow.mailbox_id)).all():
            remove_copies(session, reader.organisation_id, mailbox_id, (mail_id,), now)
    else:
        remove_mails(session, reader.organisation_id, (mail_id,), now)
    record_action(session, reader.organisation_id, reader.id, "mail.delete", mail_id, now, {"by": verdict.branch})
