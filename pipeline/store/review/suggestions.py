"""The review queue, and suggestions in any state. A suggestion is seen by those who may see its mail, no one else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, true, tuple_, union
from sqlalchemy.orm import Session, aliased

from pipeline import errors
from pipeline.core.review import State
from pipeline.records import Suggestion, SuggestionKind
from pipeline.store.access.visibility import near, visible_suggestion
from pipeline.store.organisation.people import User
from pipeline.store.paging import Page, decode_cursor, encode_cursor
from pipeline.store.review.suggestion_json import from_json
from pipeline.store.tables import DecisionRow, MailAddressRow, MailRow, MutedPersonRow, SnoozeRow, SuggestionRow

MAX_PAGE = 200
# Nobody reads a larger number exactly, and counting further takes ever longer.
MAX_COUNT = 100


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion as one reader has it; ``version`` is to be sent back with a decision.

    ``state`` is ``snoozed`` until ``snoozed_until`` for the reader who snoozed it. ``mail_date`` orders by age;
    subject and sender are those of its mail.
    """

    suggestion: Suggestion
    mail_id: str
    state: State
    version: int
    created_at: datetime
    expires_at: datetime
    snoozed_until: datetime | None
    mail_date: datetime
    mail_subject: str
    mail_from_name: str | None
    mail_from_address: str | None

    @property
    def id(self) -> str:
        """The suggestion's id."""
        return self.suggestion.id


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many visible suggestions await the reader, how many the reader snoozed, and what awaits by kind.

    Counting stops at ``MAX_COUNT``, the most valuable ones first: then there may be more.
    """

    pending: int
    snoozed: int
    by_kind: dict[SuggestionKind, int]


def list_queue(
    session: Session, reader: User, now: datetime, *, limit: int = 50, cursor: str | None = None
) -> Page[SuggestionView]:
    """What awaits the reader, most valuable first: pending, not expired, not snoozed by the reader, nobody muted.

    A reader with a daily cap has as many of the most valuable ones as they did not decide yet on their day.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = _views(reader).where(_waiting(session, reader, now))
    return _page(session, query, now, limit, cursor)


def list_suggestions(
    session: Session,
    reader: User,
    now: datetime,
    *,
    state: State | None = None,
    mail_id: str | None = None,
    record_id: str | None = None,
    leavers: Collection[str] = (),
    limit: int = 50,
    cursor: str | None = None,
) -> Page[SuggestionView]:
    """Visible suggestions in any state, most valuable first; muted people's only where they were decided.

    With ``record_id`` those about a record, and successors that mail from the addresses of ``leavers`` names.

    Raises: errors.UsageError where the cursor is none of this list.
    """
    query = _views(reader).where(visible_suggestion(session, reader))
    if mail_id is None and record_id is None and (at_hand := near(session, reader)) is not None:
        query = query.where(at_hand)
    if state is not None:
        query = query.where(_in_state(session, reader, state, now))
    if mail_id is not None:
        query = query.where(SuggestionRow.mail_id == mail_id)
    if record_id is not None:
        query = query.where(SuggestionRow.id.in_(_about(reader, record_id, leavers)))
    return _page(session, query, now, limit, cursor)


def _about(reader: User, record_id: str, leavers: Collection[str]) -> CompoundSelect[str]:
    one, other = aliased(SuggestionRow), aliased(SuggestionRow)
    sent = (MailAddressRow.mail_id == other.mail_id) & (MailAddressRow.role == "from")
    return union(
        select(one.id).where(one.organisation_id == reader.organisation_id, one.record_id == record_id),
        select(other.id)
        .join(MailAddressRow, sent)
        .where(other.organisation_id == reader.organisation_id, other.kind == "successor")
        .where(MailAddressRow.address.in_(leavers)),
    )


def get_suggestion(session: Session, reader: User, suggestion_id: str, now: datetime) -> SuggestionView:
    """One suggestion, in whatever state.

    Raises: errors.NotFound where there is none, or the reader may not see its mail.
    """
    query = _views(reader).where(SuggestionRow.id == suggestion_id, visible_suggestion(session, reader))
    found = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise errors.NotFound("There is no such suggestion among those you may see.")
    return _view(*found, now)


def count_queue(session: Session, reader: User, now: datetime) -> QueueCounts:
    """How much awaits the reader; only what they may see is counted."""
    open_, snoozed = _open(session, reader, now), _snoozed(reader, now)
    by_kind = _count_kinds(session, _waiting(session, reader, now))
    asleep = _count_kinds(session, and_(open_, snoozed)) if _snoozes(session, reader, now) else {}
    return QueueCounts(sum(by_kind.values()), sum(asleep.values()), by_kind)


def count_pending(session: Session, reader: User, now: datetime) -> int:
    """How much awaits the reader, up to ``MAX_COUNT``."""
    return sum(_count_kinds(session, _waiting(session, reader, now)).values())


def _count_kinds(session: Session, condition: ColumnElement[bool]) -> dict[SuggestionKind, int]:
    first = (
        select(SuggestionRow.kind)
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .where(condition)
        .order_by(SuggestionRow.worth.desc(), SuggestionRow.id.desc())
        .limit(MAX_COUNT)
        .subquery()
    )
    kinds = session.execute(select(first.c.kind, func.count()).group_by(first.c.kind).order_by(first.c.kind))
    return {cast(SuggestionKind, kind): count for kind, count in kinds}


