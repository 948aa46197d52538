"""Who may see a mail: one rule as a table, asked as a function here and as SQL in ``pipeline.store.access.visibility``.

A mail lies in mailboxes, and each mailbox has owners. The rule is asked for every owner; the mail is visible where it
allows for one of them. ``RULE`` is read from the top, the first branch whose conditions all hold decides:

1. no access to the record in question: no. A list that asks for no record asks this only of other people's mail;
2. one's own mailbox, or one is named in From, To or Cc: yes;
3. sent from the CRM: as the organisation set it;
4. the domain of an outside participant is excluded: no;
5. the mode in force: the role's, else the user's, else the organisation's (``effective_mode``);
6. private: no, or the owner's superiors where that is switched on;
7. public: yes;
8. custom: where the owner shared a record of the mail with the reader;
9. no.

Before these stand what is never asked of a person's rights: a deactivated reader, another organisation, and an owner
who was deactivated without a backup. Adding a branch means: a fact in ``Facts``, a row in ``RULE``, and the fact's SQL
in ``pipeline/store/access/facts.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Mode = Literal["private", "public", "custom"]
Setting = Literal["private", "public", "custom", "user_choice"]
CrmMail = Literal["private", "read", "write", "delete"]
Access = Literal["read", "write", "delete"]
FactName = Literal[
    "reader_active", "same_organisation", "owner_present", "record_asked", "record_accessible", "own_mailbox",
    "participant", "from_crm", "crm_mail", "sender_or_superior", "domain_excluded", "mode", "superior_sees", "shared",
]  # fmt: skip
BranchName = Literal[
    "reader_inactive", "other_organisation", "owner_gone", "no_record_access", "own_mailbox", "participant",
    "crm_private_allowed", "crm_private_denied", "crm_read", "crm_write", "crm_delete", "domain_excluded",
    "superior", "private", "public", "custom_shared", "custom_not_shared", "default",
]  # fmt: skip
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule asks about one reader, one mail and one owner of a mailbox that holds it.

    ``record_accessible``: of the record in question; where none is, of any of the mail's records, true where it has
    none. ``participant``: the reader is named in From, To or Cc. ``superior_sees``: the switch is on and the reader's
    role stands above the owner's. ``shared``: the owner shared a record of this mail, accessible to the reader, with
    the reader.
    """

    reader_active: bool = True
    same_organisation: bool = True
    owner_present: bool = True
    record_asked: bool = False
    record_accessible: bool = True
    own_mailbox: bool = False
    participant: bool = False
    from_crm: bool = False
    crm_mail: CrmMail = "private"
    sender_or_superior: bool = False
    domain_excluded: bool = False
    mode: Mode | None = None
    superior_sees: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One row of the rule: where every fact of ``when`` has the value given there, ``access`` is given, None denies.

    ``number`` is the branch of the rule as it is told above, 0 for what stands before it.
    """

    name: BranchName
    number: int
    when: Mapping[FactName, bool | str]
    access: Access | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and the branch that gave it."""

    branch: BranchName
    access: Access | None

    @property
    def allowed(self) -> bool:
        """Whether the mail may be seen."""
        return self.access is not None


RULE: tuple[Branch, ...] = (
    Branch("reader_inactive", 0, {"reader_active": False}, None),
    Branch("other_organisation", 0, {"same_organisation": False}, None),
    Branch("owner_gone", 0, {"owner_present": False}, None),
    Branch("no_record_access", 1, {"record_asked": True, "record_accessible": False}, None),
    Branch("own_mailbox", 2, {"own_mailbox": True}, "delete"),
    Branch("participant", 2, {"participant": True}, "read"),
    Branch("no_record_access", 1, {"record_accessible": False}, None),
    Branch("crm_private_allowed", 3, {"from_crm": True, "crm_mail": "private", "sender_or_superior": True}, "read"),
    Branch("crm_private_denied", 3, {"from_crm": True, "crm_mail": "private"}, None),
    Branch("crm_read", 3, {"from_crm": True, "crm_mail": "read"}, "read"),
    Branch("crm_write", 3, {"from_crm": True, "crm_mail": "write"}, "write"),
    Branch("crm_delete", 3, {"from_crm": True, "crm_mail": "delete"}, "delete"),
    Branch("domain_excluded", 4, {"domain_excluded": True}, None),
    Branch("superior", 6, {"mode": "private", "superior_sees": True}, "read"),
    Branch("private", 6, {"mode": "private"}, None),
    Branch("public", 7, {"mode": "public"}, "read"),
    Branch("custom_shared", 8, {"mode": "custom", "shared": True}, "read"),
    Branch("custom_not_shared", 8, {"mode": "custom"}, None),
    Branch("default", 9, {}, None),
)
_LEVELS: tuple[Access | None, ...] = (None, *get_args(Access))
NUMBERS: Mapping[BranchName, int] = {branch.name: branch.number for branch in RULE}
_PLACES = {branch.name: place for place, branch in enumerate(RULE)}


def can_view(facts: Facts) -> Verdict:
    """Decide whether the reader may see the mail by one of its owners; the first branch that matches wins."""
    for branch in RULE:
        if all(getattr(facts, name) == value for name, value in branch.when.items()):
            return Verdict(branch.name, branch.access)
    raise AssertionError("the last branch of RULE has no conditions")


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a mail with several owners: the one that gives most, else the one that came furthest."""
    found = list(verdicts)
    if not found:
        return can_view(Facts(owner_present=False))
    return max(found, key=lambda verdict: (_LEVELS.index(verdict.access), _PLACES[verdict.branch]))


def at_least(access: Access) -> frozenset[Access]:
    """The levels of access that include this one."""
    return frozenset(level for level in _LEVELS[_LEVELS.index(access) :] if level is not None)


def effective_mode(role: Setting | None, user: Setting | None, organisation: Setting | None) -> Mode:
    """The mode in force: the role's beats the user's, which beats the organisation's; none of them is private.

    ``user_choice`` leaves it to the next in line.
    """
    for setting in (role, user, organisation):
        if setting is not None and setting != "user_choice":
            return setting
    return "private"


def partly(known: Mapping[FactName, Any], rule: Iterable[Branch] = RULE) -> tuple[Branch, ...]:
    """What is left of the rule where some facts are known: branches that may still decide, with what they still ask.

    The first branch that asks nothing any more ends it.
    """
    left: list[Branch] = []
    for branch in rule:
        if any(name in known and known[name] != value for name, value in branch.when.items()):
            continue
        asked = {name: value for name, value in branch.when.items() if name not in known}
        left.append(Branch(branch.name, branch.number, asked, branch.access))
        if not asked:
            break
    return tuple(left)
