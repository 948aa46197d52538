"""Plain text parts: format=flowed, and the clean-up that makes the canonical text."""

from __future__ import annotations

import re

MAX_CHARS = 1_000_000
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_CONTROLS_ASCII = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])
_LINE_ENDS_ASCII = bytes.maketrans(b"\r\x0b\x0c", b"\n\n\n")
_FLOWED_QUOTE = re.compile(r">*")


def canonical(text: str) -> str:
    """One line end, no control characters, no trailing white space, one newline at the end; "" for nothing.

    The signature delimiter ``-- `` keeps its space (RFC 3676 section 4.3).
    """
    text = _without_controls(text)[:MAX_CHARS]
    lines = [line if line == "-- " else line.rstrip(" \t\xa0\u3000") for line in text.split("\n")]
    first = next((i for i, line in enumerate(lines) if line), len(lines))
    last = next((i for i in range(len(lines) - 1, -1, -1) if lines[i]), -1)
    kept = lines[first : last + 1]
    return "\n".join(kept) + "\n" if kept else ""


def _without_controls(text: str) -> str:
    if text.isascii():
        plain = text.replace("\r\n", "\n").encode("ascii")
        return plain.translate(_LINE_ENDS_ASCII, _CONTROLS_ASCII).decode("ascii")
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def unflow(text: str, delete_space: bool) -> str:
    """Join the soft line breaks of ``format=flowed`` within one quote depth. Source: RFC 3676."""
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0

    def close() -> None:
        if paragraph:
            out.append((">" * depth + " " if depth else "") + "".join(paragraph))
            paragraph.clear()

    for line in _LINE_END.sub("\n", text).split("\n"):
        quotes = _FLOWED_QUOTE.match(line)
        level = quotes.end() if quotes else 0
        content = line[level:].removeprefix(" ")
        if content == "-- " or level != depth:
            close()
            depth = level
        if content == "-- ":
            out.append((">" * depth + " " if depth else "") + content)
        elif content.endswith(" "):
            paragraph.append(content[:-1] if delete_space else content)
        else:
            paragraph.append(content)
            close()
    close()
    return "\n".join(out)
