"""English sentences in which people introduce themselves and others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.extract import names, organisations
from pipeline.extract.headers import is_role
from pipeline.extract.words import Piece, fold, piece, plain, words

_HONORIFIC = r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Capt|Engr|Eng|Rev|Shri)\.? )?"
_CAP = r"[A-ZÀ-ÖØ-ÞĀ-ŽȘȚ][^\W\d_]*(?:['’-][^\W\d_]+)*"
_PARTICLE = rf"(?:de|da|van|von|der|den|bin|al|du|di|del|la|Ní|O'{_CAP})\b"
_NAME = rf"{_HONORIFIC}{_CAP}(?: (?:{_PARTICLE}|{_CAP}|[A-Z]\.)){{0,3}}"
_PHRASE = r"[A-Za-zÀ-ž&/'-]+(?: [A-Za-zÀ-ž&/'-]+){0,5}"
_ORG = rf"(?:the )?{_CAP}(?:[ ,&.-]+(?:{_CAP}|and|of|&|the)\.?){{0,6}}"
_NEXT = (
    "will|would|is|was|has|had|and|who|can|to|at|on|from|in|or|takes?|joins?|wants?|about|by|for|with|deals"
    "|says?|said|needs?|thinks?|asks?|asked|tells?|told|confirms?|confirmed|sent|checked|knows?|handles?|looks?|does|did"
)
_STOP = rf"(?=\s*(?:[,.;:()!?]|$)| (?:{_NEXT})\b)"
_MINE = r"(?i:our|my|the|your (?:new|main|first|local|dedicated))"
# (rule, literals of which the sentence must hold one before the pattern is tried, pattern)
_THIRD = tuple(
    (rule, needs, re.compile(pattern))
    for rule, needs, pattern in (
        (
            "intro.title_name",
            ("our ", "my ", "the ", "your "),
            rf"\b{_MINE} (?:(?:new|own|other|local|regional) )?(?P<role>{_PHRASE}?),? \b(?P<name>{_NAME})",
        ),
        ("intro.name_title", (", ",), rf"\b(?P<name>{_NAME}),\s{_MINE}\s(?:new\s)?(?P<role>{_PHRASE}?){_STOP}"),
        (
            "intro.name_title",
            (" is ", " as "),
            rf"\b(?P<name>{_NAME}) (?:is|as) {_MINE} (?:new )?(?P<role>{_PHRASE}?){_STOP}",
        ),
        (
            "intro.apposition",
            (", ",),
            rf"\b(?P<name>{_NAME}),\s(?P<role>{_PHRASE}?)(?=\s*(?:[,;(]|$)|\.(?:\s|$)|,? (?:at|on|will)\b)",
        ),
        ("intro.title_name", (" is ",), rf"\b{_MINE} (?P<role>{_PHRASE}?) is (?P<name>{_NAME})"),
        ("intro.name_bracket", ("(",), rf"\b(?P<name>{_NAME})\s\((?:our )?(?P<role>{_PHRASE})\)"),
        ("intro.bracket_name", ("(",), rf"\b{_MINE} (?P<role>{_PHRASE}) \(\b(?P<name>{_NAME})\)"),
        (
            "intro.name_of_our",
            (" our ", " my "),
            rf"\b(?P<name>{_NAME}) (?:from|of|in|with|at) (?:our|my) (?P<role>{_PHRASE}?){_STOP}",
        ),
        (
            "intro.name_from",
            (" from ", " of ", " in ", " with "),
            rf"\b(?P<name>{_NAME}) (?:from|of|in|with) (?:the )?(?P<role>{_PHRASE}?){_STOP}",
        ),
    )
)
_BEFORE_CONTACT = (
    r"contact|call|ring|phone|text|write to|speak (?:to|with)|talk to|turn to|e-?mail|reach(?: out to)?|get hold of"
    r"|copying in|copied in|copying|cc'?ing|introduce(?: you to)?|hand(?:s|ed|ing)? over to|taken over by|replaced by"
    r"|successor(?: is| will be)?,?|colleague,?|meanwhile,?|ask for|in touch with|covering for me is"
    r"|contact (?:person )?(?:is|will be)|my (?:stand-in|deputy|cover)(?: is)?,?"
)
_CONTACT = re.compile(
    rf"\b(?i:{_BEFORE_CONTACT})\s(?:(?:my|our)\s(?:colleague|successor|deputy|assistant),?\s)?\b(?P<name>{_NAME})"
)
_TAKES_OVER = re.compile(
    rf"\b(?P<name>{_NAME}),? (?:who )?(?:takes? over|is taking over|will take over|has taken over|deals? with"
    r"|is covering|will (?:cover|stand in|look after)|stands in|succeeds me|replaces me)\b"
)
_HONOURED = re.compile(rf"\b(?P<name>(?:Mr|Mrs|Ms|Miss|Dr|Prof|Capt)\.? {_CAP} {_CAP})")
_CAPITAL = re.compile(_CAP)
_PLACES = frozenset(
    ("office", "offices", "room", "hall", "building", "site", "shop", "house", "factory", "plant", "yard", "side")
)
_PAST = frozenset(("former", "ex", "late", "then", "current", "whom"))
_JOINTS = frozenset(("of", "and", "&", "for", "the", "to", "in", "at", "on"))
_PRONOUN = re.compile(
    r"^(?:(?:please|you can)? ?(?:get|reach|call|ring|e-?mail|contact|write to) (?:him|her|them)\b"
    r"|(?:his|her|their) (?:\w+ ){0,2}(?:address|line|number|mobile|cell|e-?mail|phone|extension|direct)"
    r"|s?he(?:'s| is| can)|they(?:'re| can)|(?:phone|mobile|cell|e-?mail|direct line)(?: is|:))",
    re.IGNORECASE,
)
_SELF = (
    re.compile(
        rf"\b(?:[Tt]his is|[Mm]y name(?: is|'s)|I am|I'm|[Ii]t's|[Nn]ame's) \b(?P<name>{_NAME})"
        rf"(?:,? (?:and )?(?:I'm |I am )?(?:the |an? )?(?P<role>{_PHRASE}?))?,? (?:of|from|at|with) (?P<org>{_ORG})"
    ),
    re.compile(rf"^\b(?P<name>{_NAME}) (?:from|at|of) (?P<org>{_ORG}) here\b"),
    re.compile(rf"\bI(?:'m| am) (?:the |an? )(?P<role>{_PHRASE}?) (?:of|at|for|with) (?P<org>{_ORG})"),
)


@dataclass(frozen=True, slots=True)
class Introduced:
    """A person in running text: the name, and a title, department or firm said beside it."""

    name: Piece
    rule: str
    job_title: Piece | None = None
    department: Piece | None = None
    company: Piece | None = None


def others(text: str, start: int, end: int) -> Iterator[Introduced]:
    """People whom the stretch gives a title, department or task, or says to contact."""
    # a soft line break is a blank: same length, same offsets
    folded = fold(text[start:end]).replace("\n", " ")
    if all(word in _not_names() for word in map(plain, _CAPITAL.findall(folded))):
        return
    lowered = folded.casefold()
    for rule, needs, pattern in _THIRD:
        if not any(literal in lowered for literal in needs):
            continue
        for m in _overlapping(pattern, folded):
            if (found := _with_role(text, start, folded, m, rule)) is not None:
                yield found
    for rule, pattern in (("intro.contact", _CONTACT), ("intro.contact", _TAKES_OVER), ("intro.named", _HONOURED)):
        for m in pattern.finditer(folded):
            if (p := _person(text, start, m, strict=True)) is not None:
                yield Introduced(p, rule)


def _overlapping(pattern: re.Pattern[str], folded: str) -> Iterator[re.Match[str]]:
    """All matches, also those that begin inside another, as one must not hide the next."""
    at = 0
    while (m := pattern.search(folded, at)) is not None:
        yield m
        at = m.start() + 1


def _with_role(text: str, start: int, folded: str, m: re.Match[str], rule: str) -> Introduced | None:
    p = _person(text, start, m, strict=False, trusted=rule == "intro.name_of_our")
    if p is None or re.search(
        r"\b(?:your|his|her|their)\s(?:(?!is\b)\w+\s){0,3}$", folded[: m.start("name")], re.IGNORECASE
    ):
        return None
    role = _without_new(text, piece(text, start + m.start("role"), start + m.end("role")))
    value = fold(role.text).replace("\n", " ")
    title, department = organisations.title_western(value), organisations.department_western(value)
    if rule in ("intro.name_from", "intro.name_of_our"):
        if organisations.legal_form_western(value) and " " in p.text:
            return Introduced(p, rule, company=role)
        return Introduced(p, rule, department=role) if department >= 0.8 and _is_role(value) else None
    if f"={value.casefold()}" in words("departments_en.txt"):
        return Introduced(p, rule, department=role)
    if not _is_role(value):
        return None
    if department >= 0.8 and not title:
        return Introduced(p, rule, department=role)
    if title >= 0.6 and (rule not in ("intro.name_title", "intro.apposition") or _is_title_phrase(value)):
        return Introduced(p, rule, job_title=role)
    return None


def _is_role(value: str) -> bool:
    """Is the phrase a noun phrase for a post: no verb or pronoun in it, no preposition or place at its end?"""
    tokens = value.casefold().split()
    if len(value) < 2 or "'s " in value or tokens[0] in _PAST or tokens[-1] in _PLACES or tokens[-1] in _JOINTS:
        return False
    return tokens[0] not in _JOINTS and not any(
        t in words("function_words_en.txt") and t not in _JOINTS for t in tokens
    )


def _is_title_phrase(value: str) -> bool:
    """A title beside a name is short; its title word stands at its end or before "of"."""
    head = re.split(r" of | for | to ", value)[0]
    return len(value.split()) <= 6 and organisations.title_western(" ".join(head.split()[-3:])) > 0


def _without_new(text: str, p: Piece) -> Piece:
    m = re.match(r"(?:(?:new|own|other|local|our|my|the|dear|lovely|trusty) )+", p.text, re.IGNORECASE)
    return piece(text, p.start + m.end(), p.end) if m else p


@cache
def _not_names() -> frozenset[str]:
    """Words that are no names wherever they stand."""
    return words("function_words_en.txt") | words("not_names_en.txt")


def _person(text: str, start: int, m: re.Match[str], strict: bool, trusted: bool = False) -> Piece | None:
    """The matched name without honorific and without words that begin a sentence; None where it is no name."""
    tokens = [
        Piece(start + m.start("name") + t.start(), start + m.start("name") + t.end(), t.group())
        for t in re.finditer(r"\S+", m.group("name"))
    ]
    honorific = bool(tokens) and plain(tokens[0].text).strip(".") in words("honorifics.txt")
    tokens = tokens[1:] if honorific else tokens
    while tokens and not honorific and plain(tokens[0].text) in _not_names():
        tokens = tokens[1:]
    if not tokens or (not honorific and any(plain(t.text) in _not_names() for t in tokens[1:])):
        return None
    p = Piece(tokens[0].start, tokens[-1].end, text[tokens[0].start : tokens[-1].end].replace("\n", " "))
    if is_role(p.text) or organisations.legal_form_western(p.text) or organisations.department_western(p.text):
        return None
    known = names.is_given(tokens[0].text) or names.is_family(tokens[-1].text)
    if organisations.title_western(p.text) and not known:
        return None
    if len(tokens) == 1:
        if p.text.isupper():
            return None
        bracketed = not strict and "(" in m.group(0)
        return p if honorific or trusted or bracketed or (names.is_given(p.text) and not strict) else None
    return p if known or honorific or not organisations.company_western(p.text) else None


def continues(sentence: str) -> bool:
    """Does the sentence go on about the person named before ("Her direct line is …")?"""
    return _PRONOUN.match(fold(sentence[:120]).replace("\n", " ").lstrip("-–* ")) is not None


@dataclass(frozen=True, slots=True)
class SelfIntroduction:
    """How the sender introduces himself in the text."""

    name: Piece | None = None
    company: Piece | None = None
    department: Piece | None = None
    job_title: Piece | None = None


def self_introduction(text: str, start: int, end: int) -> SelfIntroduction | None:
    """ "This is Jane Roe of Acme", "I'm the registrar of the Loom Museum"."""
    folded = fold(text[start:end]).replace("\n", " ")
    for pattern in _SELF:
        m = pattern.search(folded)
        if m is None:
            continue
        groups = m.groupdict()
        p = _person(text, start, m, strict=False) if groups.get("name") else None
        if groups.get("name") and p is None:
            continue
        return SelfIntroduction(p, _company(text, start, m), None, _title(text, start, m, groups.get("role")))
    return None


def _company(text: str, start: int, m: re.Match[str]) -> Piece | None:
    org = piece(text, start + m.start("org"), start + m.end("org"), ".,- ")
    return piece(text, org.start + 4, org.end) if org.text.startswith("the ") else org


def _title(text: str, start: int, m: re.Match[str], role: str | None) -> Piece | None:
    if not role or organisations.title_western(role) < 0.6:
        return None
    return piece(text, start + m.start("role"), start + m.end("role"))


_BEFORE_DETAIL = re.compile(
    rf"\b(?P<name>{_NAME})(?: \([^()\d]{{1,30}}\))?"
    r"(?:'s (?:mobile|cell|direct line|number|line|phone|e-?mail|address))?"
    r"(?: is| on| at)?\s?[:(,–-]?\s?(?:(?i:tel|mobile|cell|phone|e-?mail|m|t|e)[.:]?\s)?\(?$"
)


def named_before(text: str, start: int, at: int) -> Introduced | None:
    """The person whose name stands right before a detail ("Jill Doran, 01326 …", "Tom Ashby's mobile is …")."""
    begin = max(start, at - 100)
    m = _BEFORE_DETAIL.search(fold(text[begin:at]).replace("\n", " "))
    p = _person(text, begin, m, strict=True) if m else None
    known = p is not None and names.is_given(p.text.split()[0])
    return Introduced(p, "intro.beside_detail") if p is not None and known else None


@cache
def own_phone() -> re.Pattern[str]:
    """What stands before a number that is the sender's own."""
    return re.compile(
        r"(?:\b(?:call|ring|reach|phone|text|get|catch|find|try) me\b[^.!?]{0,40}"
        r"|\bmy (?:\w+ ){0,2}(?:mobile|cell|number|line|phone|extension|desk|handy)\b[^.!?\d]{0,30}"
        r"|\bI(?:'ll|'m| will| can| am)\b[^.!?]{0,60}(?:\bat|\bon|:)"
        r"|\b(?:same|new|the) (?:number|one)(?: is)?,?|\bnumber is|\bme (?:on|at))\s*[:,(]?\s*$",
        re.IGNORECASE,
    )
