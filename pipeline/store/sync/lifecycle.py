"""Who may change a mailbox, and its end: disabled with what is kept of it, by an administrator's choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.access import sharing
from pipeline.store.mail import outgoing
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User, get_user
from pipeline.store.sync import accounts, folders, mailboxes
from pipeline.store.sync.mailboxes import Mailbox
from pipeline.store.tables import AccountRow, MailboxRow, MailFilterRow, MailMarkRow


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of a mailbox that is disabled; its mail always is."""

    folders: bool = True
    filters: bool = True
    labels: bool = True


def require_mailbox(session: Session, user: User, mailbox_id: str, *, change: bool = False) -> Mailbox:
    """A mailbox that is the user's own, or any of the organisation for an administrator.

    Raises: errors.NotFound; errors.NotAllowed where it is to be changed and an administrator locked the user's
    settings.
    """
    own = {mailbox.id: mailbox for mailbox in mailboxes.mailboxes_of(session, user)}
    if mailbox_id not in own:
        found = session.scalar(select(MailboxRow.organisation_id).where(MailboxRow.id == mailbox_id))
        if not user.is_admin or found != user.organisation_id:
            raise errors.NotFound("There is no such mailbox.")
        return mailboxes.get_mailbox(session, mailbox_id)
    if change and not user.is_admin and sharing.sharing_of(session, user.id).locked:
        raise errors.NotAllowed(sharing.LOCKED)
    return own[mailbox_id]


def disable(session: Session, admin: User, mailbox_id: str, keeping: Keeping, now: datetime) -> None:
    """Stop a mailbox for good: its secret goes, its mail stays, and of the rest what is to be kept.

    A password or grant that is set later, by an administrator too, makes it active again.

    Raises: errors.NotAllowed for anybody but an administrator; errors.NotFound.
    """
    if not admin.is_admin:
        raise errors.NotAllowed("Only an administrator may disable a mailbox.")
    require_mailbox(session, admin, mailbox_id)
    accounts.set_state(session, mailbox_id, "disabled", now)
    here = AccountRow.mailbox_id == mailbox_id
    session.execute(update(AccountRow).where(here).values(secret="", lease_owner=None, lease_until=None))
    if not keeping.folders:
        for folder in folders.list_folders(session, mailbox_id):
            folders.remove_folder(session, folder.id)
    if not keeping.filters:
        session.execute(delete(MailFilterRow).where(MailFilterRow.mailbox_id == mailbox_id))
    if not keeping.labels:
        session.execute(delete(MailMarkRow).where(MailMarkRow.mailbox_id == mailbox_id))
    detail = {"folders": keeping.folders, "filters": keeping.filters, "labels": keeping.labels}
    record_action(session, admin.organisation_id, admin.id, "mailbox.disable", mailbox_id, now, detail)


def require_enabled(session: Session, user: User, mailbox_id: str) -> None:
    """Make sure that somebody may set a secret or resume: of a disabled mailbox only an administrator.

    Raises: errors.NotAllowed; errors.NotFound.
    """
    if accounts.get_account(session, mailbox_id).state == "disabled" and not user.is_admin:
        raise errors.NotAllowed("An administrator has disabled this mailbox.")


def pause_unread(session: Session, user: User, now: datetime) -> None:
    """Pause the mailboxes of a user who was deactivated, where nobody else who is active reads them.

    What they still had in the queue is not sent.
    """
    outgoing.call_all_back(session, user.id)
    for mailbox in mailboxes.mailboxes_of(session, user):
        readers = (get_user(session, user_id) for user_id in mailboxes.readers_of(session, mailbox.id))
        here = (AccountRow.mailbox_id == mailbox.id) & (AccountRow.state == "active")
        if not any(reader.active for reader in readers) and session.scalar(select(AccountRow.state).where(here)):
            accounts.set_state(session, mailbox.id, "paused", now)
            record_action(session, user.organisation_id, None, "mailbox.paused", mailbox.id, now)
