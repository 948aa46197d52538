"""Which mails of a part are wanted: by date, by a sample, and by what was found in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from pipeline.errors import UsageError
from pipeline.records import RawMail

FIELDS = ("language", "machine", "direction", "intent", "sentiment", "emotion", "from", "failure")


@dataclass(frozen=True, slots=True)
class Condition:
    """``name=value`` or ``name!=value``, about the insight document."""

    name: str
    value: str
    negated: bool = False

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Whether a document fulfils it."""
        return (self.value in _values(document, self.name)) != self.negated


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted; by default all. ``sample`` is the share of mails, told from their bytes alone, so always the
    same ones. Mail without a date is never left out by ``since``, which is a day in UTC.
    """

    since: date | None = None
    sample: float = 1.0
    where: tuple[Condition, ...] = field(default=())

    def before_scoring(self, mail: RawMail) -> str | None:
        """Why a mail need not be scored: ``sample``, ``since``, or None where it is wanted."""
        if self.sample < 1 and _share(mail) >= self.sample:
            return "sample"
        if self.since is not None and mail.failure is None and _is_before(mail, self.since):
            return "since"
        return None

    def after_scoring(self, document: Mapping[str, Any]) -> str | None:
        """``where`` if the document is not wanted, else None."""
        return None if all(condition.holds(document) for condition in self.where) else "where"


def conditions(texts: Sequence[str]) -> tuple[Condition, ...]:
    """The conditions that were typed.

    Raises: UsageError where one is no condition.
    """
    return tuple(_condition(text) for text in texts)


def _condition(text: str) -> Condition:
    name, sign, value = text.partition("=")
    negated = name.endswith("!")
    name = name.removesuffix("!").strip()
    if not sign or name not in FIELDS:
        raise UsageError(f"--where is NAME=VALUE or NAME!=VALUE, where NAME is one of: {', '.join(FIELDS)}.")
    return Condition(name, value.strip().casefold(), negated)


def _values(document: Mapping[str, Any], name: str) -> list[str]:
    """What a document says about a name; ``none`` where it says nothing."""
    match name:
        case "intent":
            found = [intent["label"] for intent in document["intents"]]
        case "failure":
            found = [failure["code"] for failure in document["failures"]]
        case "sentiment" | "emotion":
            found = [document[name]["label"]] if document[name] else []
        case "from":
            address = (document["from"] or {}).get("address", "").casefold()
            found = [address, "@" + address.rpartition("@")[2]] if address else []
        case _:
            found = [document[name]] if document[name] else []
    return found or ["none"]


def _share(mail: RawMail) -> float:
    """A number from 0 to 1 that depends on the mail alone."""
    digest = hashlib.sha256(mail.raw or mail.source.encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _is_before(mail: RawMail, since: date) -> bool:
    from pipeline.parse.message import parse

    sent = parse(mail.raw).date
    if sent is None:
        return False
    begin = datetime.combine(since, time(), UTC)
    return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)) < begin
