"""Telephone numbers: where they stand, whose kind they are, and their E.164 form.

A cheap regular expression finds candidates, ``phonenumbers`` (loaded at the first one) judges them, and the words
beside a number (``data/phone_labels.tsv``) tell its type. Source: ITU-T E.164.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING

from pipeline.extract.links import urls
from pipeline.extract.words import Piece, alternation, digit_count, fold, is_japanese, rows
from pipeline.records import PhoneType

Regions = tuple[tuple[str, ...], ...]

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_SEPARATOR = r"(?: ?\) ?[-.]? ?\(? ?| ?\( ?| ?[-.] ?|/ ?| )"
_CANDIDATE = re.compile(
    rf"(?:(?<![\d_+#@=*%$€£¥,^])(?<!\d[-./])(?=\d)|(?<![+\d#)])(?=[+(]))"
    rf"(?:\( ?)?(?:\+ ?)?(?:\( ?)?\d(?:{_SEPARATOR}?\d){{5,24}}(?!\d{{0,30}}[\w@%]{{0,60}}@)",
    re.ASCII,
)
_EXTENSION = re.compile(
    r"^[\s,;]*[(\[]?\s*(?:ext(?:ension|n)?\.?|extn\.?|x\.?|loc(?:al)?\.?|wew\.?|dahili|int(?:erno)?\.?|r(?:amal)?\.|poste|anexo|klappe|內線"
    r"|内線(?:番号)?|内)[\s:.]*(\d[\d-]{0,6})\b[)\]]?",
    re.IGNORECASE,
)
_MOBILE_JP = re.compile(r"(?:\+81[ -]?(?:\(0\))?|0)[789]0[^\d]")
_EXTENSION_BEFORE = re.compile(r"内線[\s::]*(\d[\d-]{1,6})\s*[/,、)]?\s*$")
_AFTER = re.compile(r"^\s*[(\[]?\s*([^\d()\[\]|/,;]{1,14}?)\s*(?:[)\]]|[|/,;]|$)")
_DATE = re.compile(
    r"^(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}\b|\d{1,2}([-./])\d{1,2}\2(?:19|20)\d\d\b"
    r"|(?:19|20)\d\d ?[-/] ?(?:19|20)?\d\d$)"
)
_NUMBER_OF_ELSE = re.compile(
    r"\b(?:VAT|TVA|MwSt|USt|UID|BTW|CEP|Box|NMLS|DX|charity|reg(?:istered|istration)?)\b[^\n\d]{0,14}\Z", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_BEST_QUALITY = 2.0
_CONTEXT = 80  # characters beside a number that may tell what it is
_DECIMAL = re.compile(r"^\d{1,3}\.\d{4,}$")
_SOCIAL_SECURITY = re.compile(r"^\d{3}-\d\d-\d{4}$")
_LABEL_GAP = r"(?: is| are|は)?[\s:.;,\-(\[)\]·|/&*]{0,4}(?:[(（][^()（）]{0,8}[)）][\s:.]{0,3})?"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in the text."""

    start: int
    end: int
    e164: str
    types: tuple[PhoneType, ...]
    extension: str | None
    labelled: bool


@cache
def _plan() -> ModuleType:
    """The numbering plans of all countries, which keep the patterns they have compiled."""
    import phonenumbers
    from phonenumbers import re_util

    re_util.enable_pattern_cache()
    return phonenumbers


@cache
def _labels() -> dict[str, str]:
    return {r[0].casefold(): r[1] for r in rows("phone_labels.tsv")}


@cache
def _label_before() -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|(?<![^\W\d_])|(?<=[^\x00-\x7f]))({alternation(tuple(_labels()))}){_LABEL_GAP}$", re.IGNORECASE
    )


def candidates(text: str, start: int = 0, end: int | None = None) -> list[Piece]:
    """Stretches that look like telephone numbers: digits, their separators and brackets, 7 to 17 digits."""
    folded = fold(text[start:end])
    if digit_count(folded) < 7:
        return []
    taken = [(u.start, u.end) for u in urls(folded)] if "." in folded else []
    found = []
    for m in _CANDIDATE.finditer(folded):
        if not any(s < m.end() and m.start() < e for s, e in taken):
            found += [p for p in _split(folded, m.start(), m.end()) if _plausible(folded, p)]
    return [Piece(start + p.start, start + p.end, p.text) for p in found]


