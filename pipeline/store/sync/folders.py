"""Folders of mail servers and the mails in them: what the sync knows, in the same transaction as the mail."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, func, literal, select, update
from sqlalchemy.orm import Session

from pipeline.store.rows import digest, insert_new
from pipeline.store.tables import FolderRow, PlaceRow

Outcome = Literal["waiting", "stored", "already_there", "skipped", "failed"]
FIRST_SYNC = "first_sync"
"""Why a mail that waits is old: it was there before the folder was followed."""
LEFT = "left/"
"""How the id of a mail begins that waits to be read and has left the server; read, it has no place any more."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on the server: its use, and how far its sync has come."""

    id: str
    name: str
    role: str
    wanted: bool
    since: date | None
    uidvalidity: int
    modseq: int
    last_uid: int
    resets: int
    problem: str | None
    synced_at: datetime | None
    listed_at: datetime | None
    token: str = ""
    exists: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A mail in a folder and what became of it."""

    server_id: str
    outcome: Outcome
    reason: str | None = None
    raw_sha256: str | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder's counts: ``seen`` is the sum of the rest, after a sync the server's count ``exists``.

    ``waiting`` is not read yet.
    """

    name: str
    role: str
    wanted: bool
    seen: int
    waiting: int
    stored: int
    already_there: int
    skipped: int
    failed: int
    reasons: Mapping[str, int]
    problem: str | None
    synced_at: datetime | None
    exists: int = 0


def put_folder(session: Session, mailbox_id: str, name: str, role: str, wanted: bool) -> Folder:
    """Remember a folder that the server lists; one that is known keeps what the user chose."""
    folder_id = digest("folder", mailbox_id, name)
    row = {
        "id": folder_id, "mailbox_id": mailbox_id, "name": name, "role": role, "wanted": wanted, "uidvalidity": 0,
        "modseq": 0, "last_uid": 0, "resets": 0, "token": "", "exists": 0, "missing": 0,
    }  # fmt: skip
    insert_new(session, FolderRow, row)
    found = session.get(FolderRow, folder_id, populate_existing=True)
    assert found is not None
    return _view(found)


def choose_folder(session: Session, mailbox_id: str, name: str, role: str, wanted: bool) -> None:
    """Set what a folder is for and whether it is synced; what was not read under another role is listed anew."""
    put_folder(session, mailbox_id, name, role, wanted)
    folder_id = digest("folder", mailbox_id, name)
    session.execute(
        update(FolderRow).where(FolderRow.id == folder_id).values(role=role, wanted=wanted, modseq=0, token="")
    )
    unread = (PlaceRow.folder_id == folder_id) & (PlaceRow.reason.in_(("drafts", "junk", "trash")))
    session.execute(delete(PlaceRow).where(unread))


def list_folders(session: Session, mailbox_id: str) -> tuple[Folder, ...]:
    """All known folders of a mailbox by name."""
    query = select(FolderRow).where(FolderRow.mailbox_id == mailbox_id).order_by(FolderRow.name, FolderRow.id)
    return tuple(_view(row) for row in session.scalars(query, execution_options={"populate_existing": True}))


def remove_folder(session: Session, folder_id: str) -> None:
    """Forget a folder that is gone from the server; its mail stays."""
    session.execute(delete(PlaceRow).where(PlaceRow.folder_id == folder_id))
    session.execute(delete(FolderRow).where(FolderRow.id == folder_id))


def remove_read(session: Session, folder_id: str) -> bool:
    """Forget a folder that is gone, unless mail of it waits to be read: then it stays, and this is False."""
    waits = select(PlaceRow.server_id).where(PlaceRow.folder_id == folder_id, PlaceRow.outcome == "waiting")
    if session.scalar(select(waits.exists())):
        _leave(session, PlaceRow.folder_id == folder_id)
        return False
    remove_folder(session, folder_id)
    return True


def known_places(session: Session, folder_id: str) -> dict[str, tuple[frozenset[str], bool]]:
    """Flags of every known mail of a folder by server id, and whether its bytes are stored."""
    query = select(PlaceRow.server_id, PlaceRow.flags, PlaceRow.raw_sha256.is_not(None))
    here = (PlaceRow.folder_id == folder_id) & ~PlaceRow.server_id.startswith(LEFT)
    rows = session.execute(query.where(here))
    return {server_id: (frozenset(flags.split()), bool(stored)) for server_id, flags, stored in rows}


def save_places(session: Session, folder_id: str, places: Sequence[Place]) -> None:
    """Remember what became of mails; a repeat overwrites."""
    remove_places(session, folder_id, [place.server_id for place in places])
    rows = [
        {
            "folder_id": folder_id, "server_id": place.server_id, "outcome": place.outcome, "reason": place.reason,
            "raw_sha256": place.raw_sha256, "flags": _flags(place.flags),
        }
        for place in places
    ]  # fmt: skip
    insert_new(session, PlaceRow, *rows)


