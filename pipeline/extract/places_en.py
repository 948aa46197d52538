"""Places of meetings in English sentences."""

from __future__ import annotations

import functools
import re

from pipeline.extract.place_words import TIME, any_of, one_of, words

_LONGEST = 80
_NAME_RANK = 2
_OWNER = r"(?:[Oo]ur|[Yy]our|[Mm]y)\s"
_OWNED = re.compile(_OWNER)
_TELLING = re.compile(rf"[A-Z\d]|^{_OWNER}")
_WORD_END = re.compile(r"[\s'’]")
_WORD = r"(?!(?:and|or|at|in|to|on|by|with|for|from|the|a|an|as|is|be|it|us|me|you|see|person|its?)\b)[\w&'’/.-]*[\w'’]"
_NAME = r"[A-Z][\w&'’/-]*(?:\.(?=\w)[\w&'’/-]*)*"
_RUN = rf"{_NAME}(?:\s(?:(?:of|upon|under|de|la|le|el|del|al|&)\s(?:the\s)?)?(?:{_NAME}|\d[\w.-]*)){{0,7}}"
_NUMBERED = "room|suite|hall|courtroom|gate|stand|booth|building|terminal|studio|platform"
_FLOOR = (
    r"(?:(?:\d+(?:st|nd|rd|th)|ground|first|second|third|fourth|fifth|top)\s[Ff]loor|[Ff]loor\s\w+|room\s\w[\w.-]*)"
)
_REASON = re.compile(
    r"(?:[,;(–—-]\s*(?:as|but|so|whereas|before|after)\b|\b(?:because|since|while|whereas|if|when|although|though)\b)[^,;.?!)–—]*"
)
_ELSEWHERE = re.compile(
    r"(?:\b(?:am|was|were|been|being|not|never|back|only|land|lands|fly|arrive|arrives|presenting)|n[’']t|[’'](?:m|re|ve)\b)"
    r"(?:\s[\w’']+){0,4}\s*$|\b(?:is|are)\s(?:in|back|away|out)?\s*$"
)


@functools.cache
def _label() -> re.Pattern[str]:
    return re.compile(
        rf"^[^\S\n]*[\W_]{{0,4}}{any_of('label_en')}[^\S\n]*(?::|\s[–-]\s)"
        rf"[^\S\n]*(\S[^\n]{{1,{_LONGEST}}}?)[^\S\n]*\.?[^\S\n]*$",
        re.MULTILINE,
    )


def labelled(text: str) -> str | None:
    """What stands behind a label ("Venue: …") on a line of its own, or behind "same room,"."""
    match = _label().search(text)
    if match and "://" not in match.group(1):
        return match.group(1)
    return None


