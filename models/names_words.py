"""Text to words with the marks by which the name tagger knows them, the same code in training and at run time.

English words are runs of letters, whole addresses, or single signs; Japanese words are Sudachi's.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from models import network_ja

ROWS = 1 << 15  # of the table that marks are hashed into
MARKS = 8
_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_BREAK_IN_JAPANESE = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_WORD_EN = re.compile(
    r"""[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8} | (?:https?://|www\.)[^\s<>()"]{1,300}
    | [^\W_]+ (?: & [^\W_]+ | ['’] (?!(?:s|t|d|m|ll|re|ve)\b) [^\W_]+ )* | \S""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_INPUT = 8_000  # characters; Sudachi refuses 49,150 bytes
_SHAPES = str.maketrans(dict.fromkeys("0123456789", "d"))


class Form(NamedTuple):
    """What a word looks like, without its place: as written, its normal form, its part of speech."""

    surface: str
    normal: str
    pos: str


BREAK = Form("\n", "\n", "")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: characters ``start`` to ``end``."""

    start: int
    end: int
    form: Form


def words_en(text: str) -> Iterator[Word]:
    """The words of an English sentence."""
    for found in _WORD_EN.finditer(text):
        yield Word(found.start(), found.end(), _form_en(found.group()))


@functools.lru_cache(50_000)
def _form_en(surface: str) -> Form:
    plain = unicodedata.normalize("NFKC", surface)
    return Form(plain, plain.lower(), "")


def words_ja(text: str) -> Iterator[Word]:
    """The words of a Japanese sentence; a line break between two Japanese characters is none."""
    joined, places = _joined(_narrow(text))
    cut = network_ja._tokenizer()
    for start in range(0, len(joined), _LONGEST_INPUT):
        for word in cut.tokenize(joined[start : start + _LONGEST_INPUT]):
            surface = word.surface()
            if surface.strip():
                begin, end = start + word.begin(), start + word.end()
                form = Form(surface, word.normalized_form(), _pos(word.part_of_speech_id(), word))
                yield Word(places[begin], places[end - 1] + 1, form)


_POS: dict[int, str] = {}


def _pos(number: int, word: object) -> str:
    found = _POS.get(number)
    if found is None:
        found = _POS[number] = "-".join(word.part_of_speech()[:4])  # type: ignore[attr-defined]
    return found


def _narrow(text: str) -> str:
    """Full-width letters and digits as plain ones, character by character, so that places stay."""
    return "".join(_plain(char) for char in text)


@functools.lru_cache(10_000)
def _plain(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def _joined(text: str) -> tuple[str, Sequence[int]]:
    gaps = [found.span() for found in _BREAK_IN_JAPANESE.finditer(text)]
    if not gaps:
        return text, range(len(text))
    kept: list[int] = []
    at = 0
    for start, end in gaps:
        kept += range(at, start)
        at = end
    kept += range(at, len(text))
    return "".join(text[place] for place in kept), kept


CUTTERS: dict[str, Callable[[str], Iterator[Word]]] = {"en": words_en, "ja": words_ja}


def marks(form: Form) -> list[int]:
    """The table's rows of a form: its normal form, ends, shape and part of speech."""
    surface, normal, pos = form
    spelled = normal.translate(_SHAPES)
    told = (
        f"n{spelled}",
        f"1{surface[:1]}",
        f"2{surface[-1:]}",
        f"3{spelled[:3]}",
        f"4{spelled[-3:]}",
        f"5{shape(surface)}",
        f"6{pos}",
        f"7{spelled[-2:]}",
    )
    return [_row(one) for one in told]


def _row(mark: str) -> int:
    return int.from_bytes(blake2b(mark.encode("utf-8", "replace"), digest_size=4).digest(), "big") % ROWS


def shape(surface: str) -> str:
    """The kinds of its characters, runs longer than two cut to two: ``Xxx`` for a capitalised word."""
    if "@" in surface[1:]:
        return "@"
    out: list[str] = []
    for char in surface[:40]:
        kind = _kind(char)
        if out[-2:] != [kind, kind]:
            out.append(kind)
    return "".join(out)


@functools.lru_cache(10_000)
def _kind(char: str) -> str:
    if char.isdigit():
        return "d"
    code = ord(char)
    if 0x3041 <= code < 0x30A0:
        return "h"
    if 0x30A0 <= code < 0x3100:
        return "k"
    if 0x3400 <= code < 0xA000 or code == 0x3005:
        return "c"
    if char.isupper():
        return "X"
    return "x" if char.isalpha() else char
