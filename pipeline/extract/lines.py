"""A signature block cut into lines and pieces, with what is already recognised masked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.extract.words import Piece, fold, is_japanese, piece, plain, words

_RULE = re.compile(r"^[\W_]*$")
_HEADING = re.compile(r"[\[【<〈《■◆●].{0,14}(?:担当|担当者|連絡先|問い?合わせ先?|問合せ先?|窓口|署名)[\]】>〉》]?:?")
# a line drawn between parts of a mail
RULE = re.compile(r"\s*([-_=*~#+.・─━―ー＿＝＊◆◇■□●○☆★▼▲／/|｜<>＜＞])(?:\s*\1){3,}\s*$|\s*--\s*$")
_BORDER = "–—/／|~│┃|║*＊◆◇■□●○▼▲★☆♪~～=＝_-－─━┏┓┗┛┌┐└┘+#:>・ 　\t\u200b\ufeff"
_STRONG = re.compile(
    r"\s*[|¦·•◆◇■●★☆/]{2,}\s*|\s*[|¦•◆◇■●★☆]\s*|\s+(?:[·~〜]|::)\s+|\s{2,}|\s+/\s+(?=\S*[\u3040-\u9fff])|(?<=[\u3040-\u9fff])\s*/\s*"
)
_SOFT = re.compile(r"\s*,\s+|(?<=[a-z]): (?=[A-Z])|\s*,(?=[A-Z][a-z])|\s+[/–-]\s+|\s*;\s+")


# a legal form in brackets is a part of the firm's word
_TOKEN_JA = re.compile(r"(?:\((?:[株有同資名合社財医学福]|一社|一財|公社|公財|特非)\)|[^\s,、:()\[\]「」【】《》/])+")


_TITLES = ("代表", "受付", "reception", "office")


class Block:
    """The lines of ``text[start:end]`` and a mask of the characters that are already explained."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.folded = fold(text[start:end])
        self._mask = bytearray(end - start)
        self.lines = tuple(_lines(text, start, end))

    def take(self, start: int, end: int) -> None:
        """Mark ``text[start:end]`` as explained."""
        self._mask[start - self.start : end - self.start] = b"\x01" * (end - start)

    def taken(self, start: int, end: int) -> bool:
        """Is any character of the stretch explained already?"""
        return any(self._mask[start - self.start : end - self.start])

    def pieces(self, line: Piece) -> list[Piece]:
        """What is left of a line, cut at strong separators (bars, dots, wide blanks, slashes beside Japanese)."""
        found = []
        for start, end in self._free(line):
            at = start
            folded = self.folded[start - self.start : end - self.start]
            for m in _STRONG.finditer(folded):
                found.append(piece(self.text, at, start + m.start(), _BORDER + ",;、"))
                at = start + m.end()
            found.append(piece(self.text, at, end, _BORDER + ",;、"))
        return [p for p in found if not is_empty(p.text)]

    def _free(self, line: Piece) -> Iterator[tuple[int, int]]:
        at, stop = line.start - self.start, line.end - self.start
        while (at := self._mask.find(0, at, stop)) >= 0:
            end = self._mask.find(1, at, stop)
            end = stop if end < 0 else end
            yield self.start + at, self.start + end
            at = end


def _lines(text: str, start: int, end: int) -> Iterator[Piece]:
    at = start
    for line in text[start:end].split("\n"):
        p = piece(text, at, at + len(line), _BORDER)
        if p.text and not _RULE.match(p.text) and not _HEADING.fullmatch(fold(line).strip()):
            yield p
        at += len(line) + 1


def paragraphs(text: str, start: int, end: int) -> list[Piece]:
    """The runs of lines without a blank line between them, in order."""
    return list(_paragraphs(text, start, end))


@lru_cache(maxsize=64)
def _paragraphs(text: str, start: int, end: int) -> tuple[Piece, ...]:
    found: list[Piece] = []
    at, begin = start, None
    for line in text[start:end].split("\n"):
        stop = min(at + len(line) + 1, end)
        if line.strip():
            begin = at if begin is None else begin
        elif begin is not None:
            found.append(Piece(begin, at, text[begin:at]))
            begin = None
        at = stop
    if begin is not None:
        found.append(Piece(begin, end, text[begin:end]))
    return tuple(found)


@lru_cache(maxsize=8192)
def is_empty(text: str) -> bool:
    """Is a piece nothing but punctuation or the label of something explained?"""
    bare = fold(text).strip(" :.,;()[]<>-/&|").casefold()
    return (
        not bare
        or not any(c.isalnum() for c in bare)
        or bare in words("link_labels.txt")
        or (bare in words("phone_labels.tsv") and bare not in _TITLES and f"={bare}" not in words("departments_en.txt"))
    )


def soft_parts(text: str, p: Piece) -> list[Piece]:
    """A Western piece cut at commas, dashes, slashes and before a closing bracket; offsets kept."""
    folded = fold(p.text)
    if m := re.search(r"\s*[(\[]([^()\[\]]*)[)\]]?\s*$", folded):
        if m.start() == 0:
            return [piece(text, p.start + m.start(1), p.start + m.end(1), ",;")]
        head = Piece(p.start, p.start + m.start(), p.text[: m.start()])
        return [*soft_parts(text, head), piece(text, p.start + m.start(1), p.start + m.end(1), ",;")]
    found, at = [], 0
    for m in _SOFT.finditer(folded):
        found.append(piece(text, p.start + at, p.start + m.start(), ",;"))
        at = m.end()
    found.append(piece(text, p.start + at, p.end, ",;"))
    return [f for f in found if f.text]


def tokens_japanese(text: str, p: Piece) -> list[Piece]:
    """A Japanese piece cut at blanks, commas and brackets; runs of Latin words stay together."""
    found: list[Piece] = []
    for m in _TOKEN_JA.finditer(fold(p.text)):
        t = Piece(p.start + m.start(), p.start + m.end(), p.text[m.start() : m.end()])
        if (
            found
            and not is_japanese(found[-1].text)
            and not is_japanese(t.text)
            and plain(text[found[-1].end : t.start]) == ""
        ):
            last = found.pop()
            t = Piece(last.start, t.end, text[last.start : t.end])
        if any(c.isalnum() for c in t.text):
            found.append(t)
    return found
