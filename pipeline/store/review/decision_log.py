"""The append-only list of what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session, aliased

from pipeline.core.review import Action, State
from pipeline.store.access.visibility import visible_suggestion
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.review.journal import Journal
from pipeline.store.tables import DecisionRow, SuggestionRow
from pipeline.store.tables.base import clean_json


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided. ``target_id`` is the record or activity created or changed, ``undoes`` what an undo took back.

    ``repeated`` tells that the same had been decided before, so that nothing was done now.
    """

    id: int
    suggestion_id: str
    user_id: str
    action: Action
    before: State
    after: State
    version_shown: int
    target_id: str | None
    undoes: int | None
    at: datetime
    repeated: bool = False


def list_decisions(session: Session, reader: User, *, limit: int = 50) -> tuple[Decision, ...]:
    """The reader's own decisions that stand, newest first, as far as they may still see the mail behind them."""
    return tuple(view_decision(row) for row in session.scalars(standing(session, reader).limit(limit)))


def counts_since(session: Session, reader: User, since: datetime) -> dict[State, int]:
    """How many suggestions the reader's own decisions since then, as far as they stand, led into each state.

    A mute leaves its suggestion pending and counts as that.
    """
    made = standing(session, reader).where(DecisionRow.at >= since).order_by(None)
    query = made.with_only_columns(DecisionRow.after, func.count()).group_by(DecisionRow.after)
    return {cast(State, state): count for state, count in session.execute(query.order_by(DecisionRow.after))}


def standing(session: Session, reader: User) -> Select[DecisionRow]:
    """Decisions of this user that nobody took back, newest first."""
    undone = aliased(DecisionRow)
    return (
        select(DecisionRow)
        .join(
            SuggestionRow,
            (SuggestionRow.organisation_id == DecisionRow.organisation_id)
            & (SuggestionRow.id == DecisionRow.suggestion_id),
        )
        .where(DecisionRow.user_id == reader.id, DecisionRow.action != "undo", visible_suggestion(session, reader))
        .where(~select(undone.id).where(undone.undoes == DecisionRow.id).exists())
        .order_by(DecisionRow.id.desc())
    )


def last_decision(session: Session, organisation_id: str, suggestion_id: str) -> DecisionRow | None:
    """The newest decision on a suggestion that closed it and stands."""
    undone = aliased(DecisionRow)
    query = (
        select(DecisionRow)
        .where(DecisionRow.organisation_id == organisation_id, DecisionRow.suggestion_id == suggestion_id)
        .where(DecisionRow.action.in_(("accept", "edit", "reject")))
        .where(~select(undone.id).where(undone.undoes == DecisionRow.id).exists())
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def append_decision(
    journal: Journal,
    user: User,
    suggestion_id: str,
    action: Action,
    states: tuple[State, State],
    now: datetime,
    *,
    version: int,
    values: Sequence[dict[str, Any]] = (),
    target_id: str | None = None,
    undoes: int | None = None,
) -> Decision:
    """Append a decision with all rows that its journal changed."""
    row = {
        "organisation_id": user.organisation_id, "suggestion_id": suggestion_id, "user_id": user.id, "action": action,
        "before": states[0], "after": states[1], "version_shown": version, "values": clean_json(values),
        "changes": journal.changes, "target_id": target_id, "undoes": undoes, "at": now,
    }  # fmt: skip
    decision_id = journal.session.scalars(insert(DecisionRow).values(row).returning(DecisionRow.id)).one()
    record_action(journal.session, user.organisation_id, user.id, f"decision.{action}", suggestion_id, now)
    return Decision(decision_id, suggestion_id, user.id, action, *states, version, target_id, undoes, now)


def view_decision(row: DecisionRow, repeated: bool = False) -> Decision:
    """The view of a stored decision."""
    return Decision(
        row.id,
        row.suggestion_id,
        row.user_id,
        cast(Action, row.action),
        cast(State, row.before),
        cast(State, row.after),
        row.version_shown,
        row.target_id,
        row.undoes,
        row.at,
        repeated,
    )
