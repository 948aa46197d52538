"""The sender's name as its own signature writes it: in full, in part, short or by initials."""

from __future__ import annotations

import re
from functools import cache

from pipeline.parse import closings, identity
from pipeline.parse.closings import fold
from pipeline.parse.lines import phrases

_SPLIT = re.compile(r"[\s,.;:()（）　・/|\"'<>@_-]+")
_AFTER_NAME = re.compile(r"\s*(?:[,|/·•~(（:–—@-]|(?:at|from|of|for|in|on|and|&)\b)")
_HEAD = re.compile(
    r"\W*(?:x{2,4}\s+)?(?:(?:mr|mrs|ms|dr|prof|sir|chief|rev|fr|sr|engr|ing|pp|p\.p|i\. ?[av])\b\.?\s+)?"
    r"([^\W\d_]{2,20})",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\W*([^\W\d_])\W*(?:x{1,4}\W*)?$")
_INITIALS = re.compile(r"\W*(?:[A-ZÀ-Þ]\.? ?){2,3}\W*$")
_PARTED = re.compile(r"\s[|·•–—/]\s|,\s")
_MAX_LINE = 80
_MAX_PARTED = 400
_MIN_PARTS = 3
_ENDS = (".", "!", "?", ":")
_CHATTY = -3.0


def words(sender: str | None) -> frozenset[str]:
    """The words of a sender's display name by which its signature is known."""
    found = _SPLIT.split(fold(sender or "").lower())
    return frozenset(word for word in found if len(word) > 1 or word > "\u3040")


def names(line: str, known: frozenset[str]) -> bool:
    """Whether a line has a word of the name, or is nothing but a short form of one."""
    text = fold(line).lower()
    if any(_has_word(text, name) for name in known):
        return True
    if len(text) > _MAX_LINE:
        return False
    if _INITIALS.match(line):
        return _are_initials(text, known)
    if initial := _INITIAL.match(text):
        return any(name.startswith(initial[1]) for name in known)
    alone = re.match(r"\W*([^\W\d_]{2,12})\W*(?:x{1,3}\W*)?$", text)
    if alone is not None:
        return is_short_form(alone[1], known)
    joined = re.sub(r"[\W_]+", "", text)  # the name run together, as in an address
    return len(joined) > 5 and joined in known


def _has_word(text: str, word: str) -> bool:
    """Whether the word stands in the text without a Latin letter beside it."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (at and "a" <= text[at - 1] <= "z") and not "a" <= text[end : end + 1] <= "z":
            return True
        at = text.find(word, at + 1)
    return False


def _are_initials(text: str, known: frozenset[str]) -> bool:
    """Whether each letter begins another word of the name."""
    left = sorted(known)
    for letter in re.findall(r"[^\W\d_]", text):
        word = next((word for word in left if word.startswith(letter)), None)
        if word is None:
            return False
        left.remove(word)
    return True


def begins(line: str, known: frozenset[str]) -> bool:
    """Whether a short line is the sender's name and something set off from it: "Kim, workshop", "Kim (on the road)"."""
    text = fold(line).strip()
    head = _HEAD.match(text)
    if head is None or closings.is_closing(text):
        return False
    parted = len(_PARTED.findall(text)) + 1 >= _MIN_PARTS
    if len(text) > (_MAX_PARTED if parted else _MAX_LINE) or text.endswith(("!", "?", ":") if parted else _ENDS):
        return False
    rest = text[head.end() :]
    if not is_short_form(head[1].lower(), known):
        return False
    for word in re.findall(r"\s+([^\W\d_][\w.'’-]*)", rest):
        if not known.issuperset(_SPLIT.split(word.lower().strip("."))):
            break
        rest = rest.split(word, 1)[1]
    if re.fullmatch(r"\s*\([^()]*\)", rest):
        return True
    return bool(_AFTER_NAME.match(rest)) and identity.weight(rest[:_MAX_LINE]) > _CHATTY


def heads(line: str, known: frozenset[str]) -> bool:
    """Whether the first word of a line is of the name, or a short form of it."""
    head = _HEAD.match(fold(line).strip())
    return head is not None and is_short_form(head[1].lower(), known)


def is_short_form(word: str, known: frozenset[str]) -> bool:
    """Is a word one of the names, their beginning, or a usual short form of one (bob, robert)?"""
    if word in known or any(name.startswith(word) for name in known if len(name) > 3):
        return True
    return bool(_nicknames().get(word, frozenset()) & known)


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """Full names by short form."""
    full: dict[str, set[str]] = {}
    for row in phrases("nicknames_en.tsv"):
        name, forms = row.split("\t")
        for form in forms.split():
            full.setdefault(form, set()).add(name)
    return {form: frozenset(found) for form, found in full.items()}
