"""Whose mailbox an address is, by the words before the @ (jill.moss@, m-tsuchiya@)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from pipeline.extract import names
from pipeline.extract.kana import common_family_readings, latin, sound
from pipeline.extract.words import plain, words

_SHORTEST = 4  # letters of a family name that is known by its sound; shorter ones are words too


@cache
def family_sounds() -> frozenset[str]:
    """How the more frequent Japanese family names sound, in folded Latin letters: of the rarer ones many are words."""
    return frozenset(latin(r) for readings in common_family_readings().values() for r in readings if len(r) > 2)


@lru_cache(maxsize=8192)
def words_of(address: str) -> tuple[str, ...]:
    """The words before the @, without digits."""
    return tuple(w for w in re.split(r"[^a-z]+", plain(address.partition("@")[0])) if w)


def is_anothers(address: str, sender: str, mine: Iterable[str]) -> bool:
    """Is a mailbox surely called after another person than the sender?

    ``sender`` is his own address, ``mine`` what his names may sound like or be written as, in folded letters.
    """
    found = words_of(address)
    if address == sender or not _is_personal(found, words_of(sender)):
        return False
    own = {*words_of(sender), *mine}
    return not any(_is_akin(a, b) for a in found for b in own)


def _is_personal(found: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Do the words name a person: a family name, given and family name, or an initial as in the sender's address?"""
    if not found or any(w in words("role_mailboxes.txt") for w in found):
        return False
    if any(len(w) >= _SHORTEST and sound(w) in family_sounds() for w in found):
        return True
    if len(found) != 2:
        return False
    first, last = found
    if len(first) > 1:
        return names.is_given(first) and len(last) > 1
    same_form = len(own) == 2 and len(own[0]) == 1
    return len(last) >= _SHORTEST and (same_form or names.is_family(last))


def _is_akin(a: str, b: str) -> bool:
    """May two words be one name, one of them shortened, spelt otherwise or run together with another?"""
    if min(len(a), len(b)) < 3:
        return False
    return a[:3] == b[:3] or a in b or b in a or sound(a)[:3] == sound(b)[:3]
