"""Whom an address header names: the person of a display name, or none where it is a firm, a post or a role."""

from __future__ import annotations

import re
from functools import cache

from pipeline.extract import names, organisations
from pipeline.extract.kana import is_kana, sound
from pipeline.extract.words import is_japanese, plain, words
from pipeline.records import Address

_POST = re.compile(r"(?:担当|窓口|事務局|編集部|係|チーム|サポート|フォーム|センター|委員会|受付|デスク|本部|相談室)$")
_FIRM_BEHIND = re.compile(r"([^()（）]+?)\s*[（(][^()（）]+[)）]\s*")


def header_name(address: Address | None) -> str | None:
    """The person of an address header, cleaned; None where the display name is a firm, a role or missing."""
    if address is None or not address.name or "@" in address.name:
        return None
    shown = address.name.strip().strip("'\"")
    if (
        is_japanese(shown)
        and (m := _FIRM_BEHIND.fullmatch(shown))
        and (name := _header_japanese(m[1], address.address))
    ):
        return name  # the firm stands in brackets behind the name
    return _header_japanese(shown, address.address) if is_japanese(shown) else _header_western(shown, address.address)


def _header_japanese(shown: str, address: str) -> str | None:
    name = names.clean(shown)
    if _POST.search(name):
        return None
    tokens = [t for t in re.split(r"[\s\u3000/|｜]+", name) if t]
    if len(tokens) == 1:
        return _single_japanese(tokens[0])
    if len(tokens) == 2 and _is_full_name(tokens, address):
        return name
    kept = [t for t in tokens if not (organisations.is_title_like(t) or organisations.company_japanese(t) > 0.5)]
    if len(kept) > 1 and len(tokens) > len(kept) and _is_full_name(kept[-2:], address):
        return " ".join(kept[-2:])
    return kept[-1] if kept and kept[-1] == tokens[-1] and len(kept[-1]) <= 6 and _may_name(kept[-1]) else None


def _single_japanese(token: str) -> str | None:
    if names.is_family_japanese(token):
        return token
    mixed = re.search(r"[\u30a1-\u30fa]", token) and re.search(r"[\u4e00-\u9fff]", token)
    firm = organisations.company_japanese(token) > 0.5 or organisations.is_title_like(token)
    return None if firm or mixed or len(token) > 8 or not _may_name(token) else token


def _may_name(token: str) -> bool:
    """May a word be a name: four and more kanji only where the gazetteer knows a part (設備管理 is none)?"""
    parts = names.split(token)
    given = parts.given or ""
    known = names.is_family_japanese(parts.family or "") or (len(given) > 1 and names.is_given_japanese(given))
    return known or re.fullmatch(r"[\u4e00-\u9fff]{4,}", token) is None


def _is_full_name(tokens: list[str], address: str) -> bool:
    """Are two words family and given name, rather than a firm, post or title and a family name?"""
    first, second = tokens
    if (
        organisations.is_title_like(first)
        or organisations.legal_form_japanese(first)
        or organisations.is_title_like(second)
        or len(second) > 6
    ):
        return False
    local = sound(address.partition("@")[0])
    mailbox_is_second = any(len(r) > 2 and r in local for r in names.family_sounds(second))
    if mailbox_is_second and not is_kana(second) and not names.is_family_japanese(first):
        return False
    if names.is_family_japanese(first) or names.is_given_japanese(second):
        return not organisations.company_japanese(first) or names.is_family_japanese(first) or len(first) <= 3
    return len(first) <= 4 and organisations.company_japanese(first) < 0.5


def _header_western(shown: str, address: str) -> str | None:
    name = names.clean(shown)
    tokens = re.split(r"[\s,]+", name)
    folded = [plain(t).strip(".") for t in tokens if t]
    if not folded or len(folded) > 5 or any(c.isdigit() for c in name) or re.search(r"[|@:–]| - ", name):
        return None
    if any(t in _roles() for t in folded) or plain(name) in _roles():
        return None
    if f"={tokens[-1].casefold()}" in words("departments_en.txt"):
        return None
    known = any(names.is_given(t) for t in tokens)
    titled = organisations.title_western(name) > 0 or organisations.department_western(name) > 0
    if organisations.legal_form_western(name) or (titled and not known):
        return None
    if organisations.company_western(name, "") > 0.5 and not known:
        return None
    if len(folded) == 1 and not known and folded[0] not in plain(address.partition("@")[0]):
        return None
    return name


@cache
def _roles() -> frozenset[str]:
    return frozenset(plain(w) for w in words("role_mailboxes.txt"))


def is_role(name: str) -> bool:
    """Is the name that of a mailbox or post, no person's?"""
    return plain(name) in _roles()
