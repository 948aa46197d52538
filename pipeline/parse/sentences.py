"""Sentences of the newest text, with exact places; lines that a client broke inside a sentence stay one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from pipeline.parse import closings, identity, language
from pipeline.parse.lines import Line
from pipeline.parse.lines import split as split_lines
from pipeline.records import Segment, Sentence

MAX_SENTENCES = 5000
_END = re.compile(
    r"[。｡！？!?]+[」』）)】\"”’♪☆★]*|…{1,4}(?=\s|$)|[.]{1,3}[\"”’)]*(?=\s|$)|(?<=[\u3041-\u9fff])[．♪☆★]+"
)
_ABBREVIATION = re.compile(
    r"[a-z]|mr|mrs|ms|dr|prof|st|no|nos|inc|ltd|co|corp|vs|etc|approx|ext|extn|tel|fig|jr|sr|dept|est|ref|attn|gen|col|sgt|engr|hon"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|mon|tue|tues|wed|thu|thur|fri|sat|sun|ca|cf|viz|max|min|incl|excl|bldg|ave|blvd|rd|pvt"
)
_LAST_WORD = re.compile(r"\w+$")
_BULLET = re.compile(r"[\s　]*(?:[-*•·・●○■□◆◇▼▲※→⇒✓▶>]\s?|[(（]?\d{1,2}[.)）．、]\s?|[①-⑳㋐-㋾]|[a-zA-Z][.)]\s)")
_JAPANESE = re.compile("[\u3041-\u9fff]")
_WRITTEN = re.compile(r"\S")
_MIN_WRAP_LATIN = 45
_MIN_WRAP_JA = 15


def split(text: str, segments: Iterable[Segment]) -> tuple[Sentence, ...]:
    """The sentences of all body segments in order, each without white space around it; at most ``MAX_SENTENCES``."""
    return tuple(islice(_all(text, segments), MAX_SENTENCES))


def _all(text: str, segments: Iterable[Segment]) -> Iterator[Sentence]:
    for segment in segments:
        if segment.zone != "body":
            continue
        body = text[segment.start : segment.end]
        for first, last in _blocks(body):
            for start, end in _cut(body, first, last):
                place = segment.start + start
                yield Sentence(
                    place, segment.start + end, body[start:end], _language(body[start:end], segment.language)
                )


def _language(found: str, around: str) -> str:
    """A short sentence speaks the language of its segment unless its script says otherwise."""
    if found.isascii() and around not in ("und", "ja", "ko", "zh"):
        return around
    own = language.detect(found)
    if own in ("ja", "ko", "zh") or around == "und":
        return own
    if around in ("ja", "ko", "zh"):
        return own if len(found) > 20 else around
    return around


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that read on: split at blank lines, list items, and lines that were meant to end."""
    lines = split_lines(text)
    width = _wrap_width(lines)
    start: int | None = None
    for i, line in enumerate(lines):
        if not line.bare or identity.is_rule(line.text):
            if start is not None:
                yield start, line.start
            start = None
            continue
        if start is None:
            start = line.start
        if i + 1 == len(lines) or not _reads_on(line, lines[i + 1], width):
            yield start, line.end
            start = None


def _wrap_width(lines: list[Line]) -> int:
    """The length at which this text seems to be broken: that of its longest lines, in characters."""
    return max((len(line.bare) for line in lines), default=0)


def _reads_on(line: Line, following: Line, width: int) -> bool:
    """Whether a line end is only a soft break inside a sentence."""
    if not following.bare or _BULLET.match(following.text) or identity.is_rule(following.text):
        return False
    text = line.text.rstrip()
    if closings.is_closing(text) or text.endswith((":", "：", "様", "さん", "御中", "各位")):
        return False
    japanese = not text.isascii() and bool(_JAPANESE.search(text))
    if japanese:
        if text.endswith(("、", "，", ",", "（", "「")):
            return True
        if text.endswith(("。", "！", "？", "!", "?", "♪", "☆", "♪")):
            return len(text) >= _MIN_WRAP_JA
        return len(text) >= max(_MIN_WRAP_JA, int(width * 0.6)) or _opens(text)
    if text.endswith(","):
        return len(text) > 25
    if following.text[:1].islower() and len(text) > 20:
        return True
    first_word = len(following.bare.split(" ", 1)[0])
    return len(text) >= _MIN_WRAP_LATIN and len(text) + 1 + first_word > min(width, 78)


def _opens(text: str) -> bool:
    return text.count("（") > text.count("）") or text.count("「") > text.count("」")


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(text, start, end):
        stop = match.end()
        if match[0] == "." and _is_abbreviated(text[max(start, stop - 12) : stop - 1]):
            continue
        if _inside_quote(text, at, match.start()) or not _starts_sentence(text, stop, end):
            continue
        yield from _bare(text, at, stop)
        at = stop
    yield from _bare(text, at, end)


def _is_abbreviated(before: str) -> bool:
    """Whether a full stop after these characters ends a word ("Mr.", "e.g.", "2." at a line's start), no sentence."""
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    last = word[0].lower()
    return bool(_ABBREVIATION.fullmatch(last)) or (
        len(last) < 3 and last.isdigit() and not before[: word.start()].strip()
    )


def _inside_quote(text: str, start: int, at: int) -> bool:
    piece = text[max(start, at - 300) : at]
    return piece.count("「") > piece.count("」") or piece.count("（") > piece.count("）")


def _starts_sentence(text: str, at: int, end: int) -> bool:
    """Whether what follows an end mark can begin a sentence ("?" inside a Latin sentence goes on in lower case)."""
    first = _WRITTEN.search(text, at, end)
    return first is None or not first[0].islower() or text[at - 1] in "。！？" or "\n" in text[at : at + 2]


def _bare(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The range without the white space around it, unless nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
