"""Lines of IMAP answers, read and written: no connection here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

from pipeline.ingest.protocol import Item
from pipeline.ingest.sources import Arrived, RemoteFolder, Status

_SET_IDS = 400
_UID = re.compile(rb"\bUID (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_STATUS = re.compile(rb"(?P<name>.*?) ?\((?P<values>[A-Z0-9 ]*)\)\s*", re.S)
_LIST = re.compile(rb'\((?P<flags>[^)]*)\) (?P<delimiter>"(?:\\.|[^"])*"|NIL) (?P<name>.*)', re.S)


def folder_of(line: Any) -> RemoteFolder | None:
    """A folder of a LIST line; names with odd characters come as literals."""
    text = line[0][: line[0].rindex(b"{")] + line[1] if isinstance(line, tuple) else line
    found = _LIST.match(text)
    if not found:
        return None
    name = found["name"] if isinstance(line, tuple) else _unquoted(found["name"])
    delimiter = found["delimiter"].strip(b'"').replace(b"\\\\", b"\\").decode("ascii", "replace")
    flags = frozenset(found["flags"].decode("ascii", "replace").lower().split())
    return RemoteFolder(utf7_decode(name), flags, "" if delimiter == "NIL" else delimiter)


def status_of(parts: Sequence[Any]) -> dict[str, Status]:
    """How folders stand, by name, from STATUS lines; one without all three values says nothing."""
    found: dict[str, Status] = {}
    for part, after in zip(parts, [*parts[1:], b""], strict=False):
        literal = isinstance(part, tuple)
        match = _STATUS.fullmatch(after if literal else part)
        if match is None or not (literal or match["name"]):
            continue  # the second is what stands behind a literal
        words = match["values"].split()
        values = dict(zip(words[::2], words[1::2], strict=False))
        numbers = [values.get(key, b"") for key in (b"MESSAGES", b"UIDVALIDITY", b"HIGHESTMODSEQ")]
        if all(map(bytes.isdigit, numbers)):
            name = part[1] if literal else _unquoted(match["name"])
            found[utf7_decode(name)] = Status(*map(int, numbers))
    return found


def _unquoted(name: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", name.strip()[1:-1]) if name.startswith(b'"') else name


def quoted(folder: str) -> str:
    """A folder's name as a command takes it."""
    name: str = utf7_encode(folder).decode("ascii")
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def item_of(line: bytes) -> Item | None:
    """The mail of a FETCH line, if it names one."""
    uid = _UID.search(line)
    if not uid:
        return None
    flags, received, size = _FLAGS.search(line), _DATE.search(line), _SIZE.search(line)
    return Item(
        uid[1].decode(),
        _flags(flags[1]) if flags else None,
        _day(received[1]) if received else None,
        int(size[1]) if size else None,
    )


def _flags(text: bytes) -> frozenset[str]:
    """``\\Recent`` says only who looked first."""
    return frozenset(text.decode("utf-8", "replace").split()) - {"\\Recent"}


def _day(text: bytes) -> date | None:
    try:
        return datetime.strptime(text.strip().decode("ascii", "replace"), "%d-%b-%Y %H:%M:%S %z").date()
    except ValueError:
        return None


def arrived(parts: list[Any]) -> Iterator[Arrived]:
    """Mails of a FETCH answer: what stands before and after a literal belongs to its mail."""
    for at, part in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) and isinstance(parts[at + 1], bytes) else b""
        if isinstance(part, tuple):
            head, raw = part[0] + b" " + after, part[1]
        else:
            continue
        uid, flags = _UID.search(head), _FLAGS.search(head)
        if uid and raw:  # Dovecot gives an empty body for a mail that somebody deleted meanwhile
            yield Arrived(uid[1].decode(), raw, _flags(flags[1]) if flags else frozenset())


def sequence_sets(ids: Sequence[str]) -> list[str]:
    """UIDs as sequence sets of ranges, short enough for one command each."""
    uids = sorted(map(int, ids))
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    texts = [f"{low}:{high}" if low != high else str(low) for low, high in ranges]
    return [",".join(texts[at : at + _SET_IDS]) for at in range(0, len(texts), _SET_IDS)]


def expand(text: bytes) -> Iterator[str]:
    """The UIDs of a sequence set."""
    for part in text.split(b","):
        low, _, high = part.partition(b":")
        if low.isdigit():
            first, last = int(low), int(high) if high.isdigit() else int(low)
            yield from map(str, range(min(first, last), max(first, last) + 1))
