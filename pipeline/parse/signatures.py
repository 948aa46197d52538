"""Where the sender's identity block begins and ends.

Every line end near the end of the newest text is a candidate start. Its score adds the evidence of the lines below it
(identity.py) to that of what stands above it: a blank line, a closing phrase, a rule. The best candidate wins if its
evidence is enough; a bare first name needs little, because nothing follows it.
"""

from __future__ import annotations

import re

from pipeline.parse import bare_names, closings, identity, senders
from pipeline.parse.lines import Line

_DELIMITER = re.compile(r"\s?(?:--|—|––|−−|ーー|——)[ \xa0]?$")
_POSTSCRIPT = re.compile(
    r"\s*(?:p\.? ?(?:p\.? ?)?s\b[.:\s]|追伸|二伸|[PＰ]\.?[SＳ]\.?[：:．. ]"
    r"|(?:attach(?:ment|ed|ments)?|encl(?:osures?|osed|s)?\.?(?: \(\d\))?|c\.?c|copy"
    r"|添付(?:ファイル|資料)?|同封)\s?[:：]"
    r"|encl(?:osures?|s)?\.?(?:\s?[-–—]?\s?\(?\d{0,2}\)?)?\s*$)",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s*https?://\S+")
_GOES_ON = re.compile(r"[a-z]{4}[.!?] \S")
_MAX_LINES = 30
_MAX_NAME_LINE = 110
_CLOSING_WORDS = 3
_MAX_CLOSING = 30
_JOINTS = ("&", "+", "and", "of")
_ENOUGH = 1.5
_MOST_ABOVE = 7.5  # a rule, a blank line, a closing phrase, a small letter
_FIRST = 3.0
_NEAR = 10
_LAST = 5


def find(lines: list[Line], first: int, last: int, sender: str | None = None) -> tuple[int, int] | None:
    """The range of the signature among lines ``first`` to before ``last``, None if there is none."""
    while last > first and not lines[last - 1].bare:
        last -= 1
    end = _postscript(lines, first, last)
    if end is not None:
        after = _find_before(lines, end, last, sender)
        return after or _find_before(lines, first, end, sender)
    return _find_before(lines, first, last, sender)


def may_end(line: str) -> bool:
    """Whether a signature could end with this line, at a glance."""
    return len(line) < _MAX_NAME_LINE and identity.weight(line) > -1


def is_sure(lines: list[Line], found: tuple[int, int], sender: str | None) -> bool:
    """Whether a signature names the sender or stands under a closing phrase."""
    above = next((line.text for line in reversed(lines[: found[0]]) if line.bare), "")
    known = senders.words(sender)
    return closings.closes(above) or any(senders.names(line.text, known) for line in lines[slice(*found)] if line.bare)


def _postscript(lines: list[Line], first: int, last: int) -> int | None:
    low = max(first + 1, last - _MAX_LINES)
    return next((i for i in range(low, last) if _POSTSCRIPT.match(lines[i].text)), None)


def _find_before(lines: list[Line], first: int, last: int, sender: str | None) -> tuple[int, int] | None:
    while last > first and not lines[last - 1].bare:
        last -= 1
    written = [i for i in range(first, last) if lines[i].bare][-_MAX_LINES:]
    if not written:
        return None
    names = senders.words(sender)
    if closings.is_closing(lines[written[-1]].text.rpartition(" ")[0]) and len(lines[written[-1]].bare) < _MAX_CLOSING:
        return None  # "Cheers Ann" is a closing, as "Cheers, Ann" is
    if delimiter := _delimiter(lines, written):
        return bare_names.above_delimiter(lines, delimiter, first, names), last
    legible = _legible(names, [lines[i].text for i in written[-_LAST:]])
    personal = frozenset() if sender and identity.is_post(sender) else legible
    start = bare_names.find(lines, written, personal)
    if start is None:
        start = _best_start(lines, written, first, last, names, personal)
    return None if start is None else (start, last)


def _best_start(
    lines: list[Line], written: list[int], first: int, last: int, names: frozenset[str], personal: frozenset[str]
) -> int | None:
    """The line with the highest score as a block's first; ``personal`` are the names that a block should show."""
    best, best_score, below, below_line = None, 0.0, 0.0, -1
    named = anchored = person = phone = False
    for i in reversed(written):
        text = lines[i].text
        if closings.is_closing(text):
            break
        weight = identity.weight(text)
        if best == below_line and _announces(text, weight) and not named:
            best = None  # what the text announces is its content
            break
        below_line = i
        here = len(text) < _MAX_NAME_LINE and weight > -2 and _is_named(text, names)
        named = named or here
        person, phone = person or identity.is_short_name(text), phone or identity.has_phone(text)
        anchored = anchored or here or identity.is_anchor(text) or (person and phone)
        below += weight + (2.0 if here else 0.0)
        if below < -8:
            break
        score = below - _needed(personal, named, anchored)
        if score + _MOST_ABOVE <= best_score:
            continue
        score += _above(lines, i, first, here)
        score += 1.0 if here and text[:1].islower() and identity.is_short_name(text) else 0.0
        if score > best_score:
            best, best_score = i, score
    if best is None:
        return None
    return _upper_edge(lines, _after_closing(lines, best, last, names), last, first)


def _delimiter(lines: list[Line], written: list[int]) -> int | None:
    """The line with the delimiter of the signature: the last one, or one just above it under which a block begins."""
    found = [n for n, i in enumerate(written) if _DELIMITER.match(lines[i].text)]
    if not found:
        return None
    at = found[-1]
    for higher in reversed(found[:-1]):
        below = lines[written[higher + 1]].text
        if at - higher > _NEAR or not (higher + 1 == at or identity.weight(below) > 0):
            break
        at = higher
    return written[at]


def _legible(names: frozenset[str], texts: list[str]) -> frozenset[str]:
    """The names if these lines could show one of them; a romanised name is none to look for in Japanese lines."""
    japanese = any(map(identity.is_japanese, texts))
    return names if any(identity.is_japanese(name) == japanese for name in names) else frozenset()


def _upper_edge(lines: list[Line], start: int, last: int, first: int) -> int:
    """Where a block begins whose last line is a rule: with the same rule above it."""
    edge = lines[last - 1].bare
    if not identity.is_rule(edge):
        return start
    edges = (i for i in range(start, max(first, start - _NEAR), -1) if lines[i].bare == edge)
    return next(edges, start)


def _is_named(text: str, names: frozenset[str]) -> bool:
    """Whether a line has the sender's name, other than in the address of a page it speaks of."""
    if "://" in text and not _LINK.match(text):
        text = _LINK.sub(" ", text)
    return senders.names(text, names)


def _announces(text: str, weight: float) -> bool:
    return weight < 0 and bool(bare_names.ANNOUNCES.search(text))


def _after_closing(lines: list[Line], start: int, last: int, names: frozenset[str]) -> int:
    """Where the block begins if its first line is a closing phrase nobody listed, above the sender's own name."""
    following = next((i for i in range(start + 1, last) if lines[i].bare), last)
    if following == last or not names or not lines[start].bare:
        return start
    text = lines[start].bare
    words = text.split()
    titled = len(words) > 1 and all(word[:1].isupper() or word in _JOINTS for word in words) and not text.endswith(",")
    if (
        titled
        or len(words) > _CLOSING_WORDS
        or senders.names(text, names)
        or identity.is_anchor(text)
        or identity.is_rule(text)
    ):
        return start
    if identity.is_japanese(text) or identity.has_phone(text):
        return start
    return following if senders.heads(lines[following].text, names) and text[:1].isupper() else start


def _needed(names: frozenset[str], named: bool, anchored: bool) -> float:
    """How much evidence a block needs: more where nothing in it names a person or firm, or not the sender."""
    return _ENOUGH + (0.0 if anchored else 2.0) + (0.5 if names and not named else 0.0)


def _above(lines: list[Line], at: int, first: int, named: bool) -> float:
    """Evidence from the line itself and what stands above it that a signature begins here."""
    score = 0.0
    if identity.is_rule(lines[at].text):
        score += 2.0
    if closings.closes(lines[at].text):
        score -= 2.0
    above = at - 1
    if above < first:
        if _GOES_ON.search(lines[at].text):
            return score - _FIRST
        return score - (0.5 if identity.is_anchor(lines[at].text) or score > 0 else _FIRST)
    if not lines[above].bare:
        score += 2.0 if identity.begins_with_name(lines[at].text) else 1.0
        while above > first and not lines[above].bare:
            above -= 1
    elif not (bare_names.ENDED.search(lines[above].text) and (named or identity.begins_with_name(lines[at].text))):
        score -= 1.0
    greeting = above == first or not any(line.bare for line in lines[first:above])
    if closings.is_closing(lines[above].text):
        return score + 2.5
    return score + (1.5 if closings.closes(lines[above].text) and not greeting else 0.0)
