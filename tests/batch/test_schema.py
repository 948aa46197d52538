"""The typed columns hold the insight document whole."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from pipeline.batch.schema import VERSION_KEY, schema, table
from pipeline.ingest.files import read
from pipeline.records import RawMail
from pipeline.scoring import Scorer
from tests.batch.conftest import SAMPLES


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    scorer = Scorer()
    mails = [*read(sorted(SAMPLES.rglob("*.eml"))), RawMail("nothing", b"")]
    return [scorer.document(dossier) for dossier in scorer.dossiers(mails)]


def test_the_columns_are_the_documents_keys(documents):
    assert set(schema().names) - {"utc_offset_minutes"} == set(documents[0])
    assert schema().metadata[VERSION_KEY] == b"1"


def test_nothing_of_a_document_is_lost(documents):
    for before, after in zip(documents, table(documents).to_pylist(), strict=True):
        assert _again(after) == _rounded(before)


def test_text_that_cannot_be_written_is_replaced(documents):
    broken = {**documents[0], "subject": "a\ud800b", "to": [{"name": "\udfff", "address": "a@b.example"}]}
    row = table([broken]).to_pylist()[0]
    assert row["subject"] == "a?b"
    assert row["to"][0]["name"] == "?"


def _again(row: dict[str, Any]) -> dict[str, Any]:
    """The document that a row holds."""
    offset = row.pop("utc_offset_minutes")
    row["versions"] = {each["name"]: each["version"] for each in row["versions"]}
    if row["date"] is not None:
        zone = timezone(timedelta(minutes=offset)) if offset is not None else None
        row["date"] = row["date"].astimezone(zone).isoformat()
    for contact in row["contacts"]:
        for field in contact["fields"]:
            if field["name"] != "phone":
                assert field.pop("type") is None
                assert field.pop("extension") is None
    return _rounded(row)


def _rounded(value: Any) -> Any:
    """Scores have four decimals; a column of 32-bit floats keeps them."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value


def test_the_schema_is_one_that_parquet_takes(documents, tmp_path):
    import pyarrow.parquet as pq

    pq.write_table(table(documents), tmp_path / "x.parquet")
    assert pq.read_schema(tmp_path / "x.parquet").equals(schema())
    assert isinstance(schema(), pa.Schema)
