"""Scoring a pandas DataFrame: one function that every engine which speaks pandas can call.

pandas  score_frame(frame)
Dask    frame.map_partitions(score_frame, meta=meta())
Spark   frame.mapInPandas(lambda frames: map(score_frame, frames), schema=...)   docs/batch.md
Ray     dataset.map_batches(score_frame, batch_format="pandas")
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.batch.schema import table
from pipeline.errors import UsageError
from pipeline.ingest.files import MAX_MAIL_BYTES, checked
from pipeline.ingest.problems import failed
from pipeline.records import RawMail
from pipeline.scoring import Scorer

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]


def score_frame(frame: pd.DataFrame, own_addresses: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row of insights for each row of mail, with the same index.

    ``frame`` has a column ``raw`` of bytes or text, and may have ``source``; without it the index names the mail. The
    columns of the result are those of ``pipeline.batch.schema``. Models are loaded once a process.

    Raises: UsageError where there is no column ``raw``.
    """
    if "raw" not in frame.columns:
        raise UsageError("The frame has no column `raw`; put the bytes of each mail there.")
    sources = frame["source"] if "source" in frame.columns else frame.index
    mails = [_mail(str(source), raw) for source, raw in zip(sources, frame["raw"], strict=True)]
    scorer = _scorer(tuple(own_addresses))
    documents = [scorer.document(dossier) for dossier in scorer.dossiers(mails)]
    return table(documents).to_pandas(date_as_object=False).set_axis(frame.index)


def meta() -> pd.DataFrame:
    """An empty frame with the columns and types of the result."""
    return table([]).to_pandas(date_as_object=False)


def _mail(source: str, raw: Any) -> RawMail:
    if isinstance(raw, str):
        raw = raw.encode(errors="surrogateescape")
    if not isinstance(raw, bytes | bytearray | memoryview):
        return failed(source, "raw_missing")
    return checked(source, bytes(raw), MAX_MAIL_BYTES)


@cache
def _scorer(own_addresses: tuple[str, ...]) -> Scorer:
    return Scorer(own_addresses)
