"""By when a deed is due: what its own sentence says, and what another sentence sets for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from pipeline.extract import slots
from pipeline.extract.clues import SURE, Clue
from pipeline.extract.times import TimeSpan
from pipeline.extract.times.resolve import due as due_of
from pipeline.extract.times.symbols import Anchored, Period

_IF = re.compile(
    r"^\W*(?:(?:and|but|so|then)\s)?(?:if|unless|in case|once|when|as soon as|should)\b[^,]*?"
    r"(?:,|(?= (?:i|we)(?:'ll| will)\b))",
    re.I,
)
_IF_ASKED = re.compile(
    r"^\W*(?:(?:and|but|so|then)\s)?(?:if|unless)\s(?:you\b|your\b|(?:i|we)(?:\shave|['’]ve|\sget|\shear|\sreceive)\b"
    r"|(?:it|that|this|they)\b[^,]{0,12}n[o'’]t\b)",
    re.I,
)
_KEPT_JA = re.compile(r"(?:まで)?の(?:間|あいだ|期限|有効期限|期間)|からの")
_AFTER_BREAK_JA = re.compile(r"明け(?:早々|すぐ|頃|ごろ)?$")
_SAME_DAY = re.compile(r"\bsame (?:day|date|evening|morning)$", re.I)
_UP_TO = re.compile(r"\b(?:to|until|till|through|on)\s+(?:the\s+)?$", re.I)
_FOR = re.compile(r"\bfor (?:the )?(?:(?:evening|morning|afternoon|week|day|period|term) (?:of |from )?)?$", re.I)
_NEEDED = re.compile(r"\b(?:need|want|require|have|ready|due|aim|needed|wanted|required|promised)\w*\b.{0,40}$", re.I)
_IN_EN = re.compile(r"(?:^|\s)in (?:the )?$|^\W*$", re.I)
_CLAUSE_ENDS = re.compile(r"\s*(?:[,.;:!?)]|$)")
_IN_JA = re.compile(r"(?:に(?!入)|中|までに)")
_REASON_JA = re.compile(r"(?:ので|ため|から|ですが|ますが|まして|に間に合わせ|より早く|のあと|て)、")
_THEN_I = re.compile(r"[;:,.–—-]\s(?:(?:and|but|so)\s)?(?:I|[Ww]e)(?:['’]ll|\s(?:will|shall)|['’]m\sgoing)\b|[;–—]\s")
_REASON = re.compile(r"(?:, as | as soon as |\bbecause |\bso that |, since )", re.I)


def of_the_deed(clue: Clue) -> list[TimeSpan]:
    """The spans of a sentence that can be the deed's own.

    Not those of its condition or of a mere reason, the day that a term is to be extended to, or "the same day".
    """
    spans = [s for s in clue.spans if not _SAME_DAY.search(clue.text_of(s)) and not _moves_to(clue, s)]
    spans = [s for s in spans if s.deadline or not _of_the_thing(clue, s)]
    spans = [s for s in spans if not _while(clue, s)]
    if clue.sentence.language == "ja":
        return _after_reason(clue, spans)
    condition = _IF.match(clue.sentence.text)
    begin = condition.end() if condition else 0
    if _IF_ASKED.match(clue.sentence.text) and clue.scores["promise"] <= clue.scores["task"]:
        inside = [s for s in spans if s.end <= begin and s.slot and not s.vague_day]
        if inside:
            return inside
    if clue.activity >= SURE and (then := _THEN_I.search(clue.sentence.text, begin)):
        spans = [s for s in spans if s.start >= then.end() or s.deadline]
    reason = _REASON.search(clue.sentence.text, begin)
    end = reason.start() if reason else len(clue.sentence.text)
    own = [s for s in spans if s.start >= begin]
    return [s for s in own if s.start < end or s.deadline]


def _of_the_thing(clue: Clue, span: TimeSpan) -> bool:
    """Whether a time is not the deed's but part of what it is about: hours from and to, the day that is booked."""
    slot, text = span.slot, clue.sentence.text
    if slot is None:
        return False
    if span.has_clock and span.part is None and slot.end is not None and not slot.approx:
        return True
    return _FOR.search(text, 0, span.start) is not None and not _NEEDED.search(text, 0, span.start)


