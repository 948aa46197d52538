"""The MIME tree of a mail, read from bytes in one pass over each level.

Any bytes give a tree. What is broken is noted as a defect; depth, part and header counts are limited, and what lies
beyond a limit stays one opaque part. Source: RFC 5322, RFC 2045, RFC 2046.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.parse import transfer, words

MAX_DEPTH = 20
MAX_PARTS = 1000
MAX_FIELDS = 2000
MAX_FIELD_BYTES = 100_000
_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*$")
_INDENTED = re.compile(rb"[ \t]+(?=[!-9;-~]{1,200}:)")
_COMMON = re.compile(rb"(?:received|from|sender|to|cc|subject|date)[ \t]*$", re.IGNORECASE)
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")
_BOM = b"\xef\xbb\xbf"
_LOOKS_LIKE_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?$", re.MULTILINE)


@dataclass(slots=True)
class Part:
    """A node of the tree: its header fields as (lower-cased name, raw unfolded value), and its raw body or parts."""

    fields: list[tuple[str, bytes]]
    content_type: str
    parameters: dict[str, str]
    body: bytes = b""
    parts: list[Part] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The first value of a field as text with encoded words left in it, "" if absent."""
        return next((words.decode_raw(value) for key, value in self.fields if key == name), "")

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """Content-Disposition and its parameters."""
        return words.parameters(self.get("content-disposition"))

    @property
    def file_name(self) -> str | None:
        """The name under which the part would be saved."""
        name = self.disposition[1].get("filename") or self.parameters.get("name")
        return " ".join(name.split()) or None if name else None

    def content(self) -> tuple[bytes, str | None]:
        """The body with its transfer encoding undone, and a defect, if any."""
        return transfer.decode(self.body, self.get("content-transfer-encoding"))

    def walk(self) -> Iterator[Part]:
        """The part and all below it, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()


class Reader:
    """Reads one mail; collects its defects in order."""

    def __init__(self) -> None:
        self.defects: list[str] = []
        self._count = 0

    def read(self, raw: bytes) -> Part:
        """The tree of a whole mail."""
        if b"\n" not in raw and b"\r" in raw:
            raw = raw.replace(b"\r", b"\n")
        raw = raw.removeprefix(_BOM)
        start = 0
        while raw.startswith((b"\n", b"\r\n"), start):
            start = raw.index(b"\n", start) + 1
        if (indent := _INDENTED.match(raw, start)) is not None:  # else the first field would hide all others
            self.defect("header_broken")
            start = indent.end()
        return self._part(raw[start:] if start else raw, 0, "text/plain")

    def defect(self, code: str) -> None:
        """Note a defect once."""
        if code not in self.defects:
            self.defects.append(code)

    def _part(self, raw: bytes, depth: int, default_type: str) -> Part:
        self._count += 1
        fields, at = self._fields(raw)
        kind = next((words.decode_raw(value) for name, value in fields if name == "content-type"), "")
        content_type, parameters = words.parameters(kind)
        if not _TYPE.fullmatch(content_type):
            if content_type:
                self.defect("content_type_broken")
            if (stated := _TYPE.match(content_type)) is not None:  # no semicolon before the parameters
                content_type, parameters = (
                    stated[0],
                    words.parameters(";" + kind.lstrip()[stated.end() :].lstrip(" :,"))[1],
                )
            else:
                content_type = "text/plain" if content_type == "text" else default_type
        part = Part(fields, content_type, parameters, raw[at:])
        if depth >= MAX_DEPTH and content_type.startswith(("multipart/", "message/")):
            self.defect("too_deep")
        elif content_type.startswith("multipart/"):
            self._multipart(part, depth)
        elif content_type in ("message/rfc822", "message/global"):
            body, defect = part.content()
            if defect:
                self.defect(defect)
            part.parts = [self._part(body.lstrip(b"\r\n"), depth + 1, "text/plain")]
        return part

    def _fields(self, raw: bytes) -> tuple[list[tuple[str, bytes]], int]:
        """The header fields and where the body begins."""
        fields: list[tuple[str, list[bytes]]] = []
        at, size = 0, len(raw)
        while at < size:
            end = raw.find(b"\n", at)
            stop = size if end < 0 else end + 1
            line = raw[at : size if end < 0 else end].rstrip(b"\r")
            if not line:
                at = stop
                break
            if line[:1] in b" \t" and fields:
                if line.strip() or raw[stop : stop + 1] in (b" ", b"\t"):
                    fields[-1][1].append(line)
            elif (colon := line.find(b":")) > 0 and _NAME.match(line[:colon]):
                if len(fields) < MAX_FIELDS:
                    fields.append((line[:colon].strip().decode("ascii").lower(), [line[colon + 1 :]]))
                else:
                    self.defect("too_many_headers")
            elif not (at == 0 and line.startswith((b"From ", b">From "))):
                self.defect("header_broken")
                if not fields or line.startswith(b"--"):
                    break
                if line[:1] not in b" \t" and not self._more_fields(raw, stop):
                    break
            at = stop
        return [(name, self._unfold(lines)) for name, lines in fields], at

    @staticmethod
    def _more_fields(raw: bytes, at: int) -> bool:
        """Whether a broken header line, with its indented lines, is followed by a proper one: the header goes on."""
        end = raw.find(b"\n", at)
        while raw[at : at + 1] in (b" ", b"\t") and end >= 0:
            at = end + 1
            end = raw.find(b"\n", at)
        line = raw[at : end if end >= 0 else len(raw)]
        colon = line.find(b":")
        name = line[: max(0, colon)]
        return bool(_COMMON.match(name) or (b"-" in name and _NAME.match(name)))

    def _unfold(self, lines: list[bytes]) -> bytes:
        value = b"".join(lines).strip() if len(lines) > 1 else lines[0].strip()
        if len(value) > MAX_FIELD_BYTES:
            self.defect("header_too_long")
            value = value[:MAX_FIELD_BYTES]
        return value

    def _multipart(self, part: Part, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogatepass").rstrip()
        if not boundary:
            self.defect("boundary_missing")
            guess = _LOOKS_LIKE_BOUNDARY.search(part.body)
            if guess is None:
                part.content_type = "text/plain"
                return
            boundary = guess[1]
        pieces = self._split(part.body, boundary)
        if not pieces:
            self.defect("multipart_empty")
            part.content_type = "text/plain"
            return
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for piece in pieces:
            if self._count >= MAX_PARTS:
                self.defect("too_many_parts")
                break
            part.parts.append(self._part(piece, depth + 1, default))

    def _split(self, body: bytes, boundary: bytes) -> list[bytes]:
        """The parts between boundary lines, each without the line end before the next boundary."""
        line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
        pieces: list[bytes] = []
        start: int | None = None
        for match in line.finditer(body):
            if start is not None:
                end = match.start()
                end -= 2 if body[end - 2 : end] == b"\r\n" else 1
                pieces.append(body[start : max(start, end)])
                if len(pieces) > MAX_PARTS:
                    break
            start = None if match[1] else match.end()
            if match[1]:
                break
        if start is not None:
            self.defect("boundary_unclosed")
            pieces.append(body[start:])
        return pieces
