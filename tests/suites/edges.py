"""Where the suites of score_datetime.py let a time expression begin and end.

The product leaves prepositions out (docs/labels.md); the suites count those that change the meaning ("since", "no
later than", "between"), leave the article out before "next" and "last", and end before the name of a time zone.
"""

from __future__ import annotations

import functools
import re
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.extract.times import zones
from pipeline.extract.times.lengths_en import LENGTH
from pipeline.extract.times.symbols import Away, Date
from pipeline.extract.times.words_en import LONG_MONTH

_CUES = {
    "after": r"after|later than|greater than|past|not before",
    "since": r"since|as early as|(?:starting|beginning|commencing)(?: on| from)?|any ?time from",
    "from": r"any ?time from|from",
    "effect": r"as of|effective|with effect from",
    "before": r"before|prior to|earlier than|sooner than|less than|ahead of",
    "by": r"by|no later than|not later than|as late as|on or before",
    "until": r"until|till|til|up to|through|as late as",
}
_ARTICLE = (
    r"(?:the|of the|of)\s+(?=(?:next|last|past|previous|coming|following|upcoming|same|mid|early|late"
    r"|remaining|rest|remainder|year \d|(?:fiscal|school|calendar|financial) year|[cs]y"
    r"|\d+ (?:upcoming|next|last|past|previous|coming)"
    rf"|{LONG_MONTH.replace('?P<month>', '?:')}|[a-z]+ (?:upcoming|next|last|past|previous|coming) "
    r"|(?:first|second|third|fourth|last|\d\w\w) [a-z]+day"
    r"|(?:end|middle|beginning|start) of (?!today|tomorrow))\b)"
)
_KEPT_ARTICLE = r"the (?:next day|(?:next|last|past) (?:(?:\w+ )?decade|week of)|last week of)"
_STARTING = re.compile(r"(?:from|starting|beginning)\b")
_MORE = r"(?:more|less|longer|shorter|fewer|greater) than\s+$"
_AROUND = r"(?:around|(?<!how )(?<!what )about|circa|approximately|roughly)\s+(?:the\s+)?$"


def edges(text: str, span: Any) -> tuple[int, int]:
    """Start and end of a found span as the suites draw them."""
    start, end = span.start, span.end
    lowered = text.lower()
    if span.said.first.zone or (span.said.last and span.said.last.zone):
        end = _without_zone(lowered, start, end)
    article = re.compile(_ARTICLE).match(lowered, start, end)
    if article and not re.compile(_KEPT_ARTICLE).match(lowered, start):
        start = article.end()
    before = re.search(_before(_cues(span)), lowered[max(0, span.start - 28) : span.start])
    if before:
        start = span.start - len(before.group())
    return start, end


def _cues(span: Any) -> str:
    said = span.said
    if said.length:
        return _MORE
    cues = _CUES.get(said.relation, "")
    if said.relation == "from" and said.last is None and not said.first.clock and not isinstance(said.first.day, Away):
        cues = ""
    if said.last is not None:
        dated = not said.first.clock and not said.last.clock
        joined_days = dated and isinstance(said.last.day, Date) and said.last.day.month is None
        cues = r"between|from|on" if joined_days else r"between|from"
    return rf"\b(?:{cues})\s+(?:(?:around|about)\s+)?(?:the\s+|on\s+)?$" if cues else r"(?!)"


@functools.cache
def _before(cues: str) -> re.Pattern[str]:
    return re.compile(cues if cues == _MORE else rf"(?:{cues}|\b{_AROUND})")


@functools.cache
def _zone_at_end() -> re.Pattern[str]:
    names = zones.words("abbreviation", "country", "city")
    return re.compile(rf"[\s(]+(?:{names})(?:'s)?(?: standard| daylight| summer| local)?(?: time(?: ?zone)?)?\)?$")


def _without_zone(lowered: str, start: int, end: int) -> int:
    zone = _zone_at_end().search(lowered, start, end)
    return zone.start() if zone else end


def joined(text: str, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers, a stated length and the beginning beside it made one ("from 9:30 for 7 hours")."""
    found: list[dict[str, Any]] = []
    for answer in answers:
        both = _length_and_beginning(text.lower(), found[-1], answer) if found else None
        if both:
            found[-1] = both
        else:
            found.append(answer)
    return found


def _length_and_beginning(text: str, a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any] | None:
    """Two neighbours that say a beginning and a length, as one; None for all others."""
    gap, start = text[a["end"] : b["start"]].strip(), a["start"]
    if _is_length(text, b) and gap == "for" and "T" in (a["value"] or ""):
        length, point = b, a
    elif _is_length(text, a) and _STARTING.match(f"{gap} {text[b['start'] :]}".lstrip(", ")):
        length, point = a, b
        lead = re.search(r"\bfor\s+$", text[max(0, start - 5) : start])
        start -= len(lead.group()) if lead and "from" in f"{gap} {text[b['start'] : b['start'] + 4]}" else 0
    else:
        return None
    begin = (point["value"] or "/").removesuffix("/..")
    end = None if "/" in begin or begin[0] in "RP" else _end_of(begin, length["value"])
    return {"start": start, "end": b["end"], "value": f"{begin}/{end}"} if end else None


def _is_length(text: str, answer: dict[str, Any]) -> bool:
    said = text[answer["start"] : answer["end"]]
    return (answer["value"] or "").startswith("P") and re.fullmatch(LENGTH, said) is not None


def _end_of(begin: str, length: str) -> str | None:
    """The end of a length in days or less that begins at a value of the suite."""
    found = re.fullmatch(r"P0M(\d+)DT([\d.]+)S", length)
    if found is None:
        return None
    span = timedelta(days=int(found[1]), seconds=float(found[2]))
    if begin.startswith("T"):
        at = datetime.fromisoformat(f"2000-01-01{begin[:6]}") + span
        return f"T{at:%H:%M:%S}"
    if "T" in begin:
        return (datetime.fromisoformat(begin) + span).isoformat()
    return (date.fromisoformat(begin) + span).isoformat() if not span.seconds else None
