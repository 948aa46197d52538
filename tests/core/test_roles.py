"""The tree of roles: what is below, and which moves would close a circle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.roles import below, would_loop

TREE = {"head": None, "east": "head", "west": "head", "osaka": "west", "other": None}


@pytest.mark.parametrize(
    ("role", "expected"),
    [("head", {"east", "west", "osaka"}), ("west", {"osaka"}), ("osaka", set()), ("other", set()), ("unknown", set())],
)
def test_below_is_everything_under_a_role_at_any_depth(role, expected):
    assert below(TREE, role) == expected


@pytest.mark.parametrize(
    ("role", "parent", "expected"),
    [
        ("head", "osaka", True),
        ("west", "west", True),
        ("west", "east", False),
        ("head", None, False),
        ("head", "other", False),
    ],
)
def test_no_role_may_come_to_stand_above_itself(role, parent, expected):
    assert would_loop(TREE, role, parent) is expected


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40))
def test_moves_that_are_not_refused_never_make_a_circle(moves):
    parents: dict[str, str | None] = {str(n): None for n in range(7)}
    for role, parent in moves:
        if not would_loop(parents, str(role), str(parent)):
            parents[str(role)] = str(parent)
    for role in parents:
        steps, above = 0, parents[role]
        while above is not None:
            above, steps = parents[above], steps + 1
            assert steps <= len(parents)
