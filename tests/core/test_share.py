"""The sharing rule: its whole truth table, and what its table must hold."""

from __future__ import annotations

import itertools

import pytest

from pipeline.core.share import RULE, Facts, Verdict, can_view


@pytest.mark.parametrize(
    ("active", "same_organisation", "own_mailbox", "allowed", "branch"),
    [
        (False, False, False, False, "reader_inactive"),
        (False, False, True, False, "reader_inactive"),
        (False, True, False, False, "reader_inactive"),
        (False, True, True, False, "reader_inactive"),
        (True, False, False, False, "other_organisation"),
        (True, False, True, False, "other_organisation"),
        (True, True, True, True, "own_mailbox"),
        (True, True, False, False, "default"),
    ],
)
def test_the_whole_truth_table(active, same_organisation, own_mailbox, allowed, branch):
    assert can_view(Facts(active, same_organisation, own_mailbox)) == Verdict(allowed, branch)


def test_the_rule_ends_with_a_refusal_and_each_branch_decides_somewhere():
    assert RULE[-1].when == {}
    assert not RULE[-1].allowed
    branches = {can_view(Facts(*facts)).branch for facts in itertools.product((False, True), repeat=3)}
    assert branches == {branch.name for branch in RULE}
