"""Mail that a person wrote though it was taken for a machine's: what people say of it, and whose senders they know."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.store.mail.mails import get_mail
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rows import insert_new
from pipeline.store.tables import PersonMailRow


def say_person(session: Session, reader: User, mail_id: str, now: datetime) -> None:
    """Note that a person wrote a mail, and remember its sender; a repeat changes nothing.

    Raises: errors.NotFound where the reader may not see it; errors.UsageError where it is a person's already.
    """
    mail = get_mail(session, reader, mail_id)
    if is_person_mail(session, reader.organisation_id, mail_id):
        return
    if mail.summary.machine is None:
        raise errors.UsageError("This mail counts as a person's already.")
    row = {
        "organisation_id": reader.organisation_id, "mail_id": mail_id, "address": mail.summary.from_address,
        "user_id": reader.id, "at": now,
    }  # fmt: skip
    insert_new(session, PersonMailRow, row)
    record_action(session, reader.organisation_id, reader.id, "mail.person", mail_id, now)


def forget_person(session: Session, reader: User, mail_id: str, now: datetime) -> None:
    """Take that back: what the rules say holds again, for this mail and for what its sender sends from now on.

    Raises: errors.NotFound where the reader may not see it, or nobody said so.
    """
    mail = get_mail(session, reader, mail_id)
    if not is_person_mail(session, reader.organisation_id, mail_id):
        raise errors.NotFound("Nobody said of this mail that a person wrote it.")
    here = PersonMailRow.organisation_id == reader.organisation_id
    theirs = PersonMailRow.mail_id == mail_id
    if mail.summary.from_address is not None:
        theirs |= PersonMailRow.address == mail.summary.from_address
    session.execute(delete(PersonMailRow).where(here, theirs))
    record_action(session, reader.organisation_id, reader.id, "mail.machine", mail_id, now)


def is_person_mail(session: Session, organisation_id: str, mail_id: str) -> bool:
    """Whether somebody said that a person wrote this mail."""
    return session.get(PersonMailRow, (organisation_id, mail_id), populate_existing=True) is not None


def known_people(session: Session, organisation_id: str, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses that are a person's, as somebody said."""
    if not addresses:
        return frozenset()
    here = PersonMailRow.organisation_id == organisation_id
    found = session.scalars(select(PersonMailRow.address).where(here, PersonMailRow.address.in_(addresses)))
    return frozenset(address for address in found if address is not None)
