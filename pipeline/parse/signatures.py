"""Where the sender's identity block begins and ends.

Every line end near the end of the newest text is a candidate start. Its score adds the evidence of the lines below it
(identity.py) to that of what stands above it: a blank line, a closing phrase, a rule. The best candidate wins if its
evidence is enough; a bare first name needs little, because nothing follows it.
"""

from __future__ import annotations

import re

from pipeline.parse import identity
from pipeline.parse.lines import Line

_DELIMITER = re.compile(r"\s?(?:--|—|––|−−|ーー|——)[ \xa0]?$")
_POSTSCRIPT = re.compile(r"\s*(?:p\.? ?(?:p\.? ?)?s\b[.:\s]|追伸|二伸|[PＰ]\.?[SＳ]\.?[：:．. ])", re.IGNORECASE)
_MAX_LINES = 30
_ENOUGH = 1.5


def find(lines: list[Line], first: int, last: int, sender: str | None = None) -> tuple[int, int] | None:
    """The range of the signature among lines ``first`` to before ``last``, None if there is none."""
    while last > first and not lines[last - 1].bare:
        last -= 1
    end = _postscript(lines, first, last)
    if end is not None:
        after = _find_before(lines, end, last, sender)
        return after or _find_before(lines, first, end, sender)
    return _find_before(lines, first, last, sender)


def _postscript(lines: list[Line], first: int, last: int) -> int | None:
    return next((i for i in range(last - 1, first, -1) if _POSTSCRIPT.match(lines[i].text)), None)


def _find_before(lines: list[Line], first: int, last: int, sender: str | None) -> tuple[int, int] | None:
    while last > first and not lines[last - 1].bare:
        last -= 1
    written = [i for i in range(first, last) if lines[i].bare][-_MAX_LINES:]
    if not written:
        return None
    names = sender_words(sender)
    delimiter = next((i for i in reversed(written) if _DELIMITER.match(lines[i].text)), None)
    if delimiter:
        return delimiter, last
    if (bare := _bare_name(lines, written, names)) is not None:
        return bare, last
    best, best_score, below = None, 0.0, 0.0
    named = anchored = person = phone = False
    for i in reversed(written):
        text = lines[i].text
        if identity.is_closing(text):
            break
        weight = identity.weight(text)
        here = len(text) < 80 and weight > -2 and _names_sender(text, names)
        named = named or here
        person, phone = person or identity.is_short_name(text), phone or identity.has_phone(text)
        anchored = anchored or here or identity.is_anchor(text) or (person and phone)
        below += weight + (2.0 if here else 0.0)
        if below < -8:
            break
        score = below + _above(lines, i, first) - _needed(names, named, anchored)
        if score > best_score:
            best, best_score = i, score
    return None if best is None else (best, last)


def sender_words(sender: str | None) -> frozenset[str]:
    """The words of a sender's display name by which its signature is known."""
    words = re.split(r"[\s,.;:()（）　・/|\"'<>@_-]+", identity.fold(sender or "").lower())
    return frozenset(word for word in words if len(word) > 1 or word > "\u3040")


def _names_sender(line: str, names: frozenset[str]) -> bool:
    text = identity.fold(line).lower()
    if any(re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text) for name in names):
        return True
    first = re.match(r"\W*([^\W\d_]{2,12})\W*$", text)  # a short form: Sam for Samuel
    return first is not None and any(name.startswith(first[1]) for name in names if len(name) > 3)


def _needed(names: frozenset[str], named: bool, anchored: bool) -> float:
    """How much evidence a block needs: more where nothing in it names a person or firm, or not the sender."""
    return _ENOUGH + (0.0 if anchored else 2.0) + (0.5 if names and not named else 0.0)


def _above(lines: list[Line], at: int, first: int) -> float:
    """Evidence from the line itself and what stands above it that a signature begins here."""
    score = 0.0
    if identity.is_rule(lines[at].text):
        score += 2.0
    if identity.closes(lines[at].text):
        score -= 2.0
    above = at - 1
    if above < first:
        return score - 0.5
    if not lines[above].bare:
        score += 2.0 if identity.begins_with_name(lines[at].text) else 1.0
        while above > first and not lines[above].bare:
            above -= 1
    else:
        score -= 1.0
    greeting = above == first or not any(line.bare for line in lines[first:above])
    if identity.is_closing(lines[above].text):
        return score + 2.5
    return score + (1.5 if identity.closes(lines[above].text) and not greeting else 0.0)


def _bare_name(lines: list[Line], written: list[int], names: frozenset[str]) -> int | None:
    """The last line if it is a name with nothing under it, after a blank line or a closing phrase."""
    last = written[-1]
    if not identity.is_short_name(lines[last].text) or len(written) < 2:
        return None
    above = lines[last - 1].text
    own = _names_sender(lines[last].text, names)
    if above.strip():
        return last if identity.closes(above) or (own and not identity.weight(above) > 0) else None
    before = lines[written[-2]].text
    closed = identity.closes(before)
    if names and not own and not closed and len(identity.bare_name(lines[last].text).split()) > 1:
        return None  # two capitalised words that are not the sender: a heading or a file
    return last if closed or not identity.weight(before) > 1.0 else None
