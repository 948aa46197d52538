"""One part scored and written: aside first, then renamed, so that a file that is there is whole.

What was counted lies in the file's own metadata, so a finished part tells everything about itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.batch.choosing import Choice
from pipeline.batch.parts import Part
from pipeline.batch.reading import Database, read
from pipeline.batch.summary import Summary, from_json
from pipeline.errors import SettingsError
from pipeline.records import RawMail
from pipeline.scoring import Scorer
from pipeline.scoring import score as score_apart

SUMMARY_KEY = b"mail_insight.summary"
ROW_GROUP_MAILS = 250
BATCH_MAILS = 25


@dataclass(frozen=True, slots=True)
class Task:
    """What every part of a job shares. It travels to the workers, so it holds only plain values."""

    out: Path
    own_addresses: tuple[str, ...] = ()
    max_mail_bytes: int = 25_000_000
    choice: Choice = field(default_factory=Choice)
    database: Database | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A part that is written."""

    number: int
    summary: Summary


def part_path(out: Path, number: int) -> Path:
    """Where a part's file lies."""
    return out / f"part-{number:05}.parquet"


def finished(out: Path, number: int) -> Done | None:
    """A part that an earlier run wrote, or None."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        metadata = pq.read_metadata(part_path(out, number)).metadata
    except (FileNotFoundError, pa.ArrowException):
        return None
    return Done(number, from_json(json.loads(metadata[SUMMARY_KEY]))) if SUMMARY_KEY in metadata else None


def score_part(task: Task, part: Part) -> Done:
    """Score a part in this process and write its file.

    Raises: SettingsError where the disk does not take it, Conflict where an input has changed.
    """
    counted = Summary()
    scorer = _scorer(task.own_addresses, task.max_mail_bytes)
    mails = _wanted(task, part, counted)
    batches = iter(lambda: list(islice(mails, BATCH_MAILS)), [])
    documents = (scorer.document(dossier) for batch in batches for dossier in scorer.dossiers(batch))
    return _write(task, part, documents, counted)


def score_part_apart(task: Task, part: Part) -> Done:
    """The same, all mail read in processes apart, for a part that ended its worker: the mail that does so is listed."""
    counted = Summary()
    lines = score_apart(_wanted(task, part, counted), 2, task.own_addresses, task.max_mail_bytes)
    return _write(task, part, (json.loads(scored.line) for scored in lines), counted)


def _wanted(task: Task, part: Part, counted: Summary) -> Iterator[RawMail]:
    for mail in read(part, task.max_mail_bytes, task.database):
        counted.read += 1
        reason = task.choice.before_scoring(mail)
        if reason is None:
            yield mail
        else:
            counted.left_out[reason] += 1


def _write(task: Task, part: Part, documents: Iterable[Mapping[str, Any]], counted: Summary) -> Done:
    path = part_path(task.out, part.number)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            _write_rows(file, _counting(documents, task.choice, counted), counted)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror or error}). Make room or choose another folder, then run the "
            "same command again: finished parts are kept."
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return Done(part.number, counted)


def _counting(documents: Iterable[Mapping[str, Any]], choice: Choice, counted: Summary) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        reason = choice.after_scoring(document)
        if reason is None:
            counted.add(document)
            yield document
        else:
            counted.left_out[reason] += 1


def _write_rows(file: BinaryIO, documents: Iterator[Mapping[str, Any]], counted: Summary) -> None:
    import pyarrow.parquet as pq

    from pipeline.batch.schema import schema, table

    with pq.ParquetWriter(file, schema(), compression="zstd") as writer:
        while rows := list(islice(documents, ROW_GROUP_MAILS)):
            writer.write_table(table(rows))
        writer.add_key_value_metadata({SUMMARY_KEY: json.dumps(counted.to_json())})


@cache
def _scorer(own_addresses: tuple[str, ...], max_mail_bytes: int) -> Scorer:
    """One a process: models are loaded once."""
    return Scorer(own_addresses, max_mail_bytes)
