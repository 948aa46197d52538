"""Content transfer encodings, read as tolerantly as any mail client reads them. Source: RFC 2045 section 6."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = bytes(b for b in range(256) if not ((chr(b).isalnum() and b < 128) or b in b"+/"))
_PADDED_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")  # white space that a gateway put after a soft line break
_UU_BEGIN = re.compile(rb"^begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)


def decode(body: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The decoded bytes and a defect, if any. Unknown encodings give the bytes as they are."""
    name = next(iter(re.split(r"[\s;(]", encoding.strip().strip("\"'").lower(), maxsplit=1)))
    if name == "base64":
        return (body, "base64_broken") if _is_prose(body) else decode_base64(body)
    if name == "quoted-printable":
        return binascii.a2b_qp(_PADDED_BREAK.sub(b"=", body)), None
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        begin = _UU_BEGIN.search(body)
        return (_uu_lines(body[begin.end() :]) if begin else body), None if begin else "uuencode_broken"
    return body, None if name in ("", "7bit", "8bit", "binary") else "transfer_encoding_unknown"


def _is_prose(body: bytes) -> bool:
    """Whether a body labelled base64 is plain words: every one of its first lines has spaces inside."""
    first = [line.strip() for line in body[:2000].splitlines() if line.strip()][:3]
    return bool(first) and all(b" " in line for line in first)


def decode_base64(body: bytes) -> tuple[bytes, str | None]:
    """Base64 with stray characters, missing or early padding tolerated."""
    try:
        if b"=" not in body.rstrip()[:-2]:
            return binascii.a2b_base64(body), None
    except binascii.Error:
        pass
    out: list[bytes] = []
    chunks = body.split(b"=")
    for number, chunk in enumerate(chunks):
        clean = chunk.translate(None, _NOT_BASE64)
        if out and number == len(chunks) - 1 and len(clean) % 4:
            break  # words after the padding, not another padded block
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        out.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    truncated = len(chunks) == 1 and len(chunks[0].translate(None, _NOT_BASE64)) % 4
    return b"".join(out), "base64_truncated" if truncated else "base64_broken"


def split_uuencoded(body: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A text without the uuencoded files inside it, and those files as (name, bytes)."""
    if b"begin " not in body:
        return body, []
    kept, files, at = [], [], 0
    while begin := _UU_BEGIN.search(body, at):
        first = body[begin.end() : begin.end() + 62].split(b"\n")[0].rstrip(b"\r")
        if not first or not 0x20 <= first[0] <= 0x60 or (len(first) - 1) * 3 // 4 < (first[0] - 32) % 64:
            kept.append(body[at : begin.end()])  # the words "begin 644 …" in a sentence
            at = begin.end()
            continue
        end = _UU_END.search(body, begin.end())
        stop = end.start() if end else len(body)
        kept.append(body[at : begin.start()])
        files.append((begin[1].strip(), _uu_lines(body[begin.end() : stop])))
        at = end.end() if end else len(body)
    kept.append(body[at:])
    return b"".join(kept), files


def _uu_lines(body: bytes) -> bytes:
    out = []
    for line in body.splitlines():
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            try:  # some encoders count trailing bytes that they do not need
                out.append(binascii.a2b_uu(line[: ((line[0] - 32 & 63) * 4 + 5) // 3]))
            except (binascii.Error, IndexError):
                continue
    return b"".join(out)
