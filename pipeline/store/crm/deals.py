"""Deals over time: their stages and who had which part in them, so that the past can be asked about.

``records``, ``record_fields`` and ``deal_contacts`` hold what is now; each change also goes into the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline import errors
from pipeline.store.review.journal import Journal
from pipeline.store.tables import DealContactPeriodRow, DealContactRow, DealStageRow, RecordFieldRow, RecordRow


@dataclass(frozen=True, slots=True)
class Stage:
    """What a deal was from ``since`` on."""

    since: datetime
    stage: str | None
    open: bool
    won: bool | None


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a contact in a deal from ``since`` on; ``until`` is None while it lasts."""

    contact_id: str
    role: str | None
    since: datetime
    until: datetime | None


def deals_of(session: Session, contact_id: str, at: datetime) -> tuple[str, ...]:
    """The ids of the deals that were open at that time and in which the contact had a part then."""
    later = aliased(DealStageRow)
    newer = select(later.deal_id).where(
        later.deal_id == DealStageRow.deal_id, later.since > DealStageRow.since, later.since <= at
    )
    part = and_(
        DealContactPeriodRow.deal_id == DealStageRow.deal_id,
        DealContactPeriodRow.contact_id == contact_id,
        DealContactPeriodRow.since <= at,
        or_(DealContactPeriodRow.until.is_(None), DealContactPeriodRow.until > at),
    )
    query = (
        select(DealStageRow.deal_id)
        .join(DealContactPeriodRow, part)
        .where(DealStageRow.since <= at, DealStageRow.open, ~newer.exists())
        .distinct()
        .order_by(DealStageRow.deal_id)
    )
    return tuple(session.scalars(query))


def list_stages(session: Session, deal_id: str) -> tuple[Stage, ...]:
    """The history of a deal's stages, oldest first."""
    rows = session.scalars(
        select(DealStageRow)
        .where(DealStageRow.deal_id == deal_id)
        .order_by(DealStageRow.since)
        .execution_options(populate_existing=True)
    )
    return tuple(Stage(row.since, row.stage, row.open, row.won) for row in rows)


def list_parts(session: Session, deal_id: str) -> tuple[Part, ...]:
    """Who had which part in a deal, and when, oldest first."""
    rows = session.scalars(
        select(DealContactPeriodRow)
        .where(DealContactPeriodRow.deal_id == deal_id)
        .order_by(DealContactPeriodRow.since, DealContactPeriodRow.contact_id)
        .execution_options(populate_existing=True)
    )
    return tuple(Part(row.contact_id, row.role, row.since, row.until) for row in rows)


def begin(journal: Journal, deal_id: str, contacts: Mapping[str, str | None]) -> None:
    """Begin the history of a new deal with what its record says."""
    deal = journal.session.get(RecordRow, deal_id, populate_existing=True)
    assert deal is not None, "the deal that begins"
    if deal.open or (deal.closed_at is not None and deal.closed_at > deal.opened_at):
        _note_stage(journal, deal_id, Stage(deal.opened_at, _stage_now(journal, deal_id), True, None))
    if not deal.open:
        closed = deal.closed_at or deal.opened_at
        _note_stage(journal, deal_id, Stage(closed, _stage_now(journal, deal_id), False, deal.won))
    for contact_id, role in contacts.items():
        _open_part(journal, deal_id, contact_id, role, deal.opened_at)


def note_stage(journal: Journal, deal_id: str, now: datetime) -> None:
    """Note what a deal is now, where that is new."""
    deal = journal.session.get(RecordRow, deal_id, populate_existing=True)
    assert deal is not None, "the deal that changed"
    known = list_stages(journal.session, deal_id)
    stage = Stage(now, _stage_now(journal, deal_id), deal.open, deal.won)
    if not known or (known[-1].stage, known[-1].open, known[-1].won) != (stage.stage, stage.open, stage.won):
        _note_stage(journal, deal_id, stage)


def close(journal: Journal, deal_id: str, *, is_open: bool, won: bool | None, now: datetime) -> None:
    """Close or reopen a deal.

    Raises: errors.UsageError where an open deal would have an outcome.
    """
    if is_open and won is not None:
        raise errors.UsageError("Only a closed deal is won or lost.")
    closed_at = None if is_open else now
    journal.change(RecordRow, {"id": deal_id}, open=is_open, won=won, closed_at=closed_at, modified_at=now)
    note_stage(journal, deal_id, now)


def set_parts(journal: Journal, deal_id: str, contacts: Mapping[str, str | None], now: datetime) -> None:
    """Make these the contacts of a deal, each with a role or None, and note what changed."""
    session = journal.session
    query = select(DealContactRow.contact_id, DealContactRow.role).where(DealContactRow.deal_id == deal_id)
    known = {row.contact_id: row.role for row in session.execute(query)}
    for contact_id, role in known.items():
        if contact_id not in contacts or contacts[contact_id] != role:
            _end_part(journal, deal_id, contact_id, now)
    gone = [contact_id for contact_id in known if contact_id not in contacts]
    session.execute(
        delete(DealContactRow).where(DealContactRow.deal_id == deal_id, DealContactRow.contact_id.in_(gone))
    )
    for contact_id, role in contacts.items():
        if contact_id not in known or known[contact_id] != role:
            _open_part(journal, deal_id, contact_id, role, now)


def _open_part(journal: Journal, deal_id: str, contact_id: str, role: str | None, since: datetime) -> None:
    key = {"deal_id": deal_id, "contact_id": contact_id}
    journal.put(DealContactRow, {**key, "role": role})
    journal.put(DealContactPeriodRow, {**key, "since": since, "until": None, "role": role})


def _end_part(journal: Journal, deal_id: str, contact_id: str, now: datetime) -> None:
    for part in list_parts(journal.session, deal_id):
        if part.contact_id == contact_id and part.until is None:
            key = {"deal_id": deal_id, "contact_id": contact_id, "since": part.since}
            journal.change(DealContactPeriodRow, key, until=now)


def _note_stage(journal: Journal, deal_id: str, stage: Stage) -> None:
    row = {"deal_id": deal_id, "since": stage.since, "stage": stage.stage, "open": stage.open, "won": stage.won}
    journal.put(DealStageRow, row)


def _stage_now(journal: Journal, deal_id: str) -> str | None:
    here = (RecordFieldRow.record_id == deal_id) & (RecordFieldRow.name == "stage")
    return journal.session.scalar(select(RecordFieldRow.value).where(here, RecordFieldRow.position == 0))
