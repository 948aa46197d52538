"""Writes that their caller named, and how they were answered, for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from pipeline.store.rows import insert_new
from pipeline.store.tables import IdempotencyRow

LIFETIME = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)
"""Who began a write so long ago and never ended it has died; another may begin it again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a write was answered; without a body where that held a secret."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """A write of that name that is known; without an answer while it is worked on."""

    fingerprint: str
    answer: Answer | None


def reserve(session: Session, user_id: str, key: str, fingerprint: str, now: datetime) -> Known | None:
    """Begin a write of that name, or tell what is known of it; then it is not to be done."""
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.at < now - LIFETIME))
    mine = (IdempotencyRow.user_id == user_id) & (IdempotencyRow.key == key)
    dead = mine & IdempotencyRow.status.is_(None) & (IdempotencyRow.at < now - ABANDONED)
    session.execute(delete(IdempotencyRow).where(dead))
    row = {
        "user_id": user_id, "key": key, "fingerprint": fingerprint, "at": now, "status": None, "headers": None,
        "body": None,
    }  # fmt: skip
    if insert_new(session, IdempotencyRow, row):
        return None
    known = session.get(IdempotencyRow, (user_id, key), populate_existing=True)
    assert known is not None, "the row that was there already"
    answer = None if known.status is None else Answer(known.status, known.headers or {}, known.body)
    return Known(known.fingerprint, answer)


def settle(session: Session, user_id: str, key: str, answer: Answer | None) -> None:
    """Keep how a write was answered; without an answer it may be tried again under its name."""
    mine = (IdempotencyRow.user_id == user_id) & (IdempotencyRow.key == key)
    if answer is None:
        session.execute(delete(IdempotencyRow).where(mine))
        return
    values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    session.execute(update(IdempotencyRow).where(mine).values(values))
