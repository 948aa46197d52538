"""One spelling for the grammars: half-width, lower case, one dash, one wave; never a character more or less."""

from __future__ import annotations

import functools
import unicodedata

_DASHES = "‐‑‒–—―−－─"
_WAVES = "〜～∼〰"
_QUOTES = "’‘ʼ`´＇"
_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t"


@functools.cache
def _table() -> dict[int, str]:
    table = {ord(c): unicodedata.normalize("NFKC", c).lower() for c in map(chr, range(0xFF01, 0xFF5F))}
    for characters, plain in ((_DASHES, "-"), (_WAVES, "~"), (_QUOTES, "'"), (_SPACES, " ")):
        table.update({ord(c): plain for c in characters})
    table.update({c: chr(c).lower() for c in range(0x250) if len(chr(c).lower()) == 1 and chr(c).isupper()})
    table.update({ord("迄"): "迄", ord("\r"): " "})
    return table


def fold(text: str) -> str:
    """The text with width, case, dashes and quotes levelled; every offset stays what it was."""
    return text.translate(_table())
