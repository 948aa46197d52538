"""Encoded words and parameters of header fields, also as broken mailers write them.

Source: RFC 2047, RFC 2231.
"""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from pipeline.parse import charset, transfer

_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?")
_PARAMETER = re.compile(r";?\s*([^\s=;\"]{1,80})\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)")
_SECTION = re.compile(r"^([^*]+)(?:\*(\d{1,3}))?(\*)?$")
_FILE_NAMES = ("filename", "name")
_PERCENT_UTF8 = re.compile(r"%[C-Fc-f][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]")
_MAX_PARAMETERS = 200


def decode_raw(value: bytes) -> str:
    """A raw header value as text: plain ASCII mostly, else by the decoding ladder."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    return charset.decode(value)[0]


def decode_words(value: str) -> str:
    """The value with its encoded words decoded.

    Neighbouring words of one charset are joined before decoding, so a character split between them survives.
    """
    if "=?" not in value or "?=" not in value:
        return value
    out: list[str] = []
    pending: list[tuple[str, str]] = []
    name, at = "", 0
    while (word := _WORD.search(value, at)) and (end := value.find("?=", word.end())) >= 0:
        between = value[at : word.start()]
        charset_name = word[1].split("*")[0].lower()
        if pending and (between.strip() or charset_name != name):
            out.append(charset.decode(_words_bytes(pending), name)[0])
            pending = []
            out.append(between if between.strip() else "")
        elif not pending:
            out.append(between if between.strip() or not out else "")
        name = charset_name
        pending.append((word[2].lower(), value[word.end() : end]))
        at = end + 2
    if pending:
        out.append(charset.decode(_words_bytes(pending), name)[0])
    out.append(value[at:])
    return "".join(out)


def _words_bytes(words: list[tuple[str, str]]) -> bytes:
    """The bytes of neighbouring words; base64 that was cut inside its groups of four is put together first."""
    out: list[bytes] = []
    base64 = ""
    for encoding, text in words:
        if base64 and (encoding != "b" or len(base64) % 4 == 0 or base64.endswith("=")):
            out.append(_word_bytes("b", base64))
            base64 = ""
        if encoding == "b":
            base64 += text.strip()
        else:
            out.append(_word_bytes(encoding, text))
    if base64:
        out.append(_word_bytes("b", base64))
    return b"".join(out)


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    if encoding == "b":
        return transfer.decode_base64(raw)[0]
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value of a structured field, lower-cased, and its parameters by lower-cased name.

    Continuations and charsets of RFC 2231 are resolved, and so are encoded words where they are not allowed.
    """
    main, _, rest = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(rest)):
        if count >= _MAX_PARAMETERS:
            break
        section = _SECTION.match(match[1].lower())
        text = _unquote(match[2])
        if section is None:
            continue
        if section[2] is None and section[3] is None:
            plain.setdefault(section[1], _plain_value(section[1], decode_words(text)))
        else:
            pieces.setdefault(section[1], {})[int(section[2] or 0)] = (bool(section[3]), text)
    for key, numbered in pieces.items():
        plain[key] = _join(numbered)
    return main.partition("(")[0].strip().lower(), plain


def _plain_value(name: str, text: str) -> str:
    """A value without its comment, or a file name without the percent signs that web mailers leave in it."""
    if name not in _FILE_NAMES:
        return text.partition(" (")[0].rstrip()
    if not _PERCENT_UTF8.search(text):
        return text
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text


def _unquote(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        return re.sub(r"\\([\"\\])", r"\1", text)  # a lone backslash is part of a Windows path
    return text


def _join(numbered: dict[int, tuple[bool, str]]) -> str:
    """Pieces of one RFC 2231 parameter; the charset stands in the first encoded piece."""
    name, raw = None, []
    for position, (_, (encoded, text)) in enumerate(sorted(numbered.items())):
        if encoded and position == 0 and text.count("'") >= 2:
            name, _, text = text.split("'", 2)
        raw.append(unquote_to_bytes(text) if encoded else text.encode("utf-8", "surrogatepass"))
    return decode_words(charset.decode(b"".join(raw), name)[0])
