"""Gmail's filter export (Atom XML with ``apps:property``) as filters; what cannot be translated is listed.

Source: Gmail, Settings, Filters, Export (mailFilters.xml); search operators: support.google.com/mail/answer/7190.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from pipeline import errors
from pipeline.core.filters import MAX_DEPTH, Action, ActionKind, Condition, Field, Filter, Group, Left, Test

_ENTRY = "{http://www.w3.org/2005/Atom}entry"
_PROPERTY = "{http://schemas.google.com/apps/2006}property"
_TEXTS: dict[str, Field] = {"from": "sender", "to": "recipients", "subject": "subject", "hasTheWord": "words"}
_SWITCHES: dict[str, ActionKind] = {
    "shouldArchive": "archive", "shouldMarkAsRead": "read", "shouldStar": "flag", "shouldTrash": "trash",
    "shouldNeverSpam": "never_spam", "shouldAlwaysMarkAsImportant": "important",
    "shouldNeverMarkAsImportant": "not_important",
}  # fmt: skip
_VALUES: dict[str, ActionKind] = {"label": "label", "forwardTo": "forward"}
_OPERATORS: dict[str, Field] = {
    "from": "sender", "to": "recipients", "cc": "cc", "subject": "subject", "list": "list", "filename": "filename",
}  # fmt: skip
_LARGER, _SMALLER = ("larger", "larger_than", "size"), ("smaller", "smaller_than")
_UNKNOWN = frozenset({
    "after", "before", "older", "newer", "older_than", "newer_than", "label", "in", "is", "has", "category", "bcc",
    "deliveredto", "rfc822msgid", "around", "subscription",
})  # fmt: skip
_SIZE_UNITS = {"s_sb": 1, "s_skb": 1024, "s_smb": 1024 * 1024}
_UNITS = {"": 1, "k": 1024, "m": 1024 * 1024}
_IGNORED = frozenset({"excludeChats", "sizeOperator", "sizeUnit"})  # no chats are here; the others go with size
_TOKEN = re.compile(
    r'\s+|"(?P<phrase>[^"]*)"?|(?P<mark>[(){}|]|-(?=\S))|(?P<name>[a-z_0-9]+):|(?P<word>[^\s"(){}|]+)', re.I
)
_SIZE = re.compile(r"(\d{1,12})([km]?)b?", re.I)
_MAX_CHARS = 20_000


def read_gmail(text: str) -> tuple[Filter, ...]:
    """The filters of an export, in its order.

    Raises: errors.UsageError where it is no such file.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise errors.UsageError("This is no export of Gmail's filters: it holds a document type.")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities to expand
    except ElementTree.ParseError:
        raise errors.UsageError("This is no export of Gmail's filters: it is not well-formed XML.") from None
    entries = root.findall(_ENTRY)
    if not entries:
        raise errors.UsageError("This is no export of Gmail's filters: it holds none.")
    return tuple(_filter(n, entry) for n, entry in enumerate(entries, 1))


def _filter(n: int, entry: ElementTree.Element) -> Filter:
    found = [(each.get("name", ""), each.get("value", "")) for each in entry.findall(_PROPERTY)]
    properties = dict(found)
    conditions: list[Condition] = []
    left, actions, whole = [], [], True
    for name, value in found:
        if name in _TEXTS or name == "doesNotHaveTheWord":
            query = _Query(value, _TEXTS.get(name, "words"))
            condition = query.read()
            whole = whole and not query.left
            left += query.left
            if condition is not None:
                conditions.append(Group("none", (condition,)) if name == "doesNotHaveTheWord" else condition)
        elif name == "hasAttachment":
            conditions += [Test("attachment", "present")] if value == "true" else []
        elif name == "size":
            size = _size(value, properties)
            whole = whole and size is not None
            conditions += [size] if size else []
            left += [] if size else [Left("condition", f"size {value}")]
        elif name in _SWITCHES:
            actions += [Action(_SWITCHES[name])] if value == "true" else []
        elif name in _VALUES:
            actions.append(Action(_VALUES[name], value))
        elif name == "smartLabelToApply":
            actions.append(Action("label", value.removeprefix("^smartlabel_")))
        elif name == "shouldSpam" and value != "true":
            continue
        elif name not in _IGNORED:
            left.append(Left("property", name))
    left += [] if conditions else [Left("no_condition")]
    left += [] if actions else [Left("no_action")]
    name = next((each.value for each in actions if each.value), "") or f"Gmail {n}"
    active = whole and bool(conditions) and bool(actions)
    return Filter(name, Group("all", tuple(conditions)), tuple(actions), tuple(left), active)


