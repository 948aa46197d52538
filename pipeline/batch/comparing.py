"""What changes where a new version reads the same mail: counted by field, change and language, with a few mail ids.

Only labels, kinds and names of fields are kept, never text or values of a mail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.classify.custom import PREFIX

EXAMPLES = 5


class Change(NamedTuple):
    """One difference. ``before`` and ``after`` are labels or ``none``; for values how many went (-n) and came (+n)."""

    field: str
    before: str
    after: str


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """How two insight documents of one mail differ."""
    return [*_labels(old, new), *_intents(old, new), *_contacts(old, new), *_activities(old, new)]


@dataclass(slots=True)
class Comparison:
    """All mails together. ``examples`` are ids of mails, by change."""

    mails: int = 0
    changed: int = 0
    counts: Counter[tuple[str, Change]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    examples: dict[Change, list[str]] = field(default_factory=dict)

    def add(self, mail_id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Compare one mail."""
        found = changes(old, new)
        language = new["language"] or "none"
        self.mails += 1
        self.changed += bool(found)
        self.languages[language] += 1
        for change in dict.fromkeys(found):
            self.counts[language, change] += 1
            known = self.examples.setdefault(change, [])
            if len(known) < EXAMPLES:
                known.append(mail_id)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, the most frequent change first."""
        rows = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        return {
            "mails": self.mails, "changed": self.changed, "languages": dict(sorted(self.languages.items())),
            "changes": [
                {"language": language, **change._asdict(), "mails": count, "examples": self.examples[change]}
                for (language, change), count in rows
            ],
        }  # fmt: skip


def _labels(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in ("language", "machine"):
        if old[name] != new[name]:
            yield Change(name, old[name] or "none", new[name] or "none")
    for name in ("sentiment", "emotion"):
        before, after = ((document[name] or {}).get("label", "none") for document in (old, new))
        if before != after:
            yield Change(name, before, after)


def _intents(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    # Custom ones are an organisation's own, put on as mail is stored: no version of the pipeline gives them.
    before, after = (
        {label for intent in document["intents"] if not (label := intent["label"]).startswith(PREFIX)}
        for document in (old, new)
    )
    yield from (Change("intent", label, "none") for label in sorted(before - after))
    yield from (Change("intent", "none", label) for label in sorted(after - before))


def _contacts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = (_values(document) for document in (old, new))
    for name in sorted(before.keys() | after.keys()):
        gone, come = before.get(name, set()) - after.get(name, set()), after.get(name, set()) - before.get(name, set())
        if gone or come:
            yield Change(f"contact.{name}", f"-{len(gone)}", f"+{len(come)}")


def _values(document: Mapping[str, Any]) -> dict[str, set[tuple[str, str]]]:
    values: dict[str, set[tuple[str, str]]] = {}
    for contact in document["contacts"]:
        for each in contact["fields"]:
            values.setdefault(each["name"], set()).add((contact["role"], each["value"]))
    return values


def _activities(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for kind in ("meeting", "call", "task"):
        before, after = (_of_kind(document, kind) for document in (old, new))
        statuses = [", ".join(sorted(activity["status"] for activity in each)) for each in (before, after)]
        if len(before) != len(after):
            yield Change(f"activity.{kind}", str(len(before)), str(len(after)))
        elif statuses[0] != statuses[1]:
            yield Change(f"activity.{kind}", *statuses)
        elif _times(before) != _times(after):
            yield Change(f"activity.{kind}", "time", "other time")


def _of_kind(document: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return [activity for activity in document["activities"] if activity["kind"] == kind]


def _times(activities: list[Mapping[str, Any]]) -> list[str]:
    return sorted(str(([slot["start"] for slot in a["slots"]], a["due"])) for a in activities)
