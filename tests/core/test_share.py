"""The sharing rule: its truth table branch by branch, which mode is in force, and what is left when facts are known."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from pipeline.core.share import (
    MODES,
    RULE,
    Facts,
    Verdict,
    at_least,
    best,
    can_view,
    effective_mode,
    partly,
)

NOTHING = Facts(mode="private")

# Each row: what differs from a colleague's private mail, the branch that decides, and the access it gives.
TRUTH = [
    # Before the rule: nobody's rights are asked.
    ({"reader_active": False}, "reader_inactive", None),
    ({"reader_active": False, "own_mailbox": True}, "reader_inactive", None),
    ({"reader_active": False, "mode": "public"}, "reader_inactive", None),
    ({"same_organisation": False}, "other_organisation", None),
    ({"same_organisation": False, "own_mailbox": True, "participant": True}, "other_organisation", None),
    ({"same_organisation": False, "mode": "public"}, "other_organisation", None),
    ({"owner_present": False, "mode": None}, "owner_gone", None),
    ({"owner_present": False, "participant": True}, "owner_gone", None),
    ({"owner_present": False, "mode": "public"}, "owner_gone", None),
    # 1. The record.
    ({"record_asked": True, "record_accessible": False, "own_mailbox": True}, "no_record_access", None),
    ({"record_asked": True, "record_accessible": False, "participant": True}, "no_record_access", None),
    ({"record_asked": True, "record_accessible": False, "mode": "public"}, "no_record_access", None),
    ({"record_asked": True, "own_mailbox": True}, "own_mailbox", "delete"),
    ({"record_accessible": False, "mode": "public"}, "no_record_access", None),
    ({"record_accessible": False, "mode": "custom", "shared": True}, "no_record_access", None),
    ({"record_accessible": False, "from_crm": True, "crm_mail": "delete"}, "no_record_access", None),
    ({"record_accessible": False, "own_mailbox": True}, "own_mailbox", "delete"),
    ({"record_accessible": False, "participant": True}, "participant", "read"),
    # 2. One's own.
    ({"own_mailbox": True}, "own_mailbox", "delete"),
    ({"own_mailbox": True, "domain_excluded": True}, "own_mailbox", "delete"),
    ({"own_mailbox": True, "from_crm": True, "crm_mail": "read"}, "own_mailbox", "delete"),
    ({"own_mailbox": True, "participant": True}, "own_mailbox", "delete"),
    ({"participant": True}, "participant", "read"),
    ({"participant": True, "domain_excluded": True, "mode": "custom"}, "participant", "read"),
    ({"participant": True, "from_crm": True}, "participant", "read"),
    # 3. Sent from the CRM.
    ({"from_crm": True}, "crm_private_denied", None),
    ({"from_crm": True, "mode": "public"}, "crm_private_denied", None),
    ({"from_crm": True, "mode": "custom", "shared": True}, "crm_private_denied", None),
    ({"from_crm": True, "sender_or_superior": True}, "crm_private_allowed", "read"),
    ({"from_crm": True, "sender_or_superior": True, "domain_excluded": True}, "crm_private_allowed", "read"),
    ({"from_crm": True, "crm_mail": "read"}, "crm_read", "read"),
    ({"from_crm": True, "crm_mail": "write"}, "crm_write", "write"),
    ({"from_crm": True, "crm_mail": "delete"}, "crm_delete", "delete"),
    ({"from_crm": True, "crm_mail": "read", "domain_excluded": True}, "crm_read", "read"),
    ({"from_crm": True, "crm_mail": "write", "sender_or_superior": True}, "crm_write", "write"),
    ({"crm_mail": "delete"}, "private", None),
    ({"sender_or_superior": True}, "private", None),
    # 4. An excluded domain.
    ({"domain_excluded": True}, "domain_excluded", None),
    ({"domain_excluded": True, "mode": "public"}, "domain_excluded", None),
    ({"domain_excluded": True, "mode": "custom", "shared": True}, "domain_excluded", None),
    ({"domain_excluded": True, "superior_sees": True}, "domain_excluded", None),
    # 5 and 6. Private.
    ({}, "private", None),
    ({"shared": True}, "private", None),
    ({"superior_sees": True}, "superior", "read"),
    # 7. Public.
    ({"mode": "public"}, "public", "read"),
    ({"mode": "public", "record_asked": True}, "public", "read"),
    # 8. Custom.
    ({"mode": "custom"}, "custom_not_shared", None),
    ({"mode": "custom", "superior_sees": True}, "custom_not_shared", None),
    ({"mode": "custom", "shared": True}, "custom_shared", "read"),
    # 9. Nothing is known of the owner's mode.
    ({"mode": None}, "default", None),
    ({"mode": None, "shared": True, "superior_sees": True}, "default", None),
]


@pytest.mark.parametrize(("differs", "branch", "access"), TRUTH)
def test_the_truth_table(differs, branch, access):
    assert can_view(replace(NOTHING, **differs)) == Verdict(branch, access)
    assert can_view(replace(NOTHING, **differs)).allowed == (access is not None)


def test_every_branch_decides_somewhere_and_the_last_one_refuses_everything():
    assert {branch for _, branch, _ in TRUTH} == {branch.name for branch in RULE}
    assert {branch.number for branch in RULE} == {0, 1, 2, 3, 4, 6, 7, 8, 9}
    assert (RULE[-1].when, RULE[-1].access) == ({}, None)


def all_facts():
    flags = [name for name, value in vars_of(NOTHING).items() if isinstance(value, bool)]
    for values in itertools.product((False, True), repeat=len(flags)):
        yield dict(zip(flags, values, strict=True))


def vars_of(facts):
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def test_knowing_some_facts_first_changes_no_answer():
    """What ``partly`` leaves decides each case as the whole rule does, for every split of the facts."""
    names = [*vars_of(NOTHING)]
    for number, flags in enumerate(all_facts()):
        if number % 7:
            continue
        facts = Facts(
            **flags, mode=(None, *MODES)[number % 4], crm_mail=("private", "read", "write", "delete")[number % 4]
        )
        known = {name: getattr(facts, name) for place, name in enumerate(names) if number >> place & 1}
        left = partly(known)
        assert not set(known) & {name for branch in left for name in branch.when}
        chosen = next(b for b in left if all(getattr(facts, n) == v for n, v in b.when.items()))
        assert Verdict(chosen.name, chosen.access) == can_view(facts)


@pytest.mark.parametrize(
    ("role", "user", "organisation", "mode"),
    [
        (None, None, None, "private"),
        (None, None, "public", "public"),
        (None, "private", "public", "private"),
        (None, "custom", "private", "custom"),
        ("public", "private", "custom", "public"),
        ("private", "public", "public", "private"),
        ("user_choice", "custom", "public", "custom"),
        ("user_choice", None, "public", "public"),
        (None, None, "user_choice", "private"),
        (None, "public", "user_choice", "public"),
        ("user_choice", None, "user_choice", "private"),
    ],
)
def test_the_role_beats_the_user_who_beats_the_organisation(role, user, organisation, mode):
    assert effective_mode(role, user, organisation) == mode


def test_of_several_owners_the_one_who_gives_most_counts_else_the_one_who_came_closest():
    own, crm, public, private = (
        can_view(replace(NOTHING, **one))
        for one in ({"own_mailbox": True}, {"from_crm": True, "crm_mail": "write"}, {"mode": "public"}, {})
    )
    gone = can_view(Facts(owner_present=False))
    assert best([private, public, gone]) == public
    assert best([public, crm]) == crm
    assert best([crm, own, public]) == own
    assert best([gone, private]) == private
    assert best([]) == gone


def test_a_level_of_access_holds_the_ones_below_it():
    assert at_least("read") == {"read", "write", "delete"}
    assert at_least("write") == {"write", "delete"}
    assert at_least("delete") == {"delete"}
