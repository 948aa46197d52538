"""The Japanese encodings whose standard decoders lose characters: ISO-2022-JP and EUC-JP as mail writes them.

Rows and cells of the double-byte set are read through cp932 (Windows-31J), because that is the table the senders used:
NEC row 13 (①, ㈱), the IBM extensions (髙, 﨑), and the wave dash and minus as ～ and －.

Source: JIS X 0208, Microsoft code page 932, CP5022x and CP51932 as documented by WHATWG Encoding.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Literal

_Decoder = Callable[[bytes], str]
_ESCAPE = re.compile(rb"\x1b(\([@-Z]|\$\([@-Z]|\$[@-Z]|\.[@-Z]|&@)")
_DOUBLE = {b"$@", b"$B", b"$(@", b"$(B"}
_SUPPLEMENT = b"$(D"
_PLANES_2004 = {b"$(O": b"", b"$(Q": b"", b"$(P": b"\x8f"}  # JIS X 0213, by what EUC writes before each pair
_SHIFT_IN = re.compile(rb"\$[@B]")
_SHIFTED = re.compile(rb"\x0e([\x21-\x5f]+)\x0f")  # half-width kana between shift out and shift in (CP50222)
_SHIFT_OUT = re.compile(rb"\([BJ]")
_DOUBLE_RUN = re.compile(rb"(?:[\x21-\x7e]{2})+")
_EUC = re.compile(
    rb"(?P<ascii>[\x00-\x7f]+)|(?P<double>(?:[\xa1-\xfe][\xa1-\xfe])+)|(?P<kana>(?:\x8e[\xa1-\xdf])+)"
    rb"|(?P<supplement>\x8f[\xa1-\xfe][\xa1-\xfe])"
    rb"|(?P<wrong>(?:[\x80-\x8d\x90-\xa0\xff]|\x8e(?![\xa1-\xdf])|\x8f(?![\xa1-\xfe]{2}))+|.)",
    re.DOTALL,
)
_WHOLE_EUC = re.compile(rb"(?:[\x00-\x7f]++|(?:[\xa1-\xfe][\xa1-\xfe])++|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe][\xa1-\xfe])*+")
REPLACEMENT = "\ufffd"


def has_escapes(data: bytes) -> bool:
    """Whether the bytes switch to a Japanese character set with ISO-2022 escapes."""
    return b"\x1b$" in data or b"\x1b(I" in data or b"\x1b(J" in data


def restore_escapes(data: bytes) -> bytes:
    """Put back the ESC bytes that some gateways strip from ISO-2022-JP."""
    out, at = [], 0
    while (opening := _SHIFT_IN.search(data, at)) and (closing := _SHIFT_OUT.search(data, opening.end())):
        out.append(data[at : opening.start()])
        run = data[opening.end() : closing.start()]
        double = _DOUBLE_RUN.fullmatch(run)
        out.append(b"\x1b$B" + run + b"\x1b(B" if double else data[opening.start() : closing.end()])
        at = closing.end()
    out.append(data[at:])
    return b"".join(out)


def decode_iso2022(data: bytes, decode_rest: _Decoder) -> str:
    """Text of ISO-2022-JP bytes; ``decode_rest`` reads 8-bit bytes that strayed into the ASCII parts."""
    out: list[str] = []
    mode, at = b"(B", 0
    for match in _ESCAPE.finditer(data):
        out.append(_run(mode, data[at : match.start()], decode_rest))
        mode, at = match[1], match.end()
    out.append(_run(mode, data[at:], decode_rest))
    return "".join(out)


def _run(mode: bytes, data: bytes, decode_rest: _Decoder) -> str:
    if not data:
        return ""
    if mode in _DOUBLE or mode == _SUPPLEMENT or mode in _PLANES_2004:
        # A line end inside a double-byte run means the closing escape was lost: lines stay lines.
        lines = data.split(b"\n")
        if len(lines) > 1:
            return _pairs(mode, lines[0]) + "\n" + decode_rest(b"\n".join(lines[1:]))
        return _pairs(mode, data)
    if mode == b"(I":
        return bytes(b | 0x80 if 0x21 <= b <= 0x5F else b for b in data).decode("cp932", "replace")
    data = _SHIFTED.sub(lambda run: bytes(b | 0x80 for b in run[1]), data).replace(b"\x0e", b"").replace(b"\x0f", b"")
    return data.decode("ascii") if data.isascii() else decode_rest(data)


def _pairs(mode: bytes, data: bytes) -> str:
    data = data.replace(b"\r", b"").replace(b" ", b"")
    odd = len(data) % 2
    if (lead := _PLANES_2004.get(mode)) is not None:
        euc = b"".join(lead + bytes((data[i] | 0x80, data[i + 1] | 0x80)) for i in range(0, len(data) - odd, 2))
        return euc.decode("euc_jis_2004", "replace") + REPLACEMENT * odd
    table = _supplement() if mode == _SUPPLEMENT else _table()
    text = "".join([table[pair & 0x7F7F] for pair in memoryview(data[: len(data) - odd]).cast("H")])
    return text + REPLACEMENT * odd


def decode_euc(data: bytes) -> str:
    """Text of EUC-JP bytes (CP51932 and eucJP-ms included); what cannot be read becomes U+FFFD."""
    out: list[str] = []
    for match in _EUC.finditer(data):
        kind, run = match.lastgroup, match[0]
        if kind == "ascii":
            out.append(run.decode("ascii"))
        elif kind == "double":
            table = _table()
            out.append("".join([table[pair & 0x7F7F] for pair in memoryview(run).cast("H")]))
        elif kind == "kana":
            out.append(run[1::2].decode("cp932"))
        elif kind == "supplement":
            out.append(_supplement()[int.from_bytes(run[1:], _NATIVE) & 0x7F7F])
        else:
            out.append(REPLACEMENT * len(run))
    return "".join(out)


def is_euc(data: bytes) -> bool:
    """Whether the bytes have the form of EUC-JP; some of its pairs mean nothing all the same."""
    return _WHOLE_EUC.fullmatch(data) is not None


_NATIVE: Literal["little", "big"] = "little" if memoryview(b"\x01\x00").cast("H")[0] == 1 else "big"


def _key(high: int, low: int) -> int:
    """The pair as the native 16-bit number that ``memoryview.cast`` gives."""
    return int.from_bytes(bytes((high, low)), _NATIVE)


@cache
def _table() -> list[str]:
    """Character of each JIS row and cell, by the native 16-bit number of its two bytes."""
    table = [REPLACEMENT] * 0x10000
    for high in range(0x21, 0x7F):
        for low in range(0x21, 0x7F):
            lead = ((high - 0x21) >> 1) + 0x81
            lead += 0x40 if lead > 0x9F else 0
            trail = low + (0x1F if low < 0x60 else 0x20) if high % 2 else low + 0x7E
            table[_key(high, low)] = _first_of(
                bytes((lead, trail)), "cp932", bytes((high | 0x80, low | 0x80)), "euc_jis_2004"
            )
    return table


@cache
def _supplement() -> list[str]:
    """As ``_table`` for JIS X 0212, the supplementary set (0x8F in EUC-JP)."""
    table = [REPLACEMENT] * 0x10000
    for high in range(0x21, 0x7F):
        for low in range(0x21, 0x7F):
            table[_key(high, low)] = _first_of(bytes((0x8F, high | 0x80, low | 0x80)), "euc_jp", b"", "ascii")
    rows = resources.files(__package__).joinpath("data", "eucjp_ms.tsv").read_text(encoding="utf-8").splitlines()
    for row in rows:
        if not row.startswith("#"):
            code, character = row.split("\t")
            table[_key(int(code[:2], 16) & 0x7F, int(code[2:], 16) & 0x7F)] = character
    return table


def _first_of(one: bytes, codec: str, other: bytes, other_codec: str) -> str:
    for data, name in ((one, codec), (other, other_codec)):
        try:
            return data.decode(name) or REPLACEMENT
        except UnicodeDecodeError:
            continue
    return REPLACEMENT
