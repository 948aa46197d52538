"""When two spellings of a field's value are the same value: width, case, legal forms, punctuation, kana."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Literal

from pipeline.extract.kana import hiragana, unify
from pipeline.extract.names import same_name
from pipeline.extract.words import is_japanese, rows, words

Comparison = Literal["same", "different", "unknown"]

_NAMES = frozenset({"full_name", "family_name", "given_name", "name_latin"})
# No firm's and no person's name is longer; what hostile mail adds does not count.
_LONGEST = 500
LONGEST_NAME = 100
_SITES = re.compile(r"^(?:https?://)?(?:www\.)?")
_BRACKETED_FORM = re.compile(r"\((?:株|有|合|資|名|相|財|社|医|学|福|独|宗|特|一社|一財|公社|公財)\)")
_NO_LETTER = re.compile(r"[\W_]+")


def normalise(field: str, value: str) -> str:
    """The form in which equal values of a field are equal strings; a rejected value is remembered by it."""
    text = unicodedata.normalize("NFKC", value).casefold().strip()
    if field == "company":
        return company_key(value)
    if field == "name_kana":
        return _letters(hiragana(text))
    if field in _NAMES:
        return _letters(unify(text))
    if field in ("website", "social"):
        return _SITES.sub("", text).rstrip("/")
    if field in ("email", "slots", "start", "due", "old_start", "status", "deal"):
        return text
    if field == "phone":
        return re.sub(r"[^\d+]", "", text)
    return _letters(text)


def compare(field: str, a: str, b: str) -> Comparison:
    """Whether two values of a field say the same; unknown where they cannot be compared, as in two scripts."""
    left, right = normalise(field, a), normalise(field, b)
    if left == right:
        return "same"
    if not left or not right or is_japanese(left) != is_japanese(right):
        return "same" if field in _NAMES and same_person_name(a, b) else "unknown"
    if field in ("full_name", "name_latin"):
        return "same" if same_person_name(a, b) else "different"
    if field in ("company", "address", "department", "job_title") and (
        left.startswith(right) or right.startswith(left)
    ):
        return "unknown"
    return "different"


def same_person_name(a: str, b: str) -> bool:
    """Whether two names name one person, in any script and order; of very long ones only the beginning counts."""
    return same_name(a[:LONGEST_NAME], b[:LONGEST_NAME])


def company_key(company: str) -> str:
    """A firm's name without legal form, spaces, case and width; all of it where nothing else would be left."""
    text = " ".join(unicodedata.normalize("NFKC", company[:_LONGEST]).casefold().split())
    bare = _BRACKETED_FORM.sub(" ", text)
    bare = _japanese_forms().sub("", bare.strip()).strip()
    kept = [word for word in re.split(r"[\s,]+", bare) if word]
    while len(kept) > 1 and (cut := _trailing_form(kept)):
        kept = kept[:-cut]
    return _letters(unify("".join(kept))) or _letters(text)


def domain(address: str) -> str:
    """The domain of a mail address, lower-cased."""
    return address.rpartition("@")[2].lower()


def is_free_mail(mail_domain: str) -> bool:
    """Whether a domain gives mail addresses to anybody, so that it names no firm."""
    labels, free = mail_domain.split("."), words("free_mail.txt")
    return any(".".join(labels[n:]) in free for n in range(len(labels)))


def lines(name: str) -> frozenset[str]:
    """The entries of a data file of this room, case-folded; lines that start with ``# `` are remarks."""
    text = (resources.files("pipeline.suggest") / "data" / name).read_text(encoding="utf-8")
    return frozenset(line.casefold() for line in text.splitlines() if line and not line.startswith("# "))


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text)


@cache
def _japanese_forms() -> re.Pattern[str]:
    forms = "|".join(re.escape(row[0]) for row in sorted(rows("legal_forms_ja.txt"), key=lambda row: -len(row[0])))
    return re.compile(rf"^(?:{forms})\s*|\s*(?:{forms})$")


@cache
def _latin_forms() -> frozenset[str]:
    return frozenset(_letters(row[0].casefold()) for row in rows("legal_forms.tsv"))


def _trailing_form(kept: list[str]) -> int:
    """How many words at the end are a legal form (``Co., Ltd.`` is two)."""
    fits = (size for size in (3, 2, 1) if size < len(kept) and _letters("".join(kept[-size:])) in _latin_forms())
    return next(fits, 0)