def _while(clue: Clue, span: TimeSpan) -> bool:
    """Whether a time tells how long something is kept, or a vague day after a break that binds nobody."""
    if clue.sentence.language != "ja":
        return False
    vague = not span.deadline and _AFTER_BREAK_JA.search(clue.text_of(span)) is not None
    return vague or _KEPT_JA.match(clue.sentence.text, span.end) is not None


def _after_reason(clue: Clue, spans: list[TimeSpan]) -> list[TimeSpan]:
    """The times behind the reason that a Japanese sentence opens with, where any stand there."""
    ends = [m.end() for m in _REASON_JA.finditer(clue.sentence.text)]
    for end in reversed(ends):
        after = [s for s in spans if s.start >= end and s.slot]
        if after:
            return after if any(s.deadline for s in after) else [s for s in spans if s in after or s.deadline]
    return spans


def _moves_to(clue: Clue, span: TimeSpan) -> bool:
    """Whether a term is to be extended to that day."""
    if "extended" not in clue.cues or span.relation == "by":
        return False
    return clue.sentence.language == "ja" or _UP_TO.search(clue.sentence.text, 0, span.start) is not None


def of_its_month(clue: Clue) -> datetime | date | None:
    """The last day of the month or the part of it in which a deed is to be done ("in April", 9月上旬に)."""
    text = clue.sentence.text
    for span in of_the_deed(clue):
        day = span.said.first.day
        if span.past or not isinstance(day, Period) or day.unit != "month" or span.relation not in ("at", "within"):
            continue
        if clue.sentence.language == "ja":
            told = bool(_IN_JA.match(text, span.end)) or text[: span.end].endswith("中")
        else:
            begins = bool(day.away or _IN_EN.search(text, 0, span.start))
            told = begins and _CLAUSE_ENDS.match(text, span.end) is not None
        if told:
            return due_of(span)
    return None


def latest(spans: Iterable[TimeSpan]) -> datetime | date | None:
    """The deadline that a sentence names: a form of "by" first, else its only exact time to come."""
    timed = [s for s in spans if s.slot and s.kind not in ("duration", "repetition") and not s.past]
    timed = [s for s in timed if (s.has_day or s.has_clock) and s.relation not in ("since", "except")]
    if any(s.has_day and not (s.anchored or s.vague_day) for s in timed):
        timed = [s for s in timed if not s.with_time]
    exact = [s for s in timed if (not s.vague_day or _a_week(s)) and not (s.relation == "from" and not s.has_day)]
    firm = [s for s in exact if s.relation not in ("until", "from")]
    for choice in (
        [s for s in timed if s.deadline],
        [s for s in timed if s.relation == "until"],
        [s for s in firm if _counted_back(s)],
        [s for s in firm if s.has_day],
        firm,
        exact,
    ):
        if choice:
            return _first_day(choice[0]) or due_of(choice[0])
    return None


def _counted_back(span: TimeSpan) -> bool:
    """Whether a day is told by its distance ahead of one named beside it ("a week before that")."""
    day = span.said.first.day
    return isinstance(day, Anchored) and day.days < 0


def _first_day(span: TimeSpan) -> datetime | date | None:
    """The beginning of days from and to: what is wanted for them is wanted then."""
    if span.slot is None or span.slot.approx or span.said.last is None:
        return None
    exact = span.kind == "range" and not span.deadline and not span.vague_day
    return span.slot.start if exact else None


def set_by(clue: Clue) -> datetime | date | None:
    """The deadline that a sentence sets for what others ask: only a form of "by" or "until" does."""
    return latest(s for s in clue.spans if (s.deadline and s.relation != "effect") or s.relation == "until")


def named_by(clue: Clue) -> datetime | date | None:
    """The date of a sentence that speaks of the deadline itself (期限は3月16日です, "replies are due on Friday")."""
    if "extended" in clue.cues:
        return None
    if "deadline_of_all" not in clue.cues:
        return set_by(clue)
    closed = [replace(s, relation="by") if s.relation == "after" else s for s in clue.spans]
    return set_by(clue) or latest(closed)


def _a_week(span: TimeSpan) -> bool:
    """Whether a vague day is one of a week ("this week" means by its Friday), not of a month."""
    slot = span.slot
    if slot is None or slot.end is None:
        return True
    return (slots.day_of(slot.end) - slots.day_of(slot.start)).days < 7