def _split(folded: str, start: int, end: int) -> list[Piece]:
    """One candidate, or several where numbers stand side by side ("2-7-12 03-1234-5678 090-1234-5678")."""
    cuts = [start]
    for i in range(start, end):
        left = folded[cuts[-1] : i]
        whole = "-" in left.strip(" -") or digit_count(left) >= 9 or _is_house_number(folded, cuts[-1], left)
        if folded[i] == " " and whole and not left.strip().startswith("+") and _begins(folded, i + 1, end):
            cuts.append(i)
    return [_trim(folded, a, b) for a, b in zip(cuts, [*cuts[1:], end], strict=True)]


def _is_house_number(folded: str, at: int, left: str) -> bool:
    """Do at most four digits stand right behind Japanese letters, as the end of an address does?"""
    return left.isdigit() and len(left) <= 4 and is_japanese(folded[max(0, at - 1) : at])


def _begins(folded: str, at: int, end: int) -> bool:
    """Does a number of its own begin here?"""
    if folded[at] not in "0+(" or digit_count(folded[at:end]) < 9:
        return False
    return re.match(r"[+(]?\d[\d ()./-]{6}", folded[at:end]) is not None


def _trim(folded: str, start: int, end: int) -> Piece:
    while start < end and folded[start] == " ":
        start += 1
    while end > start and not folded[end - 1].isdigit():
        end -= 1
    while start < end and folded[start] == "(" and ")" not in folded[start:end]:
        start += 1
    inner = folded[start:end]
    if inner.count("(") > inner.count(")"):
        return _trim(folded, start, start + inner.rindex("("))
    if inner.count(")") > inner.count("(") and inner.index(")") < 4:
        start += inner.index(")") + 1
    while start < end and folded[start] == " ":
        start += 1
    return Piece(start, end, folded[start:end])


def _plausible(folded: str, p: Piece) -> bool:
    digits = digit_count(p.text)
    if not 7 <= digits <= (17 if p.text.lstrip("(").startswith(("+", "00", "011")) else 14):
        return False
    if _DATE.match(p.text) or _DECIMAL.match(p.text) or _SOCIAL_SECURITY.match(p.text):
        return False
    before, after = folded[max(0, p.start - 2) : p.start], folded[p.end : p.end + 3]
    # "-77034040", "E-151673398": a minus sign or a part number
    if re.search(r"(?:^|[\w\s])-\Z", before, re.ASCII) and "(" not in p.text:
        return False
    if _NUMBER_OF_ELSE.search(folded[max(0, p.start - 30) : p.start]):
        return False
    if re.search(r"[A-Za-z]\Z", before) and not _glued_label(folded[max(0, p.start - 24) : p.start]):
        return False
    # "12:30", "3.5 %", "1,000", more of the same token
    more = re.match(r"[A-Za-z_%]|[:,.=]\d|[年月日円個名]", after)
    return more is None or re.match(r"x\d|ext", after, re.IGNORECASE) is not None


def _glued_label(left: str) -> bool:
    m = _label_before().search(left)
    return m is not None and len(m.group(1)) >= 3


def find(text: str, start: int, end: int, regions: Regions) -> list[Phone]:
    """The numbers of ``text[start:end]`` that can be called, with type and extension.

    ``regions`` are tiers of ISO 3166 codes, likeliest first, for numbers without a country code. Numbers of a
    service line, an account, a dial-in and the like are left out.
    """
    found: list[Phone] = []
    previous = start
    for p in candidates(text, start, end):
        left = fold(text[max(previous, p.start - _CONTEXT, start) : p.start]).rpartition("\n")[2]
        right = fold(text[p.end : min(p.end + _CONTEXT, end)]).partition("\n")[0]
        phone = _judge(p, left, right, regions)
        if phone is not None:
            found.append(phone)
        previous = phone.end if phone else p.end
    return found


def _judge(p: Piece, left: str, right: str, regions: Regions) -> Phone | None:
    label = label_of(left)
    if label == "none" or re.search(r"(?:〒|\bhttps?://\S*)$", left):
        return None
    number = _best(p.text, regions)
    if number is None or (label is None and not _sure(p.text, number)):
        return None
    end, extension = p.end, None
    if m := _EXTENSION.match(right):
        end, extension = p.end + m.end(), m.group(1).rstrip("-")
        right = right[m.end() :]
    elif m := _EXTENSION_BEFORE.search(re.sub(r"外線[\s:]*$", "", left)):
        extension = m.group(1)
    own = number.extension or None
    label = _label_after(right) or label
    return Phone(p.start, end, e164(number), _types(label, right, number, p.text), extension or own, label is not None)


def label_of(left: str) -> str | None:
    """The type that the words before a number give it, None where they say nothing."""
    m = _label_before().search(left[-40:])
    return _labels()[m.group(1).casefold()] if m else None


