"""mbox files: mails one after another, each under a line that begins with ``From ``.

A line is such a separator only at the start of the file or after an empty line, and only if it looks like one:
it carries a time and a year, or it is one word followed by a header field. So a paragraph that begins with
"From" stays in its mail. Lines quoted as ``>From `` lose one ``>`` (mboxrd).

Source: RFC 4155; the mboxrd variant as described by Rahul Dhesi and qmail's mbox(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ingest.streams import Stream

_TIME = re.compile(rb"\d{1,2}:\d\d")
_YEAR = re.compile(rb"(?<!\d)(?:19|20)\d\d(?!\d)")
_ASCTIME = re.compile(rb" (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ")
_BARE = re.compile(rb"From \S{1,320}[ \t]*\r?\n?\Z")
_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:|>From ")
_QUOTED = re.compile(rb">+From ")
_LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one mail (None where it is larger than the limit) and the offset at which the next begins."""

    raw: bytes | None
    end: int


def split(stream: Stream, max_mail_bytes: int, offset: int = 0) -> Iterator[Piece]:
    """The mails of an mbox from ``offset`` on (0, or the ``end`` of an earlier piece), one at a time.

    Memory stays at one mail of at most ``max_mail_bytes``. Line ends are kept as they are.
    """
    stream.skip_to(offset)
    mail = _Collector(max_mail_bytes)
    position = offset
    for line, starts, following in _lines(stream):
        if starts and line.startswith(b"From ") and (not mail.begun or _separates(line, following, mail.after_blank)):
            if mail.begun:
                yield Piece(mail.take(), position)
            mail.begin()
        else:
            mail.add(line, starts)
        position += len(line)
    if mail.begun:
        yield Piece(mail.take(), position)


def _separates(line: bytes, following: bytes, after_blank: bool) -> bool:
    """Whether a line that begins with ``From `` stands above a mail, given the line after it."""
    if not after_blank:
        return False
    stamp = line[:300]
    dated = bool(_TIME.search(stamp) and _YEAR.search(stamp))
    if _HEADER.match(following):
        return dated or bool(_BARE.match(line))
    return dated and not following.strip() and bool(_ASCTIME.search(stamp))


def _lines(stream: Stream) -> Iterator[tuple[bytes, bool, bytes]]:
    """Each line, whether it starts one (very long lines come in pieces), and the line after it."""
    line, starts = stream.readline(_LINE_BYTES), True
    while line:
        following = stream.readline(_LINE_BYTES)
        yield line, starts, following
        starts = line.endswith(b"\n")
        line = following


class _Collector:
    """Lines of the mail being read; past the limit they are counted and let go."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lines: list[bytes] = []
        self._size_bytes = 0
        self.after_blank = True
        self.begun = False

    def add(self, line: bytes, starts: bool) -> None:
        self.after_blank = starts and line in (b"\n", b"\r\n")
        if not self.begun and self.after_blank:
            return  # empty lines above the first mail
        self.begun = True
        if starts and line.startswith(b">") and _QUOTED.match(line):
            line = line[1:]
        self._size_bytes += len(line)
        if self._size_bytes <= self._max_bytes:
            self._lines.append(line)
        else:
            self._lines.clear()

    def begin(self) -> None:
        self._lines, self._size_bytes = [], 0
        self.begun, self.after_blank = True, False

    def take(self) -> bytes | None:
        """The mail without the empty line that the format puts under it; None if it was too large."""
        if self._size_bytes > self._max_bytes:
            return None
        if self.after_blank and self._lines:
            self._lines.pop()
        return b"".join(self._lines)
