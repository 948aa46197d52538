"""What colleagues share with a reader: whose mail is open to them, and the records shared one by one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.access.standing import standing_of
from pipeline.store.access.visibility import accessible
from pipeline.store.organisation.people import User
from pipeline.store.tables import RecordRow, ShareRow, UserRow


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """A record whose mail a colleague shares with the reader."""

    owner: str
    record_id: str
    record: str


@dataclass(frozen=True, slots=True)
class SharedWith:
    """``open_owners`` are the names of colleagues all of whose mail is open to the reader."""

    open_owners: tuple[str, ...]
    records: tuple[SharedRecord, ...]


def shared_with(session: Session, reader: User, limit: int = 200) -> SharedWith:
    """What colleagues share with the reader as the sharing rule has it now; only records that are open to them."""
    by_mode: dict[str, list[str]] = {"public": [], "custom": []}
    for facts, ids in standing_of(session, reader).owners.items():
        known = dict(facts)
        if known.get("owner_present", True) and known.get("mode") in by_mode:
            by_mode[str(known["mode"])] += [one for one in ids if one != reader.id]
    return SharedWith(_names(session, by_mode["public"], limit), _records(session, reader, by_mode["custom"], limit))


def _names(session: Session, owners: list[str], limit: int) -> tuple[str, ...]:
    if not owners:
        return ()
    named = select(UserRow.name).where(UserRow.id.in_(owners)).order_by(UserRow.name, UserRow.id)
    return tuple(session.scalars(named.limit(limit)))


def _records(session: Session, reader: User, owners: list[str], limit: int) -> tuple[SharedRecord, ...]:
    if not owners:
        return ()
    to_me = ["all", f"user:{reader.id}", *([f"role:{reader.role_id}"] if reader.role_id else [])]
    query = (
        select(UserRow.name, RecordRow.id, RecordRow.name)
        .join(ShareRow, ShareRow.user_id == UserRow.id)
        .join(RecordRow, RecordRow.id == ShareRow.record_id)
        .where(UserRow.id.in_(owners), ShareRow.grantee.in_(to_me), accessible(session, reader))
        .distinct()
        .order_by(UserRow.name, RecordRow.name, RecordRow.id)
    )
    return tuple(SharedRecord(*row) for row in session.execute(query.limit(limit)))
