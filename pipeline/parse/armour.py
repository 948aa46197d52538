"""OpenPGP armour inside a text: the lines between which a mail is signed, encrypted or gives a key.

Armour is no word of the writer: a clear-signed text is read as if it were not signed, and blocks of encoded bytes are
left out. Whether a mail was signed or encrypted is told by its defects. Source: RFC 9580 sections 6.2 and 7.
"""

from __future__ import annotations

import re

_EDGE = re.compile(r"-----(BEGIN|END) PGP (SIGNED MESSAGE|SIGNATURE|MESSAGE|PUBLIC KEY BLOCK)-----[ \t]*")
_FIELD = re.compile(r"[A-Z][A-Za-z-]{1,20}: ")
_SIGNED = "SIGNED MESSAGE"
_TOLD = {_SIGNED: "signed_pgp", "MESSAGE": "encrypted_pgp"}


def remove(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without armour, and the defects that it tells: ``signed_pgp``, ``encrypted_pgp``.

    A block that never ends stays, except for the first lines of a signed text.
    """
    if "-----BEGIN PGP " not in text:
        return text, ()
    lines = text.replace("\r\n", "\n").split("\n")
    edges = [_EDGE.fullmatch(line) for line in lines]
    last = {edge[2]: at for at, edge in enumerate(edges) if edge and edge[1] == "END"}
    out: list[str] = []
    told: list[str] = []
    signed, at = False, 0
    while at < len(lines):
        edge = edges[at]
        if edge is None or edge[1] == "END":
            out.append(lines[at][2:] if signed and lines[at].startswith("- ") else lines[at])
            at += 1
            continue
        kind = edge[2]
        if kind in _TOLD:
            told.append(_TOLD[kind])
        if signed := kind == _SIGNED:
            at = _after_fields(lines, at + 1)
        elif at < last.get(kind, -1):
            at = next(i for i in range(at, len(lines)) if (end := edges[i]) and (end[1], end[2]) == ("END", kind)) + 1
        else:
            out.append(lines[at])
            at += 1
    return "\n".join(out), tuple(told)


def _after_fields(lines: list[str], at: int) -> int:
    """Where the words begin below the first line of a signed text: after its fields and one blank line."""
    while at < len(lines) and _FIELD.match(lines[at]):
        at += 1
    return at + 1 if at < len(lines) and not lines[at].strip() else at
