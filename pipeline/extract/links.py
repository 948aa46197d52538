"""E-mail addresses, web sites and social profiles in text.

Source: RFC 5321 section 4.1.2 (dot-atoms and address literals), RFC 3986, IANA's root zone for top-level domains.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.extract.words import Piece, alternation, fold, words

_EMAIL = re.compile(
    r"(?<![\w.+%@-])[A-Za-z0-9_](?:[\w+%'-]|\.(?=[\w+%'-])){0,63}@"
    r"(?:\[\d{1,3}(?:\.\d{1,3}){3}\]|(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}(?![\w@-]|\.\w))",
    re.ASCII,
)
# ASCII only, as Japanese text goes on without a blank
_URL = re.compile(r"(?<![A-Za-z])(?:https?|ftp)://[!#-;=?-~]{1,2000}", re.IGNORECASE | re.ASCII)
_BARE = re.compile(
    r"(?<![\w@./:#-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}([A-Za-z]{2,24})"
    r"(?![A-Za-z0-9@-]|\.[A-Za-z0-9])(?::\d{2,5})?(?:/[\w./%~#?=&+,:!-]{0,500})?",
    re.ASCII,
)
_HANDLE = re.compile(r"(?<![\w.@/+-])@[A-Za-z][\w.]{1,29}(?![\w@.]*@)", re.ASCII)
_LIST_PAGE = re.compile(r"/(?:mailman|listinfo|unsubscribe|opt-?out)\b|://lists?\.", re.IGNORECASE)
_CLOCK = re.compile(r"(?:[01]?\d|2[0-4])\.(?:am|pm)", re.IGNORECASE)  # "7.am" is a time of day, "27.pm" a site
_HOST = re.compile(
    r"(?:https?|ftp)://(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[\w-]+\.)+([a-z]{2,24}))(?=$|[:/?#])", re.IGNORECASE
)
_TRAILING = ".,;:!?)]}>*_|'\"’”»"


@cache
def _tlds() -> frozenset[str]:
    return words("top_level_domains.txt")


@cache
def _social() -> re.Pattern[str]:
    return re.compile(
        rf"^(?:https?://)?(?:[\w-]+\.)*(?:{alternation(tuple(words('social_sites.txt')))})/\S", re.IGNORECASE
    )


@cache
def _service() -> re.Pattern[str]:
    return re.compile(
        rf"^(?:https?://)?(?:[\w-]+\.)*(?:{alternation(tuple(words('service_sites.txt')))})(?:[/?]|$)", re.I
    )


def emails(text: str) -> list[Piece]:
    """Every e-mail address, in order, as written."""
    if "@" not in text and "＠" not in text:
        return []
    folded = fold(text)
    return [Piece(m.start(), m.end(), folded[m.start() : m.end()]) for m in _EMAIL.finditer(folded)]


def urls(text: str) -> list[Piece]:
    """Every web address, with a scheme or bare under a known top-level domain, in order."""
    if "." not in text and "．" not in text and "://" not in text:
        return []
    folded = fold(text)
    found = [p for m in _URL.finditer(folded) if (p := _with_scheme(folded, m)) is not None]
    taken = [(m.start(), m.end()) for m in _URL.finditer(folded)] + [(e.start, e.end) for e in emails(text)]
    for m in _BARE.finditer(folded):
        free = all(m.end() <= s or m.start() >= e for s, e in taken)
        if free and _is_site(folded, m):
            end = m.start() + len(m.group().rstrip(_TRAILING))
            found.append(Piece(m.start(), end, folded[m.start() : end]))
    return sorted(found, key=lambda p: p.start)


def _with_scheme(folded: str, m: re.Match[str]) -> Piece | None:
    value = m.group().rstrip(_TRAILING)
    host = _HOST.match(value)
    if host is None or (host.group(1) and host.group(1).lower() not in _tlds()):
        return None
    return Piece(m.start(), m.start() + len(value), value)


def _is_site(folded: str, m: re.Match[str]) -> bool:
    if m.group(1).lower() not in _tlds() or folded[m.end() : m.end() + 1] == "@":
        return False
    if not m.group(1).islower() and not m.group().isupper():
        return False  # "M.Sc"
    return _CLOCK.fullmatch(m.group()) is None


def handles(text: str) -> list[Piece]:
    """Every @handle that is no part of an e-mail address."""
    folded = fold(text)
    return [Piece(m.start(), m.end(), m.group().rstrip(".")) for m in _HANDLE.finditer(folded)]


def is_social(url: str) -> bool:
    """Is the address a profile on a social network?"""
    return _social().match(url) is not None


def is_service(url: str) -> bool:
    """Is the address a meeting room, booking page, file share or mailing list, no site of a firm?"""
    return _service().match(url) is not None or _LIST_PAGE.search(url) is not None