def label_start(left: str) -> int | None:
    """Where the label right before a number begins in the text on its left."""
    offset = max(len(left) - _CONTEXT, 0)
    m = _label_before().search(left[offset:])
    return offset + m.start(1) if m else None


def _label_after(right: str) -> str | None:
    m = _AFTER.match(right)
    label = _labels().get(m.group(1).strip().casefold().rstrip(".:")) if m else None
    return None if label == "tel" else label


def _types(label: str | None, right: str, number: PhoneNumber, written: str) -> tuple[PhoneType, ...]:
    if label == "both" or re.match(r"\s*\(\s*(?:fax|ファックス|ファクス)\s*(?:同|共通|兼用)", right, re.IGNORECASE):
        return ("work", "fax")
    if label == "fax":
        return ("fax",)
    # 080-0123-4567 is a mobile number, 0800-123-4567 toll-free: the same digits
    kind = "mobile" if number.country_code == 81 and _MOBILE_JP.match(written) else _kind(number)
    if label == "tollfree" or kind == "tollfree":
        return ("tollfree",)
    if label == "mobile" or (kind == "mobile" and label != "work"):
        return ("mobile",)
    return ("work",)


def _kind(number: PhoneNumber) -> str:
    plan = _plan()
    kind = plan.number_type(number)
    if kind == plan.PhoneNumberType.UNKNOWN:
        return _kind_by_prefix(number)
    if kind == plan.PhoneNumberType.MOBILE:
        return "mobile"
    return "tollfree" if kind == plan.PhoneNumberType.TOLL_FREE else "other"


def _kind_by_prefix(number: PhoneNumber) -> str:
    region = _plan().region_code_for_country_code(number.country_code or 0)
    national = str(number.national_number)
    if region == "JP" and national.startswith(("800", "120")):
        return "tollfree"
    long_enough = region != "JP" or len(national) == 10
    return "mobile" if national.startswith(_mobile_prefixes().get(region, ("-",))) and long_enough else "other"


@cache
def _mobile_prefixes() -> dict[str, tuple[str, ...]]:
    return {r[0]: tuple(r[1].split()) or ("-",) for r in rows("mobile_prefixes.tsv")}


def e164(number: PhoneNumber) -> str:
    """The number as ``+`` and digits."""
    return str(_plan().format_number(number, _plan().PhoneNumberFormat.E164))


def _sure(text: str, number: PhoneNumber) -> bool:
    """A number that nothing names as one must be long, or known to the numbering plan."""
    return digit_count(text) >= 9 or bool(_plan().is_valid_number(number))


@lru_cache(maxsize=4096)
def _best(text: str, regions: Regions) -> PhoneNumber | None:
    """The reading of the digits that is possible, preferably valid and grouped as that country groups.

    A country of a lower tier wins only where its reading is both, and the higher tier's neither.
    """
    if text.lstrip("( ").startswith("+") or not regions:
        return _parse(text, "ZZ")
    best: tuple[float, PhoneNumber | None] = (float("-inf"), None)
    for tier, codes in enumerate(regions):
        for rank, code in enumerate(codes):
            handicap = 1.2 * tier + 0.15 * min(rank, 5)
            if _BEST_QUALITY - handicap <= best[0]:
                continue  # even a perfect reading would lose
            number = _parse(text, code)
            if number is not None and (score := _quality(number, text) - handicap) > best[0]:
                best = score, number
    return best[1]


def _parse(text: str, region: str) -> PhoneNumber | None:
    plan = _plan()
    try:
        number: PhoneNumber = plan.parse(text, region)
    except plan.NumberParseException:
        return None
    return number if plan.is_possible_number(number) else None


def _quality(number: PhoneNumber, text: str) -> float:
    """0 to ``_BEST_QUALITY``: is the number one of its country's plan, is it grouped as there?"""
    plan = _plan()
    groups = _DIGITS.findall(plan.format_number(number, plan.PhoneNumberFormat.NATIONAL))
    return float(plan.is_valid_number(number)) + float(groups == _DIGITS.findall(text))


def spans(text: str) -> list[Piece]:
    """The stretches of a running text that are telephone numbers, extension included, without judging the plan."""
    folded = fold(text)
    found: list[Piece] = []
    for p in candidates(text):
        left = folded[max(p.start - _CONTEXT, 0) : p.start].rpartition("\n")[2]
        if label_of(left) == "none":
            continue
        m = _EXTENSION.match(folded[p.end : p.end + _CONTEXT])
        end = p.end + m.end() if m else p.end
        found.append(Piece(p.start, end, text[p.start : end]))
    return found
