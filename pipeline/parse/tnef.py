"""Names of the files inside a TNEF part (winmail.dat). Source: MS-OXTNEF."""

from __future__ import annotations

from pipeline.parse import charset

SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTACHMENT_TITLE = 0x18010
_MAX_FILES = 200


def file_names(data: bytes) -> tuple[str, ...]:
    """The short names of the attached files, in order; empty if the data is no TNEF."""
    names: list[str] = []
    if not data.startswith(SIGNATURE):
        return ()
    at = 6
    while at + 9 <= len(data) and len(names) < _MAX_FILES:
        attribute = int.from_bytes(data[at + 1 : at + 5], "little") & 0xFFFFF
        size = int.from_bytes(data[at + 5 : at + 9], "little")
        value = data[at + 9 : at + 9 + size]
        if attribute == _ATTACHMENT_TITLE:
            names.append(charset.decode(value.split(b"\x00")[0])[0])
        at += 9 + size + 2
    return tuple(name for name in names if name)
