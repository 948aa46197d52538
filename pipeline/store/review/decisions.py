"""Deciding a suggestion: accept, edit, reject, snooze, mute, undo. Repeats change nothing; a conflict is raised.

The decisions of an organisation happen one after the other (``rows.lock``). Each writes through a journal and is
appended with all rows it changed. After an error the transaction is to be rolled back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.core.review import Action, next_state
from pipeline.store.access.visibility import visible
from pipeline.store.crm.links import BY_PEOPLE
from pipeline.store.crm.record_writing import FieldValue, Source
from pipeline.store.organisation.people import User
from pipeline.store.review.accepting import apply, is_edited, proposed_values
from pipeline.store.review.accepting_activities import Accepted
from pipeline.store.review.decision_log import (
    Decision,
    append_decision,
    counts_since,
    last_decision,
    list_decisions,
    standing,
    view_decision,
)
from pipeline.store.review.journal import Journal, restore
from pipeline.store.review.revising import close_known, forget_rejected, remember_all, remember_dropped
from pipeline.store.review.suggestions import SuggestionView, get_suggestion
from pipeline.store.rows import lock
from pipeline.store.tables import (
    DecisionRow,
    LinkRow,
    MailAddressRow,
    MailRow,
    MutedPersonRow,
    SnoozeRow,
    SuggestionRow,
)

__all__ = [
    "Decision", "accept", "counts_since", "list_decisions", "list_muted", "mute_person", "reject", "snooze", "undo",
    "unmute_person",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Deciding:
    """A decision under way: who decides what, as it stands under the lock."""

    journal: Journal
    reader: User
    view: SuggestionView
    now: datetime


def accept(
    session: Session,
    reader: User,
    suggestion_id: str,
    now: datetime,
    *,
    version: int | None = None,
    values: Sequence[FieldValue] | None = None,
) -> Decision:
    """Accept a suggestion as proposed, or with ``values`` in place of all proposed ones (edit and accept).

    ``version`` is the one that was shown. For meetings, calls and tasks, ``values`` name what was changed
    (``accepting.ACTIVITY_FIELDS``). A proposed value that an edit replaced or left out counts as rejected.

    Raises: errors.NotFound where the reader may not see it; errors.Conflict where it was decided otherwise, changed
    since ``version``, or its record did; errors.UsageError where a value cannot be.
    """
    deciding = _begin(session, reader, suggestion_id, now)
    suggestion = deciding.view.suggestion
    chosen = proposed_values(suggestion) if values is None else tuple(values)
    action: Action = "edit" if is_edited(suggestion, chosen) else "accept"
    if (repeat := _repeated(deciding, action, _plain(chosen))) is not None:
        return repeat
    _check(deciding, action, version)
    if suggestion.fields and not chosen:
        raise errors.UsageError("Nothing is left to accept; reject the suggestion instead.")
    source = Source(reader.organisation_id, now, "person", reader.id)
    target_id = apply(deciding.journal, Accepted(suggestion, chosen, source, deciding.view.mail_id))
    remember_dropped(deciding.journal, reader, suggestion, {(value.name, value.value) for value in chosen}, now)
    close_known(deciding.journal, reader, suggestion, target_id)
    return _finish(deciding, action, version, _plain(chosen), target_id)


def reject(
    session: Session, reader: User, suggestion_id: str, now: datetime, *, version: int | None = None
) -> Decision:
    """Reject a suggestion; its values are never proposed again for this record or person, to anybody.

    Raises: errors.NotFound, errors.Conflict as ``accept``.
    """
    deciding = _begin(session, reader, suggestion_id, now)
    if (repeat := _repeated(deciding, "reject", [])) is not None:
        return repeat
    _check(deciding, "reject", version)
    remember_all(deciding.journal, reader, deciding.view, now)
    return _finish(deciding, "reject", version, [], None)


def snooze(
    session: Session, reader: User, suggestion_id: str, until: datetime, now: datetime, *, version: int | None = None
) -> Decision:
    """Hide a suggestion from this reader until a time.

    Raises: errors.UsageError where ``until`` is past; errors.NotFound, errors.Conflict as ``accept``.
    """
    if until <= now:
        raise errors.UsageError("A suggestion can only be snoozed until a time to come.")
    deciding = _begin(session, reader, suggestion_id, now)
    if deciding.view.snoozed_until == until and (mine := _mine(deciding, "snooze")) is not None:
        return mine
    _check(deciding, "snooze", version)
    key = {"user_id": reader.id, "organisation_id": reader.organisation_id, "suggestion_id": suggestion_id}
    deciding.journal.put(SnoozeRow, {**key, "until": until})
    return _finish(deciding, "snooze", version, [], None)


def mute_person(
    session: Session, reader: User, suggestion_id: str, now: datetime, *, version: int | None = None
) -> Decision:
    """Stop all suggestions about the person of this one, for everybody.

    Raises: errors.UsageError where it is about nobody; errors.NotFound, errors.Conflict as ``accept``.
    """
    deciding = _begin(session, reader, suggestion_id, now)
    person = deciding.view.suggestion.person
    if person is None:
        raise errors.UsageError("This suggestion is about no one person; reject it instead.")
    if (mine := _mine(deciding, "mute")) is not None:
        return mine
    _check(deciding, "mute", version)
    if session.get(MutedPersonRow, (reader.organisation_id, person), populate_existing=True) is None:
        row = {"organisation_id": reader.organisation_id, "address": person, "user_id": reader.id, "at": now}
        deciding.journal.put(MutedPersonRow, row)
    return _finish(deciding, "mute", version, [], None)


def list_muted(session: Session, reader: User) -> tuple[str, ...]:
    """Addresses about which nothing is suggested, in order: those the reader muted or may see mail of.

    Others tell of mail that is not the reader's.
    """
    seen = (
        select(MailAddressRow.mail_id)
        .join(MailRow, MailRow.id == MailAddressRow.mail_id)
        .where(MailAddressRow.address == MutedPersonRow.address, visible(session, reader))
    )
    query = select(MutedPersonRow.address).where(
        MutedPersonRow.organisation_id == reader.organisation_id,
        or_(MutedPersonRow.user_id == reader.id, seen.exists()),
    )
    return tuple(session.scalars(query.order_by(MutedPersonRow.address)))


def unmute_person(session: Session, reader: User, address: str) -> None:
    """Let suggestions about this address appear again."""
    here = (MutedPersonRow.organisation_id == reader.organisation_id) & (MutedPersonRow.address == address.lower())
    session.execute(delete(MutedPersonRow).where(here))


def undo(session: Session, reader: User, now: datetime, *, decision_id: int | None = None) -> Decision:
    """Take back this user's newest decision that stands, or the one named; every row is as it was before.

    Naming the decision makes a repeat harmless: the same answer, and nothing else is taken back.

    Raises: errors.NotFound where there is nothing to undo; errors.Conflict where something was built upon it since.
    """
    lock(session, reader.organisation_id)
    row = _to_undo(session, reader, decision_id)
    known = session.scalars(select(DecisionRow).where(DecisionRow.undoes == row.id)).first()
    if known is not None:
        return view_decision(known, repeated=True)
    before = get_suggestion(session, reader, row.suggestion_id, now)
    journal = Journal(session)
    _forget_found_links(session, row)
    restore(journal, row.changes)
    after = get_suggestion(session, reader, row.suggestion_id, now)
    states = (before.state, after.state)
    return append_decision(
        journal, reader, row.suggestion_id, "undo", states, now, version=before.version, undoes=row.id
    )


def _begin(session: Session, reader: User, suggestion_id: str, now: datetime) -> _Deciding:
    lock(session, reader.organisation_id)
    return _Deciding(Journal(session), reader, get_suggestion(session, reader, suggestion_id, now), now)


def _check(deciding: _Deciding, action: Action, version: int | None) -> None:
    next_state(deciding.view.state, action)
    if version is not None and version != deciding.view.version:
        raise errors.Conflict("The suggestion changed since it was shown; look at it again.")


def _repeated(deciding: _Deciding, action: Action, values: list[dict[str, Any]]) -> Decision | None:
    """The decision that says the same already, whoever made it."""
    if deciding.view.state not in ("accepted", "edited", "rejected"):
        return None
    last = last_decision(deciding.journal.session, deciding.reader.organisation_id, deciding.view.id)
    same = last is not None and last.action == action and last.values == values
    return view_decision(last, repeated=True) if last is not None and same else None


def _mine(deciding: _Deciding, action: Action) -> Decision | None:
    """The reader's own standing decision of that kind on this suggestion."""
    theirs = standing(deciding.journal.session, deciding.reader)
    query = theirs.where(DecisionRow.suggestion_id == deciding.view.id, DecisionRow.action == action)
    row = deciding.journal.session.scalars(query.limit(1)).first()
    return None if row is None else view_decision(row, repeated=True)


