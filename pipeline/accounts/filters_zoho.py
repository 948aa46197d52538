"""Rules as Zoho Mail shows them, written as JSON, as filters: conditions and a pattern such as ``1 AND (2 OR 3)``.

The file: ``{"filters": [{"name", "criteria": [{"field", "operator", "value"}], "pattern", "actions": [{"action",
"value"}]}]}``; docs/mailboxes.md lists the words. What cannot be translated is listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import errors
from pipeline.core.filters import MAX_DEPTH, Action, ActionKind, Condition, Field, Filter, Group, Left, Operator, Test

_FIELDS: dict[str, Field] = {
    "subject": "subject", "sender": "sender", "from": "sender", "to": "to", "cc": "cc", "to or cc": "recipients",
    "priority": "priority",
}  # fmt: skip
_OPERATORS: dict[str, Operator] = {
    "is": "is", "is not": "is_not", "isn't": "is_not", "contains": "contains", "does not contain": "contains_not",
    "doesn't contain": "contains_not", "begins with": "begins_with", "starts with": "begins_with",
    "ends with": "ends_with",
}  # fmt: skip
_ACTIONS: dict[str, ActionKind] = {
    "move": "move", "move to": "move", "move to folder": "move", "label": "label", "tag": "label", "tag as": "label",
    "flag": "flag", "flag as": "flag", "mark as read": "read", "read": "read", "trash": "trash", "delete": "trash",
    "move to trash": "trash", "forward": "forward", "forward to": "forward", "task": "task", "add task": "task",
    "create task": "task", "archive": "archive",
}  # fmt: skip
_NEEDS_VALUE = frozenset({"move", "label", "forward"})
_TOKEN = re.compile(r"\s*(\d{1,4}|\(|\)|and\b|or\b|&&|\|\|)", re.I)
_MAX_TOKENS = 2000


def read_zoho(text: str) -> tuple[Filter, ...]:
    """The filters of a file, in its order.

    Raises: errors.UsageError where it is no such file.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.UsageError("This is no file of rules: it is not well-formed JSON.") from None
    rules = values.get("filters") if isinstance(values, dict) else values
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        raise errors.UsageError('This is no file of rules: it holds no list "filters".')
    return tuple(_filter(n, rule) for n, rule in enumerate(rules, 1))


def _filter(n: int, rule: Mapping[str, Any]) -> Filter:
    left: list[Left] = []
    tests = [_test(each, left) for each in _objects(rule.get("criteria") or rule.get("conditions"))]
    condition = _condition(rule, tests, left)
    is_whole = not left and condition is not None
    actions = [action for each in _objects(rule.get("actions")) if (action := _action(each, left))]
    left += [] if tests else [Left("no_condition")]
    left += [] if actions else [Left("no_action")]
    known = {"name", "criteria", "conditions", "pattern", "match", "actions", "enabled", "active"}
    left += [Left("property", str(name)) for name in sorted(set(map(str, rule)) - known)]
    name = str(rule.get("name") or f"Zoho {n}")[:200]
    wanted = rule.get("enabled", rule.get("active", True)) is not False
    active = wanted and is_whole and bool(tests) and bool(actions)
    return Filter(name, condition or Group("all", ()), tuple(actions), tuple(left), active)


def _condition(rule: Mapping[str, Any], tests: Sequence[Test | None], left: list[Left]) -> Condition | None:
    pattern = str(rule.get("pattern") or "")
    if not pattern:
        match = "any" if str(rule.get("match", "all")).lower() in ("any", "or") else "all"
        known = tuple(test for test in tests if test)
        return Group("any" if match == "any" else "all", known) if known else None
    condition = _Pattern(pattern, tests).read()
    if condition is None:
        left.append(Left("pattern", pattern[:200]))
    return condition


def _test(values: Mapping[str, Any], left: list[Left]) -> Test | None:
    field, operator, value = (_plain(values.get(name)) for name in ("field", "operator", "value"))
    known = _FIELDS.get(field), _OPERATORS.get(operator)
    if known[0] is None or known[1] is None or not value:
        left.append(Left("condition", f"{field} {operator} {value}".strip()[:200]))
        return None
    return Test(known[0], known[1], str(values["value"]))


def _action(values: Mapping[str, Any], left: list[Left]) -> Action | None:
    name, value = _plain(values.get("action") or values.get("kind")), str(values.get("value") or "")
    kind = _ACTIONS.get(name)
    if kind is None or (kind in _NEEDS_VALUE and not value):
        left.append(Left("action", f"{name} {value}".strip()[:200]))
        return None
    return Action(kind, value)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _plain(value: Any) -> str:
    return " ".join(str(value if value is not None else "").replace("_", " ").replace("’", "'").lower().split())


class _Pattern:
    """``1 AND (2 OR 3)``: AND binds more tightly; None where it is none, or names a condition that is not there."""

    def __init__(self, text: str, tests: Sequence[Test | None]) -> None:
        self._tests, self._at, self._tokens = tests, 0, _tokens(text)

    def read(self) -> Condition | None:
        """The whole pattern."""
        condition = self._any(0)
        return condition if self._at == len(self._tokens) else None

    def _any(self, depth: int) -> Condition | None:
        return self._chain("any", ("or", "||"), depth)

    def _chain(self, match: str, joints: tuple[str, ...], depth: int) -> Condition | None:
        parts = []
        while True:
            part = self._one(depth) if match == "all" else self._chain("all", ("and", "&&"), depth)
            if part is None:
                return None
            parts.append(part)
            if self._next() not in joints:
                break
            self._at += 1
        return parts[0] if len(parts) == 1 else Group("any" if match == "any" else "all", tuple(parts))

    def _one(self, depth: int) -> Condition | None:
        token = self._next()
        self._at += 1
        if token.startswith("(") and depth < MAX_DEPTH // 2:
            inner = self._any(depth + 1)
            if self._next() != ")":
                return None
            self._at += 1
            return inner
        if token.isdigit() and 1 <= int(token) <= len(self._tests):
            return self._tests[int(token) - 1]
        return None

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or len(found) > _MAX_TOKENS:
            return ["?"]
        found.append(match[1].lower())
        at = match.end()
    return found
