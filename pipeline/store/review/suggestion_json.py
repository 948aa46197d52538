"""A suggestion as JSON and back, without loss: what the ``payload`` column holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pipeline.records import Activity, Evidence, ProposedField, Slot, Suggestion


def to_json(suggestion: Suggestion) -> dict[str, Any]:
    """The suggestion as plain JSON values; times are ISO 8601."""
    plain = _plain(asdict(suggestion))
    assert isinstance(plain, dict)
    return plain


def from_json(data: Mapping[str, Any]) -> Suggestion:
    """The suggestion that ``to_json`` wrote."""
    activity = data["activity"]
    return Suggestion(
        **{
            **data,
            "fields": tuple(ProposedField(**field) for field in data["fields"]),
            "evidence": _evidence(data["evidence"]),
            "activity": None if activity is None else activity_from_json(activity),
            "duplicates": tuple(data["duplicates"]),
        }
    )


def activity_from_json(data: Mapping[str, Any]) -> Activity:
    """The activity within a suggestion's JSON."""
    return Activity(
        **{
            **data,
            "evidence": _evidence(data["evidence"]),
            "slots": tuple(slot_from_json(slot) for slot in data["slots"]),
            "old_start": moment(data["old_start"]),
            "due": moment(data["due"]),
            "participants": tuple(data["participants"]),
        }
    )


def slot_from_json(data: Mapping[str, Any]) -> Slot:
    """A candidate time from its JSON."""
    start = moment(data["start"])
    assert start is not None
    return Slot(start, moment(data["end"]), data["all_day"], data["approx"])


def moment(text: str | None) -> datetime | date | None:
    """A zoned date-time, or a plain date, from ISO 8601.

    Raises: ValueError where it is neither.
    """
    if text is None:
        return None
    return datetime.fromisoformat(text) if len(text) > len("2026-01-01") else date.fromisoformat(text)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _evidence(data: list[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**piece) for piece in data)
