"""Training rows of what people decided, from mailboxes that allow it; and which these are.

A mail counts where every mailbox that holds it allows it. Rows are made anew from the decisions each time, so what was
erased, taken back or is not allowed any more gives none.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from pipeline import errors
from pipeline.core.training_rows import Taught, TrainingRow, rows_of
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.review.suggestion_json import from_json
from pipeline.store.rows import insert_new
from pipeline.store.sync.lifecycle import require_mailbox
from pipeline.store.sync.mailboxes import mailboxes_of
from pipeline.store.tables import CopyRow, DecisionRow, InsightRow, OrganisationRow, SuggestionRow, TrainingConsentRow


def allows_training(session: Session, mailbox_id: str) -> bool:
    """Whether decisions on a mailbox's mail may become training rows; off unless somebody switched it on."""
    return session.get(TrainingConsentRow, mailbox_id, populate_existing=True) is not None


def allow_training(session: Session, user: User, mailbox_id: str, allowed: bool, now: datetime) -> None:
    """Let decisions on a mailbox's mail become training rows, or no longer.

    Only somebody who reads the mailbox as their own may switch it on; an administrator may switch it off.

    Raises: errors.NotFound, errors.NotAllowed.
    """
    require_mailbox(session, user, mailbox_id, change=True)
    if allowed and mailbox_id not in {mailbox.id for mailbox in mailboxes_of(session, user)}:
        raise errors.NotAllowed("Only somebody who reads this mailbox as their own may allow this.")
    set_consent(session, mailbox_id, allowed, now)
    what = "mailbox.training_on" if allowed else "mailbox.training_off"
    record_action(session, user.organisation_id, user.id, what, mailbox_id, now)


def set_consent(session: Session, mailbox_id: str, allowed: bool, now: datetime) -> None:
    """The switch itself, for whoever runs the installation."""
    if allowed:
        insert_new(session, TrainingConsentRow, {"mailbox_id": mailbox_id, "at": now})
    else:
        session.execute(delete(TrainingConsentRow).where(TrainingConsentRow.mailbox_id == mailbox_id))


def all_rows(session: Session) -> list[TrainingRow]:
    """The rows of all organisations, in the order of their ids."""
    found = [row for one in session.scalars(select(OrganisationRow.id)) for row in training_rows(session, one)]
    return sorted(found, key=lambda row: row.id)


def held_ids(session: Session) -> frozenset[str]:
    """The ids of the rows that may still stand in files."""
    return frozenset(row.id for row in all_rows(session))


def training_rows(session: Session, organisation_id: str) -> Iterator[TrainingRow]:
    """The rows of what was decided last about each meeting, call and task."""
    undone = aliased(DecisionRow)
    here = (SuggestionRow.organisation_id == DecisionRow.organisation_id) & (
        SuggestionRow.id == DecisionRow.suggestion_id
    )
    refused = select(CopyRow.mail_id).where(
        CopyRow.mail_id == SuggestionRow.mail_id, CopyRow.mailbox_id.not_in(select(TrainingConsentRow.mailbox_id))
    )
    held = select(CopyRow.mail_id).where(CopyRow.mail_id == SuggestionRow.mail_id)
    query = (
        select(DecisionRow.action, SuggestionRow.payload, InsightRow.document)
        .join(SuggestionRow, here)
        .join(InsightRow, InsightRow.mail_id == SuggestionRow.mail_id)
        .where(DecisionRow.organisation_id == organisation_id, DecisionRow.action.in_(("accept", "edit", "reject")))
        .where(~select(undone.id).where(undone.undoes == DecisionRow.id).exists())
        .where(held.exists(), ~refused.exists())
        .order_by(DecisionRow.id)
    )
    found: dict[str, TrainingRow] = {}
    for action, payload, packed in session.execute(query):
        document = json.loads(zlib.decompress(packed))
        for row in rows_of(organisation_id, from_json(payload), cast(Taught, action), document):
            found[row.id] = row
    yield from found.values()
