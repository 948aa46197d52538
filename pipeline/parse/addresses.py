"""Address lists of header fields. Source: RFC 5322 section 3.4, and what mail really holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.parse.words import decode_words
from pipeline.records import Address

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|[,;:()]|[^",;:()<>]+|.', re.DOTALL)
_ADDR_SPEC = re.compile(r"(?:[^\s<>()\[\],;:\"]+|\"(?:[^\"\\]|\\.)+\")@[^\s<>(),;:\"]+")
_QUOTED = re.compile(r"\"[^\"]+\"@")
_MAX_LENGTH = 100_000
_MAX_MAILBOXES = 5_000


@dataclass(slots=True)
class _Mailbox:
    """The pieces of one mailbox: phrase, text between angle brackets, what stands after them, comments."""

    words: list[str] = field(default_factory=list)
    route: str | None = None
    after: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def parse(value: str) -> tuple[Address, ...]:
    """The mailboxes of a field's value (encoded words still in it), in order; groups are opened."""
    mailboxes = _with_commas(_mailboxes(value[:_MAX_LENGTH]))
    return tuple(a for m in mailboxes if (a := _address(m.words + m.after, m.route, m.comments)) is not None)


def _mailboxes(value: str) -> list[_Mailbox]:
    """The pieces of each mailbox; a comma inside a comment or quotes ends none."""
    out: list[_Mailbox] = []
    current = _Mailbox()
    depth = 0
    for piece in _TOKEN.findall(value):
        if piece == "(":
            depth += 1
            if depth == 1:
                current.comments.append("")
                continue
        elif piece == ")" and depth:
            depth -= 1
            if depth == 0:
                continue
        if depth:
            current.comments[-1] += piece
        elif piece in (",", ";"):
            out.append(current)
            if len(out) >= _MAX_MAILBOXES:
                return out
            current = _Mailbox()
        elif piece == ":" and "@" not in "".join(current.words):
            current.words = []  # a group's name
        elif piece.startswith("<"):
            if current.route is not None and current.route.strip():
                out.append(current)  # mailboxes without a comma between them
                current = _Mailbox(words=current.after)
                out[-1].after = []
            current.route = piece.strip("<>")
        elif piece != ">":
            (current.words if current.route is None else current.after).append(piece)
    out.append(current)
    return out


def _with_commas(mailboxes: list[_Mailbox]) -> list[_Mailbox]:
    """Mailboxes whose names have a comma without quotes ("Foo Co., Ltd. <info@foo.example>") made whole."""
    out: list[_Mailbox] = []
    for mailbox in mailboxes:
        last = out[-1] if out else None
        if mailbox.route and "".join(mailbox.words).strip() and last is not None and _is_name_only(last):
            mailbox.words = [*last.words, ",", *mailbox.words]
            out.pop()
        out.append(mailbox)
    return out


def _is_name_only(mailbox: _Mailbox) -> bool:
    phrase = "".join(mailbox.words)
    return mailbox.route is None and bool(phrase.strip()) and "@" not in phrase and "=?" not in phrase


def _address(words: list[str], route: str | None, comments: list[str]) -> Address | None:
    phrase = "".join(words)
    if route is None:
        if (match := _stated(words, phrase)) is None and "=?" in phrase:
            phrase = decode_words(phrase)  # the whole mailbox inside encoded words
            match = _ADDR_SPEC.search(phrase)
        if match is None:
            name = _name(words)
            return Address(name, "") if name else None
        route, left = match[0], phrase.replace(match[0], " ").strip(" \t\"'<>")
        words = [left] if left else []
    name = _name(words) or _name(comments)
    address = decode_words(route).rpartition(":")[2].strip().lower()
    if not _QUOTED.match(address):
        address = re.sub(r"\s+", "", address).strip("'\"")
    if not address and not name:
        return None
    return Address(None if name is None or name.lower() == address else name, address)


def _stated(words: list[str], phrase: str) -> re.Match[str] | None:
    """The address in a phrase, outside quotes where there is one: a quoted name may hold somebody else's."""
    if "@" not in phrase:
        return None
    if '"' in phrase:
        pairs = zip(words, [*words[1:], ""], strict=False)
        outside = [" " if word.startswith('"') and not after.startswith("@") else word for word, after in pairs]
        if (match := _ADDR_SPEC.search("".join(outside))) is not None:
            return match
    return _ADDR_SPEC.search(phrase)


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
