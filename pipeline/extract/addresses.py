"""Western postal addresses, and what all addresses share: postal code, address as one line, country.

Source: Universal Postal Union S42 (order of elements and forms of postal codes).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.extract.words import Piece, alternation, fold, is_japanese, piece, rows

_LABEL = re.compile(
    r"^(?:(?:住所|所在地|本社|本店|支社|支店|本部|事務所|営業所|工場|勤務先|送付先"
    r"|address|addr|add|a|head office|office|registered office|visit us)"
    r"\s*[::]\s*|[■◆●▼★※・]\s*)",
    re.IGNORECASE,
)
_POSTAL = {
    "GB": r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b",
    "IE": r"\b[AC-FHKNPRTV-Y]\d[\dW] ?[A-Z\d]{4}\b",
    "CA": r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b",
    "US": r"(?<=[A-Z]{2} )\d{5}(?:-\d{4})?\b|(?<=[A-Z]{2}, )\d{5}(?:-\d{4})?\b|(?<=[a-z] )\d{5}-\d{4}\b",
    "AU": r"(?<=\b(?:NSW|VIC|QLD|TAS) )\d{4}\b|(?<=\b(?:WA|SA|NT) )\d{4}\b|(?<=\bACT )\d{4}\b",
    "NL": r"\b[1-9]\d{3} ?[A-Z]{2}\b(?! ?\d)",
    "JP": r"(?<![\d-])\d{3}-\d{4}(?![\d-])",
    "BR": r"\b\d{5}-\d{3}\b",
    "PL": r"\b\d{2}-\d{3}\b",
    "PT": r"\b\d{4}-\d{3}\b",
    "SE": r"\b(?:SE?-)?\d{3} \d{2}\b(?= [^\W\d_])",
    "KE": r"(?<=\d-)\d{5}(?=,? [A-Z])",
    "SG": r"(?<=\bS\()\d{6}(?=\))|(?<=Singapore )\d{6}\b",
    "IN": r"\b[1-9]\d{2} \d{3}\b",
    "": r"\b(?:[A-Z]{1,3}-)\d{4,6}\b|(?<![\d\w./-])\d{4,6}(?![\d\w./-])",
}
_REGION_CUES = (
    ("IE", re.compile(r"\bCo\. ?[A-Z][a-z]+|\bDublin \d+\b")),
    ("AU", re.compile(r"\b(?:NSW|VIC|QLD|TAS) \d{4}\b")),
    ("US", re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")),
    ("GB", re.compile(_POSTAL["GB"])),
    ("CA", re.compile(_POSTAL["CA"])),
    ("NL", re.compile(r"\b[1-9]\d{3} ?[A-Z]{2} [A-Z][a-z]")),
)
_NUMBERED = re.compile(
    r"(?:charity|company|registered|registration|reg|vat|abn|acn|nmls|licen[cs]e|member|no|nr|cin|gstin"
    r"|siret|est|since|class of|tel|fax|phone|mobile|24 ?h)\b",
    re.IGNORECASE,
)
_PLACE_NAME = re.compile(r"[A-Z][\w'.-]*(?:[ ,]+[A-Z][\w'.-]*){0,3},?")
_TOWN = re.compile(
    r"[A-Z][\w .'-]{1,30},? (?:[A-Z]{2} \d{5}(?:-\d{4})?|[A-Z]{2} [A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{2,3} \d{4})"
)
_OFFICE = re.compile(r"^([^\W\d_][\w .&-]{1,24}): ?(?=\S)")


@dataclass(frozen=True, slots=True)
class Place:
    """A postal address found in the text; ``value`` is one line without postal code and country."""

    start: int
    end: int
    value: str
    postal: Piece | None
    country: Piece | None


@cache
def _postal_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((region, re.compile(pattern)) for region, pattern in _POSTAL.items())


@cache
def countries() -> dict[str, str]:
    """Names of countries, case-folded, and their ISO 3166 codes."""
    return {name.casefold(): row[0] for row in rows("countries.tsv") for name in row[1].split("|")}


@cache
def _country() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternation(tuple(countries()))})(?=\s*[.)]?\s*$)", re.IGNORECASE)


@cache
def _street() -> re.Pattern[str]:
    terms = [row[0] for row in rows("streets.txt")]
    whole = alternation(tuple(t for t in terms if not t.startswith("-")))
    ends = alternation(tuple(t[1:] for t in terms if t.startswith("-")))
    return re.compile(
        rf"(?<![\w'])(?:{whole})(?![\w'])|(?<=\w)(?:{ends})(?![\w'])|(?<=[a-z])-(?:{ends})(?!\w)", re.IGNORECASE
    )


@lru_cache(maxsize=1024)
def regions_of(text: str) -> tuple[str, ...]:
    """ISO codes of countries that the form of an address or a country's name in it points to."""
    folded = fold(text)
    found = [region for region, cue in _REGION_CUES if cue.search(folded)]
    for line in folded.splitlines():
        if m := _country().search(line):
            found.insert(0, countries()[m.group().casefold()])
    return tuple(found)


