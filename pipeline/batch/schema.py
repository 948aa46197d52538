"""The insight document as typed columns (docs/batch.md has the table).

Names and nesting are those of the document. Two things differ, since a column has one type: ``date`` is in UTC with
``utc_offset_minutes`` beside it, and ``versions`` is a list of name and version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pipeline.document import SCHEMA

VERSION_KEY = b"mail_insight.schema"


@cache
def schema() -> Any:
    """The ``pyarrow.Schema`` of a part, with the document's version in its metadata."""
    import pyarrow as pa  # type: ignore[import-untyped]

    text, count, score = pa.string(), pa.int32(), pa.float32()
    address = pa.struct({"name": text, "address": text})
    evidence = pa.list_(pa.struct({"start": count, "end": count, "text": text}))
    slot = pa.struct({"start": text, "end": text, "all_day": pa.bool_(), "approx": pa.bool_()})
    field = pa.struct(
        {"name": text, "value": text, "type": text, "extension": text, "score": score, "start": count, "end": count,
         "rule": text}
    )  # fmt: skip
    activity = pa.struct(
        {"kind": text, "status": text, "title": text, "slots": pa.list_(slot), "old_start": text, "due": text,
         "owner": text, "location": text, "online_url": text, "meeting_id": text, "passcode": text,
         "participants": pa.list_(text), "uid": text, "sequence": pa.int32(), "score": score, "evidence": evidence}
    )  # fmt: skip
    bounce = pa.struct({"failed": pa.list_(pa.struct({"address": text, "status": text})), "original_id": text})
    columns = {
        "schema": count, "source": text, "message_id": text, "thread_id": text,
        "date": pa.timestamp("ms", "UTC"), "utc_offset_minutes": pa.int16(), "subject": text,
        "from": address, "to": pa.list_(address), "cc": pa.list_(address),
        "direction": text, "language": text, "machine": text, "machine_reason": text, "text": text,
        "segments": pa.list_(pa.struct({"zone": text, "start": count, "end": count, "language": text})),
        "intents": pa.list_(pa.struct({"label": text, "score": score, "evidence": evidence})),
        "sentiment": pa.struct({"label": text, "score": score, "positive": score, "negative": score}),
        "emotion": pa.struct({"label": text, "score": score}),
        "gist": evidence,
        "contacts": pa.list_(pa.struct({"role": text, "fields": pa.list_(field)})),
        "activities": pa.list_(activity),
        "out_of_office": pa.struct({"until": text, "stand_in": text}),
        "bounce": bounce,
        "failures": pa.list_(pa.struct({"stage": text, "code": text, "detail": text})),
        "versions": pa.list_(pa.struct({"name": text, "version": text})),
    }  # fmt: skip
    return pa.schema(list(columns.items()), {VERSION_KEY: str(SCHEMA).encode()})


def table(documents: Sequence[Mapping[str, Any]]) -> Any:
    """Documents as a ``pyarrow.Table`` of ``schema()``, in order."""
    import pyarrow as pa

    rows = [_row(document) for document in documents]
    try:
        return pa.Table.from_pylist(rows, schema=schema())
    except UnicodeEncodeError:
        return pa.Table.from_pylist(_encodable(rows), schema=schema())


def _row(document: Mapping[str, Any]) -> dict[str, Any]:
    date, offset_minutes = _moment(document["date"])
    versions = [{"name": name, "version": value} for name, value in sorted(document["versions"].items())]
    return {**document, "date": date, "utc_offset_minutes": offset_minutes, "versions": versions}


def _moment(text: str | None) -> tuple[datetime | None, int | None]:
    """A zoned date-time in UTC and its offset in minutes; without zone it is taken as UTC and has no offset."""
    if text is None:
        return None, None
    moment = datetime.fromisoformat(text)
    offset = moment.utcoffset()
    if offset is None:
        return moment.replace(tzinfo=UTC), None
    try:
        return moment.astimezone(UTC), int(offset.total_seconds() // 60)
    except OverflowError:  # the very first or last day of the calendar
        return None, None


def _encodable(value: Any) -> Any:
    """The same with a question mark for every lone surrogate, which text in a column cannot hold."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {key: _encodable(each) for key, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, list) else value
