"""Following an outside CRM: what changed there since the last time is taken in, batch by batch."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from pipeline.ingest.records.outside import Batch, RecordSource
from pipeline.store.crm.record_import import MAX_LISTED, ImportReport, Row, import_records
from pipeline.store.engine import transact
from pipeline.store.rows import upsert
from pipeline.store.tables import RecordSyncRow


def follow(
    factory: sessionmaker[Session], organisation_id: str, source: RecordSource, now: datetime, *, dry: bool = False
) -> ImportReport:
    """Take in what changed since the last whole run; an interrupted one begins again where that ended.

    Raises: errors.RemoteError where the CRM does not answer as it should; what came before that is kept.
    """
    since = None if dry else synced_until(factory, organisation_id, source.name)
    counts: Counter[str] = Counter()
    listed: list[Row] = []
    as_of = None
    for batch in source.changes(since):
        report = transact(factory, lambda session, b=batch: _take(session, organisation_id, source.name, b, now, dry))  # type: ignore[misc]
        counts.update(report.counts)
        listed += report.listed
        as_of = batch.as_of or as_of
    if not dry and as_of is not None:
        row = {"organisation_id": organisation_id, "source": source.name, "synced_at": as_of}
        transact(factory, lambda session: upsert(session, RecordSyncRow, row, ("organisation_id", "source")))
    return ImportReport(dict(counts), tuple(listed[:MAX_LISTED]))


def synced_until(factory: sessionmaker[Session], organisation_id: str, source: str) -> datetime | None:
    """Until when all changes of a source are known."""
    with factory() as session:
        row = session.get(RecordSyncRow, (organisation_id, source))
        return row.synced_at if row else None


def _take(session: Session, organisation_id: str, source: str, batch: Batch, now: datetime, dry: bool) -> ImportReport:
    return import_records(session, organisation_id, source, batch.drafts, now, dry=dry)
