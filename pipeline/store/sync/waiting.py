"""Mail that a sync has brought and nobody has read yet."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pipeline.store.sync.folders import FIRST_SYNC, LEFT, Outcome
from pipeline.store.tables import CopyRow, PlaceRow, RawContentRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in a folder, with its bytes; ``is_news`` where it came after the folder's first sync."""

    server_id: str
    sha256: str
    raw: bytes
    is_news: bool


def count_waiting(session: Session, folder_id: str) -> int:
    """How many mails of a folder wait."""
    here = (PlaceRow.folder_id == folder_id) & (PlaceRow.outcome == "waiting")
    return session.scalar(select(func.count()).select_from(PlaceRow).where(here)) or 0


def next_waiting(session: Session, folder_id: str, limit: int) -> list[Waiting]:
    """The next mails of a folder that wait."""
    rows = session.execute(
        select(PlaceRow.server_id, PlaceRow.raw_sha256, RawContentRow.compressed, PlaceRow.reason)
        .join(RawContentRow, RawContentRow.sha256 == PlaceRow.raw_sha256)
        .where(PlaceRow.folder_id == folder_id, PlaceRow.outcome == "waiting")
        .order_by(PlaceRow.server_id)
        .limit(limit)
    )
    return [
        Waiting(server_id, sha256 or "", zlib.decompress(compressed), reason != FIRST_SYNC)
        for server_id, sha256, compressed, reason in rows
    ]


def already_filed(session: Session, mailbox_id: str, sha256s: Sequence[str]) -> frozenset[str]:
    """Which of these bytes a mailbox has filed: read once, they need not be read again."""
    here = (CopyRow.mailbox_id == mailbox_id) & CopyRow.raw_sha256.in_(sha256s)
    return frozenset(session.scalars(select(CopyRow.raw_sha256).where(here)))


def settle(session: Session, folder_id: str, mail: Waiting, outcome: Outcome, reason: str | None = None) -> None:
    """Say what became of a mail; bytes that no copy needs and that were no failure go."""
    here = (PlaceRow.folder_id == folder_id) & (PlaceRow.server_id == mail.server_id)
    if mail.server_id.startswith(LEFT):
        session.execute(delete(PlaceRow).where(here))
    else:
        session.execute(update(PlaceRow).where(here).values(outcome=outcome, reason=reason))
    copies = select(CopyRow.mail_id).where(CopyRow.raw_sha256 == mail.sha256)
    kept = select(PlaceRow.server_id).where(
        PlaceRow.raw_sha256 == mail.sha256, PlaceRow.outcome.in_(("waiting", "skipped", "failed"))
    )
    session.execute(delete(RawContentRow).where(RawContentRow.sha256 == mail.sha256, ~copies.exists(), ~kept.exists()))