@functools.cache
def _phrase() -> str:
    """A place: something with a noun of places, with its number and town, or a name in capitals."""
    noun = any_of("noun_en")
    noun = rf"(?:{noun}|(?i:{_NUMBERED})\s(?:[A-Z]|\d)[\w.-]*(?<=\w))"
    tail = rf"(?:,?\s(?:in|at|on)\s(?:the\s)?{_RUN}|,\s(?:{_RUN}|{_FLOOR})|\son\sthe\s{_FLOOR}){{0,4}}"
    lead = rf"(?:(?:[Tt]he\s|[Aa]n?\s|{_OWNER})(?:{_WORD}\s){{0,4}}?|(?:{_WORD}\s){{0,3}}?)"
    number = rf"(?:\d[\w.-]*(?<=\w)|[A-Z]\d[\w.-]*(?<=\w)|[A-Z](?=[\s,.;?!]|$)|of\s(?:the\s)?{_RUN})"
    common = rf"{lead}(?i:{noun})(?:\s{any_of('noun_en')})?(?:\s{number})?(?![\w-]){tail}"
    return rf"(?P<place>{common}|(?:the\s)?{_RUN}(?:,\s(?:{_RUN}|{_FLOOR}|side door)){{0,3}})"


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    place, verb = _phrase(), any_of("verb_en")
    lead = r"(?:(?:here|both|all|each time|again|always|either|together|live|down|over|up)\s)?"
    stop = r"(?=[\s,.;:!?)]|$)"
    noun = any_of("noun_en")
    room = rf"(?:{_OWNER}|[Tt]he\s|(?=[A-Z]))(?:{_WORD}\s){{0,3}}?(?i:{noun})(?:\s[A-Z]?\d[\w.-]*(?<=\w))?"
    house = rf"(?:[Oo]ur|[Yy]our)\s(?:{_WORD}\s){{0,4}}?{noun}(?:\sin\s{_RUN})?"
    between = rf"(?:\s{TIME}|\s(?:it|you|us|this|that|on|at|for|from)(?:\s{TIME})?){{0,3}}"
    return (
        re.compile(rf"{TIME}\.?(?:\sinstead)?,\s(?P<place>{room})(?=\s?[,.;?!–-]|$)"),
        re.compile(
            rf"(?:{TIME}\.?[,;:]?\s?(?:\([^)]*\)\s)?{lead}(?:at|in|on|[–-])"
            rf"|\b{verb}(?:\s(?:is|are|will\sbe))?{between},?\s{lead}(?:at|in|to|into|by))\s{place}{stop}"
        ),
        re.compile(rf"\b{any_of('visit_en')}\s(?P<place>{house}){stop}"),
        re.compile(
            rf"\bvisit(?:ing)?\s(?:(?:you|us|them)\s(?:in|at)\s)?(?P<place>{_RUN})(?=\s(?:on|in|from|for|at)\s(?:the\s)?{TIME})"
        ),
        re.compile(
            r"(?:,\s|\bat\s|\bin\s)(?P<place>(?:[Yy]our|[Oo]ur|[Mm]y)\s(?:[a-z]+\s)?office(?:\sor\s(?:mine|yours|ours))?)"
            r"(?=\s?[.?!,]|\sis\sfine|\sworks|\ssuits|$)"
        ),
        re.compile(rf"\b(?:at|in)\s{place},?\s(?:(?:on|at|from|by|for|around|in|about)\s)?(?:the\s)?{TIME}"),
    )


def tied(text: str, beside: bool = False) -> list[tuple[int, str]]:
    """Places that a sentence ties to its time or to a word of meeting, each with its rank (lowest is best).

    ``text``: the sentence with one sign in place of each time expression. ``beside``: the sentence is not the
    meeting's own but stands next to it, so that a bare name is too little.
    """
    text = _REASON.sub(" ; ", text.replace("\n", " "))
    found = []
    for i, pattern in enumerate(_patterns()):
        before = i == len(_patterns()) - 1
        for match in pattern.finditer(text):
            place = _clean(match.group("place"))
            if place and not (before and _ELSEWHERE.search(text[max(0, match.start() - 60) : match.start()])):
                found.append((_rank(place), place))
    return [place for place in found if place[0] < _NAME_RANK] if beside else found + _tools(text)


def _tools(text: str) -> list[tuple[int, str]]:
    """The one tool that a sentence names beside its time: "on Teams"."""
    if TIME not in text:
        return []
    tool, joined = _tool_patterns()
    match = joined.search(text)
    return [(9, match.group(1))] if match and len(set(tool.findall(text))) == 1 else []


@functools.cache
def _tool_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    tool = any_of("tools")
    return re.compile(rf"\b{tool}\b"), re.compile(rf"\b(?:on|via|over|by)\s({tool})\b(?!\s(?:or|and)\b)")


@functools.cache
def _noun() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of('noun_en')}\b", re.IGNORECASE)


def _rank(place: str) -> int:
    if _OWNED.match(place):
        return 0
    return 1 if _noun().search(place) else _NAME_RANK


def _clean(place: str) -> str | None:
    """The place without its article, None where it is none after all."""
    place = place.removeprefix("The ").removeprefix("the ").strip(" ,.")
    head = place.split(",", maxsplit=1)[0]
    if not _TELLING.search(head):
        place = head  # "the shed, Blake and I": what follows is no part of it
    first = _WORD_END.split(place, maxsplit=1)[0]
    if TIME in place or first in words()["no_place_name_en"] or len(place) > _LONGEST or len(place) < 3:
        return None
    if one_of("bare_en").fullmatch(place) or one_of("not_place_en").fullmatch(place) or one_of("tools").match(place):
        return None
    return place
