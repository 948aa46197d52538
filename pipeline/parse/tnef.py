"""Names of the files inside a TNEF part (winmail.dat). Source: MS-OXTNEF, MS-OXPROPS."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.parse import charset

SIGNATURE = b"\x78\x9f\x3e\x22"
_NEW_FILE, _TITLE, _PROPERTIES, _CODEPAGE = 0x9002, 0x8010, 0x9005, 0x9007
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME = 0x3707, 0x3704, 0x3001
_UNICODE = 0x1F
_SIZED = (0x1E, _UNICODE, 0x102, 0x0D)  # string, Unicode string, binary, object
_FIXED_BYTES = {0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}  # all others fill four
_MANY = 0x1000
_MAX_FILES = 200
_MAX_PROPERTIES = 2000


def file_names(data: bytes) -> tuple[str, ...]:
    """The names of the attached files, in order, the long ones where told; empty if the data is no TNEF."""
    names: list[str] = []
    codepage = None
    for attribute, value in _attributes(data):
        if attribute == _CODEPAGE:
            codepage = f"cp{int.from_bytes(value[:4], 'little')}"
        elif attribute == _NEW_FILE:
            if len(names) >= _MAX_FILES:
                break
            names.append("")
        elif attribute == _TITLE and not (names and names[-1]):
            names[-1:] = [_text(value, codepage)]
        elif attribute == _PROPERTIES and names:
            names[-1] = _told_name(value, codepage) or names[-1]
    return tuple(name for name in names if name)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The attributes of message and files as (number, value)."""
    at = 6 if data.startswith(SIGNATURE) else len(data)
    while at + 9 <= len(data):
        size = _number(data, at + 5)
        yield _number(data, at + 1) & 0xFFFF, data[at + 9 : at + 9 + size]
        at += 9 + size + 2


def _told_name(data: bytes, codepage: str | None) -> str:
    """The best of the names among a file's properties, "" if none."""
    names = {}
    for kind, number, value in _properties(data):
        if number in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME):
            names[number] = _text(value, "utf-16-le" if kind == _UNICODE else codepage)
    return names.get(_LONG_NAME) or names.get(_SHORT_NAME) or names.get(_SHOWN_NAME) or ""


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The properties as (type, number, first value), as far as they can be read."""
    at = 4
    for _ in range(min(_number(data, 0), _MAX_PROPERTIES)):
        kind, number = _number(data, at) & 0xFFFF, _number(data, at) >> 16
        at += 4
        if number >= 0x8000:  # a named one: whose it is, then its number or name
            named = _number(data, at + 16)
            at += 24 + (_padded(_number(data, at + 20)) if named else 0)
        base, values = kind & 0xFFF, 1
        if base in _SIZED or kind & _MANY:
            values = _number(data, at)
            at += 4
        for position in range(values):
            size = _FIXED_BYTES.get(base, 4)
            if base in _SIZED:
                size = _number(data, at)
                at += 4
            if at + size > len(data):
                return
            if not position:
                yield base, number, data[at : at + size]
            at += _padded(size)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _padded(size: int) -> int:
    return size + -size % 4


def _text(value: bytes, encoding: str | None) -> str:
    if encoding == "utf-16-le":
        return value.decode(encoding, "replace").split("\0")[0]
    return charset.decode(value.split(b"\0")[0], encoding)[0]