def mark_places(session: Session, folder_id: str, flags: Mapping[str, frozenset[str]]) -> None:
    """Set the flags of mails."""
    by_flags: dict[str, list[str]] = {}
    for server_id, each in flags.items():
        by_flags.setdefault(_flags(each), []).append(server_id)
    for value, ids in by_flags.items():
        for some in _portions(ids):
            here = (PlaceRow.folder_id == folder_id) & PlaceRow.server_id.in_(some)
            session.execute(update(PlaceRow).where(here).values(flags=value))


def remove_places(session: Session, folder_id: str, server_ids: Iterable[str]) -> None:
    """Forget mails of a folder; what was stored of them stays."""
    for some in _portions(list(server_ids)):
        session.execute(delete(PlaceRow).where(PlaceRow.folder_id == folder_id, PlaceRow.server_id.in_(some)))


def forget_places(session: Session, folder_id: str, server_ids: Iterable[str]) -> None:
    """Forget mails that the server no longer has; those that wait to be read still are."""
    for some in _portions(list(server_ids)):
        _leave(session, (PlaceRow.folder_id == folder_id) & PlaceRow.server_id.in_(some))


def restart_folder(session: Session, folder_id: str, cursor: Mapping[str, Any]) -> None:
    """Forget all mails of a folder and set its cursor; those that wait to be read still are."""
    _leave(session, PlaceRow.folder_id == folder_id)
    session.execute(update(FolderRow).where(FolderRow.id == folder_id).values(**cursor))


def begin_anew(session: Session, folder_id: str) -> None:
    """Forget what a server told of a folder, as before its first sync; what was chosen for it stays."""
    cursor = dict.fromkeys(("uidvalidity", "modseq", "last_uid", "resets", "exists", "missing"), 0)
    moments = dict.fromkeys(("problem", "synced_at", "listed_at"))
    restart_folder(session, folder_id, {**cursor, **moments, "token": ""})


def _leave(session: Session, here: ColumnElement[bool]) -> None:
    """Forget places; of mail that waits only the id, which another mail may have from now on."""
    session.execute(delete(PlaceRow).where(here, PlaceRow.outcome != "waiting"))
    freed = f"{LEFT}{secrets.token_hex(4)}/"
    waits = update(PlaceRow).where(here, ~PlaceRow.server_id.startswith(LEFT))
    session.execute(waits.values(server_id=literal(freed) + PlaceRow.server_id))


def note_exists(session: Session, folder_id: str, exists: int) -> None:
    """Remember how many mails the server has, so that progress shows while they come in."""
    session.execute(update(FolderRow).where(FolderRow.id == folder_id).values(exists=exists))


def finish_folder(session: Session, folder_id: str, cursor: Mapping[str, Any], now: datetime, **values: Any) -> None:
    """Save the cursor at the end of a sync, with ``exists``, ``missing``, ``problem``, ``listed_at`` as given."""
    session.execute(update(FolderRow).where(FolderRow.id == folder_id).values(**cursor, **values, synced_at=now))


def folder_statuses(session: Session, mailbox_id: str) -> tuple[FolderStatus, ...]:
    """The counts of each folder of a mailbox, by name."""
    counts = (
        select(PlaceRow.folder_id, PlaceRow.outcome, PlaceRow.reason, func.count())
        .join(FolderRow, FolderRow.id == PlaceRow.folder_id)
        .where(FolderRow.mailbox_id == mailbox_id)
        .group_by(PlaceRow.folder_id, PlaceRow.outcome, PlaceRow.reason)
    )
    by_folder: dict[str, list[tuple[str, str | None, int]]] = {}
    for folder_id, outcome, reason, count in session.execute(counts):
        by_folder.setdefault(folder_id, []).append((outcome, reason, count))
    query = select(FolderRow).where(FolderRow.mailbox_id == mailbox_id).order_by(FolderRow.name, FolderRow.id)
    return tuple(
        _status(row, by_folder.get(row.id, []))
        for row in session.scalars(query, execution_options={"populate_existing": True})
    )


def _status(row: FolderRow, counted: Sequence[tuple[str, str | None, int]]) -> FolderStatus:
    totals = dict.fromkeys(("waiting", "stored", "already_there", "skipped", "failed"), 0)
    reasons: dict[str, int] = {"failed.not_delivered": row.missing} if row.missing else {}
    for outcome, reason, count in counted:
        totals[outcome] += count
        if reason is not None:
            reasons[f"{outcome}.{reason}"] = count
    totals["failed"] += row.missing
    return FolderStatus(
        row.name, row.role, row.wanted, sum(totals.values()), **totals, reasons=reasons, problem=row.problem,
        synced_at=row.synced_at, exists=row.exists,
    )  # fmt: skip


def _view(row: FolderRow) -> Folder:
    return Folder(
        row.id, row.name, row.role, row.wanted, row.since, row.uidvalidity, row.modseq, row.last_uid, row.resets,
        row.problem, row.synced_at, row.listed_at, row.token or "", row.exists,
    )  # fmt: skip


def _flags(flags: frozenset[str]) -> str:
    return " ".join(sorted(flags))


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
