"""Japanese answers of the time engine in the conventions of score_datetime.py, on top of timex.py.

The suites count から, まで and に after 以内 as part of a span, read から as open to the end, 以内 as from now until
then, "2時間で戻る" as the moment in two hours, and the parts of the day as other hours than for English.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pipeline.extract.times.resolve import resolve
from pipeline.extract.times.seen import Seen
from pipeline.extract.times.symbols import Away, Expression, Length, Moment, Part, PartName
from tests.suites import timex, timex3_ja

_DONE_IN = re.compile(r"で(?=戻|帰|出発|着|届|終わ|でき|$)")
_PARTS: dict[PartName, PartName] = {
    "early_morning": "morning", "first_thing": "morning", "this_morning": "morning", "noon": "lunch",
    "late_afternoon": "evening",
}  # fmt: skip


def answer(text: str, span: Any, reference: Any) -> dict[str, Any]:
    """The answer with the suite's idea of a span and of its value."""
    words = text[span.start : span.end]
    return {**_answer(text, span, reference), "timex": timex3_ja.value(span.said, words)}


def _answer(text: str, span: Any, reference: Any) -> dict[str, Any]:
    start, end = span.start, span.end
    dark: PartName | None = "night" if "夜" in text[start:end] else "evening" if "晩" in text[start:end] else None
    said: Expression = replace(span.said, first=_in_other_hours(span.said.first, dark), last=_last(span.said))
    if text.endswith("のうち", start, end):
        end, said = end - 3, replace(said, relation="at")
    span = replace(span, said=said)
    value = timex.value(span, reference, "ja", "")
    if span.length:
        done = _DONE_IN.match(text, end)
        value = _moment_in(span.length, reference) if done else _length(span.length, "年" in text[start:end])
        return {"start": start, "end": end + bool(done), "value": value}
    if span.every:
        return {"start": start, "end": end, "value": value}
    if said.last is None and value and text.startswith("から", end) and "/" not in value:
        return {"start": start, "end": end + 2, "value": f"{value}/.."}
    if said.last is None and value and said.relation == "from" and text.startswith("から", end):
        return {"start": start, "end": end + 2, "value": f"{value.split('/')[0]}/.."}
    if text.endswith("以内", start, end) and isinstance(said.first.day, Away):
        opens = timex._iso(reference.date() + timedelta(said.first.day.unit == "workday"))
        return {"start": start, "end": end + text.startswith("に", end), "value": f"{opens}/{value}"}
    if said.relation in ("by", "until") and text.startswith("まで", end):
        end += 2
    if text.endswith("中", start, end) and said.relation == "by" and value and re.fullmatch(r"\.\./[\d-]+", value):
        value = f"{value[3:]}T23:59:59"
    return {"start": start, "end": end, "value": value}


def _in_other_hours(moment: Moment, dark: PartName | None = None) -> Moment:
    """The moment with the suite's part of the day: 夜 is the night from eight, 晩 the evening before."""
    part = moment.part
    if dark and part and part.name in ("evening", "night", "tonight"):
        return replace(moment, part=Part(dark))
    return replace(moment, part=Part(_PARTS.get(part.name, part.name))) if isinstance(part, Part) else moment


def _last(said: Expression) -> Moment | None:
    return _in_other_hours(said.last) if said.last else None


def _length(length: Length, in_years: bool) -> str:
    """The length in the unit it was said in: 半年 is half a year of 365 days."""
    if length.unit == "year" and length.months and not length.days:
        return f"P{length.months / 12:g}Y"
    if length.unit == "month" and in_years:
        return f"P{length.months // 12}Y{length.months % 12}M"
    if length.unit == "century":
        return f"P{length.months // 12}Y"
    return timex._length(length)


def _moment_in(length: Length, reference: Any) -> str | None:
    """The moment after a length from now."""
    away = Away(length.months, "month") if length.months else Away(length.days, "day")
    if length.minutes or length.seconds:
        away = Away(length.minutes, "minute") if length.minutes else Away(round(length.seconds), "second")
    seen = Seen(reference.date(), "JP")
    found = resolve(Expression(0, 0, first=Moment(day=away)), reference, seen)
    return timex._iso(found.slot.start) if found and found.slot else None
