"""Archives to score: the sample mails as mbox, Parquet and files, and mails of invented people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


def mail(number: int, body: str = "Could you send the drawing?\n\nRegards\nAda\n", day: int = 10) -> bytes:
    """A mail that differs from others by its number."""
    return (
        f"Message-ID: <m{number}@north.example>\nDate: {day:02} Mar 2026 09:12:00 +0900\n"
        f"From: Ada North <ada@north.example>\nTo: Ben South <ben@south.example>\nSubject: Drawing {number}\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
    ).encode()


def mbox(*mails: bytes) -> bytes:
    """The mails as an mbox file."""
    return b"".join(b"From ada@north.example Tue Mar 10 00:12:00 2026\n" + raw + b"\n" for raw in mails)


def write_parquet(path: Path, mails: list[bytes | None], row_group_size: int = 3) -> Path:
    """The mails as a Parquet file with a column ``raw``."""
    pq.write_table(pa.table({"raw": pa.array(mails, pa.binary())}), path, row_group_size=row_group_size)
    return path


def rows(out: Path) -> list[dict[str, Any]]:
    """All rows that a job wrote, in order."""
    return [row for path in sorted(out.glob("part-*.parquet")) for row in pq.read_table(path).to_pylist()]


def files_of(out: Path) -> dict[str, bytes]:
    """What a finished job leaves, by name."""
    kept = sorted([*out.glob("part-*"), out / "manifest.json", out / "job.json", out / "plan.jsonl"])
    return {path.name: path.read_bytes() for path in kept}


def manifest(out: Path) -> dict[str, Any]:
    """The manifest of a job."""
    return dict(json.loads((out / "manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample mails as one mbox, so that a job takes a second or two."""
    path = tmp_path_factory.mktemp("archive") / "archive.mbox"
    path.write_bytes(mbox(*(p.read_bytes() for p in sorted(SAMPLES.rglob("*.eml")))))
    return path