def _snoozes(session: Session, reader: User, now: datetime) -> bool:
    mine = select(SnoozeRow.until).where(SnoozeRow.user_id == reader.id, SnoozeRow.until > now)
    return session.scalar(mine.limit(1)) is not None


def pending_by_mail(session: Session, reader: User, mail_ids: Sequence[str], now: datetime) -> dict[str, int]:
    """How many suggestions of each of these mails await the reader; mails without any are left out."""
    waiting = (SuggestionRow.mail_id.in_(mail_ids), _open(session, reader, now), ~_snoozed(reader, now))
    query = select(SuggestionRow.mail_id, func.count()).join(MailRow, MailRow.id == SuggestionRow.mail_id)
    found = session.execute(query.where(*waiting).group_by(SuggestionRow.mail_id).order_by(SuggestionRow.mail_id))
    return dict(found.all())


def _views(reader: User) -> Select[SuggestionRow, MailRow, datetime | None]:
    mine = and_(
        SnoozeRow.user_id == reader.id,
        SnoozeRow.organisation_id == SuggestionRow.organisation_id,
        SnoozeRow.suggestion_id == SuggestionRow.id,
    )
    return (
        select(SuggestionRow, MailRow, SnoozeRow.until)
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .outerjoin(SnoozeRow, mine)
    )


def _open(session: Session, reader: User, now: datetime) -> ColumnElement[bool]:
    """Pending, in time, about nobody who is muted, and visible."""
    muted = select(MutedPersonRow.address).where(
        MutedPersonRow.organisation_id == SuggestionRow.organisation_id, MutedPersonRow.address == SuggestionRow.person
    )
    at_hand = near(session, reader)
    return and_(
        SuggestionRow.state == "pending",
        SuggestionRow.expires_at > now,
        ~muted.exists(),
        true() if at_hand is None else at_hand,
        visible_suggestion(session, reader),
    )


def _waiting(session: Session, reader: User, now: datetime) -> ColumnElement[bool]:
    """Open and not snoozed, of a reader with a daily cap the most valuable ones that their day has room for."""
    waiting = and_(_open(session, reader, now), ~_snoozed(reader, now))
    if not reader.daily_cap:
        return waiting
    best = (
        select(SuggestionRow.id)
        .join(MailRow, MailRow.id == SuggestionRow.mail_id)
        .where(waiting)
        .order_by(SuggestionRow.worth.desc(), SuggestionRow.id.desc())
        .limit(max(0, reader.daily_cap - _decided_today(session, reader, now)))
        .subquery()
    )
    return and_(SuggestionRow.organisation_id == reader.organisation_id, SuggestionRow.id.in_(select(best.c.id)))


def _decided_today(session: Session, reader: User, now: datetime) -> int:
    """How many the reader decided since their midnight; what they took back does not count."""
    midnight = now.astimezone(ZoneInfo(reader.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    undone = aliased(DecisionRow)
    mine = select(func.count()).where(
        DecisionRow.user_id == reader.id,
        DecisionRow.at >= midnight,
        DecisionRow.action != "undo",
        ~select(undone.id).where(undone.undoes == DecisionRow.id).exists(),
    )
    return session.scalar(mine) or 0


def _snoozed(reader: User, now: datetime) -> ColumnElement[bool]:
    snooze = aliased(SnoozeRow)
    mine = and_(
        snooze.user_id == reader.id,
        snooze.organisation_id == SuggestionRow.organisation_id,
        snooze.suggestion_id == SuggestionRow.id,
        snooze.until > now,
    )
    return select(snooze.until).where(mine).exists()


def _in_state(session: Session, reader: User, state: State, now: datetime) -> ColumnElement[bool]:
    if state == "pending":
        return _open(session, reader, now) & ~_snoozed(reader, now)
    if state == "snoozed":
        return _open(session, reader, now) & _snoozed(reader, now)
    late = (SuggestionRow.state == "pending") & (SuggestionRow.expires_at <= now)
    return or_(SuggestionRow.state == state, late) if state == "expired" else SuggestionRow.state == state


def _page(session: Session, query: Any, now: datetime, limit: int, cursor: str | None) -> Page[SuggestionView]:
    if cursor is not None:
        value, suggestion_id = decode_cursor(cursor, (float, str))
        query = query.where(tuple_(SuggestionRow.worth, SuggestionRow.id) < tuple_(value, suggestion_id))
    size = max(1, min(limit, MAX_PAGE))
    rows = session.execute(
        query.order_by(SuggestionRow.worth.desc(), SuggestionRow.id.desc())
        .limit(size + 1)
        .execution_options(populate_existing=True)
    ).all()
    items = tuple(_view(row, mail, until, now) for row, mail, until in rows[:size])
    last = rows[size - 1][0] if len(rows) > size else None
    return Page(items, None if last is None else encode_cursor(float(last.worth), last.id))


def _view(row: SuggestionRow, mail: MailRow, until: datetime | None, now: datetime) -> SuggestionView:
    state = cast(State, row.state)
    awake = until is None or until <= now
    if state == "pending":
        state = "expired" if row.expires_at <= now else "pending" if awake else "snoozed"
    return SuggestionView(
        from_json(row.payload), row.mail_id, state, row.version, row.created_at, row.expires_at,
        None if awake else until, mail.sorted_at, mail.subject, mail.from_name, mail.from_address,
    )  # fmt: skip
