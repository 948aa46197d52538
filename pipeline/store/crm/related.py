"""A record's mail: the related list with its filters."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.access.visibility import is_accessible, visible
from pipeline.store.crm.records import current_id
from pipeline.store.mail.mails import MailSummary, page_of_record
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page
from pipeline.store.tables import CopyRow, MailboxAssignmentRow, MailboxRow, MailRow

Source = Literal["all", "crm", "imap", "pop", "user"]
PAGE_SIZE = 10
PROTOCOLS = {"imap": ("imap", "gmail", "graph"), "pop": ("pop3",)}


def list_related(
    session: Session,
    reader: User,
    record_id: str,
    *,
    source: Source = "all",
    user_id: str | None = None,
    cursor: str | None = None,
    few: bool = False,
) -> Page[MailSummary]:
    """The mail of a record that the reader may see through it, newest first, ten at a time.

    Of an account it is that of its contacts too. ``source`` narrows it to mail sent from the CRM, to that which users
    share over IMAP (Gmail and Graph among them) or POP, or to that of one user, ``user_id``. The mailbox that a filter
    asks for is one whose owner lets the reader see the mail. ``few`` is that of ``page_of_record``.

    Raises: errors.NotFound where there is no such record or the reader has no access to it; errors.UsageError where
    the cursor is none of this list, or ``user_id`` is missing or too many.
    """
    if (source == "user") != (user_id is not None):
        raise errors.UsageError("Name a user with the filter `user`, and only with it.")
    record_id = current_id(session, record_id)
    if not is_accessible(session, reader, record_id):
        raise errors.NotFound("There is no such record among those you have access to.")
    conditions = [visible(session, reader, record_id=record_id, through=_through(source, user_id), cover=False)]
    if source == "crm":
        conditions.append(MailRow.sent_by.is_not(None))
    return page_of_record(session, reader, record_id, conditions, PAGE_SIZE, cursor, few=few)


def _through(source: Source, user_id: str | None) -> ColumnElement[bool] | None:
    if source == "user":
        return MailboxAssignmentRow.user_id == user_id
    if source in PROTOCOLS:
        boxes = select(MailboxRow.id).where(MailboxRow.protocol.in_(PROTOCOLS[source]))
        return CopyRow.mailbox_id.in_(boxes)
    return None
