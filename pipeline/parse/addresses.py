"""Address lists of header fields. Source: RFC 5322 section 3.4, and what mail really holds."""

from __future__ import annotations

import re

from pipeline.parse.words import decode_words
from pipeline.records import Address

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[,;:()]|[^",;:()<>]+|.', re.DOTALL)
_ADDR_SPEC = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>(),;:\"]+")
_MAX_LENGTH = 100_000


def parse(value: str) -> tuple[Address, ...]:
    """The mailboxes of a field's value (encoded words still in it), in order; groups are opened."""
    found: list[Address] = []
    for words, route, comments in _mailboxes(value[:_MAX_LENGTH]):
        address = _address(words, route, comments)
        if address is not None:
            found.append(address)
    return tuple(found)


def _mailboxes(value: str) -> list[tuple[list[str], str | None, list[str]]]:
    """(phrase words, text between angle brackets, comments) of each mailbox."""
    out: list[tuple[list[str], str | None, list[str]]] = []
    words: list[str] = []
    route: str | None = None
    comments: list[str] = []
    depth = 0
    for piece in _TOKEN.findall(value):
        if piece == "(":
            depth += 1
            if depth == 1:
                comments.append("")
                continue
        elif piece == ")" and depth:
            depth -= 1
            if depth == 0:
                continue
        if depth:
            comments[-1] += piece
        elif piece in (",", ";"):
            out.append((words, route, comments))
            words, route, comments = [], None, []
        elif piece == ":" and "@" not in "".join(words):
            words = []  # a group's name
        elif piece.startswith("<"):
            if route is None or not route.strip():
                route = piece.strip("<>")
            else:
                out.append((words, route, comments))
                words, route, comments = [], piece.strip("<>"), []
        elif route is None or piece.strip():
            words.append(piece)
    out.append((words, route, comments))
    return out


def _address(words: list[str], route: str | None, comments: list[str]) -> Address | None:
    phrase = "".join(words)
    if route is None:
        match = _ADDR_SPEC.search(phrase) or _ADDR_SPEC.search(decode_words(phrase))
        if match is None:
            name = _name(words)
            return Address(name, "") if name else None
        route, left = match[0], phrase.replace(match[0], " ").strip(" \t\"'")
        words = [left] if left else []
    name = _name(words) or _name(comments)
    address = re.sub(r"\s+", "", decode_words(route).rpartition(":")[2]).strip("'\"").lower()
    if not address and not name:
        return None
    return Address(None if name is None or name.lower() == address else name, address)


def _name(words: list[str]) -> str | None:
    text = "".join(_unquote(word) for word in words)
    text = " ".join(decode_words(text).split())
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text or None


def _unquote(word: str) -> str:
    if word.startswith('"'):
        return re.sub(r"\\(.)", r"\1", word[1:-1] if len(word) > 1 and word.endswith('"') else word[1:])
    return word