# ---- Western


@lru_cache(maxsize=4096)
def is_street(text: str) -> bool:
    """Does the line look like a street address, whole or in part?"""
    folded = fold(text)
    m = _street().search(folded)
    if m is not None and m.group().islower() and m.group().isalpha() and folded[m.start() - 1 : m.start()] == " ":
        return any(c.isdigit() for c in folded)  # "run by" is no street
    return m is not None and (
        any(c.isdigit() for c in folded) or "," in folded or m.group().casefold() in ("po box", "p.o. box")
    )


def find(text: str, lines: list[Piece], is_other: Callable[[str], bool] = lambda _: False) -> Place | None:
    """The first Western address among the pieces of a signature, over one or several of them in a row.

    ``is_other`` says of a part before a comma that it is a firm, title or name, with which no address begins.
    """
    lines = [_after_others(text, line, is_other) for line in lines]
    for i, line in enumerate(lines):
        if not _starts(line, lines[i + 1] if i + 1 < len(lines) else None):
            continue
        j = i + 1
        while (
            j < len(lines) and j - i < 6 and (_goes_on(text, lines[j - 1], lines[j]) or _leads_to_code(text, lines, j))
        ):
            j += 1
        return _assemble(text, lines[i:j])
    return None


def _after_others(text: str, line: Piece, is_other: Callable[[str], bool]) -> Piece:
    """The line behind the last firm, title or name that stands before its street ("Owner, Acme Ltd, 4 High Street")."""
    start = line.start
    for part in re.finditer(r"[^,]+(?:,|$)", line.text):
        bare = part.group().strip(" ,")
        if is_other(bare):
            start = line.start + part.end()
        elif _street().search(fold(bare)) or any(c.isdigit() for c in bare):
            break
    return piece(text, start, line.end, " ,") if start > line.start else line


def _starts(line: Piece, following: Piece | None) -> bool:
    folded = _LABEL.sub("", fold(line.text))
    numbered = _NUMBERED.match(folded) and not (is_street(folded) and re.match(r"No\.? ?\d", folded))
    if not folded or numbered or is_japanese(folded) or len(folded) > 140 or _sentence(folded):
        return False
    postal = postal_code(folded)
    if is_street(folded):
        return any(c.isdigit() for c in folded) or postal is not None or _ends_part(folded)
    if (
        postal is not None
        and postal.end - postal.start < len(folded.strip())
        and ("," in folded or _starts_strict(folded, postal))
    ):
        return True
    # a street without a street word, the town with its code below it ("Satamatie 900", "90520 Oulu")
    return (
        following is not None
        and re.fullmatch(r"[^\W\d_][\w .'-]{2,40} \d{1,4}(?:[ -]?[A-Za-z])?", folded.strip()) is not None
        and postal_code(fold(following.text)) is not None
    )


def _ends_part(folded: str) -> bool:
    """Does a street's or house's word end a part before a comma ("The Old Forge, Skelby"), as it does in no firm's?"""
    first, *rest = folded.split(",")
    return any(_at_end(part) for part in (first, *rest[:-1]))


def _at_end(part: str) -> bool:
    found = list(_street().finditer(part))
    return bool(found) and not part[found[-1].end() :].strip(" .")


def _starts_strict(folded: str, postal: Piece) -> bool:
    return not postal.text.isdigit() and re.search(r"[A-Z][a-z]", folded) is not None


def _sentence(folded: str) -> bool:
    return folded.rstrip().endswith((".", "!", "?")) and len(folded.split()) > 6 and "," not in folded


def _leads_to_code(text: str, lines: list[Piece], at: int) -> bool:
    """Is the line a place's name, with the line of the postal code one or two lines below it?"""
    for line, below in zip(lines[at - 1 : at + 2], lines[at : at + 3], strict=False):
        if text[line.end : below.start].strip(" ,") != "\n":
            return False
        if _is_code_line(fold(below.text)):
            return below is not lines[at]
        if not _PLACE_NAME.fullmatch(fold(below.text)):
            return False
    return False


def _is_code_line(folded: str) -> bool:
    code = postal_code(folded)
    return code is not None and not code.text.isdigit() and len(folded) - (code.end - code.start) <= 25