def _finish(
    deciding: _Deciding, action: Action, version: int | None, values: list[dict[str, Any]], target_id: str | None
) -> Decision:
    view, journal, reader = deciding.view, deciding.journal, deciding.reader
    state = next_state(view.state, action)
    if action in ("accept", "edit", "reject"):
        key = {"organisation_id": reader.organisation_id, "id": view.id}
        journal.change(SuggestionRow, key, state=state, version=view.version + 1)
    if action in ("reject", "edit"):
        forget_rejected(journal, reader, view)
    return append_decision(
        journal, reader, view.id, action, (view.state, state), deciding.now,
        version=version or view.version, values=values, target_id=target_id,
    )  # fmt: skip


def _to_undo(session: Session, reader: User, decision_id: int | None) -> DecisionRow:
    query = standing(session, reader)
    if decision_id is not None:
        own = (DecisionRow.id == decision_id) & (DecisionRow.user_id == reader.id) & (DecisionRow.action != "undo")
        query = select(DecisionRow).where(own)
    row = session.scalars(query.limit(1)).first()
    if row is None:
        raise errors.NotFound("There is no decision of yours to undo.")
    return row


def _forget_found_links(session: Session, row: DecisionRow) -> None:
    """Mail that was linked by itself to a record this decision created goes with the record."""
    created = [change["after"]["id"] for change in row.changes if change["table"] == "records" and not change["before"]]
    found = LinkRow.record_id.in_(created) & LinkRow.origin.not_in(BY_PEOPLE)
    session.execute(delete(LinkRow).where(found))


def _plain(values: Sequence[FieldValue]) -> list[dict[str, Any]]:
    return [asdict(value) for value in values]
