"""Gives a thread another key, everywhere that its key stands: also in what people decided, so that undo goes on."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.store.rows import digest, insert_new
from pipeline.store.tables import ActivityRow, DecisionRow, MailRow, RejectionRow, SuggestionRow


def rename_thread(session: Session, organisation_id: str, old: str, new: str) -> None:
    """Move all mail of a thread, with its suggestions, decisions and activities, to another key."""
    mails = and_(MailRow.organisation_id == organisation_id, MailRow.thread_key == old)
    suggestions = and_(
        SuggestionRow.organisation_id == organisation_id,
        SuggestionRow.mail_id.in_(select(MailRow.id).where(mails)),
    )
    if session.scalar(select(SuggestionRow.id).where(suggestions).limit(1)) is not None:
        _rename_decisions(session, organisation_id, suggestions, old, new)
        _rename_rejections(session, organisation_id, old, new)
        topic = func.replace(SuggestionRow.topic, old, new)
        session.execute(update(SuggestionRow).where(suggestions).values(topic=topic))
        activities = and_(ActivityRow.organisation_id == organisation_id, ActivityRow.thread_key == old)
        session.execute(update(ActivityRow).where(activities).values(thread_key=new))
    session.execute(update(MailRow).where(mails).values(thread_key=new))


def _rename_decisions(session: Session, organisation_id: str, suggestions: Any, old: str, new: str) -> None:
    """In the rows that decisions changed: an undo compares them with the rows as they are now."""
    decided = DecisionRow.suggestion_id.in_(select(SuggestionRow.id).where(suggestions))
    query = select(DecisionRow.id, DecisionRow.changes).where(DecisionRow.organisation_id == organisation_id, decided)
    for decision_id, changes in session.execute(query).all():
        text = json.dumps(changes)
        renamed = text.replace(old, new).replace(digest(old), digest(new))
        if renamed != text:
            values = {"changes": json.loads(renamed)}
            session.execute(update(DecisionRow).where(DecisionRow.id == decision_id).values(values))


def _rename_rejections(session: Session, organisation_id: str, old: str, new: str) -> None:
    """What was rejected in the thread, and deals that were not to be linked to it (``core.review.memories``)."""
    in_thread = RejectionRow.subject == f"thread:{old}"
    of_deals = and_(RejectionRow.field == "thread", RejectionRow.value_hash == digest(old))
    query = select(RejectionRow).where(RejectionRow.organisation_id == organisation_id, or_(in_thread, of_deals))
    for row in session.scalars(query).all():
        renamed = {column.name: getattr(row, column.name) for column in RejectionRow.__table__.columns}
        if row.subject == f"thread:{old}":
            renamed["subject"] = f"thread:{new}"
        else:
            renamed["value_hash"] = digest(new)
        session.delete(row)
        session.flush()
        insert_new(session, RejectionRow, renamed)