def _goes_on(text: str, above: Piece, line: Piece) -> bool:
    """Is the piece a further line of the address (a town with its code, a country, another street part)?"""
    between = text[above.end : line.start]
    folded = fold(line.text)
    if between.strip() == "|" and _TOWN.fullmatch(folded):
        return True
    if between.count("\n") > 1 or "|" in between or not line.text:
        return False
    if is_japanese(folded) or _OFFICE.match(folded) or _sentence(folded) or _NUMBERED.match(folded):
        return False
    if folded.strip(" .,()").casefold() in countries():
        return True
    going = above.text.rstrip().endswith(",") and len(folded.split()) <= 4 and folded[:1].isupper()
    return postal_code(folded) is not None or is_street(folded) or going


@lru_cache(maxsize=1024)
def postal_code(folded: str) -> Piece | None:
    """The postal code in a folded address line."""
    if not any(map(str.isdigit, folded)):
        return None
    for region, pattern in _postal_patterns():
        if matches := list(pattern.finditer(folded)):
            m = matches[-1]
            if region == "" and not _is_generic(folded, m):
                continue
            return Piece(m.start(), m.end(), m.group())
    return None


def _is_generic(folded: str, m: re.Match[str]) -> bool:
    """Four to six digits are a postal code beside a town's name, not a house number before a street."""
    if re.match(r"(?:1[89]|20)\d\d$", m.group()) and re.search(
        r"(?:since|est\.?|of|in|from|©|\bto)\s*$", folded[: m.start()], re.IGNORECASE
    ):
        return False
    before, after = folded[: m.start()].rstrip(" ,·-"), folded[m.end() :].lstrip(" ,")
    if _street().match(re.sub(r"^(?:[A-Z][\w'.-]* ){0,3}", "", after + " ")) and not before:
        return False
    town_after = re.match(r"[^\W\d_]{2,}", after) is not None and not re.match(r"\w+ ?(?:No|Box)\b", before[-8:])
    town_before = re.search(r"[^\W\d_]{2,}$", before) is not None and not re.search(
        r"(?:\bbox|\bno\.?|\br(?:oo)?m|\bCT|\bunit|\bsuite|\blot|\bplot|\bbox [A-Z]{1,3})$", before, re.IGNORECASE
    )
    at_start = not before or before.endswith(",") or folded[m.start() - 2 : m.start()] in (", ", "· ", "- ")
    return (
        (town_after and at_start and not _street().search(after.split(",")[0]))
        or (town_before and not after)
        or (town_before and folded[m.end() : m.end() + 1] == ",")
    )


def _assemble(text: str, lines: list[Piece]) -> Place | None:
    start, end = lines[0].start, lines[-1].end
    folded = "".join(fold(c) if c != "\n" else " " for c in text[start:end])
    if label := _LABEL.match(folded) or _OFFICE.match(folded):
        start += label.end()
        folded = folded[label.end() :]
    country, body_end = None, len(folded)
    if m := _country().search(folded):
        country, body_end = (
            Piece(start + m.start(), start + m.end(), text[start + m.start() : start + m.end()]),
            m.start(),
        )
    code = _first_code(folded, lines, start) or postal_code(folded[:body_end])
    if (
        code is None
        and (m := re.search(r"(?<!\d)\d{4,6}\s*[.)]?$", folded))
        and country is None
        and (c := _country().search(folded[: m.start()].rstrip(" -,")))
    ):
        code = Piece(m.start(), m.start() + len(m.group().rstrip(" .)")), m.group().rstrip(" .)"))
        country, body_end = (
            Piece(start + c.start(), start + c.end(), text[start + c.start() : start + c.end()]),
            c.start(),
        )
    kept = (
        folded[:body_end]
        if code is None or code.start >= body_end
        else folded[: code.start] + " " + folded[code.end : body_end]
    )
    value = _tidy(kept)
    if "," not in value and len(value.split()) < 2:
        if code is None or code.text.isdigit():
            return None
        value = ""  # a town alone is no address
    postal = Piece(start + code.start, start + code.end, code.text) if code else None
    return Place(start, end, value, postal, country)


def _first_code(folded: str, lines: list[Piece], start: int) -> Piece | None:
    """A code is looked for line by line, as its place in the line matters."""
    for line in lines:
        offset = max(line.start - start, 0)
        if code := postal_code(fold(line.text)[max(start - line.start, 0) :]):
            return Piece(offset + code.start, offset + code.end, code.text)
    return None


def _tidy(value: str) -> str:
    value = re.sub(r"\s+", " ", value)
    value = re.sub(r"\s*([,·-])\s*(?=[,·]|$)", "", value.strip())
    return (
        re.sub(r"\s+,", ",", value).strip(" ,·-|;(").removesuffix(".")
        if not value.endswith(("Est.", "St.", "Rd."))
        else value.strip(" ,·-|;(")
    )
