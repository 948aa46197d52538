"""The first day back of an absence, as an automatic reply tells it.

Dates are read by the time engine; the words around each say what it is: the day on which work goes on ("back on",
より出社), the day from which mail is answered (以降にご返信), or the last day away ("until", まで), after which the
next workday counts. A month or a season ("until March", 上旬) names no day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from pipeline.extract.times import TimeSpan
from pipeline.extract.times import find as find_times
from pipeline.extract.times.workdays import is_workday
from pipeline.extract.words import rows

Meaning = Literal["return", "answer", "last"]

_BACK: tuple[Literal["return", "answer"], ...] = ("return", "answer")
_REACH = 80
_LONGEST_VAGUE = timedelta(days=6)
_END_OF_WORK = 17
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")
_SLASHED = re.compile(r"(?<![A-Za-z0-9/.:-])(\d{1,2})/(\d{1,2})(?:/(20\d\d))?(?![A-Za-z0-9/%]|[.-]\d)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_FIRST = (range(-600, -179), range(480, 541))  # minutes east of Greenwich: the Americas, east Asia
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
_CLAUSE_JA = re.compile(r"^[^。！？!?]*")
_WRAPPED = re.compile(r"(?<=[A-Za-z0-9,;])\n(?=[a-z])|(?<=[^\n]{45})(?<=[A-Za-z,])\n(?=[A-Za-z0-9])")
_WRAPPED_JA = re.compile(
    "(?:(?<=[^\n]{15})(?<=[\u3041-\u30ff\u4e00-\u9fff、])|(?<=[はがをにの、]))\n(?=[\u3041-\u30ff\u4e00-\u9fff0-9０-９])"
)
_NEXT_LABEL = re.compile(r"[、，,\s/／][^、，。\s]{1,12}[:：]\s*$")
_AFTER_EN = re.compile(r"\bafter\s*(?:the\s*)?$", re.IGNORECASE)
_UNTIL_JA = re.compile(r"^[^。、\n]{0,10}?まで(?!に)")
_UNIVERSAL_HOLIDAYS = ((1, 1), (12, 25))


def first_day_back(text: str, sent: datetime) -> date | None:
    """The first day back that a text names, None where it names none."""
    if not date.min.year < sent.year < date.max.year - 1:  # no calendar beyond
        return None
    text = _spelled(_unwrapped(text), sent)
    found: dict[Meaning, list[date]] = {"return": [], "answer": [], "last": []}
    for meaning, day in _told(text, sent):
        if day >= sent.date():
            found[meaning].append(day)
    last = max(found["last"], default=None)
    for days in (found["return"], found["answer"]):
        if days:
            return next((day for day in days if last is None or day > last), days[0])
    left = any(p.search(text) for p in _cues("left"))
    return None if last is None or left else _next_workday(last, bool(_JAPANESE.search(text)))


def _told(text: str, sent: datetime) -> Iterator[tuple[Meaning, date]]:
    """What each date of the text means, in order."""
    languages = ["ja"] if _JAPANESE.search(text) else []
    if not languages or re.search(r"[A-Za-z]{3}\W+(?:[A-Za-z]+\W+){5}", text):
        languages.append("en")
    for language in languages:
        spans = [s for s in find_times(text, sent, language) if s.slot and (s.has_day or s.kind == "time")]
        for at, span in enumerate(spans):
            end = spans[at + 1].start if at + 1 < len(spans) else len(text)
            start = spans[at - 1].end if at else 0
            before = _SENTENCE_END.split(text[max(start, span.start - _REACH) : span.start])[-1]
            after = text[span.end : min(end, span.end + _REACH)]
            told = _japanese(text, span, before, after) if language == "ja" else _english(span, before, after)
            if told is not None:
                yield told


def _japanese(text: str, span: TimeSpan, before: str, after: str) -> tuple[Meaning, date] | None:
    said = text[span.start : span.end]
    until = said.endswith("まで") or bool(_UNTIL_JA.match(after))
    if until or ((_is_days(span) or span.relation == "until") and not _ahead(before, "return")):
        return _last(span)
    if _is_vague(span):
        return None
    told = next((meaning for meaning in _BACK if _ahead(before, meaning)), None)
    return (told, _first(span)) if told else _follows(span, after)


def _ahead(before: str, meaning: Meaning) -> bool:
    """Whether the words right ahead of a date say what it is: 復帰日は."""
    return any(p.search(before) for p in _cues(f"{meaning}_before_ja"))


def _follows(span: TimeSpan, after: str) -> tuple[Meaning, date] | None:
    """What the first telling word behind a date says: Japanese puts the verb last."""
    clause = _CLAUSE_JA.match(after)
    words = _NEXT_LABEL.sub("", clause[0]) if clause else ""
    places: dict[str, int] = {}
    for meaning in ("away", *_BACK):
        starts = [match.start() for p in _cues(f"{meaning}_ja") if (match := p.search(words)) is not None]
        places[meaning] = min(starts, default=len(words))
    nearest = min(_BACK, key=lambda meaning: places[meaning])
    return (nearest, _first(span)) if places[nearest] < places["away"] else None


def _english(span: TimeSpan, before: str, after: str) -> tuple[Meaning, date] | None:
    """The nearest telling word ahead of a date; "until" behind a "not" names the day of return itself."""
    if any(p.match(after) for p in _cues("return_after_en")):
        return "return", _first(span)
    if any(p.search(before) for p in _cues("hours")):
        return None
    meaning, back = _said_en(before, span)
    if meaning == "last" and any(p.search(before) for p in _cues("not_en")):
        if back is None:
            return "last", _first(span) - timedelta(days=1)
        meaning = back
    elif meaning == "start":
        meaning = back
    if meaning == "last" or _is_days(span):
        return _last(span)
    if meaning not in _BACK or _is_vague(span):
        return None
    day = _first(span)
    return meaning, _next_workday(day, False) if _AFTER_EN.search(before) else day


def _said_en(
    before: str, span: TimeSpan
) -> tuple[Meaning | Literal["start"] | None, Literal["return", "answer"] | None]:
    """The telling word nearest to a date, and the nearest before it that speaks of return or answer."""
    kinds: tuple[Meaning | Literal["start"], ...] = (*_BACK, "last", "start")
    found = [(m.end(), kind) for kind in kinds for p in _cues(f"{kind}_en") for m in p.finditer(before)]
    if span.relation in ("until", "by"):
        found.append((len(before), "last"))
    found.sort()
    back = next((kind for _, kind in reversed(found[:-1]) if kind in _BACK), None)
    return (found[-1][1] if found else None), back


def _is_days(span: TimeSpan) -> bool:
    """Whether a span is a range of days, not of hours."""
    return span.kind == "range" and span.slot is not None and not isinstance(span.slot.start, datetime)


def _is_vague(span: TimeSpan) -> bool:
    """Whether a span is some day of a month or a season."""
    assert span.slot is not None
    return span.vague_day and _day(span.slot.end or span.slot.start) - _day(span.slot.start) > _LONGEST_VAGUE


def _first(span: TimeSpan) -> date:
    assert span.slot is not None
    return _day(span.slot.start)


def _last(span: TimeSpan) -> tuple[Meaning, date] | None:
    """The last day away that a span names; where an hour of work is named, work goes on that day."""
    assert span.slot is not None
    start, end = span.slot.start, span.slot.end or span.slot.start
    if _is_vague(span):
        return None
    hour = start if span.part else end
    if isinstance(hour, datetime) and hour.hour < _END_OF_WORK:
        return "return", _day(end)
    return "last", _day(end)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _next_workday(day: date, in_japan: bool) -> date:
    """The next day on which offices work; outside Japan only the holidays that nearly all countries keep are known."""
    day += timedelta(days=1)
    while not (
        is_workday(day, "JP") if in_japan else day.weekday() < 5 and (day.month, day.day) not in _UNIVERSAL_HOLIDAYS
    ):
        day += timedelta(days=1)
    return day


def _unwrapped(text: str) -> str:
    """The text with sentences that go on in the next line in one line."""
    text = _WRAPPED.sub(" ", text)
    return _WRAPPED_JA.sub("", text)


def _spelled(text: str, sent: datetime) -> str:
    """The text with dates such as 3/14 written out; here they are never fractions."""
    japanese = bool(_JAPANESE.search(text))
    month_first = japanese or _writes_month_first(text, sent)

    def spell(match: re.Match[str]) -> str:
        a, b = int(match[1]), int(match[2])
        month, day = (a, b) if month_first else (b, a)
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return match[0]
        if japanese:
            return f"{match[3]}年{month}月{day}日" if match[3] else f"{month}月{day}日"
        return " ".join(filter(None, (str(day), _MONTHS[month - 1], match[3])))

    return _SLASHED.sub(spell, text)


def _writes_month_first(text: str, sent: datetime) -> bool:
    """Whether 3/5 is the fifth of March: as the text's other dates tell, else as people write in its time zone."""
    dates = [(int(m[1]), int(m[2])) for m in _SLASHED.finditer(text)]
    for first, second in dates:
        if (first > 12) != (second > 12):
            return second > 12
    minutes = int((sent.utcoffset() or timedelta()).total_seconds() // 60)
    return any(minutes in zone for zone in _MONTH_FIRST)


@cache
def _cues(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(row[1], re.IGNORECASE) for row in rows("return_dates.tsv") if row[0] == kind)
