"""Parquet files with a column ``raw``: one mail in each row, as bytes or text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ingest.problems import Problem

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

COLUMN = "raw"
# Mails may be as large as the limit, so few rows at a time.
_ROWS = 16


def rows(path: Path, after: int = 0) -> Iterator[tuple[int, float, bytes | Problem]]:
    """Each row after the first ``after``: its number from 1, the share read (0 to 1), the mail or what is wrong.

    One row group is open at a time. A damaged row group gives one problem at the row where reading stopped.
    Raises: Problem where the file as a whole cannot be read.
    """
    file = _open(path)
    with file:
        number = 0
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if number + size > after:
                yield from (
                    (n, n / file.metadata.num_rows, mail) for n, mail in _group(file, group, number) if n > after
                )
            number += size


def count(path: Path) -> int:
    """The number of rows.

    Raises: Problem where the file cannot be read.
    """
    with _open(path) as file:
        return int(file.metadata.num_rows)


def _open(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        file = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True)
    except pa.ArrowException as error:
        raise Problem("parquet_broken") from error
    except OSError as error:  # pyarrow reports damage as OSError too
        raise Problem("unreadable" if error.errno else "parquet_broken") from error
    if not _has_column(file.schema_arrow):
        file.close()
        raise Problem("parquet_no_raw")
    return file


def _has_column(schema: pa.Schema) -> bool:
    import pyarrow.types as t  # type: ignore[import-untyped]

    if COLUMN not in schema.names:
        return False
    kind = schema.field(COLUMN).type
    if t.is_dictionary(kind):
        kind = kind.value_type
    tests = (t.is_binary, t.is_large_binary, t.is_string, t.is_large_string)
    return any(test(kind) for test in tests)


def _group(file: Any, group: int, number: int) -> Iterator[tuple[int, bytes | Problem]]:
    import pyarrow as pa

    try:
        for batch in file.iter_batches(batch_size=_ROWS, row_groups=[group], columns=[COLUMN], use_threads=False):
            for mail in _values(batch.column(0)):
                number += 1
                yield number, Problem("raw_missing") if mail is None else mail
    except (pa.ArrowException, OSError):
        yield number + 1, Problem("parquet_broken")


def _values(column: Any) -> Iterator[bytes | None]:
    """The values as bytes; text is not decoded on the way, so that broken UTF-8 harms nothing."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    for value in column.cast(pa.large_binary()):
        yield value.as_py()
