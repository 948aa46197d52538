"""The tree of roles: who stands above whom. A role without a parent is at the top; there may be several."""

from __future__ import annotations

from collections.abc import Mapping


def below(parents: Mapping[str, str | None], role_id: str) -> frozenset[str]:
    """All roles under this one, at any depth, without itself; ``parents`` names each role's parent."""
    found: set[str] = set()
    fresh = {role_id}
    while fresh:
        fresh = {role for role, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return frozenset(found - {role_id})


def would_loop(parents: Mapping[str, str | None], role_id: str, parent_id: str | None) -> bool:
    """Whether this role would stand above itself with that parent."""
    return parent_id is not None and (parent_id == role_id or parent_id in below(parents, role_id))
