"""The earlier mails inside the quote zones, each with its sender, date, recipients, subject and own text.

A line's depth is the number of its quote marks. Words that open a quote (``quotes.opening``) announce a message,
whose lines follow one mark deeper, or at the same depth where the client sets no marks. What stands deeper without
such words is a message of which nothing is told. Lines of a message that new text or deeper quotes cut in pieces
are gathered again under it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.parse import quotes
from pipeline.parse.lines import Line
from pipeline.parse.lines import split as split_lines
from pipeline.parse.quoted_heads import Head, of_attribution, of_header
from pipeline.records import QuotedMessage, Segment

MAX_LINES = 10_000
MAX_MESSAGES = 200
MAX_OPENING = 2_000
_BARS = "|｜│┃"
_MARKS = re.compile(r"(?:\s{0,3}(?:[>＞》]|[A-Z]{1,4}>(?=\s)))*")
_MARKS_AND_BARS = re.compile(r"(?:\s{0,3}(?:[>＞》|｜│┃]|[A-Z]{1,4}>(?=\s)))*")
_VERB = re.compile(r"\b(?:wrote|writes|schrieb|a écrit)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Part:
    """A message while it is gathered: the depth of its lines, and how many mails lie between it and the new text."""

    depth: int
    level: int
    head: Head | None = None
    ranges: list[tuple[int, int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    children: list[_Part] = field(default_factory=list)

    def take(self, line: Line, text: str | None) -> None:
        """Add a line, and its text where it is not of the head."""
        if self.ranges and self.ranges[-1][1] == line.start:
            self.ranges[-1] = (self.ranges[-1][0], line.end)
        else:
            self.ranges.append((line.start, line.end))
        if text is not None:
            self.lines.append(text)

    @property
    def has_text(self) -> bool:
        return any(line.strip() for line in self.lines)


def split(text: str, segments: Iterable[Segment], sent: datetime | None = None) -> tuple[QuotedMessage, ...]:
    """The quoted mails of a text, in the order in which they begin.

    ``sent`` is when the mail itself was sent: dates without a year or a zone are read by it. Quoted lines beyond
    ``MAX_LINES`` are left out; beyond ``MAX_MESSAGES`` no further mail begins.
    """
    gathering = _Gathering(sent)
    for depth, lines, deeper in _runs(text, segments):
        if depth is None:
            gathering.leave()
        else:
            gathering.read(depth, lines, deeper)
    return tuple(gathering.messages())


def _runs(text: str, segments: Iterable[Segment]) -> Iterator[tuple[int | None, list[Line], bool]]:
    """Runs of quoted lines of one depth, marks taken off, and whether a deeper one follows; depth None is no quote."""
    left = MAX_LINES
    for segment in segments:
        if segment.zone != "quote":
            yield None, [], False
            continue
        part = text[segment.start : segment.end]
        part = part[: sum(len(row) + 1 for row in part.split("\n", left)[:left])]
        rows = [Line(r.text, segment.start + r.start, segment.start + r.end) for r in split_lines(part)]
        left -= len(rows)
        runs = [(depth, list(run)) for depth, run in itertools.groupby(_peeled(rows), key=lambda row: row[0])]
        for (depth, run), (after, _) in itertools.pairwise([*runs, (0, [])]):
            yield depth, [line for _, line in run], after > depth


def _peeled(rows: list[Line]) -> list[tuple[int, Line]]:
    """Depth and bare line of each row; blank ones and the tails of lines that a client broke go with those above."""
    depths, bare = [], []
    barred = [_is_barred(row.text) for row in rows]
    for i, row in enumerate(rows):
        pattern = _MARKS_AND_BARS if barred[i] and any(barred[max(0, i - 1) : i] + barred[i + 1 : i + 2]) else _MARKS
        match = pattern.match(row.text)
        end = match.end() if match else 0
        depths.append(sum(row.text.count(sign, 0, end) for sign in ">＞》" + _BARS) if end else 0)
        space = row.text[end : end + 1] == " "
        bare.append(Line(row.text[end + space :] if end else row.text, row.start, row.end))
    for i in range(1, len(rows)):
        broken = depths[i] == 0 and depths[i - 1] > 0 and i + 1 < len(rows) and depths[i + 1] > 0
        if not bare[i].bare or (broken and quotes.is_tail(bare[i - 1].text, bare[i].text)):
            depths[i] = depths[i - 1]
    return list(zip(depths, bare, strict=True))


def _is_barred(text: str) -> bool:
    """Whether a line is led by a bar and is no row of a table."""
    bare = text.strip("> ＞\t\u3000")
    return bare[:1] in tuple(_BARS) and (bare[-1] not in _BARS or not bare.strip(_BARS + " "))


class _Gathering:
    """Gives each line to its message. ``stack`` is the chain of messages around the last line read."""

    def __init__(self, sent: datetime | None) -> None:
        self._sent = sent
        self._root = _Part(0, 0)
        self._stack = [self._root]
        self._last: _Part | None = None
        self._parts: list[_Part] = []

    def leave(self) -> None:
        """New text begins: nothing is open any more, but what was may go on below."""
        self._stack = [self._root]
        self._last = None

    def read(self, depth: int, lines: list[Line], deeper: bool) -> None:
        """Read a run of lines of one depth; ``deeper`` says that the next line has more marks."""
        end = len(lines)
        seen = [
            line if len(line.text) <= MAX_OPENING else replace(line, text=line.text[:MAX_OPENING]) for line in lines
        ]
        seen += [Line("> ", lines[-1].end, lines[-1].end)] * deeper
        marked = [False] * end + [True] * deeper
        at = read = 0
        while at < end:
            opening = quotes.opening(seen, marked, at) if len(self._parts) < MAX_MESSAGES else None
            if opening is None:
                at += 1
                continue
            self._give(depth, lines[read : max(read, opening.start)])
            start, at = max(read, opening.start), min(opening.stop, end)
            read = at
            marks_follow = deeper and not any(line.bare for line in lines[at:])
            self._open(depth + marks_follow, depth, opening.kind, lines[start:at] or lines[at - 1 : at])
        self._give(depth, lines[read:])

    def _open(self, own: int, depth: int, kind: str, lines: list[Line]) -> None:
        """Open the message that words at ``depth`` announce, whose own lines stand at depth ``own``."""
        head = self._head(kind, lines)
        self._shrink(depth)
        part = self._stack[-1]
        if part.head == Head() and not part.has_text and part.depth == depth:
            part.head, part.depth = head, own
        else:
            part = self._add(own, part.level + 1, head)
        for line in lines:
            part.take(line, None)
        self._last = part

    def _head(self, kind: str, lines: list[Line]) -> Head:
        words = " ".join(line.bare for line in lines)
        if kind == "header":
            return of_header((line.text for line in lines), self._sent)
        if kind == "attribution" or _VERB.search(words):
            return of_attribution(words, self._sent)
        return Head()

    def _give(self, depth: int, lines: list[Line]) -> None:
        """Give lines of one depth to the message they belong to."""
        if any(line.bare for line in lines):
            self._last = self._at(depth)
        if self._last is not None:
            for line in lines:
                self._last.take(line, line.text)

    def _at(self, depth: int) -> _Part:
        """The message whose lines stand at a depth here: the open one, one that goes on, or a new one."""
        self._shrink(depth)
        top = self._stack[-1]
        if top is self._root or top.depth < depth:
            while top.children and top.children[-1].depth <= depth:
                top = top.children[-1]
                self._stack.append(top)
            if top is self._root or top.depth < depth:
                return self._add(depth, top.level + max(1, depth - top.depth), None)
        return top

    def _shrink(self, depth: int) -> None:
        while self._stack[-1].depth > depth:
            self._stack.pop()

    def _add(self, depth: int, level: int, head: Head | None) -> _Part:
        part = _Part(depth, level, head)
        self._stack[-1].children.append(part)
        self._stack.append(part)
        self._parts.append(part)
        return part

    def messages(self) -> Iterator[QuotedMessage]:
        """What was gathered."""
        adopted: set[int] = set()
        for part in self._parts:
            if part.head and not part.has_text and len(part.children) == 1 and part.children[0].head is None:
                adopted.add(id(part.children[0]))
                part.ranges += part.children[0].ranges
                part.lines = part.children[0].lines
        for part in self._parts:
            if id(part) not in adopted and (part.has_text or part.head not in (None, Head())):
                yield _message(part)


def _message(part: _Part) -> QuotedMessage:
    head = part.head or Head()
    return QuotedMessage(
        head.sender, head.date, head.zone_told, head.subject, head.to, head.cc, part.level, tuple(part.ranges),
        "\n".join(line.rstrip() for line in part.lines).strip("\n\ufeff"),
    )  # fmt: skip
