"""Who may see a mail: one rule as a table, asked as a function here and as SQL in ``pipeline.store.visibility``.

The first branch whose conditions all hold decides. In this version a person sees the mail that came through
mailboxes assigned to them, whatever their profile; an admin manages settings, not other people's mail.
Adding a branch means: a fact in ``Facts``, a row in ``RULE``, and the fact's SQL in ``pipeline/store/visibility.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

FactName = Literal["reader_active", "same_organisation", "own_mailbox"]
BranchName = Literal["reader_inactive", "other_organisation", "own_mailbox", "default"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule asks about one mail and one reader."""

    reader_active: bool
    same_organisation: bool
    own_mailbox: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """One row of the rule: where every fact of ``when`` has the value given there, ``allowed`` is the answer."""

    name: BranchName
    when: Mapping[FactName, bool]
    allowed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and the branch that gave it."""

    allowed: bool
    branch: BranchName


RULE: tuple[Branch, ...] = (
    Branch("reader_inactive", {"reader_active": False}, allowed=False),
    Branch("other_organisation", {"same_organisation": False}, allowed=False),
    Branch("own_mailbox", {"own_mailbox": True}, allowed=True),
    Branch("default", {}, allowed=False),
)


def can_view(facts: Facts) -> Verdict:
    """Decide whether the reader may see the mail; the first branch that matches wins."""
    known = {field.name: getattr(facts, field.name) for field in fields(facts)}
    for branch in RULE:
        if all(known[name] == value for name, value in branch.when.items()):
            return Verdict(branch.allowed, branch.name)
    raise AssertionError("the last branch of RULE has no conditions")