def _size(value: str, properties: dict[str, str]) -> Test | None:
    """``s_sl`` is larger, ``s_ss`` smaller."""
    unit = _SIZE_UNITS.get(properties.get("sizeUnit", "s_smb"))
    if unit is None or not value.isascii() or not value.isdigit() or len(value) > 12:
        return None
    return Test("size", "smaller" if properties.get("sizeOperator") == "s_ss" else "larger", str(int(value) * unit))


@dataclass
class _Query:
    """Gmail's search language: words side by side must all be there, OR binds more tightly, ``{}`` is OR too."""

    text: str
    where: Field
    left: list[Left] = field(default_factory=list)
    _tokens: list[tuple[str, str]] = field(default_factory=list)
    _at: int = 0

    def read(self) -> Condition | None:
        """The whole query; None where nothing of it could be translated."""
        if len(self.text) > _MAX_CHARS:
            self.left.append(Left("condition", self.text[:60] + " …"))
            return None
        self._tokens = list(_tokens(self.text))
        parts: list[Condition] = []
        while self._at < len(self._tokens):
            parts += self._all(self.where, 0)
            self._at += 1  # a bracket that nothing opened
        return _joined("all", parts)

    def _all(self, default: Field, depth: int) -> list[Condition]:
        parts: list[Condition] = []
        while (token := self._next()) and token not in (("mark", ")"), ("mark", "}")):
            if token in (("word", "AND"), ("word", "OR"), ("mark", "|")):
                self._at += 1
                continue
            one = self._any(default, depth)
            parts += [one] if one else []
        return parts

    def _any(self, default: Field, depth: int) -> Condition | None:
        parts = [self._one(default, depth)]
        while self._next() in (("word", "OR"), ("mark", "|")):
            self._at += 1
            parts.append(self._one(default, depth))
        known = [part for part in parts if part]
        return _joined("any", known)

    def _one(self, default: Field, depth: int) -> Condition | None:
        token = self._next()
        if token is None:
            return None
        self._at += 1
        kind, value = token
        if depth > MAX_DEPTH // 2:
            self.left.append(Left("condition", value))
            return None
        if token == ("mark", "-"):
            inner = self._one(default, depth + 1)
            return Group("none", (inner,)) if inner else None
        if token in (("mark", "("), ("mark", "{")):
            parts = self._all(default, depth + 1)
            self._at += 1
            return _joined("all" if value == "(" else "any", parts)
        if kind == "name":
            return self._operator(value.lower(), depth)
        return _words(default, value) if kind in ("word", "phrase") and value.strip("*") else None

    def _operator(self, name: str, depth: int) -> Condition | None:
        if name in _OPERATORS:
            return self._one(_OPERATORS[name], depth + 1)
        token = self._next()
        value = token[1] if token and token[0] in ("word", "phrase") else ""
        self._at += bool(value)
        if not value and token and token[1] in ("(", "{"):
            self._one("words", depth + 1)
        size = _SIZE.fullmatch(value)
        if name in (*_LARGER, *_SMALLER) and size:
            limit_bytes = int(size[1]) * _UNITS[size[2].lower()]
            return Test("size", "larger" if name in _LARGER else "smaller", str(limit_bytes))
        if (name, value.lower()) == ("has", "attachment"):
            return Test("attachment", "present")
        if name not in (*_LARGER, *_SMALLER, *_UNKNOWN) and value:
            return _words("words", f"{name}:{value}")  # such as http://example.com, which is no operator
        self.left.append(Left("condition", f"{name}:{value or '(…)'}"))
        return None

    def _next(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None


def _tokens(text: str) -> Sequence[tuple[str, str]]:
    found = (match for match in _TOKEN.finditer(text) if match.lastgroup)
    return [(match.lastgroup or "", match[match.lastgroup or 0]) for match in found]


def _words(default: Field, value: str) -> Test:
    """Words; an address or domain may stand behind a star, which means anything."""
    return Test(default, "contains" if "*" in value or "@" in value else "has_words", value.replace("*", ""))


def _joined(match: str, parts: Sequence[Condition]) -> Condition | None:
    if len(parts) == 1:
        return parts[0]
    return Group("any" if match == "any" else "all", tuple(parts)) if parts else None
