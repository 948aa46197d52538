"""What was counted in a part, a job, or two of them together. Nothing in it names a person or quotes a mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

COUNTED = ("language", "machine", "intents", "sentiment", "emotion", "activities", "contact_fields", "failures")


@dataclass(slots=True)
class Summary:
    """How many mails were read and written, what was left out and why, and how often each value was found."""

    read: int = 0
    written: int = 0
    failed: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in COUNTED})

    def add(self, document: Mapping[str, Any]) -> None:
        """Count a document that is written."""
        self.written += 1
        self.failed += bool(document["failures"])
        counts = self.counts
        counts["language"][document["language"] or "none"] += 1
        counts["machine"][document["machine"] or "none"] += 1
        counts["intents"].update(intent["label"] for intent in document["intents"])
        counts["activities"].update(activity["kind"] for activity in document["activities"])
        counts["contact_fields"].update(f["name"] for contact in document["contacts"] for f in contact["fields"])
        counts["failures"].update(f"{failure['stage']}.{failure['code']}" for failure in document["failures"])
        for name in ("sentiment", "emotion"):
            if document[name]:
                counts[name][document[name]["label"]] += 1

    def merge(self, other: Summary) -> None:
        """Add what another one counted."""
        self.read += other.read
        self.written += other.written
        self.failed += other.failed
        self.left_out.update(other.left_out)
        for name, counter in other.counts.items():
            self.counts[name].update(counter)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, always in the same order."""
        return {
            "read": self.read, "written": self.written, "failed": self.failed,
            "left_out": dict(sorted(self.left_out.items())),
            "counts": {name: dict(sorted(counter.items())) for name, counter in self.counts.items()},
        }  # fmt: skip


def from_json(value: Mapping[str, Any]) -> Summary:
    """The summary that ``to_json`` wrote."""
    counts = {name: Counter(value["counts"].get(name, {})) for name in COUNTED}
    return Summary(value["read"], value["written"], value["failed"], Counter(value["left_out"]), counts)


def total(summaries: Iterable[Summary]) -> Summary:
    """All of them together."""
    whole = Summary()
    for summary in summaries:
        whole.merge(summary)
    return whole
