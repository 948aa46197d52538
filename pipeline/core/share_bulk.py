"""Sharing records one by one in mode ``custom``: what each item of a request comes to, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.core.share import Mode

Code = Literal[
    "SUCCESS", "ALREADY_SHARED", "NOT_SHARED", "NOT_ALLOWED", "NOT_SUPPORTED", "INVALID_DATA", "DUPLICATE_DATA",
    "MANDATORY_NOT_FOUND", "NO_PERMISSION",
]  # fmt: skip
MAX_ITEMS = 200
ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of a request: a record and with whom to share it, ``all``, ``user:ID`` or ``role:ID``."""

    record_id: str | None
    grantees: tuple[str, ...] = (ALL,)


@dataclass(frozen=True, slots=True)
class Known:
    """What the request is judged by.

    ``mode`` is the caller's mode in force, None without a mailbox. ``records`` exist, ``open_records`` are those the
    caller has access to, ``others`` are things that exist but are no records. ``grantees`` can be shared with.
    ``shared`` tells with whom the caller shares each record now.
    """

    mode: Mode | None
    records: Collection[str]
    open_records: Collection[str]
    others: Collection[str]
    grantees: Collection[str]
    shared: dict[str, frozenset[str]]


def judge_share(items: Sequence[Wanted], known: Known) -> list[Code]:
    """The code of each item of a request to share; SUCCESS is what is to be written."""
    codes: list[Code] = []
    seen: set[str | None] = set()
    for item in items:
        code = _judge(item, known, seen)
        if code == "SUCCESS" and not item.grantees:
            code = "MANDATORY_NOT_FOUND"
        elif code == "SUCCESS" and not set(item.grantees) <= set(known.grantees):
            code = "INVALID_DATA"
        elif code == "SUCCESS" and known.shared.get(item.record_id or "") == frozenset(item.grantees):
            code = "ALREADY_SHARED"
        codes.append(code)
        seen.add(item.record_id)
    return codes


def judge_unshare(items: Sequence[Wanted], known: Known) -> list[Code]:
    """The code of each item of a request to stop sharing a record."""
    codes: list[Code] = []
    seen: set[str | None] = set()
    for item in items:
        code = _judge(item, known, seen)
        if code == "SUCCESS" and not known.shared.get(item.record_id or ""):
            code = "NOT_SHARED"
        codes.append(code)
        seen.add(item.record_id)
    return codes


def _judge(item: Wanted, known: Known, seen: Collection[str | None]) -> Code:
    """What both requests ask first; the order is from the request itself to the caller's rights."""
    if not item.record_id:
        return "MANDATORY_NOT_FOUND"
    if item.record_id in seen:
        return "DUPLICATE_DATA"
    if item.record_id not in known.records:
        return "NOT_SUPPORTED" if item.record_id in known.others else "INVALID_DATA"
    if item.record_id not in known.open_records:
        return "NO_PERMISSION"
    return "SUCCESS" if known.mode == "custom" else "NOT_ALLOWED"
